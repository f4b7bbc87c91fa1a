//! Notices a clock that jumps.

use std::time::Instant;

use time::{Duration, OffsetDateTime};

use super::{Clock, rfc3339};

/// The time of day has moved by more than time has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the clock jumped by {} s; it says {}", by.as_seconds_f64(), rfc3339(*now))]
pub struct ClockJumped {
    /// How far: positive if ahead.
    pub by: Duration,
    /// What the clock says now.
    pub now: OffsetDateTime,
}

/// Compares the time of day with the time that has passed since it was last found right.
///
/// A correction of up to two seconds, or of a thousandth of the time that has passed, is what
/// synchronisation over a network does. More than that is a clock that somebody set, a time server
/// gone wrong, or a machine that slept: certificates must not be dated by it before a person has
/// looked. Whoever starts the station again has.
#[derive(Clone, Copy, Debug)]
pub struct ClockGuard {
    now: OffsetDateTime,
    instant: Instant,
}

impl ClockGuard {
    /// What is always allowed.
    const SLACK: Duration = Duration::seconds(2);
    /// One part in so many of the time that has passed is allowed.
    const DRIFT: i32 = 1000;

    /// Takes the clock as right.
    pub fn new(clock: &dyn Clock) -> Self {
        Self { now: clock.now(), instant: clock.instant() }
    }

    /// The time of day, if the clock has not jumped since the last time this was asked and granted.
    ///
    /// # Errors
    /// The clock has jumped. It is an error until the clock is back, or the guard is made anew.
    pub fn now(&mut self, clock: &dyn Clock) -> Result<OffsetDateTime, ClockJumped> {
        let (now, instant) = (clock.now(), clock.instant());
        let passed =
            Duration::try_from(instant.saturating_duration_since(self.instant)).unwrap_or(Duration::MAX);
        let by = (now - self.now) - passed;
        if by.abs() > Self::SLACK + passed / Self::DRIFT {
            return Err(ClockJumped { by, now });
        }
        *self = Self { now, instant };
        Ok(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::FixedClock;
    use time::macros::datetime;

    const NOON: OffsetDateTime = datetime!(2026-03-01 12:00 UTC);

    #[test]
    fn time_that_passes_is_no_jump() {
        let clock = FixedClock::new(NOON);
        let mut guard = ClockGuard::new(&clock);
        for now in [NOON + Duration::HOUR, NOON + Duration::DAY, NOON + Duration::WEEK] {
            clock.set(now);
            assert_eq!(guard.now(&clock), Ok(now));
        }
    }

    #[test]
    fn a_correction_is_no_jump_and_small_ones_do_not_add_up_to_one() {
        let clock = FixedClock::new(NOON);
        let mut guard = ClockGuard::new(&clock);
        for number in 1..100 {
            clock.jump(NOON + Duration::SECOND * number);
            assert!(guard.now(&clock).is_ok());
        }
    }

    #[test]
    fn a_jump_is_told_until_the_clock_is_back() {
        let clock = FixedClock::new(NOON);
        let mut guard = ClockGuard::new(&clock);
        for by in [Duration::seconds(3), Duration::seconds(-3), Duration::days(3650), -Duration::HOUR] {
            clock.jump(NOON + by);
            assert_eq!(guard.now(&clock), Err(ClockJumped { by, now: NOON + by }));
            assert!(guard.now(&clock).is_err());
        }
        clock.jump(NOON);
        assert_eq!(guard.now(&clock), Ok(NOON));
    }
}
