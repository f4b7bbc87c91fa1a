//! A hand scanner that is a keyboard to the terminal: what it reads comes by way of the screen.
//!
//! The screen gives a scan to the slot that it asks to be scanned, and to no other, so that a label that
//! belongs to another slot is found to be one.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::{Scanner, ScannerError, ScannerFuture};

/// Where the screen puts what was scanned, each for one slot. A slot listens only while it waits for its
/// label; what is scanned at any other time comes to nothing here.
#[derive(Clone, Debug)]
pub struct Scans {
    given: broadcast::Sender<(String, String)>,
}

impl Default for Scans {
    fn default() -> Self {
        /// A hand is slower than this.
        const AT_ONCE: usize = 64;
        Self { given: broadcast::Sender::new(AT_ONCE) }
    }
}

impl Scans {
    /// Gives a scan to a slot.
    pub fn give(&self, slot: &str, text: &str) {
        // Where nobody listens nothing is waited for.
        let _ = self.given.send((slot.to_owned(), text.to_owned()));
    }
}

/// The hand scanner, as one slot knows it.
#[derive(Debug)]
pub struct KeyboardScanner {
    slot: String,
    scans: Scans,
    patience: Duration,
}

impl KeyboardScanner {
    /// For this slot, which waits for its label for `patience`.
    pub fn new(slot: &str, scans: &Scans, patience: Duration) -> Arc<Self> {
        Arc::new(Self { slot: slot.to_owned(), scans: scans.clone(), patience })
    }

    async fn next(&self) -> Result<String, ScannerError> {
        let mut given = self.scans.given.subscribe();
        let mine = async {
            loop {
                match given.recv().await {
                    Ok((slot, text)) if slot == self.slot => return Some(text),
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return None,
                }
            }
        };
        let nothing = || ScannerError::NoRead { scanner: format!("the keyboard, for slot {},", self.slot) };
        tokio::time::timeout(self.patience, mine).await.ok().flatten().ok_or_else(nothing)
    }
}

impl Scanner for KeyboardScanner {
    fn can_be_asked(&self) -> bool {
        false
    }

    fn reach(&self) -> ScannerFuture<'_, ()> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn scan(&self) -> ScannerFuture<'_, String> {
        Box::pin(self.next())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::{Coded as _, FaultCode};

    #[tokio::test]
    async fn a_slot_gets_what_is_scanned_for_it_while_it_waits_and_nothing_else() {
        let scans = Scans::default();
        let scanner = KeyboardScanner::new("2", &scans, Duration::from_secs(30));
        scans.give("2", "too early");
        let mut scan = scanner.scan();
        assert!(is_pending(&mut scan).await, "what was scanned before does not count");
        scans.give("1", "another slot's");
        assert!(is_pending(&mut scan).await);
        scans.give("2", "its label");
        assert_eq!(scan.await.unwrap(), "its label");
    }

    #[tokio::test]
    async fn a_label_that_nobody_scans_is_said_not_to_be_read() {
        let scanner = KeyboardScanner::new("2", &Scans::default(), Duration::from_millis(1));
        let error = scanner.scan().await.unwrap_err();
        assert_eq!(error.code(), FaultCode::ScannerNoRead);
    }

    async fn is_pending(scan: &mut ScannerFuture<'_, String>) -> bool {
        std::future::poll_fn(|context| std::task::Poll::Ready(scan.as_mut().poll(context).is_pending())).await
    }
}
