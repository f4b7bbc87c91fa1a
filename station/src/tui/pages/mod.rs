//! The pages beside the line. Each has a folder, and the same parts.
//!
//! | folder | what its page is for |
//! |---|---|
//! | [`unit`](mod@unit) | one module: its story, its certificate, its label; reprint and void |
//! | [`batches`] | close a batch, export it, see the last ones |
//! | [`vendor`] | the CA and the HSM; the officer opens the CA |
//! | [`check`] | what `station check` says |
//! | [`operator`] | who works here |
//!
//! | part | what it is |
//! |---|---|
//! | `State` | what the page knows; a field of the [`Model`] |
//! | `Told` | what it is told, by message |
//! | `Ask` | what it wants to know or have done; the [`office`](super::office) does it, off the screen's thread |
//! | `opened` | somebody turns to the page |
//! | `told` | something is told |
//! | `ticked` | time has passed: for a page that follows what it shows |
//! | `scanned` | what a hand scanner read |
//! | `pressed` | a key, before the keymap has it: for a page on which text is typed |
//! | `entry` | what is being typed, for a screen that has no room for the page |
//! | `draw` | the page, between the header and the lights |

pub mod batches;
pub mod check;
pub mod operator;
pub mod unit;
pub mod vendor;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde::{Deserialize, Serialize};

use super::effect::Effect;
use super::model::{Model, Page};
use super::msg::Key;

/// What the pages are told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "page", content = "of", rename_all = "kebab-case")]
pub enum Told {
    /// The page of one module.
    Unit(unit::Told),
    /// The page of batches.
    Batches(batches::Told),
    /// The page of the CA and the HSM.
    Vendor(vendor::Told),
    /// The page of the check.
    Check(check::Told),
    /// The page of who works here.
    Operator(operator::Told),
}

/// What the pages want to know or have done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// The page of one module.
    Unit(unit::Ask),
    /// The page of batches.
    Batches(batches::Ask),
    /// The page of the CA and the HSM.
    Vendor(vendor::Ask),
    /// The page of the check.
    Check(check::Ask),
    /// The page of who works here.
    Operator(operator::Ask),
}

/// Somebody turns to a page.
pub(super) fn open(model: &mut Model, page: Page) -> Vec<Effect> {
    // What is done there is done in somebody's name.
    let page = if page.needs_name() && model.operator.name().is_none() { Page::Operator } else { page };
    model.page = page;
    let mut effects = match page {
        Page::Line | Page::Fault { .. } => Vec::new(),
        Page::Unit => unit::opened(model),
        Page::Batches => batches::opened(model),
        Page::Vendor => vendor::opened(model),
        Page::Check => check::opened(model),
        Page::Operator => operator::opened(model),
    };
    effects.push(Effect::Draw);
    effects
}

/// Something is told to a page, whether or not it is shown.
pub(super) fn told(model: &mut Model, told: Told) -> Vec<Effect> {
    let mut effects = match told {
        Told::Unit(told) => unit::told(model, told),
        Told::Batches(told) => batches::told(model, told),
        Told::Vendor(told) => vendor::told(model, told),
        Told::Check(told) => check::told(model, told),
        Told::Operator(told) => operator::told(model, told),
    };
    effects.push(Effect::Draw);
    effects
}

/// Time has passed.
pub(super) fn ticked(model: &mut Model) -> Vec<Effect> {
    vendor::ticked(model)
}

/// A key is pressed while the page is shown. None, if the keymap is to say what it means.
pub(super) fn pressed(model: &mut Model, key: Key) -> Option<Vec<Effect>> {
    match model.page {
        Page::Line | Page::Fault { .. } | Page::Batches | Page::Check => None,
        Page::Unit => unit::pressed(model, key),
        Page::Vendor => vendor::pressed(model, key),
        Page::Operator => operator::pressed(model, key),
    }
}

/// Something is scanned while the page is shown. None, if it means nothing to the page: then it is the
/// label of a module. On a page where text is typed a scan is its text and Enter.
pub(super) fn scanned(model: &mut Model, text: &str) -> Option<Vec<Effect>> {
    match model.page {
        // A label signs nobody in.
        Page::Operator if unit::is_label(text) => Some(vec![Effect::Draw]),
        Page::Operator => Some(operator::sign_in(model, text)),
        Page::Line | Page::Fault { .. } => None,
        Page::Unit => Some(unit::scanned(model, text)),
        Page::Vendor if is_typed_on(model) && unit::is_label(text) => Some(vec![Effect::Draw]),
        Page::Batches | Page::Vendor | Page::Check => typed(model, text),
    }
}

/// Whether this is what somebody is asked for on the page, and no label: a name, a line of the officer's form.
pub(super) fn is_asked_for(model: &Model, text: &str) -> bool {
    !unit::is_label(text) && (model.page == Page::Operator || is_typed_on(model))
}

/// Somebody shows a badge, on whatever page: it is no label, and is not to be read by others.
pub(super) fn badge_shown(model: &mut Model, text: &str) -> Vec<Effect> {
    if model.page != Page::Operator {
        // There it says what comes of it.
        open(model, Page::Operator);
    }
    operator::sign_in(model, text)
}

/// A label is scanned for which no slot waits: its module is looked up.
pub(super) fn looked_up(model: &mut Model, text: &str) -> Vec<Effect> {
    let mut effects = open(model, Page::Unit);
    if model.page == Page::Unit {
        effects.extend(unit::scanned(model, text));
    }
    effects
}

/// Text and Enter, as if typed; none, if nothing is typed on the page as it is.
fn typed(model: &mut Model, text: &str) -> Option<Vec<Effect>> {
    let mut letters = text.chars().filter(|letter| !letter.is_control()).map(Key::Char);
    let mut effects = pressed(model, letters.next()?)?;
    for key in letters.chain([Key::Enter]) {
        effects.extend(pressed(model, key).unwrap_or_default());
    }
    Some(effects)
}

/// Whether keys are typed text now, so that what the keymap offers does not hold.
pub(super) fn is_typed_on(model: &Model) -> bool {
    model.page == Page::Vendor && vendor::is_typed_on(model)
}

/// What is asked for on the page that is shown, and what was typed so far, as it is seen; none, if nothing is
/// typed there.
pub(super) fn entry(model: &Model) -> Option<(String, String)> {
    match model.page {
        Page::Line | Page::Fault { .. } | Page::Batches | Page::Check => None,
        Page::Unit => Some(unit::entry(model)),
        Page::Vendor => vendor::entry(model),
        Page::Operator => Some(operator::entry(model)),
    }
}

/// How far there is to scroll on the page that is shown, where it has this area.
pub(super) fn furthest(model: &Model, area: Rect) -> u16 {
    match model.page {
        Page::Unit => unit::furthest(model, area),
        Page::Check => check::furthest(model, area),
        Page::Vendor => vendor::furthest(model, area),
        Page::Line | Page::Fault { .. } | Page::Batches | Page::Operator => 0,
    }
}

/// Draws the page that is shown. Those of the line and of faults have views of their own.
pub(super) fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    match model.page {
        Page::Line | Page::Fault { .. } => {}
        Page::Unit => unit::draw(model, area, buffer),
        Page::Batches => batches::draw(model, area, buffer),
        Page::Vendor => vendor::draw(model, area, buffer),
        Page::Check => check::draw(model, area, buffer),
        Page::Operator => operator::draw(model, area, buffer),
    }
}
