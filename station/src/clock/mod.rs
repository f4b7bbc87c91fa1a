//! The only door to time, and what watches over it.

mod guard;
mod zone;

pub use guard::{ClockGuard, ClockJumped};
pub use zone::{UnknownZone, Zone};

use std::fmt::Debug;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// Where the station reads the time.
pub trait Clock: Send + Sync + Debug {
    /// The calendar time, in UTC.
    fn now(&self) -> OffsetDateTime;

    /// The time that never goes back, to measure how long something took.
    fn instant(&self) -> Instant;
}

/// A time as messages and documents tell it: RFC 3339, in UTC, in whole seconds.
pub fn rfc3339(time: OffsetDateTime) -> String {
    let time = time.to_offset(UtcOffset::UTC);
    // Only a year beyond 9999 is none of RFC 3339.
    time.replace_nanosecond(0).unwrap_or(time).format(&Rfc3339).unwrap_or_else(|_| time.to_string())
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

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_time_is_told_in_utc_and_whole_seconds() {
        let told = [
            datetime!(2026-11-24 2:07:02.0 UTC),
            datetime!(2026-11-29 15:09:18.184_200_482 +1),
            datetime!(9999-12-31 23:59:59.9 UTC),
        ];
        let told = told.map(rfc3339);
        assert_eq!(told, ["2026-11-24T02:07:02Z", "2026-11-29T14:09:18Z", "9999-12-31T23:59:59Z"]);
    }
}
