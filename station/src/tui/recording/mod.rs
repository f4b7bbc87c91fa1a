//! What the screen was told, kept in memory, and written down when it may be wanted.
//!
//! | file | what it holds |
//! |---|---|
//! | `format` | the file: a head, then one message a line |
//! | `ring` | the last messages, bounded in number and bytes |
//! | `recorder` | the ring of an open screen, and when it is written |
//! | `redaction` | what of a message is not kept: badges, and how a PIN is typed |
//! | `store` | the directory of recordings, in which only the last ones are kept |
//! | `reader` | a recording read back, by somebody who trusts no file |
//!
//! [`update`](crate::tui::update()) and [`view`](crate::tui::view()) are pure, so a recording shows the same
//! screens again, but for what is not kept. No PIN is in it: what is typed at a prompt for a PIN is no message.

mod format;
mod reader;
mod recorder;
mod redaction;
mod ring;
mod store;

pub use format::{Entry, Head};
pub use reader::{Recording, RecordingError};
pub(super) use recorder::Recorder;
#[cfg(test)]
pub(super) use redaction::kept;
#[cfg(test)]
pub(super) use ring::{Bounds, Ring};
pub use store::Recordings;
