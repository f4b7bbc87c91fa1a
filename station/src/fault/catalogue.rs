//! What a row of the catalogue holds, how the rows become codes, and what is read off a code.

use std::fmt;

use super::{Blame, Disposition, FaultCode};

/// A row of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What the operator reads out: the letter of [`Blame`], a dash, three digits.
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

impl FaultCode {
    /// Whose fault it is.
    pub fn blame(self) -> Blame {
        match self.entry().code.as_bytes().first() {
            Some(b'M') => Blame::Module,
            Some(b'L') => Blame::Link,
            Some(b'P') => Blame::Probe,
            Some(b'H') => Blame::Hsm,
            Some(b'F') => Blame::Feed,
            Some(b'R') => Blame::Record,
            _ => Blame::Station,
        }
    }
}

impl fmt::Display for FaultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.entry().code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_and_well_formed() {
        let mut seen = BTreeSet::new();
        for code in FaultCode::ALL {
            let text = code.entry().code;
            let (letter, digits) = text.split_once('-').expect("a dash");
            assert!("MLPHFRS".contains(letter) && letter.len() == 1, "{text}");
            assert!(digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit()), "{text}");
            assert!(seen.insert(text), "{text} twice");
        }
    }

    #[test]
    fn texts_fit_the_screen() {
        for code in FaultCode::ALL {
            let entry = code.entry();
            assert!(entry.title.chars().count() <= 40, "{code}: title");
            assert!((1..=3).contains(&entry.remedy.len()), "{code}: remedies");
            for line in entry.remedy {
                assert!(line.chars().count() <= 70, "{code}: {line}");
            }
        }
    }

    #[test]
    fn a_code_is_stored_by_its_text() {
        let json = serde_json::to_string(&FaultCode::WrongChip).expect("serialises");
        assert_eq!(json, "\"P-304\"");
    }

    #[test]
    fn the_list_only_grows() {
        let listed: Vec<&str> = FaultCode::ALL.iter().map(|code| code.entry().code).collect();
        let golden: Vec<&str> = include_str!("codes.txt").lines().collect();
        for code in &golden {
            assert!(listed.contains(code), "{code} was removed");
        }
        assert_eq!(listed.len(), golden.len(), "add new codes to codes.txt");
    }
}
