//! Tests of the screen as a whole: messages in, cells out.
//!
//! | file | what it holds |
//! |---|---|
//! | `fixture` | a screen to tell things to |
//! | `picture` | cells as text and styles |
//! | `golden` | notable screens, compared with files |
//! | `scenes` | notable states of the pages |
//! | `stories` | what messages and keys lead to |
//! | `stories_batches` | what they lead to on the page of batches |
//! | `random` | what holds for every row of messages |

mod fixture;
mod golden;
mod picture;
mod random;
mod scenes;
mod stories;
mod stories_batches;
