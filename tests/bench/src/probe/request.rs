//! The Black Magic Probe's remote protocol, version 3: requests in, answers out.
//!
//! A request is `!…#`, an answer `&` with a status letter, payload and `#`. Numbers are hexadecimal without
//! prefix. What the probe read from the target travels in memory order, so words look byte-swapped; so does
//! the value of an access port write, but not that of a debug port write.
//!
//! Source: the Black Magic Debug project's `src/remote.h` and `src/remote.c`.

/// The longest request the probe takes, marks included.
const LONGEST: usize = 1024;

/// What the host asks of the probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Request {
    /// `GA`: who are you.
    Name,
    /// `HC`: version of the protocol.
    Version,
    /// `GV`: target voltage.
    Voltage,
    /// `Gf`: clock in hertz.
    Clock,
    /// `GF`, `GP`, `GE`, `SS` and others that a virtual probe has nothing to do for.
    Housekeeping,
    /// `GZ`: pull the reset line or let it go.
    ResetLine(bool),
    /// `So`, `SO`: drive bits, with a parity bit after them.
    Output { bits: u64, count: u8, parity: bool },
    /// `Si`, `SI`: sample bits, and check the parity bit after them.
    Input { count: u8, parity: bool },
    /// `Ad`, and `AR` with the read flag.
    ReadDebugPort { address: u8 },
    /// `AR` without the read flag.
    WriteDebugPort { address: u8, value: u32 },
    /// `Aa`.
    ReadAccessPort { port: u8, address: u8 },
    /// `AA`.
    WriteAccessPort { port: u8, address: u8, value: u32 },
    /// `Am`: target memory in the largest accesses that fit.
    ReadMemory { port: u8, address: u32, length: u32 },
    /// `AM`: target memory in accesses of a given width, which the data already fit.
    WriteMemory { port: u8, address: u32, data: Vec<u8> },
    /// Anything the probe does not know.
    Unknown,
    /// Known, but its fields are not what they should be.
    Malformed,
}

/// What the probe answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// Done.
    Done,
    /// A number.
    Number(u64),
    /// Text as it is.
    Text(&'static str),
    /// Bytes in memory order.
    Data(Vec<u8>),
    /// The target answered with a fault.
    Fault,
    /// The target did not answer.
    NoResponse,
    /// Parity of what was sampled is wrong, or fields of the request are.
    Parameter,
    /// The probe cannot do that.
    NotSupported,
}

impl Answer {
    /// The frame as sent.
    pub(super) fn frame(&self) -> Vec<u8> {
        let body = match self {
            Self::Done => "K0".to_owned(),
            Self::Number(number) => format!("K{number:x}"),
            Self::Text(text) => format!("K{text}"),
            Self::Data(data) => format!("K{}", hex::encode(data)),
            // 3 says "fault in the transfer", the digits before it carry the acknowledge bits.
            Self::Fault => "E403".to_owned(),
            Self::NoResponse => "E703".to_owned(),
            Self::Parameter => "P2".to_owned(),
            Self::NotSupported => "N1".to_owned(),
        };
        format!("&{body}#").into_bytes()
    }
}

/// Collects requests from a stream.
#[derive(Debug, Default)]
pub(super) struct Frames {
    /// The request begun, without its mark.
    begun: Option<Vec<u8>>,
}

impl Frames {
    /// Takes one byte; returns a request when it ends one. Bytes between requests mean nothing.
    pub(super) fn push(&mut self, byte: u8) -> Option<Request> {
        match (byte, &mut self.begun) {
            (b'!', _) => self.begun = Some(Vec::new()),
            (b'#', begun) => return begun.take().map(|body| parse(&body)),
            (_, Some(body)) if body.len() + 2 < LONGEST => body.push(byte),
            // Too long for the probe's buffer: what follows is noise up to the next request.
            (_, begun) => *begun = None,
        }
        None
    }
}

fn parse(body: &[u8]) -> Request {
    let Ok(body) = std::str::from_utf8(body) else { return Request::Malformed };
    let Some((command, fields)) = body.split_at_checked(2) else { return Request::Unknown };
    let fields = Fields(fields);
    match command {
        "GA" => Some(Request::Name),
        "HC" => Some(Request::Version),
        "GV" => Some(Request::Voltage),
        "Gf" => Some(Request::Clock),
        "GF" | "GP" | "GE" | "SS" => Some(Request::Housekeeping),
        "GZ" => Some(Request::ResetLine(fields.0 == "1")),
        "So" => fields.output(false),
        "SO" => fields.output(true),
        "Si" => fields.input(false),
        "SI" => fields.input(true),
        "Ad" => fields.read_debug_port(),
        "AR" => fields.raw_debug_port(),
        "Aa" => fields.read_access_port(),
        "AA" => fields.write_access_port(),
        "Am" => fields.read_memory(),
        "AM" => fields.write_memory(),
        _ => Some(Request::Unknown),
    }
    .unwrap_or(Request::Malformed)
}

/// The rest of a request: fields of fixed width.
struct Fields<'a>(&'a str);

impl<'a> Fields<'a> {
    fn number(&mut self, digits: usize) -> Option<u32> {
        let (field, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        u32::from_str_radix(field, 16).ok()
    }

    fn byte(&mut self) -> Option<u8> {
        u8::try_from(self.number(2)?).ok()
    }

    /// A register's address: four digits, of which bit 8 only says "access port".
    fn address(&mut self) -> Option<u8> {
        Some((self.number(4)? & 0xFF) as u8)
    }

    fn rest(&mut self) -> &'a str {
        std::mem::take(&mut self.0)
    }

