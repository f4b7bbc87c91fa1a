//! What a recording does not tell: it is meant to be sent to somebody who needs no badge and no PIN.

use std::borrow::Cow;

use crate::scanner::Reading;
use crate::tui::Msg;
use crate::tui::model::{Model, Page};
use crate::tui::msg::Key;
use crate::tui::pages::{Told, vendor};

/// What stands for a character that is not told.
const HIDDEN: char = '•';

/// The message as it is kept, when it comes to a screen like this; none, if it is not kept.
///
/// - How many characters of a PIN are typed is not kept, for when they were typed would tell of it. That the PIN
///   is asked for is.
/// - With a table of badges, what is typed or scanned where one signs in, and every badge that the table has,
///   becomes as many dots: whoever knows the code of a badge is taken for who wears it.
pub(in crate::tui) fn kept<'a>(msg: &'a Msg, model: &Model) -> Option<Cow<'a, Msg>> {
    match msg {
        Msg::Page(Told::Vendor(vendor::Told::Typed(1..))) => None,
        Msg::Key(Key::Char(_)) if is_badge_asked_for(model) => Some(Cow::Owned(Msg::Key(Key::Char(HIDDEN)))),
        Msg::Scanned(Reading { by, text })
            if is_badge_asked_for(model) || model.setting.operators.has_badge(text) =>
        {
            let hidden = std::iter::repeat_n(HIDDEN, text.chars().count()).collect();
            Some(Cow::Owned(Msg::Scanned(Reading { by: by.clone(), text: hidden })))
        }
        _ => Some(Cow::Borrowed(msg)),
    }
}

fn is_badge_asked_for(model: &Model) -> bool {
    model.page == Page::Operator && !model.setting.operators.is_empty()
}
