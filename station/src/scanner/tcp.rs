//! A fixed-mount code reader that listens on a TCP port.
//!
//! The three bytes SYN `T` CR start one read. The reader answers what the code says, or `NR` when it
//! sees none, and closes either with CR LF.

use std::time::Duration;

use tokio::sync::Mutex;

use super::{Scanner, ScannerError, ScannerFuture};
use crate::tcp::{Address, Connection, Ending};

/// Starts one read.
const TRIGGER: &[u8] = b"\x16T\r";

/// What closes an answer.
const END: &[u8] = b"\r\n";

/// The answer when no code was seen. No label says this: all name a module.
const NO_READ: &str = "NR";

/// More than this is no code: the largest QR code holds 2953 bytes.
const LONGEST_ANSWER: usize = 4_096;

/// How long to wait for a scanner, by default. A reader gives up by itself before that.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// A scanner on the network. It is connected for one read at a time, so that a late answer to one
/// read is never taken for the answer to the next.
#[derive(Debug)]
pub struct TcpScanner {
    address: Address,
    patience: Duration,
    /// Held by whoever talks to the scanner.
    turn: Mutex<()>,
}

impl TcpScanner {
    /// The scanner at `address`, which is not contacted yet. It gets `patience` to take up a
    /// connection, and as long again for a read.
    pub fn new(address: Address, patience: Duration) -> Self {
        Self { address, patience, turn: Mutex::new(()) }
    }

    async fn scan(&self) -> Result<String, ScannerError> {
        let _turn = self.turn.lock().await;
        let mut connection = Connection::open(&self.address, self.patience).await?;
        connection.send(TRIGGER).await?;
        let answer = connection.receive(LONGEST_ANSWER, |bytes| bytes.ends_with(END)).await?;
        let escaped = |bytes: &[u8]| bytes.escape_ascii().to_string();
        let payload = match (answer.ending, answer.bytes.strip_suffix(END)) {
            (Ending::Complete, Some(payload)) if !payload.is_empty() => payload,
            _ => {
                let answer = escaped(&answer.bytes);
                return Err(ScannerError::Answer { address: self.address.clone(), answer });
            }
        };
        match std::str::from_utf8(payload) {
            Ok(NO_READ) => Err(ScannerError::NoRead { address: self.address.clone() }),
            Ok(text) => Ok(text.to_owned()),
            Err(_) => Err(ScannerError::NotText { address: self.address.clone(), answer: escaped(payload) }),
        }
    }
}

impl Scanner for TcpScanner {
    fn reach(&self) -> ScannerFuture<'_, ()> {
        Box::pin(async {
            let _turn = self.turn.lock().await;
            Connection::open(&self.address, self.patience).await?;
            Ok(())
        })
    }

    fn scan(&self) -> ScannerFuture<'_, String> {
        Box::pin(self.scan())
    }
}
