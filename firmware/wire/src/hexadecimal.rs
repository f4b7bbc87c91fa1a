//! Fixed-length bytes as lower-case hexadecimal text.

use core::fmt;

/// The text is not exactly two hexadecimal digits for each byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidHexadecimal;

impl fmt::Display for InvalidHexadecimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text is not hexadecimal of the expected length")
    }
}

impl core::error::Error for InvalidHexadecimal {}

/// Displays bytes as lower-case digits, two each, without separators.
#[derive(Clone, Copy, Debug)]
pub struct Hexadecimal<'a>(pub &'a [u8]);

impl fmt::Display for Hexadecimal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;
        self.0.iter().try_for_each(|&byte| {
            let [high, low] = digits(byte);
            f.write_char(char::from(high))?;
            f.write_char(char::from(low))
        })
    }
}

/// Reads exactly `N` bytes; digits of either case are accepted.
///
/// # Errors
/// [`InvalidHexadecimal`] when `text` is not `2 * N` hexadecimal digits.
pub fn parse<const N: usize>(text: &[u8]) -> Result<[u8; N], InvalidHexadecimal> {
    let mut bytes = [0; N];
    let (pairs, rest) = text.as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return Err(InvalidHexadecimal);
    }
    for (byte, &[high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(high)? << 4 | digit(low)?;
    }
    Ok(bytes)
}

/// The two lower-case digits of a byte, high half first.
pub const fn digits(byte: u8) -> [u8; 2] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    [DIGITS[(byte >> 4) as usize], DIGITS[(byte & 15) as usize]]
}

fn digit(character: u8) -> Result<u8, InvalidHexadecimal> {
    match character {
        b'0'..=b'9' => Ok(character - b'0'),
        b'a'..=b'f' => Ok(character - b'a' + 10),
        b'A'..=b'F' => Ok(character - b'A' + 10),
        _ => Err(InvalidHexadecimal),
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::ToString;

    #[test]
    fn reads_what_it_writes() {
        let text = Hexadecimal(&[0x00, 0x9f, 0xff]).to_string();
        assert_eq!(text, "009fff");
        assert_eq!(parse::<3>(text.as_bytes()), Ok([0x00, 0x9f, 0xff]));
        assert_eq!(parse::<3>(b"009FfF"), Ok([0x00, 0x9f, 0xff]));
    }

    #[test]
    fn refuses_other_lengths_and_characters() {
        for wrong in ["", "0", "00", "0000f", "00000", "0000000", "00000g", "+00000", "0x0000"] {
            assert_eq!(parse::<3>(wrong.as_bytes()), Err(InvalidHexadecimal), "{wrong}");
        }
    }
}
