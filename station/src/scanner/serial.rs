//! A hand scanner on a serial port, which sends what it reads, with CR, LF or both at its end.

use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use serialport::SerialPort;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;

use super::{Hand, Reading, ScannerError, Scans};
use crate::clock::{Clock as _, SystemClock};

/// Longest reading, in bytes: the largest QR code holds 2953.
const LONGEST: usize = 4_096;

/// A scanner sends a code without a break. After a pause as long as this the rest of a code does not come any
/// more: somebody pulled its cable.
const BREAK: Duration = Duration::from_millis(500);

/// How often the thread looks whether anybody still wants it.
const TICK: Duration = Duration::from_millis(100);

/// How often a port that is gone is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// A scanner on a serial port, read on a thread of its own for as long as somebody has this.
#[derive(Debug)]
pub struct SerialReader {
    port: PathBuf,
    state: watch::Receiver<State>,
    /// Dropped with this, which the thread takes for its end.
    _wanted: Sender<()>,
}

/// How it stands with the port.
#[derive(Clone, Debug)]
enum State {
    /// Not known yet.
    Opening,
    Open,
    /// It is tried again and again.
    Lost(Arc<serialport::Error>),
}

impl SerialReader {
    /// Reads this port at so many bits a second, 8N1. What it reads goes to `scans`.
    pub fn start(port: &Path, baud: u32, scans: &Scans) -> Arc<Self> {
        let (tell, state) = watch::channel(State::Opening);
        let (wanted, end) = mpsc::channel();
        let thread = Thread { port: port.to_owned(), baud, tell, end, readings: scans.inbox() };
        let started = std::thread::Builder::new().name("scanner".to_owned()).spawn(move || thread.run());
        if let Err(error) = started {
            // Whoever asks hears that nothing is told of it any more.
            tracing::error!("cannot read {}: {error}", port.display());
        }
        Arc::new(Self { port: port.to_owned(), state, _wanted: wanted })
    }

    /// Which scanner it is.
    pub fn hand(&self) -> Hand {
        Hand::Serial(self.port.clone())
    }

    /// Whether the port can be read.
    ///
    /// # Errors
    /// It is not there, another program has it, or it broke off.
    pub async fn reach(&self) -> Result<(), ScannerError> {
        let mut state = self.state.clone();
        let known = state.wait_for(|state| !matches!(state, State::Opening)).await;
        let source = match known.as_deref() {
            Ok(State::Open | State::Opening) => return Ok(()),
            Ok(State::Lost(error)) => Arc::clone(error),
            Err(_) => Arc::new(io::Error::from(ErrorKind::BrokenPipe).into()),
        };
        Err(ScannerError::Port { port: self.port.clone(), source })
    }
}

/// What the thread has.
struct Thread {
    port: PathBuf,
    baud: u32,
    tell: watch::Sender<State>,
    /// Gone when nobody wants what is read any more.
    end: Receiver<()>,
    readings: UnboundedSender<Reading>,
}

impl Thread {
    fn run(self) {
        while self.is_wanted_for(Duration::ZERO) {
            let opened = serialport::new(self.port.to_string_lossy(), self.baud).timeout(TICK).open();
            let error = match opened {
                Ok(port) => {
                    self.tell.send_replace(State::Open);
                    self.read(port)
                }
                Err(error) => error,
            };
            tracing::debug!("scanner at {}: {error}", self.port.display());
            self.tell.send_replace(State::Lost(Arc::new(error)));
            if !self.is_wanted_for(TRY_AGAIN) {
                return;
            }
        }
    }

    /// Whether somebody still wants what is read after this time, which is waited for.
    fn is_wanted_for(&self, time: Duration) -> bool {
        self.end.recv_timeout(time) == Err(RecvTimeoutError::Timeout)
    }

    /// Reads until the port is gone, or nobody wants it any more.
    fn read(&self, mut port: Box<dyn SerialPort>) -> serialport::Error {
        let mut code = Code::default();
        let mut chunk = [0; 256];
        while self.is_wanted_for(Duration::ZERO) {
            match port.read(&mut chunk) {
                Ok(0) => return io::Error::from(ErrorKind::UnexpectedEof).into(),
                Ok(count) => {
                    let now = SystemClock.instant();
                    for byte in chunk.iter().take(count) {
                        if let Some(text) = code.take(*byte, now) {
                            let by = Hand::Serial(self.port.clone());
                            // Where nobody takes note of it, it comes to nothing.
                            let _ = self.readings.send(Reading { by, text });
                        }
                    }
                }
                Err(error) if matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::Interrupted) => {}
                Err(error) => return error.into(),
            }
        }
        io::Error::from(ErrorKind::ConnectionAborted).into()
    }
}

/// A code that has not come to its end yet.
#[derive(Debug, Default)]
struct Code {
    bytes: Vec<u8>,
    /// When the last byte came.
    last: Option<Instant>,
    /// It is longer than any code; the rest of it is none either.
    too_long: bool,
}

