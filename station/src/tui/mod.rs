//! The operator's screen.
//!
//! Messages come in on one channel; [`update()`] changes the model and says what is to be done; [`view()`]
//! draws the model. Both are pure, so a recorded row of messages shows the same screens again.
//!
//! | file | what it holds |
//! |---|---|
//! | [`moment`] | when a message came |
//! | [`msg`] | what the screen is told |
//! | [`effect`] | what the screen wants done |
//! | [`model`] | what the screen knows |
//! | `update` | what a message changes |
//! | `advice` | what to do next |
//! | `answer` | why a key does nothing now |
//! | [`pages`] | the pages beside the line: modules, batches, the CA, the check, the operator |
//! | [`view`](mod@view) | the model as cells |
//! | `keymap` | which key does what |
//! | `story` | the story of a module, for those who have no screen |
//! | `theme` | styles by meaning |
//! | [`front`] | the screen on a running line |
//! | [`recording`] | what the screen was told, written down |
//! | [`replay`] | a recording played |
//! | [`office`] | does what the pages ask for |
//! | [`watch`] | looks at the devices for their lights |
//! | `shell` | the loop on the screen's thread |
//! | `keys` | reads the terminal's keys |
//! | `keypad` | a PIN that is typed on the screen |
//! | `wedge` | tells a scanner that is a keyboard from typing |
//! | [`terminal`] | the terminal, taken over and given back |
//! | [`text`] | all that is said, in every language |
//!
//! PASS is drawn only where the engine has told it, which it does when the ledger has it on disk.

mod advice;
mod answer;
pub mod effect;
pub mod front;
mod keymap;
mod keypad;
mod keys;
pub mod model;
pub mod moment;
pub mod msg;
pub mod office;
pub mod pages;
pub mod recording;
pub mod replay;
mod shell;
pub(crate) mod story;
pub mod terminal;
pub mod text;
mod theme;
mod update;
pub mod view;
pub mod watch;
mod wedge;

#[cfg(test)]
mod tests;

pub use effect::Effect;
pub use front::{Front, Wiring};
pub use model::{Bells, Model, Setting};
pub use moment::Moment;
pub use msg::Msg;
pub use update::update;
pub use view::view;
