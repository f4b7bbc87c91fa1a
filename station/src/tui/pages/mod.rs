//! The pages beside the line. Each has a folder, and the same parts.
//!
//! | folder | what its page is for |
//! |---|---|
//! | [`unit`] | one module: its story, its certificate, its label; reprint and void |
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
//! | `pressed` | a key, before the keymap has it: for a page on which text is typed |
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

/// Time has passed, or something was told.
pub(super) fn ticked(model: &mut Model) -> Vec<Effect> {
    vendor::ticked(model)
}

/// A key is pressed while the page is shown. None, if the keymap is to say what it means.
pub(super) fn pressed(model: &mut Model, key: Key) -> Option<Vec<Effect>> {
    match model.page {
        Page::Line | Page::Fault { .. } => None,
        Page::Unit => unit::pressed(model, key),
        Page::Batches => batches::pressed(model, key),
        Page::Vendor => vendor::pressed(model, key),
        Page::Check => check::pressed(model, key),
        Page::Operator => operator::pressed(model, key),
    }
}

/// Whether keys are typed text now, so that what the keymap offers does not hold.
pub(super) fn is_typed_on(model: &Model) -> bool {
    model.page == Page::Vendor && vendor::is_typed_on(model)
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
