//! Checkpoints: the ledger vouched for by a key that is not in it.
//!
//! The chain of hashes shows a change that somebody made in the middle and did not carry on to the
//! end. Whoever can write the file can also rewrite it from some event on; what they cannot do is
//! sign. A checkpoint is the manifest key's signature over the hash of an event, and so over every
//! event before it. In the ledger it makes a rewritten chain show; kept elsewhere (it is 200
//! bytes of JSON) it also shows a ledger that was cut off or put back to an older state.

use serde::{Deserialize, Serialize};

use super::id::{Digest, Seq};
use super::payload::CheckpointSigned;
use super::text;
use crate::pki::{Certificate, Signature};

/// Sets these signatures apart from every other use of the manifest key.
const DOMAIN: &[u8] = b"station-ledger-checkpoint-v1\0";

/// What a checkpoint says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The ledger's id.
    pub ledger: [u8; 16],
    /// The last event covered.
    pub upto: Seq,
    /// That event's hash.
    pub hash: Digest,
}

/// A checkpoint as it is kept outside the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct KeptCheckpoint {
    /// The ledger's id.
    #[serde(with = "text::hexadecimal")]
    pub ledger: [u8; 16],
    /// The last event covered.
    pub upto: Seq,
    /// That event's hash.
    pub hash: Digest,
    /// SHA-256 of the certificate of the manifest key that signed.
    pub signer: Digest,
    /// ECDSA on P-256 with SHA-256: r and s.
    #[serde(with = "text::hexadecimal")]
    pub signature: [u8; 64],
}

impl KeptCheckpoint {
    /// A checkpoint of a ledger, to be kept outside of it.
    pub const fn new(ledger: [u8; 16], signed: &CheckpointSigned) -> Self {
        let CheckpointSigned { upto, hash, signer, signature } = *signed;
        Self { ledger, upto, hash, signer, signature }
    }

    /// As the ledger holds it.
    pub const fn signed(&self) -> CheckpointSigned {
        let Self { upto, hash, signer, signature, .. } = *self;
        CheckpointSigned { upto, hash, signer, signature }
    }
}

impl Checkpoint {
    /// The bytes to be signed: a domain of 29 bytes, the ledger's id (16), the place (u64,
    /// big-endian), the hash (32).
    pub fn message(&self) -> Vec<u8> {
        let place = self.upto.number().to_be_bytes();
        [DOMAIN, &self.ledger, &place, self.hash.as_bytes().as_slice()].concat()
    }

    /// The event for the ledger, if the signature is the signer's.
    pub fn signed(&self, signer: &Certificate, signature: &Signature) -> Option<CheckpointSigned> {
        let event = CheckpointSigned {
            upto: self.upto,
            hash: self.hash,
            signer: Digest::from_bytes(signer.sha256()),
            signature: signature.to_bytes().into(),
        };
        event.is_by(signer, self.ledger).then_some(event)
    }
}

impl CheckpointSigned {
    /// Whether the signature is this signer's, over this ledger.
    pub fn is_by(&self, signer: &Certificate, ledger: [u8; 16]) -> bool {
        let Ok(signature) = Signature::from_slice(&self.signature) else { return false };
        let message = Checkpoint { ledger, upto: self.upto, hash: self.hash }.message();
        self.signer == Digest::from_bytes(signer.sha256())
            && signer.public_key().verify(&message, &signature).is_ok()
    }
}
