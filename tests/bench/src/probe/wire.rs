//! The target's end of the SWD wire, one bit at a time: no I/O, no time.
//!
//! Source: ARM Debug Interface v5.2, chapter B4 "The Serial Wire Debug port". A probe that clocks bits by
//! itself drives the turnaround, so inputs begin with the first acknowledge bit.

/// Ones in a row that reset the line.
const LINE_RESET: u32 = 50;

/// Which of the two ports a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Port {
    Debug,
    Access,
}

/// The eight bits at the start of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) port: Port,
    pub(super) read: bool,
    /// Register address: 0, 4, 8 or 12.
    pub(super) address: u8,
}

/// The target's three-bit answer, LSB first on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Acknowledge {
    Ok = 0b001,
    Fault = 0b100,
}

/// Something the target has to act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// A request has come in; [`Wire::acknowledge`] is due before the next bit.
    Request(Request),
    /// The data of an acknowledged write request have come in.
    Data(Request, u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing is answered until a line reset.
    Deaf,
    /// The line is high after a line reset.
    Reset,
    Idle,
    /// Collecting a request after its start bit.
    Request {
        bits: u8,
        count: u8,
    },
    /// The target drives: acknowledge, and data if it is a read.
    Answer {
        bits: u64,
        left: u8,
        then: Option<Request>,
    },
    /// Collecting the data of a write; `keep` if they count.
    Data {
        request: Request,
        value: u32,
        count: u8,
        keep: bool,
    },
}

/// The wire of a part that has power.
#[derive(Debug)]
pub(super) struct Wire {
    state: State,
    ones: u32,
    keep: bool,
}

impl Wire {
    pub(super) fn new() -> Self {
        Self { state: State::Deaf, ones: 0, keep: true }
    }

    /// Whether a line reset has connected the target.
    pub(super) fn connected(&self) -> bool {
        self.state != State::Deaf
    }

    /// The probe goes on with whole transfers, which leave the wire idle.
    pub(super) fn idle(&mut self) {
        if self.connected() {
            self.state = State::Idle;
        }
    }

    /// The probe drives one bit.
    pub(super) fn output(&mut self, bit: bool) -> Option<Event> {
        self.ones = if bit { self.ones + 1 } else { 0 };
        if self.ones >= LINE_RESET {
            self.state = State::Reset;
            return None;
        }
        match self.state {
            State::Deaf => {}
            State::Reset => {
                if !bit {
                    self.state = State::Idle;
                }
            }
            // The probe takes the line back: what the target had left to say is lost.
            State::Idle | State::Answer { then: None, .. } => {
                self.state = if bit { State::Request { bits: 1, count: 1 } } else { State::Idle };
            }
            State::Answer { then: Some(request), .. } => {
                self.state = State::Data { request, value: u32::from(bit), count: 1, keep: self.keep };
            }
            State::Request { bits, count } => {
                let bits = bits | u8::from(bit) << count;
                if count < 7 {
                    self.state = State::Request { bits, count: count + 1 };
                } else if let Some(request) = parse(bits) {
                    return Some(Event::Request(request));
                } else {
                    self.state = State::Deaf;
                }
            }
            State::Data { request, value, count: count @ ..32, keep } => {
                let value = value | u32::from(bit) << count;
                self.state = State::Data { request, value, count: count + 1, keep };
            }
            State::Data { request, value, keep, .. } => {
                self.state = State::Idle;
                let parity = bit == (value.count_ones() & 1 != 0);
                return (keep && parity).then_some(Event::Data(request, value));
            }
        }
        None
    }

    /// Answers the request that has just come in. `value` counts for reads that are acknowledged. The data
    /// phase of a refused write takes place and is ignored, as overrun detection has it.
    pub(super) fn acknowledge(&mut self, request: Request, acknowledge: Acknowledge, value: u32) {
        let parity = u64::from(value.count_ones() & 1);
        let data = u64::from(value) | parity << 32;
        self.keep = acknowledge == Acknowledge::Ok;
        self.state = State::Answer {
            bits: acknowledge as u64 | data << 3,
            left: if request.read { 36 } else { 3 },
            then: (!request.read).then_some(request),
        };
    }

    /// The probe samples one bit. A line that nobody drives is pulled high.
    pub(super) fn input(&mut self) -> bool {
        self.ones = 0;
        match &mut self.state {
            State::Answer { bits, left, .. } if *left > 0 => {
                let bit = *bits & 1 != 0;
                *bits >>= 1;
                *left -= 1;
                bit
            }
            _ => true,
        }
    }
}

