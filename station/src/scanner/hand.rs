//! A hand scanner, as a slot knows it that waits for its label.
//!
//! Whoever shows what happens gives each reading to a slot: the screen to the one that it asks to be scanned,
//! and without a screen the one goes first that has waited longest. No other slot gets it, so that a label that
//! belongs to another slot is found to be one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use super::serial::SerialReader;
use super::{Hand, Reading, Scanner, ScannerError, ScannerFuture, Sign, TWICE};
use crate::clock::{Clock as _, SystemClock};

/// Where readings come from and go to.
#[derive(Clone, Debug)]
pub struct Scans {
    /// Where the readers put what was scanned.
    read: UnboundedSender<Reading>,
    /// Where it is given to a slot. A slot listens only while it waits for its label; what is scanned at any
    /// other time comes to nothing here.
    given: broadcast::Sender<(String, String)>,
    /// The slots that wait, whoever has waited longest first.
    waiting: Arc<Mutex<Vec<(String, Hand)>>>,
}

impl Default for Scans {
    /// Where nobody takes note of what is read.
    fn default() -> Self {
        Self::new().0
    }
}

impl Scans {
    /// With what is read, for whoever gives it to the slots.
    pub fn new() -> (Self, UnboundedReceiver<Reading>) {
        /// A hand is slower than this.
        const AT_ONCE: usize = 64;
        let (read, readings) = mpsc::unbounded_channel();
        let scans = Self { read, given: broadcast::Sender::new(AT_ONCE), waiting: Arc::default() };
        (scans, readings)
    }

    /// Where a reader puts what it read.
    pub(super) fn inbox(&self) -> UnboundedSender<Reading> {
        self.read.clone()
    }

    /// Gives a scan to a slot.
    pub fn give(&self, slot: &str, text: &str) {
        // Where nobody listens nothing is waited for.
        let _ = self.given.send((slot.to_owned(), text.to_owned()));
    }

    /// Gives each reading to the slot that has waited longest for its scanner, where there is no screen that
    /// would say which one is meant. The same code again within [`TWICE`] counts once.
    pub async fn give_in_turn(self, mut readings: UnboundedReceiver<Reading>) {
        let mut last: Option<(Reading, Instant)> = None;
        while let Some(reading) = readings.recv().await {
            let now = SystemClock.instant();
            let again = |(before, at): &(Reading, Instant)| {
                *before == reading && now.saturating_duration_since(*at) < TWICE
            };
            if !last.as_ref().is_some_and(again) {
                self.give_first(&reading);
                last = Some((reading, now));
            }
        }
    }

    /// Gives a reading to the slot that has waited longest for this scanner. Whether there was one.
    fn give_first(&self, reading: &Reading) -> bool {
        let first = self.waiting().iter().find(|(_, by)| *by == reading.by).map(|(slot, _)| slot.clone());
        if let Some(slot) = &first {
            self.give(slot, &reading.text);
        }
        first.is_some()
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<(String, Hand)>> {
        // Whoever panics with it leaves a whole list.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A hand scanner that one or several slots have.
#[derive(Clone, Debug)]
pub enum HandReader {
    /// What it reads comes by way of the screen's keys.
    Keyboard,
    /// On a serial port, which is read by itself.
    Serial(Arc<SerialReader>),
}

/// The hand scanner, as one slot knows it.
#[derive(Debug)]
pub struct HandScanner {
    slot: String,
    reader: HandReader,
    scans: Scans,
    patience: Duration,
}

impl HandScanner {
    /// For this slot, which waits for its label for `patience`.
    pub fn new(slot: &str, reader: HandReader, scans: &Scans, patience: Duration) -> Arc<Self> {
        Arc::new(Self { slot: slot.to_owned(), reader, scans: scans.clone(), patience })
    }

    async fn next(&self) -> Result<String, ScannerError> {
        let mut given = self.scans.given.subscribe();
        let _place = Place::take(self);
        let mine = async {
            loop {
                match given.recv().await {
                    Ok((slot, text)) if slot == self.slot => return Some(text),
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return None,
                }
            }
        };
        if let Some(text) = tokio::time::timeout(self.patience, mine).await.ok().flatten() {
            return Ok(text);
        }
        // One that is gone could not read anything.
        self.reach().await?;
        Err(ScannerError::NoRead { scanner: format!("{}, for slot {},", self.hand().described(), self.slot) })
    }

    fn hand(&self) -> Hand {
        match &self.reader {
            HandReader::Keyboard => Hand::Keyboard,
            HandReader::Serial(reader) => reader.hand(),
        }
    }
}

impl Scanner for HandScanner {
    fn sign(&self) -> Sign {
        match self.reader {
            HandReader::Keyboard => Sign::None,
            HandReader::Serial(_) => Sign::Opens,
        }
    }

    fn reach(&self) -> ScannerFuture<'_, ()> {
        match &self.reader {
            HandReader::Keyboard => Box::pin(std::future::ready(Ok(()))),
            HandReader::Serial(reader) => Box::pin(reader.reach()),
        }
    }

    fn scan(&self) -> ScannerFuture<'_, String> {
        Box::pin(self.next())
    }
}

/// A place among the slots that wait; given up when dropped.
struct Place<'a>(&'a HandScanner);

