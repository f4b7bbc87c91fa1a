//! Tests of the screen as a whole: messages in, cells out.
//!
//! | file | what it holds |
//! |---|---|
//! | `fixture` | a screen to tell things to |
//! | `picture` | cells as text and styles |
//! | `golden` | notable screens, compared with files |
//! | `stories` | what messages and keys lead to |
//! | `check` | the page of the check, and what stays said |
//! | `random` | what holds for every row of messages |

mod check;
mod fixture;
mod golden;
mod picture;
mod random;
mod stories;
