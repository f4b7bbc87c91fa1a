//! Tests of the screen as a whole: messages in, cells out.
//!
//! | file | what it holds |
//! |---|---|
//! | `fixture` | a screen to tell things to |
//! | `picture` | cells as text and styles |
//! | `golden` | notable screens, compared with files |
//! | `stories` | what messages and keys lead to |
//! | `scenes` | notable states of the pages |
//! | `vendor` | what the page of the CA and the HSM leads to |
//! | `random` | what holds for every row of messages |

mod fixture;
mod golden;
mod picture;
mod random;
mod scenes;
mod stories;
mod vendor;
