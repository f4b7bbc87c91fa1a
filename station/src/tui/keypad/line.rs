//! The PIN as far as it is typed.

use zeroize::{Zeroize as _, Zeroizing};

use crate::hsm::{LONGEST_PIN, Pin, PinError};

/// Whoever scans while the PIN is typed types none: a burst that is longer than this, in bytes, is a label. Scans
/// that are shorter are told from a PIN by what a label has in it. A PIN that is longer, or has that in it, can
/// be typed by hand or pasted where the terminal marks what is pasted.
pub(super) const LONGEST_BURST: usize = 40;

/// As many hexadecimal digits in a row as only a label's identifiers have.
const LABEL_DIGITS: usize = 32;

/// What was typed so far. Its room is never changed, so that it leaves no copies behind.
pub(super) struct Line {
    bytes: Zeroizing<Vec<u8>>,
    /// Where what came last in one go begins, while it goes on.
    burst: Option<usize>,
    /// Whether what comes is pasted.
    pub(super) is_pasted: bool,
}

impl Default for Line {
    fn default() -> Self {
        // One byte too long is told from the longest.
        let bytes = Zeroizing::new(Vec::with_capacity(LONGEST_PIN + 1));
        Self { bytes, burst: None, is_pasted: false }
    }
}

impl Line {
    pub(super) fn push(&mut self, byte: u8) {
        if self.is_pasted {
            self.burst = None;
        } else {
            self.burst.get_or_insert(self.bytes.len());
        }
        if self.bytes.len() < self.bytes.capacity() {
            self.bytes.push(byte);
        }
    }

    pub(super) fn clear(&mut self) {
        self.bytes.zeroize();
        self.burst = None;
    }

    /// Nothing came for a while: what comes next does not come in one go with it.
    pub(super) const fn end_burst(&mut self) {
        self.burst = None;
    }

    pub(super) const fn is_in_burst(&self) -> bool {
        self.burst.is_some()
    }

    /// Whether what came last in one go is what a scanner reads from a label.
    pub(super) fn is_scan(&self) -> bool {
        let Some(burst) = self.burst.and_then(|begin| self.bytes.get(begin..)) else { return false };
        burst.len() > LONGEST_BURST
            || burst.windows(3).any(|three| three == b"://")
            || burst.split(|byte| !byte.is_ascii_hexdigit()).any(|digits| digits.len() >= LABEL_DIGITS)
    }

    /// Takes the last character back: in UTF-8 its last bytes, up to the one that begins it.
    pub(super) fn take_back(&mut self) {
        while self.bytes.pop().is_some_and(is_continuation) {}
        self.burst = self.burst.filter(|begin| *begin < self.bytes.len());
    }

    pub(super) fn pin(&self) -> Result<Pin, PinError> {
        Pin::parse(&self.bytes)
    }

    pub(super) fn characters(&self) -> u16 {
        let count = self.bytes.iter().filter(|byte| !is_continuation(**byte)).count();
        u16::try_from(count).unwrap_or(u16::MAX)
    }
}

/// Whether it is a byte of a character in UTF-8 that is not the first.
const fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}
