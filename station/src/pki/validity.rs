//! From when until when, by the calendar.

use std::time::Duration as StdDuration;

use time::{Duration, Month, OffsetDateTime, UtcOffset};
use x509_cert::time::Time;

/// The time in which a certificate is valid: whole seconds in UTC, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// The first second.
    pub not_before: OffsetDateTime,
    /// The last second.
    pub not_after: OffsetDateTime,
}

impl Validity {
    /// At least `years` calendar years and `margin` from `now`, and a `backdate` before it.
    ///
    /// Ten years after 29 February is 1 March when there is no 29 February, never the day before.
    /// Parts of a second are cut off the beginning and filled up at the end. `None` when the year
    /// would be past 9999.
    pub fn from_years(now: OffsetDateTime, years: u16, margin: Duration, backdate: Duration) -> Option<Self> {
        let now = now.checked_to_offset(UtcOffset::UTC)?;
        let not_before = whole_second(now.checked_sub(backdate)?)?;
        let mut not_after = whole_second(years_after(now, years)?.checked_add(margin)?)?;
        if now.nanosecond() != 0 {
            not_after = not_after.checked_add(Duration::SECOND)?;
        }
        Some(Self { not_before, not_after })
    }

    /// The two ends as RFC 5280 section 4.1.2.5 has them: `UTCTime` through 2049,
    /// `GeneralizedTime` from 2050 on.
    pub(super) fn encode(self) -> der::Result<x509_cert::time::Validity> {
        Ok(x509_cert::time::Validity::new(encode(self.not_before)?, encode(self.not_after)?))
    }
}

pub(super) fn encode(time: OffsetDateTime) -> der::Result<Time> {
    let seconds = u64::try_from(time.unix_timestamp()).map_err(|_| der::ErrorKind::DateTime)?;
    Ok(der::DateTime::from_unix_duration(StdDuration::from_secs(seconds))?.into())
}

fn whole_second(time: OffsetDateTime) -> Option<OffsetDateTime> {
    time.replace_nanosecond(0).ok()
}

/// The same date and time of day `years` later; 1 March for a 29 February that is not there.
fn years_after(time: OffsetDateTime, years: u16) -> Option<OffsetDateTime> {
    let year = time.year().checked_add(i32::from(years)).filter(|year| *year <= 9999)?;
    time.replace_year(year)
        .or_else(|_| time.replace_day(1)?.replace_month(Month::March)?.replace_year(year))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn not_after(now: OffsetDateTime, years: u16) -> OffsetDateTime {
        Validity::from_years(now, years, Duration::ZERO, Duration::ZERO).expect("in range").not_after
    }

    #[test]
    fn years_are_of_the_calendar() {
        assert_eq!(not_after(datetime!(2026-11-22 10:00 UTC), 10), datetime!(2036-11-22 10:00 UTC));
        // Two leap days and three leap days lie in between: no count of days would do.
        assert_eq!(not_after(datetime!(2025-01-01 0:00 UTC), 10), datetime!(2035-01-01 0:00 UTC));
        assert_eq!(not_after(datetime!(2028-01-01 0:00 UTC), 10), datetime!(2038-01-01 0:00 UTC));
    }

    #[test]
    fn a_leap_day_never_loses_a_day() {
        assert_eq!(not_after(datetime!(2028-02-29 23:59:59 UTC), 10), datetime!(2038-03-01 23:59:59 UTC));
        assert_eq!(not_after(datetime!(2028-02-29 12:00 UTC), 12), datetime!(2040-02-29 12:00 UTC));
        assert_eq!(not_after(datetime!(2028-02-28 12:00 UTC), 10), datetime!(2038-02-28 12:00 UTC));
    }

    #[test]
    fn parts_of_a_second_are_never_lost() {
        let now = datetime!(2026-11-22 10:00:00.25 UTC);
        let validity =
            Validity::from_years(now, 10, Duration::days(3), Duration::minutes(5)).expect("in range");
        assert_eq!(validity.not_before, datetime!(2026-11-22 9:55 UTC));
        assert_eq!(validity.not_after, datetime!(2036-11-25 10:00:01 UTC));
    }

    #[test]
    fn another_offset_is_the_same_instant() {
        let now = datetime!(2026-01-01 0:30 +1);
        assert_eq!(not_after(now, 10), datetime!(2035-12-31 23:30 UTC));
    }

    #[test]
    fn the_encoding_changes_with_2050() {
        let encoded = |not_after| {
            let validity = Validity { not_before: datetime!(2026-01-01 0:00 UTC), not_after };
            validity.encode().expect("encodes").not_after
        };
        assert!(matches!(encoded(datetime!(2049-12-31 23:59:59 UTC)), Time::UtcTime(_)));
        assert!(matches!(encoded(datetime!(2050-01-01 0:00:00 UTC)), Time::GeneralTime(_)));
    }

    #[test]
    fn the_end_of_time_is_an_answer_and_no_panic() {
        let now = datetime!(9995-01-01 0:00 UTC);
        assert_eq!(Validity::from_years(now, 10, Duration::ZERO, Duration::ZERO), None);
    }
}
