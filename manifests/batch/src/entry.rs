//! `entries.ndjson`: one line of canonical JSON for each module, and `leaves.txt` beside it.
//!
//! The line, without its line feed, is a leaf of the Merkle tree. Both flavours and both fates
//! share one set of members, of which each has its own subset; what does not belong is refused.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::digest::Digest;
use crate::json::{self, JsonError};
use crate::merkle;
use crate::timestamp::Timestamp;
use crate::uid::Uid;

/// One module of a batch, as the manifest tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Which module.
    pub id: Id,
    /// What became of it.
    pub fate: Fate,
}

/// How a manifest names a module. Entries are sorted by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Id {
    /// Late binding: the digest of the UID, see [`Digest::of_uid`].
    Digest(Digest),
    /// Pre-registration: the UID.
    Uid(Uid),
}

/// What became of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It passed and ships.
    Passed(PassedFacts),
    /// It does not ship, and its UID is never used again.
    Void {
        /// Why, in words.
        reason: String,
        /// Digest of the certificate it had been given, for the receiver to refuse.
        certificate: Option<Digest>,
    },
}

/// What a manifest tells of a module that passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedFacts {
    /// Digest of the birth certificate's DER; equal to the `certificateId` of AWS.
    pub certificate: Digest,
    /// What runs on the module.
    pub firmware: Firmware,
    /// End of the certificate's validity.
    pub not_after: Timestamp,
    /// Start of the certificate's validity.
    pub not_before: Timestamp,
    /// When the module was sealed.
    pub sealed_at: Timestamp,
    /// Digest of the DER of the module's `SubjectPublicKeyInfo`.
    pub spki: Digest,
}

/// The firmware on a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Firmware {
    /// Digest of the image.
    pub sha256: Digest,
    /// Version, as the product names it.
    pub version: String,
}

/// Why a line is no entry.
#[derive(Debug, Error)]
pub(crate) enum LineError {
    #[error("read the line")]
    Json(#[source] JsonError),
    #[error("has not the members of a {0} entry")]
    Members(&'static str),
    #[error("names a thing that is not its UID")]
    ThingName,
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Digest(digest) => digest.fmt(f),
            Self::Uid(uid) => uid.fmt(f),
        }
    }
}

impl Serialize for Id {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Record {
    /// The line of this record, without line feed.
    pub(crate) fn to_line(&self) -> Result<Vec<u8>, serde_json::Error> {
        json::write(&Line::from(self))
    }

    /// Reads a line, without line feed.
    pub(crate) fn from_line(text: &[u8]) -> Result<Self, LineError> {
        json::read::<Line>(text).map_err(LineError::Json)?.try_into()
    }

    /// What the manifest tells of the module if it passed.
    pub fn passed(&self) -> Option<&PassedFacts> {
        match &self.fate {
            Fate::Passed(facts) => Some(facts),
            Fate::Void { .. } => None,
        }
    }
}

/// The line of `leaves.txt` for an entry: leaf hash, two spaces, id.
pub(crate) fn leaf_line(id: Id, line: &[u8]) -> String {
    format!("{}  {id}\n", merkle::leaf(line))
}

/// Reads `leaves.txt` into (id text, leaf hash) pairs; `None` when it is not of its form.
pub(crate) fn read_leaves(text: &[u8]) -> Option<Vec<(String, Digest)>> {
    let text = std::str::from_utf8(text).ok()?;
    let mut again = String::with_capacity(text.len());
    let mut leaves = Vec::new();
    for line in text.lines() {
        let (leaf, id) = line.split_once("  ")?;
        let leaf: Digest = leaf.parse().ok()?;
        writeln!(again, "{leaf}  {id}").ok()?;
        leaves.push((id.to_owned(), leaf));
    }
    (again == text).then_some(leaves)
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    Passed,
    Void,
}

/// The members of all kinds of lines, in canonical order.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate_sha256: Option<Digest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    firmware: Option<Firmware>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_after: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_before: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sealed_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spki_sha256: Option<Digest>,
    state: State,
    #[serde(skip_serializing_if = "Option::is_none")]
    thing_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    uid: Option<Uid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    uid_sha256: Option<Digest>,
}

