//! Tests of the screen as a whole: messages in, cells out.
//!
//! | file | what it holds |
//! |---|---|
//! | `fixture` | a screen to tell things to |
//! | `picture` | cells as text and styles |
//! | `golden` | notable screens, compared with files |
//! | `scenes` | notable screens of the pages |
//! | `stories` | what messages and keys lead to |
//! | `stories_answers` | what a key is answered that can do nothing |
//! | `stories_line` | what a line in trouble, keys and scans lead to |
//! | `stories_operator` | what signing in and out leads to |
//! | `stories_unit` | what messages and keys lead to on the page of one module |
//! | `vendor` | what the page of the CA and the HSM leads to |
//! | `small` | what the header, and the smallest screens, leave out last |
//! | `told` | what the pages may be told |
//! | `stories_scanner` | what hand scanners lead to |
//! | `stories_batches` | what messages and keys lead to on the page of batches |
//! | `check` | the page of the check, and what stays said |
//! | `recording` | recordings: written, read back, played; those in `recordings/` are golden screens too |
//! | `redaction` | what a recording does not tell |
//! | `frames` | when a frame is drawn |
//! | `random` | what holds for every row of messages |

mod check;
pub(in crate::tui) mod fixture;
mod frames;
mod golden;
mod picture;
mod random;
mod recording;
mod redaction;
mod scenes;
mod small;
mod stories;
mod stories_answers;
mod stories_batches;
mod stories_line;
mod stories_operator;
mod stories_scanner;
mod stories_unit;
mod told;
mod vendor;
