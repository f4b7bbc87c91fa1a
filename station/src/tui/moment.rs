//! When a message came, as the shell's clock has it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// A point in time: since the screen was opened, which never goes back, and by the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// Milliseconds since the screen was opened.
    pub elapsed_ms: u64,
    /// The calendar time, UTC.
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

impl Moment {
    /// How long ago `earlier` was; nothing, if it is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.elapsed_ms.saturating_sub(earlier.elapsed_ms))
    }
}
