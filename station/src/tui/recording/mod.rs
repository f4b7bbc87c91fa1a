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

//! # Formats
//!
//! A recording is played by the program that wrote it, and by every other one of the same format. Whatever changes
//! how a message, the setting or the screen is written makes a new format, with a row in `format`: a message, a
//! variant or a field more, less, or of another name or meaning. What only changes how something is drawn or
//! said makes none: an old recording shows how that looks now. Nothing is guessed: a recording of another format
//! is refused by its first line, and F-519 names the version that plays it. Of those in `tests/recordings`, which
//! stand for a complaint each, the format is raised by hand if their lines still say the same, and they are
//! recorded anew if not.

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
