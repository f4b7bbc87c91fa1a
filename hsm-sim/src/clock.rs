//! The only clock: how long ago something was, and what time it is.

use std::thread;
use std::time::{Duration, Instant, SystemTime};

use time::OffsetDateTime;

/// A moment, for measuring from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment(Instant);

impl Moment {
    /// This moment.
    pub(crate) fn now() -> Self {
        Self(Instant::now())
    }

    /// The time since then.
    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// Lets that much time pass.
pub(crate) fn wait(time: Duration) {
    thread::sleep(time);
}

/// The computer's time, `skew` seconds ahead, as `CK_TOKEN_INFO` has it: `YYYYMMDDhhmmss00` in UTC (PKCS#11 2.40 base, section 3.2).
pub(crate) fn token_time(skew: i64) -> String {
    format_time(OffsetDateTime::from(SystemTime::now()).saturating_add(time::Duration::seconds(skew)))
}

fn format_time(time: OffsetDateTime) -> String {
    let (date, hour, minute, second) = (time.date(), time.hour(), time.minute(), time.second());
    let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
    format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}00")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_sixteen_digits() {
        let time = OffsetDateTime::from_unix_timestamp(1_000_000_000).unwrap();
        assert_eq!(format_time(time), "2001090901464000");
        let (now, later) = (token_time(0), token_time(120));
        assert!(now < later && later.len() == 16, "{now} {later}");
    }
}