impl Code {
    /// A byte came. What was read, if that was the end of it.
    fn take(&mut self, byte: u8, now: Instant) -> Option<String> {
        if self.last.is_some_and(|last| now.saturating_duration_since(last) > BREAK) {
            *self = Self::default();
        }
        self.last = Some(now);
        if !matches!(byte, b'\r' | b'\n') {
            self.too_long |= self.bytes.len() == LONGEST;
            // No code of ours has any of these; what frames one, as STX, is not of it.
            if !self.too_long && !byte.is_ascii_control() {
                self.bytes.push(byte);
            }
            return None;
        }
        let Self { bytes, too_long, .. } = std::mem::take(self);
        let whole = !too_long && !bytes.is_empty();
        whole.then(|| String::from_utf8_lossy(&bytes).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Write as _;

    use proptest::prelude::*;
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use tokio::sync::mpsc::UnboundedReceiver;

    use super::*;
    use crate::fault::{Coded as _, FaultCode};

    const LABEL: &str = "https://claim.example/000102030405460788090a0b0c0d0eff";

    /// What is read of these bytes that come one right after the other.
    fn read(bytes: &[u8]) -> Vec<String> {
        let (mut code, now) = (Code::default(), SystemClock.instant());
        bytes.iter().filter_map(|byte| code.take(*byte, now)).collect()
    }

    proptest! {
        #[test]
        fn codes_come_out_as_they_were_read(
            codes in proptest::collection::vec("[ -~]{1,80}", 0..5),
            end in prop_oneof![Just("\r"), Just("\n"), Just("\r\n")],
        ) {
            let sent: Vec<&str> = codes.iter().flat_map(|code| [code, end]).collect();
            prop_assert_eq!(read(sent.concat().as_bytes()), codes);
        }

        #[test]
        fn no_bytes_make_a_code_that_is_none(bytes: Vec<u8>) {
            for text in read(&bytes) {
                prop_assert!(!text.is_empty() && !text.chars().any(|letter| letter.is_ascii_control()));
            }
        }
    }

    #[test]
    fn what_has_no_end_is_no_code_however_long_it_is() {
        let endless = vec![b'7'; 3 * LONGEST];
        assert!(read(&endless).is_empty());
        let then = [&endless, &b"\r"[..], b"next\r"].concat();
        assert_eq!(read(&then), ["next"]);
        let longest = [&vec![b'7'; LONGEST], &b"\n"[..]].concat();
        assert_eq!(read(&longest)[0].len(), LONGEST);
    }

    #[test]
    fn the_beginning_of_a_code_that_broke_off_is_not_put_before_the_next_one() {
        let (mut code, begun) = (Code::default(), SystemClock.instant());
        for byte in b"https://claim" {
            assert_eq!(code.take(*byte, begun), None);
        }
        let later = begun + BREAK + Duration::from_millis(1);
        let rest = [LABEL.as_bytes(), b"\r"].concat();
        let read: Vec<String> = rest.iter().filter_map(|byte| code.take(*byte, later)).collect();
        assert_eq!(read, [LABEL]);
    }

    /// A scanner, and the port at the station's end of its cable.
    fn scanner() -> (File, PathBuf) {
        let scanner = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&scanner).unwrap();
        unlockpt(&scanner).unwrap();
        let port = ptsname(&scanner, Vec::new()).unwrap().into_string().unwrap();
        (File::from(scanner), port.into())
    }

    async fn next(readings: &mut UnboundedReceiver<Reading>) -> Reading {
        tokio::time::timeout(Duration::from_secs(30), readings.recv()).await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn what_a_scanner_sends_is_told_with_its_port() {
        let (mut cable, port) = scanner();
        let (scans, mut readings) = Scans::new();
        let reader = SerialReader::start(&port, 9_600, &scans);
        reader.reach().await.unwrap();
        cable.write_all(format!("{LABEL}\r\n0042\r").as_bytes()).unwrap();
        for text in [LABEL, "0042"] {
            assert_eq!(next(&mut readings).await, Reading { by: reader.hand(), text: text.to_owned() });
        }
    }

    #[tokio::test]
    async fn a_scanner_that_is_plugged_in_again_is_read_again() {
        let directory = tempfile::tempdir().unwrap();
        let port = directory.path().join("scanner");
        let (scans, mut readings) = Scans::new();
        let reader = SerialReader::start(&port, 9_600, &scans);
        let error = reader.reach().await.unwrap_err();
        assert_eq!(error.code(), FaultCode::ScannerOff);
        assert!(error.to_string().contains("scanner"), "{error}");

        let mut state = reader.state.clone();
        for text in ["first", "again"] {
            let (mut cable, place) = scanner();
            std::os::unix::fs::symlink(place, &port).unwrap();
            state.wait_for(|state| matches!(state, State::Open)).await.unwrap();
            cable.write_all(format!("{text}\r").as_bytes()).unwrap();
            assert_eq!(next(&mut readings).await.text, text);
            std::fs::remove_file(&port).unwrap();
            drop(cable);
            state.wait_for(|state| matches!(state, State::Lost(_))).await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_reader_that_nobody_has_any_more_gives_its_port_back() {
        let (_cable, port) = scanner();
        let (scans, mut readings) = Scans::new();
        let reader = SerialReader::start(&port, 9_600, &scans);
        reader.reach().await.unwrap();
        drop((reader, scans));
        // The thread has the last sender.
        let ended = tokio::time::timeout(Duration::from_secs(30), readings.recv()).await.unwrap();
        assert_eq!(ended, None);
    }
}