    fn output(mut self, parity: bool) -> Option<Request> {
        let count = self.byte().filter(|count| (1..=32).contains(count))?;
        let bits = u64::from_str_radix(self.rest(), 16).ok()?;
        Some(Request::Output { bits, count, parity })
    }

    fn input(mut self, parity: bool) -> Option<Request> {
        let count = self.byte().filter(|count| (1..=32).contains(count))?;
        Some(Request::Input { count, parity })
    }

    fn read_debug_port(mut self) -> Option<Request> {
        let (_device, _no_port) = (self.byte()?, self.byte()?);
        Some(Request::ReadDebugPort { address: self.address()? })
    }

    fn raw_debug_port(mut self) -> Option<Request> {
        let (_device, read, address) = (self.byte()?, self.byte()?, self.address()?);
        let value = self.number(8)?;
        Some(match read {
            0 => Request::WriteDebugPort { address, value },
            _ => Request::ReadDebugPort { address },
        })
    }

    fn read_access_port(mut self) -> Option<Request> {
        let (_device, port, address) = (self.byte()?, self.byte()?, self.address()?);
        Some(Request::ReadAccessPort { port, address })
    }

    fn write_access_port(mut self) -> Option<Request> {
        let (_device, port, address) = (self.byte()?, self.byte()?, self.address()?);
        let value = self.number(8)?.swap_bytes();
        Some(Request::WriteAccessPort { port, address, value })
    }

    fn read_memory(mut self) -> Option<Request> {
        let (_device, port, _csw) = (self.byte()?, self.byte()?, self.number(8)?);
        let (address, length) = (self.number(8)?, self.number(8)?);
        // Twice as many digits, marks and status have to fit the probe's buffer.
        (2 * u64::from(length) + 4 < LONGEST as u64).then_some(Request::ReadMemory { port, address, length })
    }

    fn write_memory(mut self) -> Option<Request> {
        let (_device, port, _csw, align) = (self.byte()?, self.byte()?, self.number(8)?, self.byte()?);
        let (address, length) = (self.number(8)?, self.number(8)?);
        let data = hex::decode(self.rest()).ok()?;
        let width = 1_u32.checked_shl(align.into()).filter(|&width| width <= 4)?;
        let fits = data.len() as u64 == u64::from(length) && length % width == 0 && address % width == 0;
        fits.then_some(Request::WriteMemory { port, address, data })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn requests(bytes: &[u8]) -> Vec<Request> {
        let mut frames = Frames::default();
        bytes.iter().filter_map(|&byte| frames.push(byte)).collect()
    }

    #[test]
    fn the_handshake_is_found_in_noise() {
        assert_eq!(requests(b"\0\n+#!GA# !GV#!HC#"), [Request::Name, Request::Voltage, Request::Version]);
    }

    #[test]
    fn requests_as_probe_rs_sends_them() {
        assert_eq!(requests(b"!Ad00ff0004#"), [Request::ReadDebugPort { address: 4 }]);
        assert_eq!(
            requests(b"!AR0000000450000000#"),
            [Request::WriteDebugPort { address: 4, value: 0x5000_0000 }]
        );
        assert_eq!(requests(b"!Aa000001fc#"), [Request::ReadAccessPort { port: 0, address: 0xFC }]);
        assert_eq!(
            requests(b"!AA0000010478563412#"),
            [Request::WriteAccessPort { port: 0, address: 4, value: 0x1234_5678 }]
        );
        assert_eq!(
            requests(b"!Am0000230000422000000000000010#"),
            [Request::ReadMemory { port: 0, address: 0x2000_0000, length: 16 }]
        );
        assert_eq!(
            requests(b"!AM000023000042022000000000000004deadbeef#"),
            [Request::WriteMemory { port: 0, address: 0x2000_0000, data: vec![0xde, 0xad, 0xbe, 0xef] }]
        );
        assert_eq!(requests(b"!So08a5#"), [Request::Output { bits: 0xA5, count: 8, parity: false }]);
        assert_eq!(requests(b"!Si20#"), [Request::Input { count: 32, parity: false }]);
        assert_eq!(requests(b"!GZ1#!GZ0#"), [Request::ResetLine(true), Request::ResetLine(false)]);
    }

    #[test]
    fn fields_that_do_not_fit_are_malformed() {
        for request in [
            "!Ad00#",
            "!So21ff#",
            "!So00#",
            "!AM000023000042022000000000000004deadbe#",
            "!AM000023000042022000000200000004deadbeef#",
            "!AM000023000042032000000000000008deadbeefdeadbeef#",
            "!Am0000230000422000000000000200#",
            "!Si\u{e9}\u{e9}#",
        ] {
            assert_eq!(requests(request.as_bytes()), [Request::Malformed], "{request}");
        }
        assert_eq!(requests(b"!JS#!#!X#"), [Request::Unknown, Request::Unknown, Request::Unknown]);
    }

    #[test]
    fn a_request_longer_than_the_buffer_is_dropped() {
        let mut bytes = vec![b'!'];
        bytes.resize(LONGEST, b'0');
        bytes.extend_from_slice(b"#!GA#");
        assert_eq!(requests(&bytes), [Request::Name]);
    }

    #[test]
    fn answers_as_probe_rs_reads_them() {
        assert_eq!(Answer::Data(0x0BB1_1477_u32.to_le_bytes().to_vec()).frame(), b"&K7714b10b#");
        assert_eq!(Answer::Number(3).frame(), b"&K3#");
        assert_eq!(Answer::NoResponse.frame(), b"&E703#");
    }

    proptest! {
        #[test]
        fn no_bytes_can_break_the_parser(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            requests(&bytes);
            let requests = requests(&[b"!".as_slice(), &bytes, b"!GA#"].concat());
            prop_assert_eq!(requests.last(), Some(&Request::Name));
        }
    }
}
