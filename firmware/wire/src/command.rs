//! One command line: `AT+{command}[#]{separator}[parameter]`.

use crate::error::ErrorNumber;
use crate::escape;

/// Longest command name in bytes.
pub const MAX_NAME: usize = 32;

/// A command as the host formats it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command<'a> {
    /// The name in upper case, with its `?` or `!`, if any: `CONF?`. Empty for the bare `AT`.
    pub name: &'a str,
    /// The decimal number glued to the name: 1 in `SEND1`.
    pub suffix: Option<u32>,
    /// What follows the separator, without escapes; any bytes, possibly none.
    pub parameter: &'a [u8],
}

impl<'a> Command<'a> {
    /// A command without suffix.
    pub const fn new(name: &'a str, parameter: &'a [u8]) -> Self {
        Self { name, suffix: None, parameter }
    }

    /// The line as the host sends it, escaped and ended by a single LF.
    pub fn bytes(self) -> impl Iterator<Item = u8> + use<'a> {
        line(self.name, self.suffix, self.parameter.iter().copied())
    }
}

/// A command as the module parsed it.
#[derive(Debug, PartialEq, Eq)]
pub struct Received<'a> {
    /// The name in upper case, with its `?` or `!`, if any. Empty for the bare `AT`.
    pub name: &'a str,
    /// The decimal number glued to the name.
    pub suffix: Option<u32>,
    /// What follows the separator, without escapes. Mutable, so that it can be decoded further where it lies:
    /// the module has no room for a second copy.
    pub parameter: &'a mut [u8],
}

impl<'a> Received<'a> {
    /// Reads one line as the module received it, without its end of line. Whatever stands before the first
    /// `AT+` is noise. Case of the name is folded and escapes are decoded where the bytes lie.
    ///
    /// # Errors
    /// The number the module answers with: [`Parse`](ErrorNumber::Parse) for a line that is no command,
    /// [`OutOfRange`](ErrorNumber::OutOfRange) for a suffix beyond 32 bits,
    /// [`InvalidEscape`](ErrorNumber::InvalidEscape).
    pub fn parse(line: &'a mut [u8]) -> Result<Self, ErrorNumber> {
        let Some(start) = find(line, b"AT+") else {
            // A bare `AT` may have noise before it as well, nothing after it.
            return match line.last_chunk::<2>() {
                Some(end) if end.eq_ignore_ascii_case(b"AT") => {
                    Ok(Self { name: "", suffix: None, parameter: &mut [] })
                }
                _ => Err(ErrorNumber::Parse),
            };
        };
        let line = &mut line[start + 3..];

        let mut length = line.iter().take_while(|&&byte| byte.is_ascii_alphabetic() || byte == b'_').count();
        if matches!(line.get(length), Some(b'?' | b'!')) {
            length += 1;
        }
        let (name, rest) = line.split_at_mut(length);
        if name.first().is_none_or(|first| !first.is_ascii_alphabetic()) || length > MAX_NAME {
            return Err(ErrorNumber::Parse);
        }
        name.make_ascii_uppercase();
        let name = str::from_utf8(name).map_err(|_| ErrorNumber::Parse)?;

        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = rest.split_at_mut(digits);
        let suffix = decimal(digits)?;

        let parameter: &mut [u8] = match rest {
            [] => &mut [],
            [b' ', parameter @ ..] => escape::decode_in_place(parameter)
                .map_err(|escape::InvalidEscape| ErrorNumber::InvalidEscape)?,
            _ => return Err(ErrorNumber::Parse),
        };
        Ok(Self { name, suffix, parameter })
    }
}

/// The bytes of a command line whose parameter comes from an iterator.
pub(crate) fn line(
    name: &str,
    suffix: Option<u32>,
    parameter: impl Iterator<Item = u8>,
) -> impl Iterator<Item = u8> {
    let plus = if name.is_empty() { "AT" } else { "AT+" };
    let mut parameter = parameter.peekable();
    let separator = parameter.peek().map(|_| b' ');
    plus.bytes()
        .chain(name.bytes())
        .chain(suffix.into_iter().flat_map(decimal_digits))
        .chain(separator)
        .chain(escape::encode(parameter))
        .chain([b'\n'])
}

/// Where `pattern` first stands in `text`, in any case of letters.
fn find(text: &[u8], pattern: &[u8]) -> Option<usize> {
    text.windows(pattern.len()).position(|window| window.eq_ignore_ascii_case(pattern))
}

fn decimal(digits: &[u8]) -> Result<Option<u32>, ErrorNumber> {
    if digits.is_empty() {
        return Ok(None);
    }
    digits
        .iter()
        .try_fold(0_u32, |value, digit| value.checked_mul(10)?.checked_add(u32::from(digit - b'0')))
        .map(Some)
        .ok_or(ErrorNumber::OutOfRange)
}

