//! Bytes to replies, on the host's side.
//!
//! The reader is a pure function of the bytes: however they are cut into chunks, the replies are the same. It
//! takes what modules in the field send: CR LF or LF, a line count glued to `OK` or (old firmware) a PEM
//! without count, noise before a reply.

use core::fmt;

/// How a reply begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// `OK`.
    Ok,
    /// `ERR` and its number; compare with [`ErrorNumber::from_number`](crate::ErrorNumber::from_number),
    /// which does not know numbers of later standards.
    Error(u32),
}

/// One whole reply.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Reply<'a> {
    /// Success, or the error's number.
    pub outcome: Outcome,
    /// What follows the separator, still escaped; empty if there is none.
    pub detail: &'a [u8],
    body: &'a [u8],
}

impl<'a> Reply<'a> {
    /// The announced lines, without their ends.
    pub fn lines(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.body.split_inclusive(|&byte| byte == b'\n').map(|line| &line[..line.len() - 1])
    }

    /// The announced lines as one text, each ended by LF: a PEM file as OpenSSL writes it.
    pub fn body(&self) -> &'a [u8] {
        self.body
    }

    /// The detail as text, or `None` when it is not UTF-8.
    pub fn text(&self) -> Option<&'a str> {
        str::from_utf8(self.detail).ok()
    }
}

impl fmt::Debug for Reply<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("outcome", &self.outcome)
            .field("detail", &self.detail.escape_ascii())
            .field("body", &self.body.escape_ascii())
            .finish()
    }
}

/// A reply did not fit the reader's buffer and was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplyTooLong;

impl fmt::Display for ReplyTooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("reply is longer than the reader's buffer")
    }
}

impl core::error::Error for ReplyTooLong {}

/// Collects bytes into replies of at most `N` bytes, detail and body together.
#[derive(Clone, Debug)]
pub struct ReplyReader<const N: usize> {
    buffer: [u8; N],
    /// Bytes of finished lines at the front of the buffer: detail, then body lines each with LF.
    kept: usize,
    /// End of the line that is being collected, which begins at `kept`.
    end: usize,
    /// The line, or the reply it belongs to, does not fit.
    overflowed: bool,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Head,
    Body {
        detail: usize,
        until: Until,
    },
    /// The reply in the buffer has been handed out and goes at the next call.
    HandedOut,
}

#[derive(Clone, Copy, Debug)]
enum Until {
    /// This many more lines.
    Lines(u32),
    /// The line that ends a PEM text.
    PemEnd,
}

impl<const N: usize> ReplyReader<N> {
    /// A reader that has seen nothing.
    pub const fn new() -> Self {
        Self { buffer: [0; N], kept: 0, end: 0, overflowed: false, state: State::Head }
    }

    /// Takes bytes from the front of `input` up to the end of the next reply. `None` means that all were
    /// taken and no reply is complete yet.
    ///
    /// # Errors
    /// [`ReplyTooLong`] once for each reply that does not fit; reading goes on after it. Overlong noise is
    /// not reported.
    pub fn next_reply(&mut self, input: &mut &[u8]) -> Option<Result<Reply<'_>, ReplyTooLong>> {
        if matches!(self.state, State::HandedOut) {
            self.reset();
        }
        while let Some((&byte, rest)) = input.split_first() {
            *input = rest;
            if byte != b'\n' {
                self.collect(byte);
            } else if let Some(whole) = self.finish_line() {
                self.state = State::HandedOut;
                return Some(whole.map(|(outcome, detail)| Reply {
                    outcome,
                    detail: &self.buffer[..detail],
                    body: &self.buffer[detail..self.kept],
                }));
            }
        }
        None
    }

    /// Drops a partial reply, for a host that has given up waiting.
    pub fn reset(&mut self) {
        (self.kept, self.end, self.overflowed) = (0, 0, false);
        self.state = State::Head;
    }

    fn collect(&mut self, byte: u8) {
        if self.end == N {
            // The reply is lost, but its lines still have to be told apart: give this line all the room.
            self.overflowed = true;
            self.buffer.copy_within(self.kept.., 0);
            self.end -= core::mem::take(&mut self.kept);
        }
        if let Some(place) = self.buffer.get_mut(self.end) {
            *place = byte;
            self.end += 1;
        }
    }

    /// Takes the collected line as a head or as body. Returns the outcome and the length of the detail when
    /// the reply is whole.
    fn finish_line(&mut self) -> Option<Result<(Outcome, usize), ReplyTooLong>> {
        if self.end > self.kept && self.buffer[self.end - 1] == b'\r' {
            self.end -= 1;
        }
        match self.state {
            State::Head | State::HandedOut => self.finish_head(),
            State::Body { detail, until } => self.finish_body(detail, until),
        }
    }

    fn finish_head(&mut self) -> Option<Result<(Outcome, usize), ReplyTooLong>> {
        let line = &self.buffer[..self.end];
        let overflowed = core::mem::take(&mut self.overflowed);
        let Some(head) = Head::parse(line) else {
            self.end = 0;
            return None;
        };
        let detail = head.detail..self.end;
        let length = detail.len();
        let pem = line[detail.clone()].eq_ignore_ascii_case(b"pem");
        self.buffer.copy_within(detail, 0);
        self.kept = length;
        self.end = length;
        let until = match head {
            Head { outcome: Outcome::Error(_), .. } | Head { number: Some(0), .. } => None,
            Head { number: Some(count), .. } => Some(Until::Lines(count)),
            Head { number: None, .. } => pem.then_some(Until::PemEnd),
        };
        if let Some(until) = until {
            self.overflowed = overflowed;
            self.state = State::Body { detail: length, until };
            return None;
        }
        Some(if overflowed { Err(ReplyTooLong) } else { Ok((head.outcome, length)) })
    }

    fn finish_body(&mut self, detail: usize, until: Until) -> Option<Result<(Outcome, usize), ReplyTooLong>> {
        let last = match until {
            Until::Lines(count) => count == 1,
            Until::PemEnd => self.buffer[self.kept..self.end].starts_with(b"-----END "),
        };
        self.collect(b'\n');
        self.kept = self.end;
        if last {
            return Some(if self.overflowed { Err(ReplyTooLong) } else { Ok((Outcome::Ok, detail)) });
        }
        if let Until::Lines(count) = until {
            self.state = State::Body { detail, until: Until::Lines(count - 1) };
        }
        None
    }
}

impl<const N: usize> Default for ReplyReader<N> {
    fn default() -> Self {
        Self::new()
    }
}

/// The first line of a reply.
struct Head {
    outcome: Outcome,
    /// The number glued to `OK`.
    number: Option<u32>,
    /// Where the detail begins.
    detail: usize,
}

impl Head {
    /// `None` for a line that is no head. Unprintable bytes before it are line noise.
    fn parse(line: &[u8]) -> Option<Self> {
        let noise = line.iter().take_while(|byte| !(b' '..=b'~').contains(*byte)).count();
        let text = &line[noise..];
        let (word, error) = match text {
            [b'O', b'K', rest @ ..] => (rest, false),
            [b'E', b'R', b'R', rest @ ..] => (rest, true),
            _ => return None,
        };
        let digits = word.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let number = match digits {
            0 => None,
            _ => Some(str::from_utf8(&word[..digits]).ok()?.parse().ok()?),
        };
        let detail = match &word[digits..] {
            [] => line.len(),
            [b' ', detail @ ..] => line.len() - detail.len(),
            _ => return None,
        };
        let outcome = if error { Outcome::Error(number?) } else { Outcome::Ok };
        Some(Self { outcome, number, detail })
    }
}
