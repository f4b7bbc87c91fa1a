//! A name that can stand on record.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The name of a person, in their own script: 1 to 64 characters, no white space around, no control
/// characters, and none that turn the direction of the text about them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Operator(String);

/// A text that is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a name has 1 to {} characters, none of which steers a terminal or turns the text",
    Operator::LONGEST
)]
pub struct NotAName;

impl Operator {
    /// How many characters it may have.
    pub const LONGEST: usize = 64;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Operator {
    type Error = NotAName;

    fn try_from(text: String) -> Result<Self, NotAName> {
        let good = (1..=Self::LONGEST).contains(&text.chars().count())
            && !text.chars().any(|letter| letter.is_control() || turns_text(letter))
            && text.trim() == text;
        if good { Ok(Self(text)) } else { Err(NotAName) }
    }
}

impl FromStr for Operator {
    type Err = NotAName;

    /// White space around the name is left out.
    fn from_str(text: &str) -> Result<Self, NotAName> {
        text.trim().to_owned().try_into()
    }
}

impl From<Operator> for String {
    fn from(operator: Operator) -> Self {
        operator.0
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Marks, embeddings, overrides and isolates of direction (UAX #9, section 2), and the separators of lines
/// and paragraphs: with them one name could look like another.
const fn turns_text(letter: char) -> bool {
    matches!(
        letter,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_script_are_names() {
        for name in ["Ana", "Ánh Nguyễn", "王小明", "محمد", "O'Brien-Núñez", "7"] {
            assert_eq!(name.parse::<Operator>().expect(name).as_str(), name);
        }
        assert_eq!("  Ana \n".parse::<Operator>().expect("a name").as_str(), "Ana");
        assert!("é".repeat(64).parse::<Operator>().is_ok());
    }

    #[test]
    fn what_could_deceive_a_reader_is_no_name() {
        for text in ["", "  ", "a\nb", "\u{1b}[2J", "Ana\u{202e}dab", "\u{2066}x", "a\u{200f}", "a\u{2028}b"]
        {
            assert_eq!(text.parse::<Operator>(), Err(NotAName), "{text:?}");
        }
        assert_eq!("é".repeat(65).parse::<Operator>(), Err(NotAName));
        assert_eq!(Operator::try_from(" Ana".to_owned()), Err(NotAName), "as it is kept");
    }
}
