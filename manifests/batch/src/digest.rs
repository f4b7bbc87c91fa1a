//! SHA-256 digests, and the digest that stands for a UID in a late-binding manifest.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::text::{TextFormError, lower_hex};
use crate::uid::Uid;

/// A SHA-256 digest; its text is 64 lower-case hexadecimal digits.
///
/// Over the DER of a certificate it equals the `certificateId` that AWS gives it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The digest of `content`.
    pub fn of(content: &[u8]) -> Self {
        Self::of_parts(&[content])
    }

    /// The digest that stands for `uid` in a late-binding manifest:
    /// `SHA-256("module-uid-digest-v1" || 0x00 || uid)`.
    ///
    /// Whoever reads a code from a label can compute it and find the entry; nobody can go back
    /// from it to the code, because a UID has 122 random bits. The prefix keeps it apart from
    /// every other digest that might be taken of a UID.
    pub fn of_uid(uid: Uid) -> Self {
        Self::of_parts(&[b"module-uid-digest-v1\0", uid.as_bytes()])
    }

    /// The digest of the parts, one after the other.
    pub(crate) fn of_parts(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part);
        }
        Self(hash.finalize().into())
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl FromStr for Digest {
    type Err = TextFormError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        lower_hex(text).map(Self).ok_or(TextFormError { expected: "64 lower-case hexadecimal digits" })
    }
}

impl TryFrom<String> for Digest {
    type Error = TextFormError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_content_has_the_published_digest() {
        // FIPS 180-4 example for the empty message.
        let expected = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::of(b"").to_string(), expected);
    }

    #[test]
    fn a_uid_digest_is_not_the_plain_digest_of_the_bytes() {
        let uid = Uid::from_bytes([7; 16]);
        assert_ne!(Digest::of_uid(uid), Digest::of(uid.as_bytes()));
    }
}
