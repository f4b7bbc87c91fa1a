//! How far a module has come.

use core::fmt;
use core::str::FromStr;

use super::InvalidReply;

/// The four stages of a module's making; there is no way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Lifecycle {
    /// No identity yet.
    Blank = 0,
    /// Has its UID and its key.
    Keyed = 1,
    /// Has its birth certificate as well.
    Certified = 2,
    /// Says what it is and proves its key, and refuses all other factory commands; the debug port is locked.
    Sealed = 3,
}

impl Lifecycle {
    /// All of them, in the order they happen.
    pub const ALL: [Self; 4] = [Self::Blank, Self::Keyed, Self::Certified, Self::Sealed];

    /// The word on the line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Blank => "BLANK",
            Self::Keyed => "KEYED",
            Self::Certified => "CERTIFIED",
            Self::Sealed => "SEALED",
        }
    }
}

impl fmt::Display for Lifecycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Lifecycle {
    type Err = InvalidReply;

    fn from_str(word: &str) -> Result<Self, InvalidReply> {
        Self::ALL.into_iter().find(|lifecycle| lifecycle.word() == word).ok_or(InvalidReply)
    }
}
