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
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Collecting,
    /// Too long: waiting for its end.
    Swallowing,
    /// The line in the buffer has been handed out and goes at the next byte.
    HandedOut,
}

impl<const N: usize> LineAssembler<N> {
    /// An assembler that has seen nothing.
    pub const fn new() -> Self {
        Self { buffer: [0; N], length: 0, state: State::Collecting }
    }

    /// Takes bytes from the front of `input` up to the next end of line. `None` means that all were taken and no
    /// line is complete yet.
    pub fn next_line(&mut self, input: &mut &[u8]) -> Option<Line<'_>> {
        if self.state == State::HandedOut {
            self.length = 0;
            self.state = State::Collecting;
        }
        while let Some((&byte, rest)) = input.split_first() {
            *input = rest;
            if matches!(byte, b'\n' | b'\r') {
                if self.state == State::Swallowing {
                    self.state = State::HandedOut;
                    return Some(Line::Overflow);
                }
                if self.length > 0 {
                    self.state = State::HandedOut;
                    return Some(Line::Complete(&mut self.buffer[..self.length]));
                }
            } else if let Some(place) = self.buffer.get_mut(self.length) {
                *place = byte;
                self.length += 1;
            } else {
                self.state = State::Swallowing;
            }
        }
        None
    }

    /// Overwrites the buffer with zeros and drops a partial line.
    pub fn clear(&mut self) {
        self.buffer.fill(0);
        self.length = 0;
        self.state = State::Collecting;
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
