//! The module's unique id.
use core::{fmt, str::FromStr};

/// The 128-bit unique id of a module, big-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid([u8; 16]);

impl Uid {
    /// The id with these 16 bytes, most significant first.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes, most significant first.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The id in the text form of a UUID, lower-case.
    pub fn uuid_text(&self) -> impl fmt::Display + '_ {
        UuidText(self)
    }
}

struct UuidText<'a>(&'a Uid);

impl fmt::Display for UuidText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A text that is not 32 hex digits, nor a UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseUidError;

impl FromStr for Uid {
    type Err = ParseUidError;

    fn from_str(text: &str) -> Result<Self, ParseUidError> {
        let mut bytes = [0u8; 16];
        let mut digits = 0usize;
        for character in text.chars().filter(|c| *c != '-') {
            let digit = character.to_digit(16).ok_or(ParseUidError)?;
            let byte = bytes.get_mut(digits / 2).ok_or(ParseUidError)?;
            *byte = *byte << 4 | u8::try_from(digit).map_err(|_| ParseUidError)?;
            digits += 1;
        }
        (digits == 32).then_some(Self(bytes)).ok_or(ParseUidError)
    }
}
