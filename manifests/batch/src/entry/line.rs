//! A record as a line of canonical JSON.
//!
//! Both flavours and all fates share one set of members, of which each has its own subset; what does
//! not belong is refused.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Fate, Firmware, Id, PassedFacts, Record};
use crate::digest::Digest;
use crate::json::{self, JsonError};
use crate::note::Notes;
use crate::text::is_line;
use crate::timestamp::Timestamp;
use crate::uid::Uid;

/// Why a line is no entry.
#[derive(Debug, Error)]
pub(crate) enum LineError {
    #[error("read the line")]
    Json(#[source] JsonError),
    #[error("has not the members of a {0} entry")]
    Members(&'static str),
    #[error("gives no reason, or one that is not a line of at most 200 characters")]
    Reason,
    #[error("names a thing that is not its UID")]
    ThingName,
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
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    Passed,
    Void,
    Withdrawn,
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
    // An empty list would be a second spelling; as it is never written, it is not canonical.
    #[serde(default, skip_serializing_if = "Notes::is_empty")]
    notes: Notes,
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
        let of_state = |state| Self {
            certificate_sha256: None,
            firmware: None,
            not_after: None,
            not_before: None,
            notes: record.notes.clone(),
            reason: None,
            sealed_at: None,
            spki_sha256: None,
            state,
            thing_name: uid.map(|uid| uid.thing_name()),
            uid,
            uid_sha256,
        };
        let refused = |state, reason: &str, certificate| Self {
            certificate_sha256: certificate,
            reason: Some(reason.to_owned()),
            ..of_state(state)
        };
        match &record.fate {
            Fate::Passed(facts) => Self {
                certificate_sha256: Some(facts.certificate),
                firmware: Some(facts.firmware.clone()),
                not_after: Some(facts.not_after),
                not_before: Some(facts.not_before),
                sealed_at: Some(facts.sealed_at),
                spki_sha256: Some(facts.spki),
                ..of_state(State::Passed)
            },
            Fate::Void { reason, certificate } => refused(State::Void, reason, *certificate),
            Fate::Withdrawn { reason, certificate } => refused(State::Withdrawn, reason, *certificate),
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
        let (fate, notes) = match line {
            Line {
                state: State::Passed,
                certificate_sha256: Some(certificate),
                firmware: Some(firmware),
                not_after: Some(not_after),
                not_before: Some(not_before),
                notes,
                reason: None,
                sealed_at: Some(sealed_at),
                spki_sha256: Some(spki),
                ..
            } => {
                let facts = PassedFacts { certificate, firmware, not_after, not_before, sealed_at, spki };
                (Fate::Passed(facts), notes)
            }
            Line { state: State::Passed, .. } => return Err(LineError::Members("passed")),
            Line {
                state: state @ (State::Void | State::Withdrawn),
                certificate_sha256: certificate,
                firmware: None,
                not_after: None,
                not_before: None,
                notes,
                reason: Some(reason),
                sealed_at: None,
                spki_sha256: None,
                ..
            } => {
                if !is_line(&reason) {
                    return Err(LineError::Reason);
                }
                let fate = match state {
                    State::Withdrawn => Fate::Withdrawn { reason, certificate },
                    _ => Fate::Void { reason, certificate },
                };
                (fate, notes)
            }
            Line { state: State::Void, .. } => return Err(LineError::Members("void")),
            Line { state: State::Withdrawn, .. } => return Err(LineError::Members("withdrawn")),
        };
        Ok(Self { id, fate, notes })
    }
}
