//! The CA is open for a time and for a number of certificates, by the officer's leave.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use time::OffsetDateTime;
use tokio::sync::Notify;

use crate::clock::{Clock, rfc3339};
use crate::fault::{Coded, FaultCode};

/// How long and for how many certificates the officer opened the CA.
///
/// The time is measured by the clock that cannot be set, and by the other one as well: whichever is first.
#[derive(Debug)]
pub struct Opening {
    clock: Arc<dyn Clock>,
    until: OffsetDateTime,
    deadline: Instant,
    most: u32,
    /// Whether somebody has opened it at all.
    opened: bool,
    count: Mutex<Count>,
    /// The last permit that was out came back.
    settled: Notify,
}

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    /// Permits that are out, and may come back unused.
    out: u32,
    /// Certificates that were signed.
    signed: u32,
    closed: bool,
}

/// Leave to have one certificate signed. Unless [spent](Permit::spend), it goes back when dropped.
#[derive(Debug)]
pub struct Permit {
    opening: Arc<Opening>,
    spent: bool,
}

/// The CA is not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Closed {
    /// Nobody has opened it since the line started.
    #[error("the CA was left closed when the line started, and nobody has opened it since")]
    Never,
    /// The time is over, or the CA was closed before.
    #[error("the CA was open until {}", rfc3339(*until))]
    Time {
        /// When it closed, or would have.
        until: OffsetDateTime,
    },
    /// All certificates it was opened for are signed, or about to be.
    #[error("the CA was opened for {most} certificates")]
    Spent {
        /// How many.
        most: u32,
    },
}

impl Coded for Closed {
    fn code(&self) -> FaultCode {
        match self {
            Self::Never | Self::Time { .. } => FaultCode::AuthorityClosed,
            Self::Spent { .. } => FaultCode::AuthoritySpent,
        }
    }
}

impl Opening {
    /// Opens the CA from now on, for so long and so many certificates.
    pub fn new(clock: Arc<dyn Clock>, time: Duration, most: u32) -> Arc<Self> {
        Self::of(clock, time, most, true)
    }

    /// No opening at all: nothing is admitted.
    pub fn never(clock: Arc<dyn Clock>) -> Arc<Self> {
        Self::of(clock, Duration::ZERO, 0, false)
    }

    fn of(clock: Arc<dyn Clock>, time: Duration, most: u32, opened: bool) -> Arc<Self> {
        let (until, deadline) = (clock.now() + time, clock.instant() + time);
        let (count, settled) = (Mutex::default(), Notify::new());
        Arc::new(Self { clock, until, deadline, most, opened, count, settled })
    }

    /// When it closes by itself.
    pub const fn until(&self) -> OffsetDateTime {
        self.until
    }

    /// How long that is from now; zero when it is over.
    pub fn remaining(&self) -> Duration {
        self.deadline.saturating_duration_since(self.clock.instant())
    }

    /// How many certificates it was opened for.
    pub const fn most(&self) -> u32 {
        self.most
    }

    /// How many certificates were signed.
    pub fn signed(&self) -> u32 {
        self.count().signed
    }

    /// Closes it for good. Permits that are out may still be spent.
    pub fn close(&self) {
        self.count().closed = true;
    }

    /// Waits until no permit is out: what was admitted is signed, or has come to nothing.
    pub async fn settled(&self) {
        loop {
            // Before the look, so that what comes back after it is heard of.
            let settled = self.settled.notified();
            if self.count().out == 0 {
                return;
            }
            settled.await;
        }
    }

    /// How many more certificates it admits now.
    ///
    /// # Errors
    /// The CA is closed, or was opened for no more.
    pub fn left(&self) -> Result<u32, Closed> {
        self.left_of(*self.count())
    }

    /// Leave to have one more certificate signed.
    ///
    /// # Errors
    /// The CA is closed, or was opened for no more.
    pub fn admit(self: &Arc<Self>) -> Result<Permit, Closed> {
        let mut count = self.count();
        self.left_of(*count)?;
        count.out += 1;
        Ok(Permit { opening: Arc::clone(self), spent: false })
    }

    /// Whether all certificates are issued for which it was opened: not before the last signatures are made, or have
    /// come to nothing.
    pub fn is_spent(&self) -> bool {
        matches!(self.left(), Err(Closed::Spent { most }) if self.signed() >= most)
    }

    fn left_of(&self, count: Count) -> Result<u32, Closed> {
        if !self.opened {
            return Err(Closed::Never);
        }
        // The clock that cannot be set stands still while the machine sleeps.
        if count.closed || self.remaining().is_zero() || self.clock.now() >= self.until {
            return Err(Closed::Time { until: self.until });
        }
        match self.most.saturating_sub(count.signed).saturating_sub(count.out) {
            0 => Err(Closed::Spent { most: self.most }),
            left => Ok(left),
        }
    }

    fn count(&self) -> MutexGuard<'_, Count> {
        // Plain numbers, changed together.
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit {
    /// The certificate was signed.
    pub fn spend(mut self) {
        self.spent = true;
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        // One step, so that nobody counts it twice in between.
        let mut count = self.opening.count();
        count.out -= 1;
        count.signed += u32::from(self.spent);
        if count.out == 0 {
            self.opening.settled.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::FixedClock;
    use time::macros::datetime;

    fn opening(most: u32) -> (Arc<FixedClock>, Arc<Opening>) {
        let clock = Arc::new(FixedClock::new(datetime!(2026-11-23 6:00 UTC)));
        (Arc::clone(&clock), Opening::new(clock, Duration::from_hours(8), most))
    }

    #[test]
    fn a_permit_that_was_not_used_comes_back() {
        let (_, opening) = opening(2);
        let (first, second) = (opening.admit().expect("one"), opening.admit().expect("two"));
        assert_eq!(opening.admit().expect_err("spent"), Closed::Spent { most: 2 });
        first.spend();
        drop(second);
        let third = opening.admit().expect("the one that came back");
        third.spend();
        assert_eq!(opening.admit().expect_err("spent"), Closed::Spent { most: 2 });
        assert_eq!(opening.signed(), 2);
    }

    #[test]
    fn it_closes_when_its_time_is_over() {
        let (clock, opening) = opening(2);
        let until = datetime!(2026-11-23 14:00 UTC);
        clock.set(datetime!(2026-11-23 13:59:59 UTC));
        drop(opening.admit().expect("open"));
        clock.set(until);
        assert_eq!(opening.admit().expect_err("over"), Closed::Time { until });
        assert_eq!(opening.remaining(), Duration::ZERO);
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_prolong_it() {
        let (clock, opening) = opening(2);
        clock.set(datetime!(2026-11-23 14:00 UTC));
        clock.set(datetime!(2026-11-23 6:00 UTC));
        assert!(opening.admit().is_err());
    }

    #[test]
    fn closed_by_hand_it_admits_nobody() {
        let (_, opening) = opening(2);
        let permit = opening.admit().expect("open");
        opening.close();
        assert!(opening.admit().is_err());
        permit.spend();
        assert_eq!(opening.signed(), 1);
    }

    #[tokio::test]
    async fn what_was_admitted_is_waited_for() {
        let (_, opening) = opening(2);
        opening.settled().await;
        let (first, second) = (opening.admit().expect("open"), opening.admit().expect("open"));
        opening.close();
        let waiting = tokio::spawn({
            let opening = Arc::clone(&opening);
            async move { opening.settled().await }
        });
        drop(first);
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished(), "one is still out");
        second.spend();
        waiting.await.expect("both are back");
        assert_eq!(opening.signed(), 1);
    }
}
