//! What a hand scanner read, and which one it was.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The fewest characters that a scanner on the keyboard types at one pull of its trigger: what is shorter may as well
/// come from fingers.
pub const SHORTEST_TYPED: usize = 6;

/// A scanner in somebody's hand. It reads when its trigger is pulled, not when it is asked to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hand {
    /// A keyboard to the terminal in which the screen is.
    Keyboard,
    /// On this serial port.
    Serial(PathBuf),
}

/// One pull of the trigger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Reading {
    /// Which scanner.
    pub by: Hand,
    /// What the code says.
    pub text: String,
}

impl Hand {
    /// What an error message calls it.
    pub(super) fn described(&self) -> String {
        match self {
            Self::Keyboard => "the keyboard".to_owned(),
            Self::Serial(port) => format!("the scanner at {}", port.display()),
        }
    }
}
