//! Objects: what a token holds, and the attributes by which PKCS#11 speaks of them.
//!
//! | file | what it does |
//! |---|---|
//! | `template` | a caller's list of attributes, checked for form |
//! | `key_pair` | templates into a new pair of keys: defaults, contradictions, what is refused |
//! | `attributes` | an object's attributes, read and matched |
//! | `change` | what `C_SetAttributeValue` may change |
//! | `curve` | the keys themselves |

mod attributes;
mod change;
pub(crate) mod curve;
pub(crate) mod key_pair;
pub(crate) mod template;

use std::fmt;
use std::sync::Arc;

use cryptoki_sys as ck;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::entropy;
use crate::refusal::{Answer, Refusal};
use curve::{Curve, PublicKey, SecretKey};

/// One object in memory. Never changed in place: operations under way keep the one they began with.
pub(crate) struct Object {
    /// Its name at rest; handles are only for the moment.
    pub(crate) id: ObjectId,
    /// `CKA_TOKEN`: whether it outlives its session.
    pub(crate) token: bool,
    /// All about it that may be known to who may see it.
    pub(crate) description: Description,
    /// The private key; present in private keys alone.
    pub(crate) secret: Option<Arc<SecretKey>>,
}

impl Object {
    /// `CKA_CLASS`.
    pub(crate) fn class(&self) -> ck::CK_OBJECT_CLASS {
        match self.description.body {
            Body::PublicKey { .. } => ck::CKO_PUBLIC_KEY,
            Body::PrivateKey { .. } => ck::CKO_PRIVATE_KEY,
        }
    }

    /// The key to sign with, if this is one and may be used so.
    pub(crate) fn signing_key(&self) -> Answer<&SecretKey> {
        match (&self.description.body, &self.secret) {
            (Body::PrivateKey { sign: true, .. }, Some(secret)) => Ok(secret),
            _ => Err(Refusal::KeyFunctionNotPermitted),
        }
    }

    /// The key to verify with, if this is one and may be used so.
    pub(crate) fn verifying_key(&self) -> Answer<PublicKey> {
        match &self.description.body {
            Body::PublicKey { key, verify: true } => PublicKey::from_point(&key.point),
            _ => Err(Refusal::KeyFunctionNotPermitted),
        }
    }

    /// The name under which the uses of a key are counted: the SHA-256 of its public point in hex, so that a copy has the same.
    pub(crate) fn use_name(&self) -> Answer<String> {
        Ok(hex::encode(Sha256::digest(&self.description.body.key().point)))
    }

    /// `CKA_ALWAYS_AUTHENTICATE`: whether each signature needs the PIN again.
    pub(crate) fn always_authenticate(&self) -> bool {
        matches!(self.description.body, Body::PrivateKey { always_authenticate: true, .. })
    }
}

/// What is known of an object besides its secret; its form at rest as well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[expect(clippy::struct_excessive_bools, reason = "they are independent, as PKCS#11 has them")]
pub(crate) struct Description {
    /// `CKA_LABEL`.
    pub(crate) label: String,
    /// `CKA_PRIVATE`: whether only the logged-in user sees it.
    pub(crate) private: bool,
    /// `CKA_MODIFIABLE`.
    pub(crate) modifiable: bool,
    /// `CKA_COPYABLE`.
    pub(crate) copyable: bool,
    /// `CKA_DESTROYABLE`.
    pub(crate) destroyable: bool,
    /// What depends on the object's class.
    pub(crate) body: Body,
}

/// The part of an object that depends on its class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "class", deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) enum Body {
    /// `CKO_PUBLIC_KEY`.
    PublicKey {
        /// What both halves of a pair have.
        key: KeyDescription,
        /// `CKA_VERIFY`.
        verify: bool,
    },
    /// `CKO_PRIVATE_KEY`, always sensitive and never extractable.
    PrivateKey {
        /// What both halves of a pair have.
        key: KeyDescription,
        /// `CKA_SIGN`.
        sign: bool,
        /// `CKA_ALWAYS_AUTHENTICATE`.
        always_authenticate: bool,
    },
}

impl Body {
    /// What both halves of a pair have.
    pub(crate) fn key(&self) -> &KeyDescription {
        match self {
            Self::PublicKey { key, .. } | Self::PrivateKey { key, .. } => key,
        }
    }

    /// The same, to change it.
    pub(crate) fn key_mut(&mut self) -> &mut KeyDescription {
        match self {
            Self::PublicKey { key, .. } | Self::PrivateKey { key, .. } => key,
        }
    }
}

/// What both halves of a key pair have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct KeyDescription {
    /// `CKA_ID`.
    #[serde(with = "hex")]
    pub(crate) id: Vec<u8>,
    /// `CKA_SUBJECT`: a DER name, or empty.
    #[serde(with = "hex")]
    pub(crate) subject: Vec<u8>,
    /// `CKA_DERIVE`. Recorded because common tools set it; no mechanism here derives.
    pub(crate) derive: bool,
    /// Where the key lies.
    pub(crate) curve: Curve,
    /// The public point, SEC 1 uncompressed.
    #[serde(with = "hex")]
    pub(crate) point: Vec<u8>,
}

/// The name of an object at rest: 16 random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct ObjectId(#[serde(with = "hex")] [u8; 16]);

impl ObjectId {
    /// A name that no object has.
    pub(crate) fn generate() -> Answer<Self> {
        entropy::array().map(Self)
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}
