//! `header.json`: the statement the manifest key signs.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::certificate::Certificate;
use crate::digest::Digest;
use crate::entry::{Fate, Record};
use crate::timestamp::Timestamp;

/// The newest version of the format that this crate writes and reads. It reads all before it, and writes the
/// oldest that can say what is to be said, so that a customer's older reader is not troubled without need.
pub const FORMAT: u32 = 2;

/// The version in which a batch has one issuing CA and no more; version 2 has several.
const ONE_ISSUER: u32 = 1;

/// The signed statement about a batch. Fields stand in the alphabetical order of the canonical form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// How many modules the batch holds.
    pub counts: Counts,
    /// When the batch was closed; equal to the signing time in the signature.
    pub created: Timestamp,
    /// Who receives the batch.
    pub customer: String,
    /// Every other file of the manifest but the signature, in the order of the archive.
    pub files: Vec<FileDigest>,
    /// What the receiver learns of each module.
    pub flavour: Flavour,
    /// Version of the format, up to [`FORMAT`].
    pub format: u32,
    /// Further CAs that signed birth certificates, when one has followed another; to be registered as well.
    /// Not there when there is none. Since version 2.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further_issuers: Vec<CertificateName>,
    /// The hash behind every digest and the Merkle tree.
    pub hash: HashAlgorithm,
    /// The CA that signed the birth certificates: the one to register with AWS.
    pub issuer: CertificateName,
    /// Sets the signed bytes apart from anything else the manifest key might sign.
    pub kind: Kind,
    /// Root of the Merkle tree over the lines of `entries.ndjson`, see [`crate::merkle`].
    pub merkle_root: Digest,
    /// The work order.
    pub order: String,
    /// SHA-256 of `header.json` of the previous batch to the same customer; `None` for the first.
    pub previous: Option<Digest>,
    /// The product the modules are.
    pub product: String,
    /// Running number of the batch to this customer, from 1.
    pub sequence: u32,
    /// The certificate of the manifest key.
    pub signer: CertificateName,
    /// The station that closed the batch.
    pub station: String,
}

impl Header {
    /// The version that a header with so many further issuers has.
    pub(crate) const fn format_for(further_issuers: usize) -> u32 {
        if further_issuers == 0 { ONE_ISSUER } else { FORMAT }
    }

    /// All CAs that signed birth certificates, in the order in which `ca.pem` begins with them.
    pub fn issuers(&self) -> impl Iterator<Item = &CertificateName> {
        std::iter::once(&self.issuer).chain(&self.further_issuers)
    }
}

/// How many modules a batch holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Modules that passed and ship.
    pub passed: u32,
    /// Modules whose UID was used up but that do not ship.
    pub void: u32,
    /// Modules that an earlier batch named as passed and that are not to be accepted any more.
    pub withdrawn: u32,
}

impl Counts {
    /// Counts records.
    pub(crate) fn of<'a>(records: impl IntoIterator<Item = &'a Record>) -> Self {
        let mut counts = Self::default();
        for record in records {
            let count = match record.fate {
                Fate::Passed(_) => &mut counts.passed,
                Fate::Void { .. } => &mut counts.void,
                Fate::Withdrawn { .. } => &mut counts.withdrawn,
            };
            // More than 2^32 modules are refused before anything is signed; see `limits::ENTRIES`.
            *count = count.saturating_add(1);
        }
        counts
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { passed, void, withdrawn } = self;
        write!(f, "{passed} passed, {void} void, {withdrawn} withdrawn")
    }
}

/// One file of the manifest, as the header vouches for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileDigest {
    /// Path within the archive.
    pub name: String,
    /// Digest of the content.
    pub sha256: Digest,
    /// Length of the content in bytes.
    pub size: u64,
}

/// A certificate, named so that a person and a program can both find it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateName {
    /// Digest of the DER.
    pub sha256: Digest,
    /// Subject, as RFC 4514 text.
    pub subject: String,
}

impl From<&Certificate> for CertificateName {
    fn from(certificate: &Certificate) -> Self {
        Self { sha256: certificate.sha256(), subject: certificate.subject() }
    }
}

/// What the receiver of a batch learns of each module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flavour {
    /// Digests only: the file tells that a module belongs to the batch, and lets nobody claim one.
    LateBinding,
    /// UIDs and certificates: the receiver registers the modules before they connect.
    PreRegistration,
}

/// The hash behind every digest of a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HashAlgorithm {
    /// SHA-256, FIPS 180-4.
    #[serde(rename = "sha-256")]
    Sha256,
}

/// What the signed bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The header of a batch manifest.
    BatchManifest,
}
