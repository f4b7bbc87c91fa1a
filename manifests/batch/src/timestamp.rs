//! Points in time: UTC, whole seconds.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use der::DateTime;
use serde::{Deserialize, Serialize};

use crate::text::TextFormError;

/// A point in time, UTC, in whole seconds; its text is RFC 3339 in the form
/// `2026-11-22T21:30:15Z`.
///
/// The crate has no clock: every time comes from the caller or from a certificate.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Timestamp(DateTime);

impl Timestamp {
    /// The time this many seconds after 1970-01-01T00:00:00Z. `None` past the year 9999.
    pub fn from_unix_seconds(seconds: u64) -> Option<Self> {
        DateTime::from_unix_duration(Duration::from_secs(seconds)).ok().map(Self)
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub fn unix_seconds(self) -> u64 {
        self.0.unix_duration().as_secs()
    }

    pub(crate) fn date_time(self) -> DateTime {
        self.0
    }

    /// Whether `later` is at least this many calendar years after `self`.
    ///
    /// The date is compared field by field, so that ten years from 29 February end on 1 March
    /// and no day is lost to the leap years a count of days forgets.
    pub(crate) fn is_years_before(self, years: u16, later: Self) -> bool {
        let fields = |time: DateTime, years: u16| {
            let year = time.year().saturating_add(years);
            (year, time.month(), time.day(), time.hour(), time.minutes(), time.seconds())
        };
        fields(self.0, years) <= fields(later.0, 0)
    }
}

impl From<DateTime> for Timestamp {
    fn from(time: DateTime) -> Self {
        Self(time)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({self})")
    }
}

impl FromStr for Timestamp {
    type Err = TextFormError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self).map_err(|_| TextFormError { expected: "a UTC time like 2026-11-22T21:30:15Z" })
    }
}

impl TryFrom<String> for Timestamp {
    type Error = TextFormError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Timestamp> for String {
    fn from(time: Timestamp) -> Self {
        time.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn seconds_and_text_agree() {
        assert_eq!(Timestamp::from_unix_seconds(1_795_383_015), Some(time("2026-11-22T21:30:15Z")));
        assert_eq!(time("2026-11-22T21:30:15Z").unix_seconds(), 1_795_383_015);
    }

    #[test]
    fn only_one_spelling_is_read() {
        for text in ["2026-11-22T21:30:15+00:00", "2026-11-22 21:30:15Z", "2026-02-29T00:00:00Z", "x"] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }

    #[test]
    fn ten_years_are_calendar_years() {
        let start = time("2026-01-01T00:00:00Z");
        assert!(start.is_years_before(10, time("2036-01-01T00:00:00Z")));
        // 3650 days, as some vendors count ten years.
        assert!(!start.is_years_before(10, time("2035-12-30T00:00:00Z")));
        assert!(!time("2028-02-29T00:00:00Z").is_years_before(10, time("2038-02-28T23:59:59Z")));
        assert!(time("2028-02-29T00:00:00Z").is_years_before(10, time("2038-03-01T00:00:00Z")));
    }
}
