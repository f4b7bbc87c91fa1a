//! The module's unique identity.

use core::fmt;
use core::str::FromStr;

use crate::hexadecimal::{self, Hexadecimal, InvalidHexadecimal};

/// A module's 128-bit identity: `ThingName`, certificate serial number and subject at once.
///
/// The bytes are big-endian, as in the certificate's serial number. Two text forms name the same number: 32
/// lower-case hexadecimal digits (canonical; [`Display`](fmt::Display), serial lines, ledger) and UUID text
/// ([`Uid::uuid_text`]; `ThingName`, subject). [`FromStr`] reads both, in either case of letters.
///
/// A module makes its UID by [`Uid::from_random`]. Parsing does not insist on the version and variant bits,
/// so that a foreign or corrupt identity can be shown and judged; see [`Uid::is_random_layout`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid([u8; 16]);

impl Uid {
    /// Takes the bytes as they are, most significant first.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Makes an identity of 16 random bytes: 122 of the bits stay random, the others mark the number as a
    /// version 4 UUID (RFC 9562 section 5.4).
    pub const fn from_random(mut bytes: [u8; 16]) -> Self {
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Self(bytes)
    }

    /// Whether the version and variant bits are those that [`Uid::from_random`] sets.
    pub const fn is_random_layout(&self) -> bool {
        self.0[6] & 0xf0 == 0x40 && self.0[8] & 0xc0 == 0x80
    }

    /// The bytes, most significant first.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The number as UUID text: 36 lower-case characters, `8-4-4-4-12`.
    pub fn uuid_text(&self) -> UuidText {
        let mut text = [b'-'; 36];
        let mut at = 0;
        for (index, byte) in self.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                at += 1;
            }
            text[at..at + 2].copy_from_slice(&hexadecimal::digits(*byte));
            at += 2;
        }
        UuidText(text)
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hexadecimal(&self.0).fmt(f)
    }
}

impl fmt::Debug for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Uid({self})")
    }
}

impl FromStr for Uid {
    type Err = InvalidUid;

    fn from_str(text: &str) -> Result<Self, InvalidUid> {
        const HYPHENS: [usize; 4] = [8, 13, 18, 23];
        let text = text.as_bytes();
        let mut digits = [0; 32];
        match text.len() {
            32 => digits.copy_from_slice(text),
            36 if HYPHENS.iter().all(|&at| text[at] == b'-') => {
                let found = text.iter().enumerate().filter(|(at, _)| !HYPHENS.contains(at));
                digits.iter_mut().zip(found).for_each(|(digit, (_, &character))| *digit = character);
            }
            _ => return Err(InvalidUid),
        }
        hexadecimal::parse(&digits).map(Self).map_err(|InvalidHexadecimal| InvalidUid)
    }
}

/// A UID as UUID text, held inline; see [`Uid::uuid_text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UuidText([u8; 36]);

impl UuidText {
    /// The 36 characters.
    pub fn as_str(&self) -> &str {
        // Only ASCII digits, letters and hyphens are ever put in.
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The 36 characters as bytes.
    pub const fn as_bytes(&self) -> &[u8; 36] {
        &self.0
    }
}

impl fmt::Display for UuidText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is neither 32 hexadecimal digits nor UUID text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidUid;

impl fmt::Display for InvalidUid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text is neither 32 hexadecimal digits nor a UUID")
    }
}

impl core::error::Error for InvalidUid {}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use proptest::prelude::*;
    use std::string::{String, ToString};

    #[test]
    fn leading_zeros_and_a_set_top_bit_keep_their_places() {
        let low = Uid::from_random([0; 16]);
        assert_eq!(low.to_string(), "00000000000040008000000000000000");
        assert_eq!(low.uuid_text().as_str(), "00000000-0000-4000-8000-000000000000");
        let high = Uid::from_random([0xff; 16]);
        assert_eq!(high.to_string(), "ffffffffffff4fffbfffffffffffffff");
        assert_eq!(high.uuid_text().as_str(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }

    #[test]
    fn misplaced_hyphens_and_odd_lengths_are_refused() {
        for wrong in [
            "",
            "-",
            "0000000000004000800000000000000",
            "000000000000400080000000000000000",
            "0000000-00000-4000-8000-000000000000",
            "00000000_0000_4000_8000_000000000000",
            "00000000-0000-4000-8000-00000000000-",
            "0000000000004000800000000000000g",
            "é000000000000400080000000000000",
        ] {
            assert_eq!(wrong.parse::<Uid>(), Err(InvalidUid), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn both_forms_name_the_same_number(bytes: [u8; 16]) {
            let uid = Uid::from_bytes(bytes);
            prop_assert_eq!(uid.to_string().parse(), Ok(uid));
            prop_assert_eq!(uid.uuid_text().as_str().parse(), Ok(uid));
            prop_assert_eq!(uid.to_string().to_uppercase().parse(), Ok(uid));
            let without_hyphens: String = uid.uuid_text().as_str().replace('-', "");
            prop_assert_eq!(without_hyphens, uid.to_string());
        }

        #[test]
        fn a_random_identity_has_the_version_4_layout(bytes: [u8; 16]) {
            let uid = Uid::from_random(bytes);
            prop_assert!(uid.is_random_layout());
            let text = uid.uuid_text();
            prop_assert_eq!(text.as_bytes()[14], b'4');
            prop_assert!(b"89ab".contains(&text.as_bytes()[19]));
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = text.parse::<Uid>();
        }
    }
}
