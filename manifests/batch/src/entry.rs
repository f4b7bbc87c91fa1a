//! `entries.ndjson`: one line of canonical JSON for each module, and `leaves.txt` beside it.
//!
//! The line, without its line feed, is a leaf of the Merkle tree.

mod leaves;
mod line;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::note::Notes;
use crate::timestamp::Timestamp;
use crate::uid::Uid;

pub(crate) use leaves::{leaf_line, read_leaves};

/// One module of a batch, as the manifest tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Which module.
    pub id: Id,
    /// What became of it.
    pub fate: Fate,
    /// What was done to it by hand.
    pub notes: Notes,
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
    /// An earlier batch named it as passed, and that no longer holds: it must not be accepted until
    /// a later batch names it as passed again.
    Withdrawn {
        /// Why, in words.
        reason: String,
        /// Digest of its certificate, for the receiver to refuse.
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
    /// What the manifest tells of the module if it passed.
    pub fn passed(&self) -> Option<&PassedFacts> {
        match &self.fate {
            Fate::Passed(facts) => Some(facts),
            Fate::Void { .. } | Fate::Withdrawn { .. } => None,
        }
    }

    /// Digest of the certificate that the entry names, for the receiver to accept or to refuse.
    pub fn certificate(&self) -> Option<Digest> {
        match &self.fate {
            Fate::Passed(facts) => Some(facts.certificate),
            Fate::Void { certificate, .. } | Fate::Withdrawn { certificate, .. } => *certificate,
        }
    }
}

#[cfg(test)]
mod tests;
