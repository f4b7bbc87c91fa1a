//! The escapes that let any byte travel inside a line.
//!
//! LF is written `\A`, CR is `\D` and the backslash `\\`; every other byte stands for itself. Decoding is one
//! pass from left to right: replacing one escape after the other would turn the text `\\A` into a line feed.

use core::fmt;

/// A backslash is followed by something that is no escape, or by nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidEscape;

impl fmt::Display for InvalidEscape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("backslash begins no known escape")
    }
}

impl core::error::Error for InvalidEscape {}

/// The bytes with LF, CR and backslash escaped; at most twice as many.
pub fn encode(bytes: impl IntoIterator<Item = u8>) -> impl Iterator<Item = u8> {
    bytes.into_iter().flat_map(|byte| {
        let (first, second) = encode_byte(byte);
        core::iter::once(first).chain(second)
    })
}

/// One byte as it stands in a line.
pub const fn encode_byte(byte: u8) -> (u8, Option<u8>) {
    match byte {
        b'\n' => (b'\\', Some(b'A')),
        b'\r' => (b'\\', Some(b'D')),
        b'\\' => (b'\\', Some(b'\\')),
        _ => (byte, None),
    }
}

/// Decodes where the bytes lie and returns the decoded front part. After an error the content is unspecified.
///
/// # Errors
/// [`InvalidEscape`] for a backslash before anything but `A`, `D` or a backslash.
pub fn decode_in_place(bytes: &mut [u8]) -> Result<&mut [u8], InvalidEscape> {
    let mut read = 0;
    let mut written = 0;
    while read < bytes.len() {
        let mut byte = bytes[read];
        if byte == b'\\' {
            read += 1;
            byte = match bytes.get(read) {
                Some(b'A') => b'\n',
                Some(b'D') => b'\r',
                Some(b'\\') => b'\\',
                _ => return Err(InvalidEscape),
            };
        }
        bytes[written] = byte;
        read += 1;
        written += 1;
    }
    Ok(&mut bytes[..written])
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    fn decode(text: &[u8]) -> Result<Vec<u8>, InvalidEscape> {
        let mut text = text.to_vec();
        decode_in_place(&mut text).map(|decoded| decoded.to_vec())
    }

    #[test]
    fn an_escaped_backslash_before_a_letter_stays_a_backslash() {
        assert_eq!(decode(br"\\A"), Ok(br"\A".to_vec()));
        assert_eq!(decode(br"\\\A"), Ok(b"\\\n".to_vec()));
        assert_eq!(decode(br"a\Ab\Dc\\"), Ok(b"a\nb\rc\\".to_vec()));
    }

    #[test]
    fn anything_else_after_a_backslash_is_an_error() {
        for wrong in [&br"\"[..], br"\a", br"\d", br"\n", br"\\\", br"ok\", br"\ A"] {
            assert_eq!(decode(wrong), Err(InvalidEscape), "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn every_byte_string_survives(bytes: Vec<u8>) {
            let encoded: Vec<u8> = encode(bytes.iter().copied()).collect();
            prop_assert!(!encoded.contains(&b'\n') && !encoded.contains(&b'\r'));
            prop_assert_eq!(decode(&encoded), Ok(bytes));
        }

        #[test]
        fn what_decodes_encodes_to_the_same_text(text in proptest::collection::vec(prop_oneof![
            Just(b'\\'), Just(b'A'), Just(b'D'), Just(b'x')], 0..24)) {
            if let Ok(decoded) = decode(&text) {
                prop_assert_eq!(encode(decoded).collect::<Vec<u8>>(), text);
            }
        }
    }
}
