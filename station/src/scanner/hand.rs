//! A hand scanner, as a slot knows it that waits for its label.
//!
//! Whoever shows what happens gives each reading to a slot: the screen to the one that it asks to be scanned;
//! without a screen each slot has a scanner of its own. No other slot gets it, so that a label that belongs to
//! another slot is found to be one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::sync::watch;

use super::serial::SerialReader;
use super::{Hand, Reading, Scanner, ScannerError, ScannerFuture, Sign};
use crate::clock::{Clock as _, SystemClock};
use crate::operator::Badges;

/// A slot is said to wait for its label a moment before it does: what is given to it in this time counts.
const EARLY: Duration = Duration::from_secs(1);

/// Where readings come from and go to.
#[derive(Clone, Debug)]
pub struct Scans {
    /// Where the readers put what was scanned.
    read: UnboundedSender<Reading>,
    /// Where it is given to each slot: the last text, and when it was given.
    given: Arc<Mutex<BTreeMap<String, Given>>>,
}

type Given = watch::Sender<Option<(String, Instant)>>;

impl Default for Scans {
    /// Where nobody takes note of what is read.
    fn default() -> Self {
        Self::new().0
    }
}

impl Scans {
    /// With what is read, for whoever gives it to the slots.
    pub fn new() -> (Self, UnboundedReceiver<Reading>) {
        let (read, readings) = mpsc::unbounded_channel();
        (Self { read, given: Arc::default() }, readings)
    }

    /// Where a reader puts what it read.
    pub(super) fn inbox(&self) -> UnboundedSender<Reading> {
        self.read.clone()
    }

    /// Gives a scan to a slot. If it does not wait for a label now, or does so soon, nothing comes of it.
    pub fn give(&self, slot: &str, text: &str) {
        self.of(slot).send_replace(Some((text.to_owned(), SystemClock.instant())));
    }

    /// Gives each reading to the slot whose scanner read it, where there is no screen that would say which slot is
    /// meant. A badge is no label: read as one, it would stand in the ledger, and the module in quarantine.
    pub async fn give_each(
        self,
        mut readings: UnboundedReceiver<Reading>,
        slots: BTreeMap<Hand, String>,
        badges: Badges,
    ) {
        while let Some(Reading { by, text }) = readings.recv().await {
            if let Some(slot) = slots.get(&by).filter(|_| !badges.has_badge(&text)) {
                self.give(slot, &text);
            }
        }
    }

    fn of(&self, slot: &str) -> Given {
        self.given().entry(slot.to_owned()).or_default().clone()
    }

    fn given(&self) -> MutexGuard<'_, BTreeMap<String, Given>> {
        // Whoever panics with it leaves a whole map.
        self.given.lock().unwrap_or_else(PoisonError::into_inner)
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
        let given = self.scans.of(&self.slot);
        let mut heard = given.subscribe();
        let began = SystemClock.instant();
        let is_mine = |given: &Option<(String, Instant)>| {
            given.as_ref().is_some_and(|(_, at)| began.saturating_duration_since(*at) <= EARLY)
        };
        let mine = async { heard.wait_for(is_mine).await.is_ok() };
        if tokio::time::timeout(self.patience, mine).await == Ok(true)
            && let Some((text, _)) = given.send_replace(None)
        {
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
        let early = SystemClock.instant().checked_sub(2 * EARLY).unwrap();
        scans.of("2").send_replace(Some(("too early".to_owned(), early)));
        let mut scan = scanner.scan();
        assert!(is_pending(&mut scan).await, "what was scanned long before does not count");
        scans.give("1", "another slot's");
        assert!(is_pending(&mut scan).await);
        scans.give("2", "its label");
        assert_eq!(scan.await.unwrap(), "its label");
    }

    #[tokio::test]
    async fn what_is_scanned_at_the_very_moment_counts_once() {
        let scans = Scans::default();
        let scanner = keyboard("2", &scans, Duration::from_secs(30));
        scans.give("2", "its label");
        assert_eq!(scanner.scan().await.unwrap(), "its label");
        assert!(is_pending(&mut scanner.scan()).await);
    }

    #[tokio::test]
    async fn without_a_screen_a_slot_gets_what_its_own_scanner_reads_but_no_badge() {
        let (scans, readings) = Scans::new();
        let [first, second] = ["/dev/ttyACM0", "/dev/ttyACM1"].map(|port| Hand::Serial(port.into()));
        let slots = BTreeMap::from([(first.clone(), "1".to_owned()), (second, "2".to_owned())]);
        let badge = ("0042".to_owned(), "Ana".parse().unwrap());
        let inbox = scans.inbox();
        for text in ["a label", "0042"] {
            inbox.send(Reading { by: first.clone(), text: text.to_owned() }).unwrap();
        }
        let other = Reading { by: Hand::Serial("/dev/ttyS9".into()), text: "nobody's".to_owned() };
        inbox.send(other).unwrap();
        let giving = tokio::spawn(scans.clone().give_each(readings, slots, [badge].into_iter().collect()));
        let scanner = keyboard("1", &scans, Duration::from_secs(30));
        assert_eq!(scanner.scan().await.unwrap(), "a label");
        let mut next = scanner.scan();
        tokio::task::yield_now().await;
        assert!(is_pending(&mut next).await, "a badge is no label");
        assert!(is_pending(&mut keyboard("2", &scans, Duration::from_secs(30)).scan()).await);
        giving.abort();
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
