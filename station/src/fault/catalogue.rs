//! What a row of the catalogue holds, and how the rows become codes.

use super::Disposition;

/// A row of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What the operator reads out: the letter of [`Blame`](super::Blame), a dash, three digits.
    pub code: &'static str,
    /// What happened, in 40 columns.
    pub title: &'static str,
    /// What becomes of the module and of the line.
    pub disposition: Disposition,
    /// One to three things to do, each in 70 columns. Safe and useful whatever the cause.
    pub remedy: &'static [&'static str],
    /// For engineers: likely layers and where to look. May be empty.
    pub note: &'static str,
}

macro_rules! catalogue {
    ($($name:ident = $code:literal {
        title: $title:literal,
        disposition: $disposition:ident,
        remedy: [$($remedy:literal),+],
        note: $note:literal,
    })+) => {
        /// What went wrong, as a name that never changes its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum FaultCode {
            $(
                #[doc = concat!($title, ". ", $note)]
                #[serde(rename = $code)]
                $name,
            )+
        }

        impl FaultCode {
            /// Every code, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The row of this code.
            pub const fn entry(self) -> Entry {
                match self {
                    $(Self::$name => Entry {
                        code: $code,
                        title: $title,
                        disposition: Disposition::$disposition,
                        remedy: &[$($remedy),+],
                        note: $note,
                    },)+
                }
            }
        }
    };
}

pub(super) use catalogue;
