//! The module's unique id, in its two text forms.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::text::{TextFormError, lower_hex};

/// The 128-bit unique id of a module.
///
/// Its canonical text is 32 lower-case hexadecimal digits, leading zeros kept. The same number
/// written as a UUID is the `ThingName` and the common name of the birth certificate.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Uid([u8; 16]);

impl Uid {
    /// The UID with these bytes, most significant first.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The UID that a certificate serial number holds, given as the content of its DER INTEGER.
    /// `None` when the number is negative or needs more than 128 bits.
    ///
    /// DER leaves leading zeros away, and puts one in front when the top bit is set.
    pub fn from_serial(content: &[u8]) -> Option<Self> {
        if content.first()? & 0x80 != 0 {
            return None;
        }
        let number = content.strip_prefix(&[0]).unwrap_or(content);
        let mut bytes = [0; 16];
        let start = bytes.len().checked_sub(number.len())?;
        bytes[start..].copy_from_slice(number);
        Some(Self(bytes))
    }

    /// The 16 bytes, most significant first.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The UID as lower-case UUID text: the `ThingName`, and the common name in the certificate.
    pub fn thing_name(&self) -> String {
        let hex = hex::encode(self.0);
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Uid({self})")
    }
}

impl FromStr for Uid {
    type Err = TextFormError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        lower_hex(text).map(Self).ok_or(TextFormError { expected: "32 lower-case hexadecimal digits" })
    }
}

impl TryFrom<String> for Uid {
    type Error = TextFormError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Uid> for String {
    fn from(uid: Uid) -> Self {
        uid.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leading_zeros_survive_every_form() {
        let uid: Uid = "000102030405460788090a0b0c0d0e0f".parse().unwrap();
        assert_eq!(uid.to_string(), "000102030405460788090a0b0c0d0e0f");
        assert_eq!(uid.thing_name(), "00010203-0405-4607-8809-0a0b0c0d0e0f");
        assert_eq!(Uid::from_serial(&uid.as_bytes()[1..]), Some(uid));
    }

    #[test]
    fn a_serial_that_is_negative_or_of_more_than_128_bits_is_no_uid() {
        assert_eq!(Uid::from_serial(&[]), None);
        assert_eq!(Uid::from_serial(&[0xff; 16]), None);
        assert_eq!(Uid::from_serial(&[1; 17]), None);
        let high = [&[0][..], &[0xff; 16]].concat();
        assert_eq!(Uid::from_serial(&high), Some(Uid::from_bytes([0xff; 16])));
    }

    #[test]
    fn other_spellings_are_refused() {
        for text in ["", "00", "000102030405460788090A0B0C0D0E0F", "00010203-0405-4607-8809-0a0b0c0d0e0f"] {
            assert!(text.parse::<Uid>().is_err(), "{text}");
        }
    }
}
