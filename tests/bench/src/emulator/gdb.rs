//! The few packets of the GDB remote protocol that driving a core takes.
//!
//! Source: "Debugging with GDB", appendix "GDB Remote Serial Protocol". Frames are `$payload#checksum`,
//! acknowledged with `+`.

use std::io;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
};

use super::{EmulatorError, in_time};

const SOCKET: &str = "gdb";

/// Why the core stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// On request of the bench.
    Interrupted,
    /// At a breakpoint, or after a step.
    Breakpoint,
    /// The firmware asked for a system reset, which QEMU has not carried out.
    ResetRequest,
}

/// The client's end of QEMU's gdb stub.
#[derive(Debug)]
pub(super) struct Gdb {
    stream: UnixStream,
    received: Vec<u8>,
}

impl Gdb {
    pub(super) fn new(stream: UnixStream) -> Self {
        Self { stream, received: Vec::new() }
    }

    /// Asks for the target description, without which QEMU refuses `p` and `P`.
    pub(super) async fn negotiate(&mut self) -> Result<(), EmulatorError> {
        self.request("qSupported:qXfer:features:read+").await?;
        self.request("qXfer:features:read:target.xml:0,ffb").await?;
        Ok(())
    }

    pub(super) async fn resume(&mut self) -> Result<(), EmulatorError> {
        self.send("c").await
    }

    pub(super) async fn step(&mut self) -> Result<(), EmulatorError> {
        self.send("s").await
    }

    /// Sends the break character; the stop is reported by [`Gdb::stopped`].
    pub(super) async fn interrupt(&mut self) -> Result<(), EmulatorError> {
        tracing::trace!("interrupt to gdb stub");
        self.stream.write_all(&[0x03]).await.map_err(broken)
    }

    /// Waits for a stop packet. Nothing is lost when this is dropped half way.
    pub(super) async fn stopped(&mut self) -> Result<Stop, EmulatorError> {
        let packet = self.packet().await?;
        match packet.get(..3) {
            Some("T02") => Ok(Stop::Interrupted),
            Some("T05") => Ok(Stop::Breakpoint),
            Some("T03") => Ok(Stop::ResetRequest),
            _ => Err(unexpected(&packet)),
        }
    }

    pub(super) async fn register(&mut self, number: u8) -> Result<u32, EmulatorError> {
        let answer = self.request(&format!("p{number:x}")).await?;
        let value = u32::from_str_radix(&answer, 16).map_err(|_| unexpected(&answer))?;
        Ok(value.swap_bytes())
    }

    pub(super) async fn set_register(&mut self, number: u8, value: u32) -> Result<(), EmulatorError> {
        self.command(&format!("P{number:x}={:08x}", value.swap_bytes())).await
    }

    /// `action` is `Z` to plant and `z` to remove a hardware breakpoint on a Thumb instruction.
    pub(super) async fn breakpoint(&mut self, action: u8, address: u32) -> Result<(), EmulatorError> {
        self.command(&format!("{}1,{address:x},2", char::from(action))).await
    }

    async fn command(&mut self, payload: &str) -> Result<(), EmulatorError> {
        match self.request(payload).await?.as_str() {
            "OK" => Ok(()),
            other => Err(unexpected(other)),
        }
    }

    async fn request(&mut self, payload: &str) -> Result<String, EmulatorError> {
        self.send(payload).await?;
        in_time(self.packet(), SOCKET).await
    }

    async fn send(&mut self, payload: &str) -> Result<(), EmulatorError> {
        tracing::trace!(payload, "to gdb stub");
        let frame = format!("${payload}#{:02x}", checksum(payload.as_bytes()));
        self.stream.write_all(frame.as_bytes()).await.map_err(broken)
    }

    async fn packet(&mut self) -> Result<String, EmulatorError> {
        loop {
            if let Some((packet, end)) = first_packet(&self.received) {
                tracing::trace!(packet, "from gdb stub");
                // Only then is it taken out: whoever waits may be dropped in between.
                self.stream.write_all(b"+").await.map_err(broken)?;
                self.received.drain(..end);
                return Ok(packet);
            }
            if self.stream.read_buf(&mut self.received).await.map_err(broken)? == 0 {
                return Err(broken(io::ErrorKind::UnexpectedEof.into()));
            }
        }
    }
}

/// The first whole packet in `received`, and where it ends.
fn first_packet(received: &[u8]) -> Option<(String, usize)> {
    let start = received.iter().position(|&byte| byte == b'$')?;
    let hash = start + received[start..].iter().position(|&byte| byte == b'#')?;
    let end = hash + 3;
    (received.len() >= end).then(|| (String::from_utf8_lossy(&received[start + 1..hash]).into_owned(), end))
}

fn checksum(payload: &[u8]) -> u8 {
    payload.iter().fold(0, |sum, &byte| sum.wrapping_add(byte))
}

fn broken(source: io::Error) -> EmulatorError {
    EmulatorError::Broken { socket: SOCKET, source }
}

fn unexpected(answer: &str) -> EmulatorError {
    EmulatorError::Answer { socket: SOCKET, answer: answer.chars().take(80).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_is_found_only_when_whole() {
        let whole = b"++$T05thread:01;#07$OK#9a";
        for length in 0..=whole.len() {
            let found = first_packet(&whole[..length]);
            assert_eq!(found, (length >= 19).then(|| ("T05thread:01;".to_owned(), 19)), "{length} bytes");
        }
        assert_eq!(first_packet(&whole[19..]), Some(("OK".to_owned(), 6)));
    }

    #[test]
    fn checksum_is_the_sum_of_the_payload_modulo_256() {
        assert_eq!(checksum(b"OK"), 0x9a);
        assert_eq!(checksum(b""), 0);
    }
}
