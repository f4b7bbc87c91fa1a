//! Time that a device would take, spent waiting.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Debts smaller than this are carried over: timers are no finer.
const GRAIN: Duration = Duration::from_millis(1);
/// How far behind a device may be, because the host is busy, before the time is lost instead of made up.
const SLACK: Duration = Duration::from_millis(20);

/// One device's clock. It keeps the rate over time although a single operation is shorter than a timer's
/// tick.
#[derive(Debug)]
pub(crate) struct Pace {
    busy_until: Instant,
}

impl Pace {
    pub(crate) fn new() -> Self {
        Self { busy_until: Instant::now() }
    }

    /// The device is busy for `duration` from the end of what it did before; returns when that is over, give
    /// or take a tick.
    pub(crate) async fn spend(&mut self, duration: Duration) {
        if duration.is_zero() {
            return;
        }
        let now = Instant::now();
        let begin = if self.busy_until + SLACK < now { now } else { self.busy_until };
        self.busy_until = begin + duration;
        if self.busy_until >= now + GRAIN {
            sleep_until(self.busy_until).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn many_short_operations_take_the_sum_of_their_times() {
        let begin = Instant::now();
        let mut pace = Pace::new();
        for _ in 0..1000 {
            pace.spend(Duration::from_micros(100)).await;
        }
        let took = begin.elapsed();
        assert!(took >= Duration::from_millis(98), "{took:?}");
        assert!(took <= Duration::from_millis(101), "{took:?}");
    }
}
