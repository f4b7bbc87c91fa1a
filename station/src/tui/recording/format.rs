//! The file of a recording: JSON, one object a line.
//!
//! The first line is the [`Head`]. Every other line is an [`Entry`]: a message and when it came, in the order
//! in which the screen took them in. Of time that passed and nothing else, only the last moment is kept.
//!
//! | format | what it brought |
//! |---|---|
//! | 1 | a head and messages; what was standing when older messages went came as messages before the others |
//! | 2 | the screen as it was before the first message, in the head; the messages of pages, operators and sizes |

use serde::{Deserialize, Serialize};

use crate::tui::{Model, Moment, Msg, Setting};

/// The format that is written, and the only one that is read.
pub(super) const FORMAT: u32 = 2;

/// The first line.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Head {
    /// Number of the format.
    pub format: u32,
    /// Version of the program that was on the line.
    pub program: String,
    /// When the screen was opened.
    pub opened: Moment,
    /// How many messages are missing, which came before those that follow, or were too large.
    pub missing: u64,
    /// What the screen was opened with.
    pub setting: Setting,
    /// What the screen was like before the messages that follow, if any came before them. It belongs to the
    /// setting above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screen: Option<Box<Model>>,
}

/// Any other line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// When the message came.
    pub at: Moment,
    /// What the screen was told.
    pub msg: Msg,
}

/// An [`Entry`] to be written, which is written as one.
#[derive(Debug, Serialize)]
pub(super) struct Written<'a> {
    pub(super) at: Moment,
    pub(super) msg: &'a Msg,
}

/// Just enough of a first line, in whatever format, to know which one it is and which program can play it.
#[derive(Debug, Deserialize)]
pub(super) struct Version {
    pub(super) format: u32,
    #[serde(default)]
    pub(super) program: Option<String>,
}
