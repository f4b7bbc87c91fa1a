//! Answers of the probe that faults spoil.

use super::request::{Answer, Request};
use crate::fault::{Fault, Faults};

/// The flash cell that is broken when one is. Every image fills it.
const BROKEN_BYTE: u32 = 0x100;
const BROKEN_BIT: u8 = 1 << 0;

/// What becomes of the answer to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spoil {
    /// Nothing.
    Intact,
    /// It has digits that a register does not have.
    Longer,
    /// A bit of the byte in this place is another.
    Flipped(usize),
}

impl Spoil {
    pub(super) fn of(request: &Request, faults: &Faults) -> Self {
        match request {
            Request::ReadDebugPort { .. } | Request::ReadAccessPort { .. }
                if faults.has(&Fault::ProbeBabbles) =>
            {
                Self::Longer
            }
            Request::ReadMemory { address, length, .. }
                if (*address..address.saturating_add(*length)).contains(&BROKEN_BYTE)
                    && faults.has(&Fault::FlashReadsBackWrong) =>
            {
                Self::Flipped((BROKEN_BYTE - address) as usize)
            }
            _ => Self::Intact,
        }
    }

    /// The answer as the host gets it. What is not data has nothing to spoil.
    pub(super) fn apply(self, answer: Answer) -> Answer {
        match (self, answer) {
            (Self::Longer, Answer::Data(data)) => Answer::Data([vec![0xFF; 4], data].concat()),
            (Self::Flipped(place), Answer::Data(mut data)) => {
                if let Some(byte) = data.get_mut(place) {
                    *byte ^= BROKEN_BIT;
                }
                Answer::Data(data)
            }
            (_, answer) => answer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_broken_cell_shows_in_whatever_is_read_around_it() {
        let faults = Faults::none();
        let read = |address, length| {
            let request = Request::ReadMemory { port: 0, address, length };
            Spoil::of(&request, &faults).apply(Answer::Data(vec![0; length as usize]))
        };
        assert_eq!(read(0x100, 2), Answer::Data(vec![0, 0]));
        faults.set(Fault::FlashReadsBackWrong);
        assert_eq!(read(0x100, 2), Answer::Data(vec![1, 0]));
        assert_eq!(read(0xFE, 3), Answer::Data(vec![0, 0, 1]));
        assert_eq!(read(0xFE, 2), Answer::Data(vec![0, 0]));
    }

    #[test]
    fn registers_alone_are_babbled_about() {
        let faults = Faults::none();
        faults.set(Fault::ProbeBabbles);
        let spoil = |request| Spoil::of(&request, &faults);
        assert_eq!(spoil(Request::Input { count: 3, parity: false }), Spoil::Intact);
        let longer = spoil(Request::ReadDebugPort { address: 0 });
        assert_eq!(longer.apply(Answer::Data(vec![1])), Answer::Data(vec![255, 255, 255, 255, 1]));
        assert_eq!(longer.apply(Answer::Fault), Answer::Fault);
    }
}