impl From<&Record> for Line {
    fn from(record: &Record) -> Self {
        let (uid, uid_sha256) = match record.id {
            Id::Digest(digest) => (None, Some(digest)),
            Id::Uid(uid) => (Some(uid), None),
        };
        let identified = Self {
            certificate_sha256: None,
            firmware: None,
            not_after: None,
            not_before: None,
            reason: None,
            sealed_at: None,
            spki_sha256: None,
            state: State::Void,
            thing_name: uid.map(|uid| uid.thing_name()),
            uid,
            uid_sha256,
        };
        match &record.fate {
            Fate::Passed(facts) => Self {
                certificate_sha256: Some(facts.certificate),
                firmware: Some(facts.firmware.clone()),
                not_after: Some(facts.not_after),
                not_before: Some(facts.not_before),
                sealed_at: Some(facts.sealed_at),
                spki_sha256: Some(facts.spki),
                state: State::Passed,
                ..identified
            },
            Fate::Void { reason, certificate } => {
                Self { certificate_sha256: *certificate, reason: Some(reason.clone()), ..identified }
            }
        }
    }
}

impl TryFrom<Line> for Record {
    type Error = LineError;

    fn try_from(line: Line) -> Result<Self, Self::Error> {
        let id = match (line.uid, line.uid_sha256) {
            (Some(uid), None) => Id::Uid(uid),
            (None, Some(digest)) => Id::Digest(digest),
            _ => return Err(LineError::Members("named")),
        };
        if line.thing_name != line.uid.map(|uid| uid.thing_name()) {
            return Err(LineError::ThingName);
        }
        let fate = match line {
            Line {
                state: State::Passed,
                certificate_sha256: Some(certificate),
                firmware: Some(firmware),
                not_after: Some(not_after),
                not_before: Some(not_before),
                reason: None,
                sealed_at: Some(sealed_at),
                spki_sha256: Some(spki),
                ..
            } => Fate::Passed(PassedFacts { certificate, firmware, not_after, not_before, sealed_at, spki }),
            Line { state: State::Passed, .. } => return Err(LineError::Members("passed")),
            Line {
                state: State::Void,
                certificate_sha256: certificate,
                firmware: None,
                not_after: None,
                not_before: None,
                reason: Some(reason),
                sealed_at: None,
                spki_sha256: None,
                ..
            } => Fate::Void { reason, certificate },
            Line { state: State::Void, .. } => return Err(LineError::Members("void")),
        };
        Ok(Self { id, fate })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(id: Id) -> Record {
        let time = |text: &str| text.parse().unwrap();
        Record {
            id,
            fate: Fate::Passed(PassedFacts {
                certificate: Digest::of(b"certificate"),
                firmware: Firmware { sha256: Digest::of(b"image"), version: "1.0.0".into() },
                not_after: time("2037-01-01T00:00:00Z"),
                not_before: time("2026-01-01T00:00:00Z"),
                sealed_at: time("2026-01-02T00:00:00Z"),
                spki: Digest::of(b"key"),
            }),
        }
    }

    #[test]
    fn every_kind_of_record_reads_back() {
        let uid = Uid::from_bytes([0xab; 16]);
        let void = |certificate| Fate::Void { reason: "solder bridge".into(), certificate };
        for id in [Id::Uid(uid), Id::Digest(Digest::of_uid(uid))] {
            let records = [
                passed(id),
                Record { id, fate: void(None) },
                Record { id, fate: void(Some(Digest::of(b"certificate"))) },
            ];
            for record in records {
                let line = record.to_line().unwrap();
                assert_eq!(Record::from_line(&line).unwrap(), record);
            }
        }
    }

    #[test]
    fn a_line_of_another_shape_is_refused() {
        let line = String::from_utf8(passed(Id::Uid(Uid::from_bytes([1; 16]))).to_line().unwrap()).unwrap();
        assert!(Record::from_line(line.as_bytes()).is_ok());
        for other in [
            line.replace("passed", "void"),
            line.replace("01010101-", "02010101-"),
            line.replace(r#","state""#, r#", "state""#),
            line.replace(r#""state""#, r#""reason":"x","state""#),
            line.replace(r#""state""#, r#""extra":1,"state""#),
            line.replace(r#""uid":"#, r#""uid_sha256":"#),
            format!("{line} "),
            String::new(),
        ] {
            assert_ne!(other, line);
            assert!(Record::from_line(other.as_bytes()).is_err(), "{other}");
        }
    }

    #[test]
    fn leaves_have_one_spelling() {
        let id = Id::Uid(Uid::from_bytes([1; 16]));
        let line = leaf_line(id, b"line");
        let leaves = read_leaves(line.as_bytes()).unwrap();
        assert_eq!(leaves, [(id.to_string(), merkle::leaf(b"line"))]);
        assert!(read_leaves(line.replace('\n', "\r\n").as_bytes()).is_none());
        assert!(read_leaves(line.trim_end().as_bytes()).is_none());
    }
}