impl<'a> Place<'a> {
    fn take(scanner: &'a HandScanner) -> Self {
        scanner.scans.waiting().push((scanner.slot.clone(), scanner.hand()));
        Self(scanner)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.scans.waiting().retain(|(slot, _)| *slot != self.0.slot);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::{Coded as _, FaultCode};

    fn keyboard(slot: &str, scans: &Scans, patience: Duration) -> Arc<HandScanner> {
        HandScanner::new(slot, HandReader::Keyboard, scans, patience)
    }

    #[tokio::test]
    async fn a_slot_gets_what_is_scanned_for_it_while_it_waits_and_nothing_else() {
        let scans = Scans::default();
        let scanner = keyboard("2", &scans, Duration::from_secs(30));
        scans.give("2", "too early");
        let mut scan = scanner.scan();
        assert!(is_pending(&mut scan).await, "what was scanned before does not count");
        scans.give("1", "another slot's");
        assert!(is_pending(&mut scan).await);
        scans.give("2", "its label");
        assert_eq!(scan.await.unwrap(), "its label");
    }

    #[tokio::test]
    async fn without_a_screen_the_slot_goes_first_that_has_waited_longest() {
        let scans = Scans::default();
        let scanners = ["1", "2", "3"].map(|slot| keyboard(slot, &scans, Duration::from_secs(30)));
        let read = |text: &str| Reading { by: Hand::Keyboard, text: text.to_owned() };
        assert!(!scans.give_first(&read("early")), "nobody waits");
        let mut second = scanners[1].scan();
        assert!(is_pending(&mut second).await);
        let mut first = scanners[0].scan();
        assert!(is_pending(&mut first).await);
        {
            let mut gone = scanners[2].scan();
            assert!(is_pending(&mut gone).await);
        }
        let other = Reading { by: Hand::Serial("/dev/ttyACM0".into()), text: "another scanner's".to_owned() };
        assert!(!scans.give_first(&other));
        assert!(scans.give_first(&read("a")));
        assert_eq!(second.await.unwrap(), "a");
        assert!(scans.give_first(&read("b")));
        assert_eq!(first.await.unwrap(), "b");
        assert!(!scans.give_first(&read("late")), "nobody waits any more");
    }

    #[tokio::test]
    async fn a_label_that_nobody_scans_is_said_not_to_be_read() {
        let scanner = keyboard("2", &Scans::default(), Duration::from_millis(1));
        let error = scanner.scan().await.unwrap_err();
        assert_eq!(error.code(), FaultCode::ScannerNoRead);
    }

    async fn is_pending(scan: &mut ScannerFuture<'_, String>) -> bool {
        std::future::poll_fn(|context| std::task::Poll::Ready(scan.as_mut().poll(context).is_pending())).await
    }
}
