//! The bytes of a terminal in raw mode: a PIN is read from them, or they are dropped.

use std::os::fd::AsFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use zeroize::Zeroizing;

use super::Untyped;
use super::line::Line;
use crate::hsm::Pin;
use crate::tui::wedge::GAP;

/// At most so many bytes are dropped of what is typed on, so that a key that is held down keeps nobody for ever.
pub(super) const MOST: usize = 4096;

/// How often it is looked whether the PIN is still wanted, while no key comes.
pub(super) const LOOK: Duration = Duration::from_millis(100);

/// How long nothing has to come for all to have come that was typed or pasted in one go.
pub(super) const QUIET: Duration = Duration::from_millis(50);

const ENTER: [u8; 2] = *b"\r\n";
const CONTROL_C: u8 = 3;
const ESCAPE: u8 = 27;

/// Reads a line from a terminal in raw mode. What comes with it and after it is dropped.
pub(super) fn read(
    input: &impl AsFd,
    patience: Duration,
    goes_on: impl Fn() -> bool,
    tell: impl Fn(u16),
) -> Result<Pin, Untyped> {
    const CONTROL_U: u8 = 21;
    const BACKSPACE: [u8; 2] = [8, 127];
    /// With Enter, what scanners close a scan with.
    const SCAN_ENDS: [u8; 3] = *b"\r\n\t";
    let mut line = Line::default();
    let mut idle = Duration::ZERO;
    tell(0);
    loop {
        if !goes_on() {
            return Err(Untyped::CutOff);
        }
        let wait = if line.is_in_burst() { GAP } else { LOOK };
        let byte = next(input, wait)?;
        if line.is_scan() && byte.is_none_or(|byte| SCAN_ENDS.contains(&byte)) {
            drop_rest(input)?;
            return Err(Untyped::Scanned);
        }
        let Some(byte) = byte else {
            line.end_burst();
            idle += wait;
            if idle >= patience {
                return Err(Untyped::TimedOut);
            }
            continue;
        };
        idle = Duration::ZERO;
        match byte {
            _ if ENTER.contains(&byte) => {
                drop_rest(input)?;
                return Ok(line.pin()?);
            }
            CONTROL_C => break,
            ESCAPE => match skip_sequence(input)? {
                Sequence::None => break,
                Sequence::PasteBegins => line.is_pasted = true,
                Sequence::PasteEnds => line.is_pasted = false,
                Sequence::Other => {}
            },
            CONTROL_U => line.clear(),
            _ if BACKSPACE.contains(&byte) => line.take_back(),
            // What is left of the control characters is no part of a PIN.
            0..32 => {}
            _ => line.push(byte),
        }
        tell(line.characters());
    }
    drop_rest(input)?;
    Err(Untyped::Cancelled)
}

/// Drops what is typed, up to a key that ends a PIN, or until nothing comes for as long as this, or so many bytes.
pub(super) fn swallow(
    input: &impl AsFd,
    stillness: Duration,
    most: usize,
    goes_on: impl Fn() -> bool,
) -> Result<(), Untyped> {
    let mut idle = Duration::ZERO;
    let mut swallowed = 0;
    while goes_on() && idle < stillness && swallowed < most {
        let Some(byte) = next(input, LOOK)? else {
            idle += LOOK;
            continue;
        };
        idle = Duration::ZERO;
        swallowed += 1;
        if ENTER.contains(&byte)
            || byte == CONTROL_C
            || (byte == ESCAPE && skip_sequence(input)? == Sequence::None)
        {
            return drop_rest(input);
        }
    }
    Ok(())
}

/// The next byte, if one comes in time.
pub(super) fn next(input: &impl AsFd, wait: Duration) -> Result<Option<u8>, Untyped> {
    let wait = Timespec::try_from(wait).map_err(|_| Untyped::Gone)?;
    let mut ready = [PollFd::new(input, PollFlags::IN)];
    match poll(&mut ready, Some(&wait)) {
        Ok(_) => {}
        Err(rustix::io::Errno::INTR) => return Ok(None),
        Err(_) => return Err(Untyped::Gone),
    }
    let found = ready[0].revents();
    if found.is_empty() {
        return Ok(None);
    }
    let mut byte = Zeroizing::new([0]);
    match rustix::io::read(input, &mut *byte) {
        Ok(1) => Ok(Some(byte[0])),
        Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => Ok(None),
        Ok(_) | Err(_) => Err(Untyped::Gone),
    }
}

/// What follows an Escape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sequence {
    /// Nothing: it was that key.
    None,
    /// The mark before what is pasted.
    PasteBegins,
    /// The mark after it.
    PasteEnds,
    /// What a terminal sends for another key.
    Other,
}

/// Reads what a terminal sends after an Escape for a key or around what is pasted (ECMA-48, section 5.4: control
/// sequences; xterm, "Bracketed Paste Mode": 200 and 201 with a tilde).
fn skip_sequence(input: &impl AsFd) -> Result<Sequence, Untyped> {
    let mut parameters = [0; 3];
    let mut count = 0;
    match next(input, QUIET)? {
        None => return Ok(Sequence::None),
        Some(b'[') => {}
        Some(b'O') => return next(input, QUIET).map(|_| Sequence::Other),
        Some(_) => return Ok(Sequence::Other),
    }
    loop {
        match next(input, QUIET)? {
            Some(b'~') => break,
            None | Some(0x40..0x7f) => return Ok(Sequence::Other),
            Some(byte) => {
                if let Some(place) = parameters.get_mut(count) {
                    *place = byte;
                }
                count += 1;
            }
        }
    }
    Ok(match (count, &parameters) {
        (3, b"200") => Sequence::PasteBegins,
        (3, b"201") => Sequence::PasteEnds,
        _ => Sequence::Other,
    })
}

/// Drops what has come, and what still comes in one go with it. A key that is held down does not keep the
/// screen for ever.
fn drop_rest(input: &impl AsFd) -> Result<(), Untyped> {
    for _ in 0..MOST {
        if next(input, QUIET)?.is_none() {
            break;
        }
    }
    Ok(())
}
