//! Tests of the screen as a whole: messages in, cells out.
//!
//! | file | what it holds |
//! |---|---|
//! | `fixture` | a screen to tell things to |
//! | `picture` | cells as text and styles |
//! | `golden` | notable screens, compared with files |
//! | `stories` | what messages and keys lead to |
//! | `check` | the page of the check, and what stays said |
//! | `recording` | recordings: written, read back, played; those in `recordings/` are golden screens too |
//! | `random` | what holds for every row of messages |

mod check;
pub(in crate::tui) mod fixture;
mod golden;
mod picture;
mod random;
mod recording;
mod stories;
