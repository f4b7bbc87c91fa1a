//! The debug probe: a TCP server that is a Black Magic Probe to the host, and drives the seated part.
//!
//! probe-rs finds it under the selector `1d50:6018:HOST:PORT`. Requests come in through [`request`]; single
//! bits go over the [`wire`], whole transfers to the [`port`] registers, both to the part's bus. What of the
//! part only the debugger sees is in [`identity`], and what faults make of its answers in [`spoil`].

mod identity;
mod port;
mod request;
mod spoil;
mod wire;

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::watch,
};

use self::{
    identity::Identity,
    port::{Ports, Target},
    request::{Answer, Frames, Request},
    spoil::Spoil,
    wire::{Acknowledge, Event, Port, Wire},
};
use crate::{
    chip::{BusFault, Chip},
    fault::{Fault, Faults},
    pace::Pace,
};

/// Clock of the wire when time is real.
const CLOCK_HZ: u32 = 1_000_000;
/// Bits of one transfer: request, acknowledge, turnarounds, data, parity, idle.
const TRANSFER_BITS: u32 = 48;
/// Transfers around the data of a memory access: CSW, TAR, RDBUFF.
const OVERHEAD_TRANSFERS: u32 = 3;

/// The part in the slot, as the probe's pins reach it.
#[derive(Debug, Clone)]
pub(crate) struct Seated {
    pub(crate) chip: Chip,
    /// FICR.DEVICEID.
    pub(crate) device: u64,
    /// Counts seatings, so that the probe notices another one.
    pub(crate) seating: u64,
}

/// What a probe needs to know of its slot.
#[derive(Debug, Clone)]
pub(crate) struct Probe {
    pub(crate) seat: watch::Receiver<Option<Seated>>,
    pub(crate) faults: Faults,
    /// Whether transfers take the time they would take on a wire.
    pub(crate) paced: bool,
}