/// The digits of a number, most significant first.
pub(crate) fn decimal_digits(number: u32) -> impl Iterator<Item = u8> {
    let mut digits = [b'0'; 10];
    let mut rest = number;
    let mut start = digits.len();
    while start == digits.len() || rest > 0 {
        start -= 1;
        let digit = (rest % 10) as u8;
        digits[start] = b'0' + digit;
        rest /= 10;
    }
    digits.into_iter().skip(start)
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use proptest::prelude::*;
    use std::string::String;
    use std::vec::Vec;

    type Owned = (String, Option<u32>, Vec<u8>);

    fn parse(line: impl AsRef<[u8]>) -> Result<Owned, ErrorNumber> {
        let mut line = line.as_ref().to_vec();
        Received::parse(&mut line)
            .map(|received| (received.name.into(), received.suffix, received.parameter.to_vec()))
    }

    #[expect(clippy::unnecessary_wraps, reason = "compared with what the parser returns")]
    fn command(name: &str, suffix: Option<u32>, parameter: &[u8]) -> Result<Owned, ErrorNumber> {
        Ok((name.into(), suffix, parameter.to_vec()))
    }

    #[test]
    fn names_are_folded_and_noise_before_them_is_dropped() {
        assert_eq!(parse("at+conf? ThingName"), command("CONF?", None, b"ThingName"));
        assert_eq!(parse(b"\x00\xffAT+CONNECT!"), command("CONNECT!", None, b""));
        assert_eq!(parse("xAT"), command("", None, b""));
        assert_eq!(parse("AT+FACTORY_RESET"), command("FACTORY_RESET", None, b""));
    }

    #[test]
    fn a_suffix_is_glued_to_the_name() {
        assert_eq!(parse("AT+SEND12 a b "), command("SEND", Some(12), b"a b "));
        assert_eq!(parse("AT+GET0"), command("GET", Some(0), b""));
        assert_eq!(parse("AT+GET4294967296"), Err(ErrorNumber::OutOfRange));
    }

    #[test]
    fn only_one_space_separates() {
        assert_eq!(parse("AT+SEND1  x"), command("SEND", Some(1), b" x"));
        assert_eq!(parse("AT+SEND1 "), command("SEND", Some(1), b""));
        for wrong in ["AT+SEND1\tx", "AT+CONF?Key", "AT+GET1x", "AT+CONF??", "AT+CONF!?", "AT+A=b"] {
            assert_eq!(parse(wrong), Err(ErrorNumber::Parse), "{wrong}");
        }
    }

    #[test]
    fn lines_that_are_no_command_are_parse_errors() {
        for wrong in ["hello", "A", "AT ", "AT?", "AT+", "AT+ x", "AT+1", "AT+?", "AT+_A", "ATI"] {
            assert_eq!(parse(wrong), Err(ErrorNumber::Parse), "{wrong}");
        }
        let longest = std::format!("AT+{}", "a".repeat(MAX_NAME));
        assert_eq!(parse(&longest), command(&"A".repeat(MAX_NAME), None, b""));
        assert_eq!(parse(longest + "a"), Err(ErrorNumber::Parse));
    }

    #[test]
    fn parameters_are_unescaped() {
        assert_eq!(parse(r"AT+SEND1 a\Ab\Dc\\A"), command("SEND", Some(1), b"a\nb\rc\\A"));
        assert_eq!(parse(r"AT+SEND1 \x"), Err(ErrorNumber::InvalidEscape));
    }

    proptest! {
        #[test]
        fn what_the_host_formats_the_module_reads(
            name in "[A-Z][A-Z_]{0,30}[?!]?", suffix: Option<u32>, parameter: Vec<u8>,
        ) {
            let sent = Command { name: &name, suffix, parameter: &parameter };
            let mut line: Vec<u8> = sent.bytes().collect();
            prop_assert_eq!(line.pop(), Some(b'\n'));
            prop_assert!(!line.contains(&b'\n') && !line.contains(&b'\r'));
            let read = Received::parse(&mut line).expect("a well-formed line");
            prop_assert_eq!(Command { name: read.name, suffix, parameter: read.parameter }, sent);
            prop_assert_eq!(read.suffix, suffix);
        }

        #[test]
        fn no_line_panics(mut line: Vec<u8>, mut after in "AT\\+(?s).*") {
            let _ = Received::parse(&mut line);
            // Arbitrary bytes hold `AT+` too seldom.
            let mut bytes = core::mem::take(&mut after).into_bytes();
            let _ = Received::parse(&mut bytes);
        }
    }
}
