//! Tests of the screen as a whole: messages in, cells out.
//!
//! | file | what it holds |
//! |---|---|
//! | `fixture` | a screen to tell things to |
//! | `picture` | cells as text and styles |
//! | `golden` | notable screens, compared with files |
//! | `stories` | what messages and keys lead to |
//! | `frames` | when a frame is drawn |
//! | `random` | what holds for every row of messages |

mod fixture;
mod frames;
mod golden;
mod picture;
mod random;
mod stories;
