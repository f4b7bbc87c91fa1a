//! The only door to time, and what watches over it.

mod guard;
mod zone;

pub use guard::{ClockGuard, ClockJumped};
pub use zone::{UnknownZone, Zone};

use std::fmt::Debug;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use time::OffsetDateTime;

/// Where the station reads the time.
pub trait Clock: Send + Sync + Debug {
    /// The calendar time, in UTC.
    fn now(&self) -> OffsetDateTime;

    /// The time that never goes back, to measure how long something took.
    fn instant(&self) -> Instant;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the door")]
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }

    #[expect(clippy::disallowed_methods, reason = "this is the door")]
    fn instant(&self) -> Instant {
        Instant::now()
    }
}

/// A clock that stands where it was put.
#[derive(Debug)]
pub struct FixedClock {
    unix_seconds: AtomicI64,
    made: Instant,
    /// Seconds that have passed since it was made.
    passed: AtomicU64,
}

impl FixedClock {
    /// A clock that shows `now`, cut to whole seconds.
    pub fn new(now: OffsetDateTime) -> Self {
        Self {
            unix_seconds: AtomicI64::new(now.unix_timestamp()),
            made: SystemClock.instant(),
            passed: AtomicU64::new(0),
        }
    }

    /// Puts the hands to `now`. If that is later, the time between has passed.
    pub fn set(&self, now: OffsetDateTime) {
        let before = self.unix_seconds.swap(now.unix_timestamp(), Ordering::SeqCst);
        let passed = u64::try_from(now.unix_timestamp() - before).unwrap_or(0);
        self.passed.fetch_add(passed, Ordering::SeqCst);
    }

    /// Puts the hands to `now`, without any time passing.
    pub fn jump(&self, now: OffsetDateTime) {
        self.unix_seconds.store(now.unix_timestamp(), Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.unix_seconds.load(Ordering::SeqCst))
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    fn instant(&self) -> Instant {
        self.made + Duration::from_secs(self.passed.load(Ordering::SeqCst))
    }
}
