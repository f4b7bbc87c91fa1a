//! Who works here.
//!
//! | file | what it holds |
//! |---|---|
//! | `view` | the page as cells |

mod view;

use serde::{Deserialize, Serialize};

pub(super) use view::draw;

use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::msg::Key;

/// What the page knows.
#[derive(Clone, Debug, Default)]
pub(in crate::tui) struct State {}

/// What the page is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Told {}

/// What the page wants to know or have done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {}

/// Somebody turns to the page.
pub(super) fn opened(_model: &mut Model) -> Vec<Effect> {
    Vec::new()
}

/// Something is told to the page.
pub(super) fn told(_model: &mut Model, told: Told) -> Vec<Effect> {
    match told {}
}

/// A key that is not the keymap's, but typed text.
pub(super) fn pressed(_model: &mut Model, _key: Key) -> Option<Vec<Effect>> {
    None
}
