//! The time zone of the hall: what the clock on the wall shows.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, UtcOffset};

/// A time zone, with its changes between winter and summer. All that is recorded is in UTC; this is for the
/// eyes alone.
///
/// Serialised as its name; one without a name, or with one that this machine does not know, is universal time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Zone(TimeZone);

/// A name that no time zone has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no time zone is called {name:?}; it takes a name such as Asia/Ho_Chi_Minh")]
pub struct UnknownZone {
    name: String,
}

impl From<String> for Zone {
    fn from(name: String) -> Self {
        Self::named(&name).unwrap_or_else(|_| Self::utc())
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.0.iana_name().unwrap_or("UTC").to_owned()
    }
}

impl Zone {
    /// That of the machine: `TZ`, or `/etc/localtime`; UTC, if it has none.
    pub fn of_machine() -> Self {
        Self(TimeZone::system())
    }

    /// Universal time.
    pub const fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// By its name in the IANA database that the machine has.
    ///
    /// # Errors
    /// There is none of this name.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        TimeZone::get(name).map(Self).map_err(|_| UnknownZone { name: name.to_owned() })
    }

    /// A time as the clock on the wall shows it.
    pub fn local(&self, time: OffsetDateTime) -> OffsetDateTime {
        let offset = Timestamp::from_second(time.unix_timestamp())
            .ok()
            .and_then(|stamp| UtcOffset::from_whole_seconds(self.0.to_offset(stamp).seconds()).ok());
        offset.and_then(|offset| time.checked_to_offset(offset)).unwrap_or(time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn summer_and_winter_are_told_apart() {
        let madrid = Zone::named("Europe/Madrid").expect("a zone");
        assert_eq!(madrid.local(datetime!(2026-01-15 12:00 UTC)), datetime!(2026-01-15 13:00 +1));
        assert_eq!(madrid.local(datetime!(2026-07-15 12:00 UTC)).hour(), 14);
        let hanoi = Zone::named("Asia/Ho_Chi_Minh").expect("a zone");
        assert_eq!(hanoi.local(datetime!(2026-07-15 20:00 UTC)).day(), 16);
        assert_eq!(Zone::utc().local(datetime!(2026-07-15 20:00 UTC)).hour(), 20);
        assert!(Zone::named("Mars/Olympus").is_err());
    }

    #[test]
    fn a_zone_is_written_by_its_name() {
        let text = |zone| serde_json::to_string(&zone).expect("serialises");
        assert_eq!(text(Zone::utc()), r#""UTC""#);
        let hanoi = Zone::named("Asia/Ho_Chi_Minh").expect("a zone");
        assert_eq!(serde_json::from_str::<Zone>(&text(hanoi.clone())).expect("read back"), hanoi);
        assert_eq!(serde_json::from_str::<Zone>(r#""Mars/Olympus""#).expect("read"), Zone::utc());
    }
}
