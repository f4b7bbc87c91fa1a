//! The file of a recording: JSON, one object a line.
//!
//! The first line is the [`Head`]. Every other line is an [`Entry`]: a message and when it came, in the order
//! in which the screen took them in. Of time that passed and nothing else, only the last moment is kept.

use serde::{Deserialize, Serialize};

use crate::tui::{Moment, Msg, Setting};

/// The format that is written, and the only one that is read.
pub(super) const FORMAT: u32 = 1;

/// The first line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Head {
    /// Number of the format.
    pub format: u32,
    /// Version of the program that was on the line.
    pub program: String,
    /// When the screen was opened.
    pub opened: Moment,
    /// How many messages are missing, which came before those that follow. What the slots, the lights and the
    /// line were like at that time follows first.
    pub missing: u64,
    /// What the screen was opened with.
    pub setting: Setting,
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

/// Just enough of a first line to know which format it is.
#[derive(Debug, Deserialize)]
pub(super) struct Version {
    pub(super) format: u32,
}
