//! Trials of the station's side of the HSM: one trouble, at one moment, in a process of its own.
//!
//! hsm-sim makes the trouble, and the station's own library meets it. A trial ends with what the call
//! said, how things stood after it, and what the next call said when the trouble was over.
//!
//! | module | what it holds |
//! |---|---|
//! | [`trouble`] | what goes wrong, and at which moments |
//! | [`store`] | tokens to start from: with a key, without, with two, another one |
//! | [`play`](mod@play) | a trial, inside its process |
//! | [`matrix`](mod@matrix) | all trials, and the page that shows them |

pub mod matrix;
pub mod play;
pub mod store;
pub mod trouble;

pub use matrix::matrix;
pub use play::{Ending, Trial, play};
pub use store::Stores;
pub use trouble::{Moment, TROUBLES, Trouble};

/// The token's label.
pub const TOKEN: &str = "trial";
/// The key that signs.
pub const KEY: &str = "issuing";
/// The user's PIN.
pub const PIN: &str = "trial-pin-4711";
