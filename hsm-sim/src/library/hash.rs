//! Digests: which there are, and one in the making.

use sha2::{Digest, Sha256, Sha384};

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
}

impl Hash {
    /// The length of its digests in bytes.
    pub(super) fn length(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
        }
    }

    /// The digest of a whole message.
    pub(super) fn digest(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(message).to_vec(),
            Self::Sha384 => Sha384::digest(message).to_vec(),
        }
    }

    /// A digest of nothing yet.
    pub(super) fn begin(self) -> Hasher {
        match self {
            Self::Sha256 => Hasher::Sha256(Sha256::new()),
            Self::Sha384 => Hasher::Sha384(Sha384::new()),
        }
    }
}

/// A digest in the making.
#[derive(Clone)]
pub(super) enum Hasher {
    /// By SHA-256.
    Sha256(Sha256),
    /// By SHA-384.
    Sha384(Sha384),
}

impl Hasher {
    /// Takes another part of the message.
    pub(super) fn update(&mut self, part: &[u8]) {
        match self {
            Self::Sha256(hasher) => hasher.update(part),
            Self::Sha384(hasher) => hasher.update(part),
        }
    }

    /// The digest of what was taken so far.
    pub(super) fn finish(&self) -> Vec<u8> {
        match self.clone() {
            Self::Sha256(hasher) => hasher.finalize().to_vec(),
            Self::Sha384(hasher) => hasher.finalize().to_vec(),
        }
    }
}
