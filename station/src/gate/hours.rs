//! The hours of the week in which certificates are issued.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, Time, Weekday};

/// Working hours, on the clock of the place where the station stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Hours {
    /// The days on which work begins.
    pub days: Vec<Day>,
    /// When it begins.
    pub from: ClockTime,
    /// When it ends; on the next day, if that is not later than `from`.
    pub until: ClockTime,
    /// How far the place's clock is ahead of UTC. Daylight saving is not known here.
    #[serde(default)]
    pub utc_offset: UtcOffset,
}

/// A day of the week: `mon` to `sun`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the days of the week")]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Hours {
    /// Whether work is going on at this time.
    pub fn contain(&self, now: OffsetDateTime) -> bool {
        let local = now.to_offset(self.utc_offset.0);
        let (today, yesterday) = (Day::of(local.weekday()), Day::of(local.weekday().previous()));
        let (from, until, time) = (self.from.0, self.until.0, local.time());
        if from < until {
            self.days.contains(&today) && (from..until).contains(&time)
        } else {
            // A shift over midnight belongs to the day on which it begins.
            (self.days.contains(&today) && time >= from) || (self.days.contains(&yesterday) && time < until)
        }
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for day in &self.days {
            write!(f, "{day} ")?;
        }
        write!(f, "{} to {} (UTC{})", self.from, self.until, self.utc_offset)
    }
}

impl Day {
    const fn of(weekday: Weekday) -> Self {
        match weekday {
            Weekday::Monday => Self::Mon,
            Weekday::Tuesday => Self::Tue,
            Weekday::Wednesday => Self::Wed,
            Weekday::Thursday => Self::Thu,
            Weekday::Friday => Self::Fri,
            Weekday::Saturday => Self::Sat,
            Weekday::Sunday => Self::Sun,
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mon => "mon",
            Self::Tue => "tue",
            Self::Wed => "wed",
            Self::Thu => "thu",
            Self::Fri => "fri",
            Self::Sat => "sat",
            Self::Sun => "sun",
        })
    }
}

/// A time of day as `HH:MM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClockTime(Time);

/// An offset from UTC as `+HH:MM` or `-HH:MM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UtcOffset(time::UtcOffset);

/// Text that is no time of day, or no offset.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not of the form {form}")]
pub struct FormError {
    text: String,
    form: &'static str,
}

impl FromStr for ClockTime {
    type Err = FormError;

    fn from_str(text: &str) -> Result<Self, FormError> {
        let wrong = || FormError { text: text.to_owned(), form: "HH:MM" };
        let (hour, minute) = hour_and_minute(text).ok_or_else(wrong)?;
        Time::from_hms(hour, minute, 0).map(Self).map_err(|_| wrong())
    }
}

impl FromStr for UtcOffset {
    type Err = FormError;

    fn from_str(text: &str) -> Result<Self, FormError> {
        let wrong = || FormError { text: text.to_owned(), form: "+HH:MM or -HH:MM" };
        let (sign, digits) = match text.split_at_checked(1) {
            Some(("+", digits)) => (1, digits),
            Some(("-", digits)) => (-1, digits),
            _ => return Err(wrong()),
        };
        let (hour, minute) = hour_and_minute(digits).ok_or_else(wrong)?;
        let (hour, minute) = (i8::try_from(hour), i8::try_from(minute));
        let (Ok(hour @ 0..=14), Ok(minute @ 0..=59)) = (hour, minute) else { return Err(wrong()) };
        time::UtcOffset::from_hms(sign * hour, sign * minute, 0).map(Self).map_err(|_| wrong())
    }
}

impl Default for UtcOffset {
    fn default() -> Self {
        Self(time::UtcOffset::UTC)
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0.hour(), self.0.minute())
    }
}

impl fmt::Display for UtcOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hours, minutes, _) = self.0.as_hms();
        let sign = if self.0.is_negative() { '-' } else { '+' };
        write!(f, "{sign}{:02}:{:02}", hours.unsigned_abs(), minutes.unsigned_abs())
    }
}

fn hour_and_minute(text: &str) -> Option<(u8, u8)> {
    let two_digits = |text: &str| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits { text.parse().ok() } else { None }
    };
    let (hour, minute) = text.split_once(':')?;
    Some((two_digits(hour)?, two_digits(minute)?))
}

macro_rules! text_form {
    ($($name:ident),+) => {
        $(
            impl TryFrom<String> for $name {
                type Error = FormError;

                fn try_from(text: String) -> Result<Self, FormError> {
                    text.parse()
                }
            }

            impl From<$name> for String {
                fn from(value: $name) -> Self {
                    value.to_string()
                }
            }
        )+
    };
}

text_form!(ClockTime, UtcOffset);

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn hours(text: &str) -> Hours {
        toml::from_str(text).expect("hours")
    }

    #[test]
    fn a_day_shift_is_from_and_including_to_and_excluding() {
        let hours = hours("days = ['mon', 'tue']\nfrom = '06:00'\nuntil = '14:30'\nutc-offset = '+08:00'");
        // 23 November 2026 is a Monday.
        assert!(!hours.contain(datetime!(2026-11-22 21:59:59 UTC)));
        assert!(hours.contain(datetime!(2026-11-22 22:00 UTC)));
        assert!(hours.contain(datetime!(2026-11-23 06:29:59 UTC)));
        assert!(!hours.contain(datetime!(2026-11-23 06:30 UTC)));
        assert!(!hours.contain(datetime!(2026-11-24 22:00 UTC)), "a Wednesday there");
        assert_eq!(hours.to_string(), "mon tue 06:00 to 14:30 (UTC+08:00)");
    }

    #[test]
    fn a_night_shift_belongs_to_the_day_on_which_it_begins() {
        let hours = hours("days = ['fri']\nfrom = '22:00'\nuntil = '06:00'");
        assert!(hours.contain(datetime!(2026-11-27 22:00 UTC)));
        assert!(hours.contain(datetime!(2026-11-28 05:59 UTC)));
        assert!(!hours.contain(datetime!(2026-11-28 22:00 UTC)));
        assert!(!hours.contain(datetime!(2026-11-27 05:59 UTC)));
    }

    #[test]
    fn what_is_no_time_and_no_offset_is_refused() {
        for text in ["6:00", "24:00", "12:60", "12", "12:00:00", "", "-1:00", "+1:00"] {
            assert!(text.parse::<ClockTime>().is_err(), "{text}");
        }
        for text in ["08:00", "+8", "+15:00", "+08:60", "UTC", "", "é8:00"] {
            assert!(text.parse::<UtcOffset>().is_err(), "{text}");
        }
        for text in ["-03:30", "+14:00", "+00:00"] {
            assert_eq!(text.parse::<UtcOffset>().expect("an offset").to_string(), text);
        }
    }
}
