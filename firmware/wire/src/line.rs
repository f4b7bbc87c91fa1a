//! Bytes to command lines, on the module's side.

/// One line as the module received it.
#[derive(Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// The bytes without their end of line; never empty. Mutable, so that they can be decoded where they lie.
    Complete(&'a mut [u8]),
    /// The line did not fit; all of it was swallowed. The answer is `ERR1 OVERFLOW`.
    Overflow,
}

/// Collects bytes into lines of at most `N` bytes.
///
/// LF and CR both end a line, so CR LF ends one line and an empty one; empty lines are dropped.
#[derive(Clone, Debug)]
pub struct LineAssembler<const N: usize> {
    buffer: [u8; N],
    length: usize,
    /// The line, or the PEM text, is too long: waiting for its end.
    overflowed: bool,
    /// What is in the buffer has been handed out and goes at the next call.
    handed_out: bool,
    /// Where the current line of a PEM text begins; see [`LineAssembler::expect_pem`].
    pem_line: Option<usize>,
}

/// How the first line of a PEM text begins.
const PEM_BEGIN: &[u8] = b"-----BEGIN ";
/// How the last line of a PEM text begins.
const PEM_END: &[u8] = b"-----END ";

impl<const N: usize> LineAssembler<N> {
    /// An assembler that has seen nothing.
    pub const fn new() -> Self {
        Self { buffer: [0; N], length: 0, overflowed: false, handed_out: false, pem_line: None }
    }

    /// Takes bytes from the front of `input` up to the next end of line. `None` means that all were taken and
    /// no line is complete yet.
    pub fn next_line(&mut self, input: &mut &[u8]) -> Option<Line<'_>> {
        if self.handed_out {
            (self.length, self.overflowed, self.handed_out) = (0, false, false);
        }
        while let Some((&byte, rest)) = input.split_first() {
            *input = rest;
            if !matches!(byte, b'\n' | b'\r') {
                self.collect(byte);
            } else if self.is_complete() {
                self.handed_out = true;
                self.pem_line = None;
                return Some(if self.overflowed {
                    Line::Overflow
                } else {
                    Line::Complete(&mut self.buffer[..self.length])
                });
            }
        }
        None
    }

    /// Makes the next line a whole PEM text, its lines separated by LF and its last line without one. A first
    /// line that does not begin a PEM text comes alone, as ever.
    pub fn expect_pem(&mut self) {
        self.pem_line = Some(0);
    }

    fn collect(&mut self, byte: u8) {
        if self.length == N {
            self.overflowed = true;
            // The end of a PEM text must still be recognised: start its line over at the front.
            let Some(start) = &mut self.pem_line else { return };
            self.buffer.copy_within(*start.., 0);
            self.length -= *start;
            *start = 0;
        }
        if let Some(place) = self.buffer.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }

    /// Whether the end of line that was just read completes what is being collected.
    fn is_complete(&mut self) -> bool {
        let Some(start) = self.pem_line else { return self.length > 0 || self.overflowed };
        let line = &self.buffer[start..self.length];
        if line.is_empty() {
            return false;
        }
        let first = start == 0 && !self.overflowed;
        if line.starts_with(PEM_END) || (first && !line.starts_with(PEM_BEGIN)) {
            return true;
        }
        self.collect(b'\n');
        self.pem_line = Some(self.length);
        false
    }
}

impl<const N: usize> Default for LineAssembler<N> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    /// `None` stands for an overflow.
    fn lines<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<Option<Vec<u8>>> {
        let mut assembler = LineAssembler::<8>::new();
        let mut lines = Vec::new();
        for mut chunk in chunks {
            while let Some(line) = assembler.next_line(&mut chunk) {
                lines.push(match line {
                    Line::Complete(bytes) => Some(bytes.to_vec()),
                    Line::Overflow => None,
                });
            }
        }
        lines
    }

    #[test]
    fn both_ends_of_line_count_and_empty_lines_do_not() {
        let found = lines([&b"\r\nAT\r\nAT+A\n\n\rAT+B\rrest"[..]]);
        assert_eq!(found, [Some(b"AT".to_vec()), Some(b"AT+A".to_vec()), Some(b"AT+B".to_vec())]);
    }

    #[test]
    fn an_overlong_line_is_swallowed_to_its_end_and_the_next_is_whole() {
        assert_eq!(
            lines([&b"12345678\n123456789\nAT\n"[..]]),
            [Some(b"12345678".to_vec()), None, Some(b"AT".to_vec())]
        );
    }

    #[test]
    fn a_pem_text_comes_as_one_line_when_it_is_expected() {
        let pem = b"-----BEGIN X-----\nQUJD\n-----END X-----";
        let mut assembler = LineAssembler::<64>::new();
        assembler.expect_pem();
        let mut input = &b"\r\n-----BEGIN X-----\r\nQUJD\r\n\r\n-----END X-----\r\nAT\r\n"[..];
        assert_eq!(assembler.next_line(&mut input), Some(Line::Complete(&mut pem.to_vec())));
        assert_eq!(assembler.next_line(&mut input), Some(Line::Complete(&mut b"AT".to_vec())));

        assembler.expect_pem();
        let mut input = &b"AT+RESET\n-----BEGIN X-----\n"[..];
        assert_eq!(assembler.next_line(&mut input), Some(Line::Complete(&mut b"AT+RESET".to_vec())));
        assert_eq!(assembler.next_line(&mut input), Some(Line::Complete(&mut b"-----BEGIN X-----".to_vec())));
    }

    #[test]
    fn an_overlong_pem_text_is_swallowed_to_its_last_line() {
        let mut assembler = LineAssembler::<32>::new();
        assembler.expect_pem();
        let mut input = &b"-----BEGIN X-----\nQUJDQUJDQUJD\nQUJD\n-----END X-----\nAT\n"[..];
        assert_eq!(assembler.next_line(&mut input), Some(Line::Overflow));
        assert_eq!(assembler.next_line(&mut input), Some(Line::Complete(&mut b"AT".to_vec())));
    }

    proptest! {
        #[test]
        fn chunking_does_not_matter(
            bytes in proptest::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), any::<u8>()], 0..64),
            cut in 1_usize..8,
        ) {
            prop_assert_eq!(lines([&bytes[..]]), lines(bytes.chunks(cut)));
        }
    }
}
