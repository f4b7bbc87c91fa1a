//! A recording played: the screen as it was, message by message.
//!
//! | file | what it holds |
//! |---|---|
//! | `tape` | [`Tape`]: a recording, and how far it was played |
//! | `player` | plays it on a terminal, at the pace at which it was recorded |

mod player;
mod tape;

#[cfg(test)]
pub(super) use player::draw_bar;
pub use player::{Pace, play};
pub use tape::Tape;
