//! A fixed-mount code reader that listens on a TCP port.
//!
//! The three bytes SYN `T` CR start one read. The reader answers what the code says, or that it sees
//! none, and closes either with CR LF.

use std::time::Duration;

use tokio::sync::Mutex;

use super::{Scanner, ScannerError, ScannerFuture, Sign};
use crate::boundary;
use crate::tcp::{Address, Connection, Ending};

/// Starts one read.
const TRIGGER: &[u8] = b"\x16T\r";

/// What closes an answer.
const END: &[u8] = b"\r\n";

/// What readers answer when they saw no code, in capitals or not, each as its maker or whoever set it up wanted it; some
/// send an empty line. No label says any of this: all name a module.
const NO_READ: [&str; 6] = ["", "NR", "NOREAD", "NO READ", "NO_READ", "NO-READ"];

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
        let answer = connection.receive(LONGEST_ANSWER, |bytes| reading(bytes).is_some()).await?;
        let escaped = |bytes: &[u8]| bytes.escape_ascii().to_string();
        let (Ending::Complete, Some(payload)) = (answer.ending, reading(&answer.bytes)) else {
            let answer = escaped(&answer.bytes);
            return Err(ScannerError::Answer { scanner: self.address.to_string(), answer });
        };
        match std::str::from_utf8(payload) {
            Ok(text) if is_no_read(text) => Err(ScannerError::NoRead { scanner: self.address.to_string() }),
            Ok(text) => Ok(text.to_owned()),
            Err(_) => {
                Err(ScannerError::NotText { scanner: self.address.to_string(), answer: escaped(payload) })
            }
        }
    }
}

/// Whether a reader says so that it saw no code.
fn is_no_read(answer: &str) -> bool {
    NO_READ.iter().any(|words| answer.trim().eq_ignore_ascii_case(words))
}

/// What was read first. A reader may read twice at one trigger, and whatever comes after the first reading is
/// lost with the connection.
fn reading(answer: &[u8]) -> Option<&[u8]> {
    let end = answer.windows(END.len()).position(|bytes| bytes == END)?;
    answer.get(..end)
}

impl Scanner for TcpScanner {
    fn sign(&self) -> Sign {
        Sign::Answers
    }

    fn reach(&self) -> ScannerFuture<'_, ()> {
        Box::pin(async {
            let _turn = self.turn.lock().await;
            Connection::open(&self.address, self.patience).await?;
            Ok(())
        })
    }

    fn scan(&self) -> ScannerFuture<'_, String> {
        Box::pin(boundary::across("scanner", "scan", self.scan()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::{Coded, FaultCode};
    use crate::tcp::TcpError;
    use crate::tcp::script::{Act, Device, nobody};

    const TRIGGERED: Act = Act::Await(TRIGGER);
    const QUICK: Duration = Duration::from_secs(1);
    const PAYLOAD: &str = "https://claim.example/000102030405460788090a0b0c0d0eff";

    fn say(text: &[u8]) -> Act {
        Act::Send(text.to_vec())
    }

    async fn scan(script: Vec<Act>) -> Result<String, ScannerError> {
        let device = Device::start(vec![script]).await;
        TcpScanner::new(device.address(), QUICK).scan().await
    }

    #[tokio::test]
    async fn a_code_is_read() {
        let script = vec![TRIGGERED, say(PAYLOAD.as_bytes()), say(END), Act::Hang];
        let device = Device::start(vec![script]).await;
        let scanner = TcpScanner::new(device.address(), QUICK);
        assert_eq!(scanner.scan().await.unwrap(), PAYLOAD);
        assert_eq!(device.played().await, "\x16T\r");
    }

    #[tokio::test]
    async fn an_answer_may_come_byte_by_byte() {
        let whole = [PAYLOAD.as_bytes(), END].concat();
        let bytes = whole.chunks(1).flat_map(|byte| [say(byte), Act::Pause(Duration::from_millis(1))]);
        assert_eq!(scan([TRIGGERED].into_iter().chain(bytes).collect()).await.unwrap(), PAYLOAD);
    }

    #[tokio::test]
    async fn a_label_that_is_read_twice_is_one_label() {
        let reading = [PAYLOAD.as_bytes(), END].concat();
        for cut in 0..=reading.len() {
            let answer = [&reading[..], &reading, &reading[..cut]].concat();
            assert_eq!(scan(vec![TRIGGERED, say(&answer), Act::Hang]).await.unwrap(), PAYLOAD);
        }
    }

    #[tokio::test]
    async fn no_code_is_told_from_no_scanner() {
        for words in ["NR", "NOREAD", "NoRead", "no read", "NO_READ", "No-Read", " NR ", ""] {
            let answer = format!("{words}\r\n");
            let error = scan(vec![TRIGGERED, say(answer.as_bytes()), Act::Hang]).await.unwrap_err();
            assert!(matches!(error, ScannerError::NoRead { .. }), "{words}: {error}");
            assert_eq!(error.code(), FaultCode::ScannerNoRead);
        }

        let error = TcpScanner::new(nobody().await, QUICK).scan().await.unwrap_err();
        assert!(matches!(error, ScannerError::Connection(TcpError::Connect { .. })), "{error}");
        let error = scan(vec![TRIGGERED, Act::Hang]).await.unwrap_err();
        assert!(matches!(error, ScannerError::Connection(TcpError::Silent { .. })), "{error}");
        let error = scan(vec![TRIGGERED]).await.unwrap_err();
        assert!(matches!(error, ScannerError::Connection(TcpError::Closed { .. })), "{error}");
        assert_eq!(error.code(), FaultCode::ScannerOff);
    }

    #[tokio::test]
    async fn half_an_answer_is_no_payload() {
        let cut = || say(&PAYLOAD.as_bytes()[..30]);
        let endless = Act::Send(vec![b'?'; 100_000]);
        for script in
            [vec![TRIGGERED, cut()], vec![TRIGGERED, cut(), Act::Hang], vec![TRIGGERED, endless, Act::Hang]]
        {
            let error = scan(script).await.unwrap_err();
            assert!(matches!(error, ScannerError::Answer { .. }), "{error}");
        }
    }

    #[tokio::test]
    async fn a_code_that_is_no_text_is_another_label() {
        let error = scan(vec![TRIGGERED, say(b"\x93\xfa\r\n"), Act::Hang]).await.unwrap_err();
        assert!(matches!(error, ScannerError::NotText { .. }), "{error}");
        assert_eq!(error.code(), FaultCode::ScannerOtherLabel);
    }

    #[tokio::test]
    async fn a_late_answer_is_not_taken_for_the_next_one() {
        let late = vec![TRIGGERED, Act::Pause(QUICK * 2), say(b"late\r\n"), Act::Hang];
        let next = vec![TRIGGERED, Act::Pause(QUICK / 2), say(b"next\r\n"), Act::Hang];
        let device = Device::start(vec![late, next]).await;
        let scanner = TcpScanner::new(device.address(), QUICK);
        assert!(scanner.scan().await.is_err());
        assert_eq!(scanner.scan().await.unwrap(), "next");
    }

    #[tokio::test]
    async fn reaching_starts_no_read() {
        let device = Device::start(vec![vec![Act::Hang]]).await;
        TcpScanner::new(device.address(), QUICK).reach().await.unwrap();
        assert_eq!(device.played().await, "");
    }
}
