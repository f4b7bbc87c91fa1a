//! What is recorded of the vendor's keys: who they are, when they may sign, and every signature.

use serde::{Deserialize, Serialize};

use super::payload;
use crate::ledger::id::{Digest, Reason};
use crate::ledger::text;
use crate::pki::purpose::Purpose;

payload! {
    /// A certificate authority, or the key that signs batches or lists of void certificates, was set up
    /// on the HSM. The first in a role is active at once. A later one waits for [`AuthorityActivated`], so
    /// that customers can come to know it first.
    pub struct AuthorityEstablished {
        /// What it signs.
        pub role: AuthorityRole,
        /// The label of its key on the HSM; empty for a root that is kept elsewhere.
        pub key_label: String,
        /// Its certificate, DER.
        #[serde(with = "text::base64")]
        pub certificate: Vec<u8>,
    }

    /// An authority takes the place of the one that was active in its role.
    pub struct AuthorityActivated {
        /// SHA-256 of its certificate.
        pub certificate: Digest,
        /// Why now.
        pub reason: Reason,
    }

    /// The security officer opened the issuing authority: the station may have certificates signed
    /// until a time, and so many. Recorded under the officer's name.
    pub struct AuthorityOpened {
        /// SHA-256 of the issuing authority's certificate.
        pub authority: Digest,
        /// The serial number of the HSM's token.
        pub token: String,
        /// When it closes by itself.
        #[serde(with = "time::serde::rfc3339")]
        pub until: time::OffsetDateTime,
        /// How many certificates may be signed.
        pub certificates: u32,
        /// How many signatures the HSM says the key has made, if it counts them.
        pub usage: Option<u64>,
    }

    /// The issuing authority was closed: no PIN is in memory any more.
    pub struct AuthorityClosed {
        /// SHA-256 of the issuing authority's certificate.
        pub authority: Digest,
        /// How many certificates were signed while it was open.
        pub certificates: u32,
        /// How many signatures the HSM says the key has made, if it counts them.
        pub usage: Option<u64>,
    }

    /// The HSM is about to be asked for a signature that is not a birth certificate's. (For that one
    /// [`CertificateReserved`](super::CertificateReserved) says so.) A signature in the HSM's audit log that was never announced is
    /// somebody else's.
    pub struct SignatureAnnounced {
        /// The label of the key on the HSM.
        pub key: String,
        /// What the signature is for.
        pub purpose: Purpose,
        /// Which part of the station asks, in words.
        pub caller: String,
        /// SHA-256 of what is signed.
        pub digest: Digest,
    }

    /// The HSM signed what was announced, and the signature verified.
    pub struct SignatureMade {
        /// The label of the key on the HSM.
        pub key: String,
        /// SHA-256 of what was signed.
        pub digest: Digest,
    }

    /// Signatures that stand in the HSM's own log and were never announced, and that somebody answers for:
    /// made before the ledger kept such a record, or by other hands with leave.
    pub struct SignaturesAccepted {
        /// The label of the key on the HSM.
        pub key: String,
        /// SHA-256 of what was signed, where the log tells it.
        pub digests: Vec<Digest>,
        /// How many they are, where it does not.
        pub number: u64,
        /// Why they are none of an attacker's.
        pub reason: Reason,
    }

    /// A list of the certificates that are void was signed (RFC 5280, section 5).
    pub struct RevocationListIssued {
        /// SHA-256 of the certificate of the issuing authority whose certificates it lists. That authority
        /// signed it, or a key certified under the same name to sign such lists.
        pub issuer: Digest,
        /// Its number: 1 for the authority's first, then without a gap.
        pub number: u64,
        /// When it was made, to the second.
        #[serde(with = "time::serde::rfc3339")]
        pub this_update: time::OffsetDateTime,
        /// When the next one is due.
        #[serde(with = "time::serde::rfc3339")]
        pub next_update: time::OffsetDateTime,
        /// How many certificates it names.
        pub certificates: u64,
        /// SHA-256 of the list, DER.
        pub sha256: Digest,
    }
}

/// What an authority signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthorityRole {
    /// Birth certificates.
    Issuing,
    /// Batch manifests.
    Manifest,
    /// Lists of void certificates, for the issuing authority of the same name (RFC 5280, section 6.3.3).
    Revocation,
    /// The certificates of the others.
    Root,
}

impl AuthorityRole {
    /// All of them, the root first.
    pub const ALL: [Self; 4] = [Self::Root, Self::Issuing, Self::Manifest, Self::Revocation];

    /// As JSON and the database hold it.
    pub(in crate::ledger) const fn column(self) -> &'static str {
        match self {
            Self::Issuing => "issuing",
            Self::Manifest => "manifest",
            Self::Revocation => "revocation",
            Self::Root => "root",
        }
    }
}
