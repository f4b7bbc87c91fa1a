//! What a recording does not tell: it is meant to be sent to somebody who needs no badge and no PIN.

use std::borrow::Cow;

use crate::scanner::{Hand, Reading};
use crate::tui::Msg;
use crate::tui::model::{Model, Page};
use crate::tui::msg::Key;
use crate::tui::pages::{self, Told, vendor};

/// What stands for a character that is not told.
const HIDDEN: char = '•';

/// The message as it is kept, when it comes to a screen like this; none, if it is not kept.
///
/// - How many characters of a PIN are typed is not kept, for when they were typed would tell of it. That the PIN
///   is asked for is.
/// - Whoever knows the code of a badge is taken for who wears it. With a table of badges, each that the table has
///   becomes its [stand-in](crate::operator::Badges::stand_ins), and what else is typed or scanned where one signs
///   in becomes as many dots. So the recording shows who was let in and who was not, and no code.
pub(in crate::tui) fn kept<'a>(msg: &'a Msg, model: &Model) -> Option<Cow<'a, Msg>> {
    match msg {
        Msg::Page(Told::Vendor(vendor::Told::Typed(1..))) => None,
        Msg::Key(Key::Char(_)) if is_badge_asked_for(model) => Some(Cow::Owned(Msg::Key(Key::Char(HIDDEN)))),
        // What was typed are dots by now. It is as if it had been scanned at once.
        Msg::Key(Key::Enter)
            if is_badge_asked_for(model) && !model.help && !model.operator.typed().trim().is_empty() =>
        {
            let text = hidden(model.operator.typed(), model);
            Some(Cow::Owned(Msg::Scanned(Reading { by: Hand::Keyboard, text })))
        }
        Msg::Scanned(Reading { by, text }) if is_badge(text, model) => {
            Some(Cow::Owned(Msg::Scanned(Reading { by: by.clone(), text: hidden(text, model) })))
        }
        _ => Some(Cow::Borrowed(msg)),
    }
}

fn is_badge_asked_for(model: &Model) -> bool {
    model.page == Page::Operator && !model.setting.operators.is_empty()
}

/// Whether it is a badge, or may be one of another table.
fn is_badge(text: &str, model: &Model) -> bool {
    let operators = &model.setting.operators;
    let may_be = model.page == Page::Operator && !operators.is_empty() && pages::is_asked_for(model, text);
    may_be || operators.has_badge(text)
}

fn hidden(text: &str, model: &Model) -> String {
    let stand_in = model.setting.operators.stand_in_of(text);
    stand_in.unwrap_or_else(|| std::iter::repeat_n(HIDDEN, text.chars().count()).collect())
}
