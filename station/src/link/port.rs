//! The serial port, on its own thread.

use std::io::{ErrorKind, Read as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use serialport::{ClearBuffer, SerialPort};
use wire::{Outcome, ReplyReader};

use super::{LinkError, excerpt};
use crate::clock::{Clock as _, SystemClock};

/// Longest reply, in bytes: a certificate of 4 KB as PEM, with room.
const LONGEST_REPLY: usize = 8192;

/// How often a waiting thread looks at its deadline.
const TICK: Duration = Duration::from_millis(50);

/// An open port.
pub(super) struct Port {
    port: Box<dyn SerialPort>,
}

/// A reply, no longer tied to the reader's buffer.
pub(super) struct RawReply {
    pub(super) outcome: Outcome,
    pub(super) detail: String,
    pub(super) body: String,
    pub(super) raw: Vec<u8>,
}

impl Port {
    pub(super) fn open(path: &Path) -> Result<Self, LinkError> {
        let failed = |source| LinkError::Open { port: path.to_owned(), source };
        let port =
            serialport::new(path.to_string_lossy(), wire::BAUD).timeout(TICK).open().map_err(failed)?;
        Ok(Self { port })
    }

    /// Sends a line and reads until a reply is complete.
    pub(super) fn exchange(
        &mut self,
        command: &str,
        bytes: &[u8],
        limit: Duration,
    ) -> Result<RawReply, LinkError> {
        // What is left from an earlier exchange is no answer to this one.
        self.port
            .clear(ClearBuffer::Input)
            .map_err(|error| LinkError::Io { operation: "clearing", source: error.into() })?;
        self.port.write_all(bytes).map_err(|source| LinkError::Io { operation: "writing", source })?;
        let mut reader = Box::new(ReplyReader::<LONGEST_REPLY>::new());
        let mut raw = Vec::new();
        let deadline = SystemClock.instant() + limit;
        loop {
            let start = raw.len();
            self.receive(&mut raw, command, deadline, limit)?;
            let mut input = raw.get(start..).unwrap_or_default();
            match reader.next_reply(&mut input) {
                None => {}
                Some(Ok(reply)) => {
                    return match (decode(reply.detail), str::from_utf8(reply.body())) {
                        (Some(detail), Ok(body)) => {
                            Ok(RawReply { outcome: reply.outcome, detail, body: body.to_owned(), raw })
                        }
                        _ => Err(garbage(command, &raw)),
                    };
                }
                Some(Err(_)) => return Err(garbage(command, &raw)),
            }
        }
    }

    /// Appends at least one byte to `raw`.
    fn receive(
        &mut self,
        raw: &mut Vec<u8>,
        command: &str,
        deadline: Instant,
        limit: Duration,
    ) -> Result<(), LinkError> {
        let mut chunk = [0; 512];
        loop {
            match self.port.read(&mut chunk) {
                Ok(0) => {
                    let source = ErrorKind::UnexpectedEof.into();
                    return Err(LinkError::Io { operation: "reading", source });
                }
                Ok(count) => {
                    raw.extend_from_slice(chunk.get(..count).unwrap_or_default());
                    // A module that never stops talking has to be cut off as well.
                    if SystemClock.instant() < deadline {
                        return Ok(());
                    }
                }
                Err(error) if matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::Interrupted) => {}
                Err(source) => return Err(LinkError::Io { operation: "reading", source }),
            }
            if SystemClock.instant() >= deadline {
                return Err(if raw.is_empty() {
                    LinkError::Silent { command: command.to_owned(), limit }
                } else {
                    garbage(command, raw)
                });
            }
        }
    }
}

/// Undoes the escapes of a detail; `None` when it is not text.
fn decode(detail: &[u8]) -> Option<String> {
    let mut bytes = detail.to_vec();
    let decoded = wire::escape::decode_in_place(&mut bytes).ok()?;
    str::from_utf8(decoded).ok().map(str::to_owned)
}

fn garbage(command: &str, raw: &[u8]) -> LinkError {
    LinkError::Garbage { command: command.to_owned(), received: excerpt(raw) }
}