/// Start 1, port, direction, A2, A3, parity, stop 0, park 1; LSB first.
fn parse(bits: u8) -> Option<Request> {
    let parity = (bits >> 1 & 0xF).count_ones() & 1;
    let framed = bits & 0b1100_0001 == 0b1000_0001;
    if !framed || u32::from(bits >> 5 & 1) != parity {
        return None;
    }
    Some(Request {
        port: if bits & 2 == 0 { Port::Debug } else { Port::Access },
        read: bits & 4 != 0,
        address: (bits >> 3 & 3) << 2,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const READ_DPIDR: u8 = 0xA5;
    const WRITE_ABORT: u8 = 0x81;

    fn send(wire: &mut Wire, value: u64, count: u32) -> Vec<Event> {
        (0..count).filter_map(|bit| wire.output(value >> bit & 1 != 0)).collect()
    }

    fn receive(wire: &mut Wire, count: u32) -> u64 {
        (0..count).fold(0, |bits, bit| bits | u64::from(wire.input()) << bit)
    }

    fn connected() -> Wire {
        let mut wire = Wire::new();
        assert!(send(&mut wire, 0x0007_FFFF_FFFF_FFFF, 54).is_empty());
        wire
    }

    #[test]
    fn a_target_is_deaf_until_the_line_is_reset() {
        let mut wire = Wire::new();
        assert!(send(&mut wire, u64::from(READ_DPIDR), 8).is_empty());
        assert_eq!(receive(&mut wire, 36), (1 << 36) - 1);
        assert!(!wire.connected());
    }

    #[test]
    fn the_switch_sequence_from_jtag_is_not_a_request() {
        let mut wire = connected();
        send(&mut wire, 0x0007_FFFF_FFFF_FFFF, 51);
        assert!(send(&mut wire, 0xE79E, 16).is_empty());
        assert!(send(&mut wire, 0x0007_FFFF_FFFF_FFFF, 54).is_empty());
        assert_eq!(send(&mut wire, u64::from(READ_DPIDR), 8).len(), 1);
    }

    #[test]
    fn a_read_answers_acknowledge_data_and_parity() {
        let mut wire = connected();
        let request = Request { port: Port::Debug, read: true, address: 0 };
        assert_eq!(send(&mut wire, u64::from(READ_DPIDR), 8), [Event::Request(request)]);
        wire.acknowledge(request, Acknowledge::Ok, 0x0BB1_1477);
        assert_eq!(receive(&mut wire, 3), 0b001);
        assert_eq!(receive(&mut wire, 32), 0x0BB1_1477);
        assert_eq!(receive(&mut wire, 1), u64::from(0x0BB1_1477_u32.count_ones() & 1));
        // Turnaround, idle bits, and the next request in one piece.
        assert!(wire.input());
        let next = send(&mut wire, u64::from(WRITE_ABORT) << 5, 13);
        assert_eq!(next, [Event::Request(Request { port: Port::Debug, read: false, address: 0 })]);
    }

    #[test]
    fn the_end_of_a_write_and_the_next_request_may_come_in_one_piece() {
        let mut wire = connected();
        let request = Request { port: Port::Debug, read: false, address: 0 };
        assert_eq!(send(&mut wire, u64::from(WRITE_ABORT), 8), [Event::Request(request)]);
        wire.acknowledge(request, Acknowledge::Ok, 0);
        assert_eq!(receive(&mut wire, 3), 0b001);
        let parity = u64::from(0x1E_u32.count_ones() & 1);
        let piece = 0x1E | parity << 32 | u64::from(READ_DPIDR) << 36;
        let events = send(&mut wire, piece, 44);
        let read = Request { port: Port::Debug, read: true, address: 0 };
        assert_eq!(events, [Event::Data(request, 0x1E), Event::Request(read)]);
    }

    #[test]
    fn the_data_of_a_refused_write_are_dropped() {
        let mut wire = connected();
        let request = Request { port: Port::Debug, read: false, address: 0 };
        send(&mut wire, u64::from(WRITE_ABORT), 8);
        wire.acknowledge(request, Acknowledge::Fault, 0);
        assert_eq!(receive(&mut wire, 3), 0b100);
        assert!(send(&mut wire, 0x1E, 33).is_empty());
        assert_eq!(send(&mut wire, u64::from(READ_DPIDR), 8).len(), 1);
    }

    #[test]
    fn wrong_parity_makes_the_target_deaf() {
        let mut wire = connected();
        assert!(send(&mut wire, u64::from(READ_DPIDR ^ 0x20), 8).is_empty());
        assert!(!wire.connected());
    }

    proptest! {
        #[test]
        fn no_bits_can_break_the_wire(bits in prop::collection::vec(any::<(bool, bool)>(), 0..400)) {
            let mut wire = connected();
            for (drive, bit) in bits {
                if !drive {
                    wire.input();
                } else if let Some(Event::Request(request)) = wire.output(bit) {
                    wire.acknowledge(request, Acknowledge::Ok, 0x1234_5678);
                }
            }
            send(&mut wire, 0x0007_FFFF_FFFF_FFFF, 54);
            prop_assert_eq!(send(&mut wire, u64::from(READ_DPIDR), 8).len(), 1);
        }
    }
}