impl Probe {
    /// Serves one host until it leaves.
    pub(crate) async fn serve(self, mut stream: TcpStream) {
        let mut session = Session { probe: self, frames: Frames::default(), pace: Pace::new(), seated: None };
        let mut buffer = [0; 2048];
        while let Ok(count @ 1..) = stream.read(&mut buffer).await {
            for &byte in &buffer[..count] {
                let Some(request) = session.frames.push(byte) else { continue };
                let answer = session.answer(request).await;
                if session.probe.faults.probe_stalled() {
                    session.probe.faults.until(|faults| !faults.probe_stalled()).await;
                    return;
                }
                if session.probe.faults.probe_gone() || stream.write_all(&answer.frame()).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// One host's connection.
struct Session {
    probe: Probe,
    frames: Frames,
    pace: Pace,
    seated: Option<Connection>,
}

/// The ports and the wire of one seating, from power-on.
struct Connection {
    seating: u64,
    wire: Wire,
    ports: Ports,
}

impl Session {
    async fn answer(&mut self, request: Request) -> Answer {
        match request {
            Request::Name => return Answer::Text("Black Magic Probe (virtual bench)"),
            Request::Version => return Answer::Number(3),
            Request::Voltage => return Answer::Text("3.3V"),
            Request::Clock => return Answer::Number(CLOCK_HZ.into()),
            Request::Housekeeping => return Answer::Done,
            Request::Unknown => return Answer::NotSupported,
            Request::Malformed => return Answer::Parameter,
            _ => {}
        }
        self.spend(cost(&request)).await;
        let seated = self.probe.seat.borrow().clone();
        let Some(seated) = seated else {
            self.seated = None;
            return unseated(&request);
        };
        let mut connection = match self.seated.take() {
            Some(connection) if connection.seating == seated.seating => connection,
            _ => Connection { seating: seated.seating, wire: Wire::new(), ports: Ports::new() },
        };
        let identity = if self.probe.faults.has(&Fault::WrongChip) {
            Identity::nrf52832(seated.device)
        } else {
            Identity::nrf51822(seated.device)
        };
        if let Request::WriteMemory { data, .. } = &request {
            self.probe.faults.probe_wrote(data.len() as u64);
        }
        let spoil = Spoil::of(&request, &self.probe.faults);
        let answer = connection.answer(request, Target { chip: &seated.chip, identity: &identity }).await;
        self.seated = Some(connection);
        spoil.apply(answer)
    }

    /// Lets the time pass that the bits would take on the wire.
    async fn spend(&mut self, bits: u32) {
        if self.probe.paced {
            self.pace.spend(Duration::from_secs(1) * bits / CLOCK_HZ).await;
        }
    }
}

impl Connection {
    async fn answer(&mut self, request: Request, target: Target<'_>) -> Answer {
        match request {
            Request::Output { bits, count, parity } => {
                let parity = parity.then_some(bits.count_ones() & 1 != 0);
                for bit in (0..count).map(|at| bits >> at & 1 != 0).chain(parity) {
                    if let Some(event) = self.wire.output(bit) {
                        self.act(event, target).await;
                    }
                }
                Answer::Done
            }
            Request::Input { count, parity } => {
                let bits = (0..count).fold(0, |bits, at| bits | u64::from(self.wire.input()) << at);
                if parity && self.wire.input() != (bits.count_ones() & 1 != 0) {
                    return Answer::Parameter;
                }
                Answer::Number(bits)
            }
            Request::ResetLine(asserted) => {
                target.chip.reset_line(asserted).await;
                Answer::Done
            }
            // The probe's own transfers need a target that a line reset has connected.
            _ if !self.wire.connected() => Answer::NoResponse,
            _ => {
                self.wire.idle();
                self.transfer(request, target).await.unwrap_or(Answer::Fault)
            }
        }
    }

    /// Requests that the probe turns into transfers by itself. After a fault it clears the error before the
    /// next one.
    async fn transfer(&mut self, request: Request, target: Target<'_>) -> Result<Answer, BusFault> {
        match request {
            Request::ReadDebugPort { address } => {
                Ok(word(self.ports.read_debug_port(address, target.identity)))
            }
            Request::WriteDebugPort { address, value } => {
                self.ports.write_debug_port(address, value);
                Ok(Answer::Done)
            }
            Request::ReadAccessPort { port, address } => {
                self.ports.read_access_port(port, address, target).await.map(word)
            }
            Request::WriteAccessPort { port, address, value } => {
                self.ports.write_access_port(port, address, value, target).await?;
                Ok(Answer::Done)
            }
            Request::ReadMemory { port: 0, address, length } => {
                target.read(address, length as usize).await.map(Answer::Data)
            }
            Request::WriteMemory { port: 0, address, data } => {
                target.write(address, data).await?;
                Ok(Answer::Done)
            }
            _ => Err(BusFault),
        }
    }

    async fn act(&mut self, event: Event, target: Target<'_>) {
        match event {
            Event::Request(request) if self.ports.refuses(request.port, request.read, request.address) => {
                self.wire.acknowledge(request, Acknowledge::Fault, 0);
            }
            Event::Request(request) => {
                let value = match (request.read, request.port) {
                    (false, _) => 0,
                    (true, Port::Debug) => self.ports.read_debug_port(request.address, target.identity),
                    (true, Port::Access) => self.ports.transfer(request.address, None, target).await,
                };
                self.wire.acknowledge(request, Acknowledge::Ok, value);
            }
            Event::Data(request, value) if request.port == Port::Debug => {
                self.ports.write_debug_port(request.address, value);
            }
            Event::Data(request, value) => {
                self.ports.transfer(request.address, Some(value), target).await;
            }
        }
    }
}

fn word(value: u32) -> Answer {
    Answer::Data(value.to_le_bytes().to_vec())
}

/// Bits on the wire for a request.
fn cost(request: &Request) -> u32 {
    let transfer = |bytes: usize| {
        let words = u32::try_from(bytes.div_ceil(4)).unwrap_or(u32::MAX);
        words.saturating_add(OVERHEAD_TRANSFERS).saturating_mul(TRANSFER_BITS)
    };
    match request {
        Request::Output { count, .. } | Request::Input { count, .. } => u32::from(*count),
        Request::ReadMemory { length, .. } => transfer(*length as usize),
        Request::WriteMemory { data, .. } => transfer(data.len()),
        _ => TRANSFER_BITS,
    }
}

/// What comes back from an empty slot: the wire is pulled high, and no transfer is acknowledged.
fn unseated(request: &Request) -> Answer {
    match request {
        Request::Input { parity: true, .. } => Answer::Parameter,
        Request::Input { count, .. } => Answer::Number((1 << count) - 1),
        Request::Output { .. } | Request::ResetLine(_) => Answer::Done,
        _ => Answer::NoResponse,
    }
}
