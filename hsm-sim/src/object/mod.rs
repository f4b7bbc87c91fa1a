//! Objects: what a token holds, and the attributes by which PKCS#11 speaks of them.
//!
//! | file | what it does |
//! |---|---|
//! | `template` | a caller's list of attributes, checked for form |
//! | `key_pair` | templates into a new pair of keys: defaults, contradictions, what is refused |
//! | `create` | a template into a certificate, a data object or somebody's public key |
//! | `storage` | the attributes that every object has |
//! | `attributes` | an object's attributes, read and matched |
//! | `change` | what `C_SetAttributeValue` and `C_CopyObject` may change |
//! | `curve` | the curves, and keys in DER |
//! | `key` | the keys themselves |

mod attributes;
pub(crate) mod change;
pub(crate) mod create;
pub(crate) mod curve;
pub(crate) mod key;
pub(crate) mod key_pair;
mod storage;
pub(crate) mod template;

use std::fmt;
use std::sync::Arc;

use cryptoki_sys as ck;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::entropy;
use crate::refusal::{Answer, Refusal};
use curve::Curve;
use key::{PublicKey, SecretKey};

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
            Body::Certificate { .. } => ck::CKO_CERTIFICATE,
            Body::Data { .. } => ck::CKO_DATA,
        }
    }

    /// The key to sign with, if this is one and may be used so.
    ///
    /// # Errors
    /// [`Refusal::KeyHandleInvalid`] for what is no key at all.
    pub(crate) fn signing_key(&self) -> Answer<&SecretKey> {
        match (&self.description.body, &self.secret) {
            (Body::PrivateKey { sign: true, .. }, Some(secret)) => Ok(secret),
            (Body::Certificate { .. } | Body::Data { .. }, _) => Err(Refusal::KeyHandleInvalid),
            _ => Err(Refusal::KeyFunctionNotPermitted),
        }
    }

    /// The key to verify with, if this is one and may be used so.
    ///
    /// # Errors
    /// [`Refusal::KeyHandleInvalid`] for what is no key at all.
    pub(crate) fn verifying_key(&self) -> Answer<PublicKey> {
        match &self.description.body {
            Body::PublicKey { key, verify: true, .. } => PublicKey::from_point(key.curve, &key.point),
            Body::Certificate { .. } | Body::Data { .. } => Err(Refusal::KeyHandleInvalid),
            _ => Err(Refusal::KeyFunctionNotPermitted),
        }
    }

    /// The name under which the uses of a key are counted: the SHA-256 of its public point in hex, so that a copy has the same.
    pub(crate) fn use_name(&self) -> Answer<String> {
        let key = self.description.body.key().ok_or(Refusal::KeyHandleInvalid)?;
        Ok(hex::encode(Sha256::digest(&key.point)))
    }

    /// `C_GetObjectSize`: about as many bytes as the object takes on the token.
    pub(crate) fn size(&self) -> Answer<usize> {
        let description = serde_json::to_vec(&self.description).map_err(|_| Refusal::GeneralError)?;
        let secret = self.secret.as_ref().map_or(0, |secret| secret.to_bytes().len());
        Ok(description.len() + secret)
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
        /// `CKA_TRUSTED`: the security officer vouches for it.
        #[serde(default)]
        trusted: bool,
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
    /// `CKO_CERTIFICATE`, of type `CKC_X_509`.
    Certificate {
        /// All of it.
        certificate: CertificateDescription,
    },
    /// `CKO_DATA`.
    Data {
        /// All of it.
        data: DataDescription,
    },
}

impl Body {
    /// What both halves of a pair have, if this is one.
    pub(crate) fn key(&self) -> Option<&KeyDescription> {
        match self {
            Self::PublicKey { key, .. } | Self::PrivateKey { key, .. } => Some(key),
            Self::Certificate { .. } | Self::Data { .. } => None,
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
    /// `CKA_LOCAL`: whether the key was made here. Tokens from before other keys could be brought say nothing.
    #[serde(default = "made_here")]
    pub(crate) local: bool,
}

fn made_here() -> bool {
    true
}

/// An X.509 certificate. None of its fields is looked into: a token keeps what it is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct CertificateDescription {
    /// `CKA_VALUE`: the certificate in DER.
    #[serde(with = "hex")]
    pub(crate) value: Vec<u8>,
    /// `CKA_SUBJECT`: a DER name.
    #[serde(with = "hex")]
    pub(crate) subject: Vec<u8>,
    /// `CKA_ISSUER`: a DER name, or empty.
    #[serde(with = "hex")]
    pub(crate) issuer: Vec<u8>,
    /// `CKA_SERIAL_NUMBER`: a DER integer, or empty.
    #[serde(with = "hex")]
    pub(crate) serial_number: Vec<u8>,
    /// `CKA_ID`.
    #[serde(with = "hex")]
    pub(crate) id: Vec<u8>,
    /// `CKA_CERTIFICATE_CATEGORY`: unspecified, the token's user, an authority, another (0 to 3).
    pub(crate) category: u8,
    /// `CKA_TRUSTED`: the security officer vouches for it.
    pub(crate) trusted: bool,
}

/// Bytes that an application keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct DataDescription {
    /// `CKA_APPLICATION`.
    pub(crate) application: String,
    /// `CKA_OBJECT_ID`: a DER object identifier, or empty.
    #[serde(with = "hex")]
    pub(crate) object_id: Vec<u8>,
    /// `CKA_VALUE`.
    #[serde(with = "hex")]
    pub(crate) value: Vec<u8>,
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
