//! Spacing of tries: a token that is gone is not asked for at every call.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::HsmError;
use super::state::Cause;
use crate::clock::Clock;

/// How long after the first failure in a row the next try may be.
const FIRST: Duration = Duration::from_millis(200);
/// The longest time between two tries.
const LONGEST: Duration = Duration::from_secs(5);

/// When a connection may be tried next, and why the last try failed.
#[derive(Debug)]
pub(super) struct Tries {
    clock: Arc<dyn Clock>,
    failed: Mutex<Option<Failed>>,
}

#[derive(Debug)]
struct Failed {
    cause: Cause,
    /// How long to wait after the last try.
    pause: Duration,
    next: Instant,
}

impl Tries {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, failed: Mutex::default() }
    }

    /// Whether it may be tried now; else how long not, and why the last try failed.
    pub(super) fn may(&self) -> Result<(), (Duration, Cause)> {
        match &*self.failed() {
            Some(Failed { cause, next, .. }) => {
                let wait = next.saturating_duration_since(self.clock.instant());
                if wait.is_zero() { Ok(()) } else { Err((wait, cause.clone())) }
            }
            None => Ok(()),
        }
    }

    /// How long until it may be tried again.
    pub(super) fn wait(&self) -> Duration {
        self.may().err().map_or(Duration::ZERO, |(wait, _)| wait)
    }

    /// A try failed: the next has to wait, twice as long as the one before.
    pub(super) fn failed_with(&self, error: &HsmError) {
        let mut failed = self.failed();
        let pause = failed.as_ref().map_or(FIRST, |before| (before.pause * 2).min(LONGEST));
        *failed = Some(Failed { cause: Cause::of(error), pause, next: self.clock.instant() + pause });
    }

    /// A try succeeded.
    pub(super) fn succeeded(&self) {
        *self.failed() = None;
    }

    fn failed(&self) -> MutexGuard<'_, Option<Failed>> {
        // Replaced whole, so a poisoned lock holds no half-made state.
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::FixedClock;
    use crate::fault::FaultCode;
    use time::macros::datetime;

    #[test]
    fn tries_are_spaced_more_and_more() {
        let clock = Arc::new(FixedClock::new(datetime!(2026-11-22 10:00 UTC)));
        let tries = Tries::new(Arc::clone(&clock) as Arc<dyn Clock>);
        assert!(tries.may().is_ok());
        let gone = HsmError::TokenGone { token: "ca".into() };
        let mut pauses = Vec::new();
        for _ in 0..7 {
            tries.failed_with(&gone);
            let (wait, cause) = tries.may().expect_err("just tried");
            assert_eq!(cause.code(), FaultCode::HsmLost);
            pauses.push(wait.as_millis());
        }
        assert_eq!(pauses, [200, 400, 800, 1600, 3200, 5000, 5000]);
        clock.set(datetime!(2026-11-22 10:00:05 UTC));
        assert!(tries.may().is_ok(), "the pause is over");
        tries.failed_with(&gone);
        tries.succeeded();
        assert!(tries.may().is_ok());
        tries.failed_with(&gone);
        assert_eq!(tries.wait(), FIRST, "counted anew");
    }
}
