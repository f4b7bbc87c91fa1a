//! The chain: each event's hash covers the event and the hash before it.

use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

/// Sets these hashes apart from every other use of SHA-256.
const DOMAIN: &[u8] = b"station-ledger-event-v1\0";

/// RFC 3339 in UTC, always 24 characters, so that times sort as text.
const TIME: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// The last event of a chain, to which the next is linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    /// Its place; 0 before the first.
    pub(super) seq: i64,
    /// Its hash; zeros before the first.
    pub(super) hash: [u8; 32],
}

impl Link {
    /// What the first event is linked to.
    pub(super) const START: Self = Self { seq: 0, hash: [0; 32] };
}

/// What a hash covers, beside the place and the hash before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'a> {
    /// See [`time_text`].
    pub(super) time: &'a str,
    pub(super) operator: &'a str,
    pub(super) station: &'a str,
    pub(super) kind: &'a str,
    pub(super) version: u32,
    pub(super) payload: &'a str,
}

/// Computes hashes, in one buffer for all of them.
#[derive(Debug, Default)]
pub(super) struct Hasher {
    buffer: Vec<u8>,
}

impl Hasher {
    /// The link that `fields` make when they follow `last`:
    /// SHA-256 of the domain, the hash before (32 bytes), the place (u64), the version (u32), then
    /// time, operator, station, kind and payload, each as its length (u64) and its UTF-8 bytes.
    /// Numbers are big-endian.
    pub(super) fn link(&mut self, last: Link, fields: &Fields<'_>) -> Link {
        let seq = last.seq + 1;
        self.buffer.clear();
        self.buffer.extend_from_slice(DOMAIN);
        self.buffer.extend_from_slice(&last.hash);
        self.buffer.extend_from_slice(&seq.to_be_bytes());
        self.buffer.extend_from_slice(&fields.version.to_be_bytes());
        for text in [fields.time, fields.operator, fields.station, fields.kind, fields.payload] {
            self.buffer.extend_from_slice(&(text.len() as u64).to_be_bytes());
            self.buffer.extend_from_slice(text.as_bytes());
        }
        Link { seq, hash: Sha256::digest(&self.buffer).into() }
    }
}

/// The time as the ledger stores it: cut to milliseconds, as a time and as text.
pub(super) fn time_text(time: OffsetDateTime) -> (OffsetDateTime, String) {
    let time = time.to_offset(time::UtcOffset::UTC);
    let time = time.replace_millisecond(time.millisecond()).unwrap_or(time);
    // A calendar time always has these parts.
    (time, time.format(TIME).unwrap_or_default())
}

/// Reads a stored time.
pub(super) fn read_time(text: &str) -> Option<OffsetDateTime> {
    time::PrimitiveDateTime::parse(text, TIME).ok().map(time::PrimitiveDateTime::assume_utc)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    /// Do not change this test: ledgers out there are chained this way.
    #[test]
    fn the_hash_is_as_released() {
        let fields = Fields {
            time: "2026-03-01T06:07:08.009Z",
            operator: "Zoë",
            station: "line 2",
            kind: "run-started",
            version: 1,
            payload: r#"{"slot":"1","order":"A-17"}"#,
        };
        let first = Hasher::default().link(Link::START, &fields);
        let second = Hasher::default().link(first, &fields);
        assert_eq!((first.seq, second.seq), (1, 2));
        assert_eq!(
            hex::encode(first.hash),
            "1a31ca80cd333e2d3f3f899d2ac71869dc1296670b4c62a05085e22907c5046d"
        );
        assert_eq!(
            hex::encode(second.hash),
            "3a63aee3f873db7462be5b6d5b42421ed33e3e60ac616cd39fc34e1b6028e558"
        );
    }

    #[test]
    fn no_field_can_pass_for_its_neighbour() {
        let fields = Fields { time: "t", operator: "ab", station: "c", kind: "k", version: 1, payload: "p" };
        let shifted = Fields { operator: "a", station: "bc", ..fields };
        let link = |fields| Hasher::default().link(Link::START, &fields);
        assert_ne!(link(fields), link(shifted));
    }

    #[test]
    fn times_are_cut_to_milliseconds_and_come_back() {
        let (time, text) = time_text(datetime!(2026-03-01 01:02:03.987_654_321 +01:00));
        assert_eq!(text, "2026-03-01T00:02:03.987Z");
        assert_eq!(read_time(&text), Some(time));
        assert_eq!(read_time("2026-03-01T00:02:03Z"), None);
    }
}
