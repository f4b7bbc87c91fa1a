//! The keys of a token: found by label, known by their public keys, and what is said of them there.

use std::fmt;

use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use serde::{Deserialize, Serialize};

use super::HsmError;
use super::connection::Connection;
use crate::pki::{Certificate, PublicKey, PublicKeyError};

/// `secp256r1` as a DER object identifier, the content of `CKA_EC_PARAMS`.
pub(super) const P256_PARAMETERS: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

/// A key pair, as one session knows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    pub(super) private: ObjectHandle,
    pub(super) public_key: PublicKey,
}

/// How many signatures a key has made and may make, as the token counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// How many it has made, if the token counts them.
    pub count: Option<u64>,
    /// How many it may make, if the token limits them.
    pub limit: Option<u64>,
}

impl Usage {
    /// How many more it may make, if the token counts and limits them.
    pub fn left(self) -> Option<u64> {
        Some(self.limit?.saturating_sub(self.count?))
    }
}

impl Connection {
    /// The public key of a pair whose private half is here too.
    pub(super) fn public_key(&mut self, label: &str) -> Result<PublicKey, HsmError> {
        Ok(self.key(label)?.public_key)
    }

    /// How much a key was used; `None` where the token does not count.
    pub(super) fn usage(&mut self, label: &str) -> Result<Option<Usage>, HsmError> {
        let key = self.key(label)?;
        self.read_usage(key)
    }

    /// The key with this label. It is looked for once in each session: handles mean nothing in the
    /// next one, and what they lead to must be the key that was there before.
    pub(super) fn key(&mut self, label: &str) -> Result<Key, HsmError> {
        if let Some(key) = self.keys.get(label) {
            return Ok(*key);
        }
        let private = self.find_one(ObjectClass::PRIVATE_KEY, "private", label)?;
        let public = self.find_one(ObjectClass::PUBLIC_KEY, "public", label)?;
        let public_key = self.read_public_key(label, public)?;
        self.check_certificates(label, &public_key)?;
        self.token.recognise(label, public_key)?;
        let key = Key { private, public_key };
        self.keys.insert(label.to_owned(), key);
        Ok(key)
    }

    /// A key that may sign and was not permitted to: whether it has made all its signatures.
    pub(super) fn check_usage(&self, label: &str, key: Key) -> Result<(), HsmError> {
        let may_sign = self
            .session()?
            .get_attributes(key.private, &[AttributeType::Sign])
            .map_err(|error| self.token.refused("show a key", error))?
            .contains(&Attribute::Sign(true));
        match self.read_usage(key)? {
            Some(usage) if may_sign && usage.is_spent() => Err(HsmError::UsageSpent {
                token: self.token.label().to_owned(),
                key: label.to_owned(),
                usage,
            }),
            _ => Ok(()),
        }
    }

    pub(super) fn find(&self, class: ObjectClass, label: &str) -> Result<Vec<ObjectHandle>, HsmError> {
        self.session()?
            .find_objects(&[Attribute::Class(class), Attribute::Label(label.as_bytes().to_vec())])
            .map_err(|error| self.token.refused("search its keys", error))
    }

    fn find_one(
        &self,
        class: ObjectClass,
        half: &'static str,
        label: &str,
    ) -> Result<ObjectHandle, HsmError> {
        let token = || self.token.label().to_owned();
        match *self.find(class, label)? {
            [] => {
                // Private keys are not to be seen without a login, which may have been lost.
                self.check()?;
                Err(HsmError::KeyAbsent { token: token(), key: label.to_owned(), half })
            }
            [only] => Ok(only),
            ref several => Err(HsmError::KeyAmbiguous {
                token: token(),
                key: label.to_owned(),
                half,
                count: several.len(),
            }),
        }
    }

    fn read_public_key(&self, label: &str, handle: ObjectHandle) -> Result<PublicKey, HsmError> {
        let unusable = |source| HsmError::KeyUnusable { key: label.to_owned(), source };
        let attributes = self
            .session()?
            .get_attributes(handle, &[AttributeType::EcParams, AttributeType::EcPoint])
            .map_err(|error| self.token.refused("show a public key", error))?;
        let mut point = None;
        let mut on_p256 = false;
        for attribute in attributes {
            match attribute {
                Attribute::EcParams(parameters) => on_p256 = parameters == P256_PARAMETERS,
                Attribute::EcPoint(value) => point = Some(value),
                _ => {}
            }
        }
        if !on_p256 {
            return Err(unusable(PublicKeyError::Curve { curve: None }));
        }
        PublicKey::from_token_point(&point.unwrap_or_default()).map_err(unusable)
    }

    /// Certificates under a key's label must be certificates of that key: whoever prepared the token
    /// meant them to be, and one that is not shows that something was mixed up.
    fn check_certificates(&self, label: &str, key: &PublicKey) -> Result<(), HsmError> {
        let token = || self.token.label().to_owned();
        for handle in self.find(ObjectClass::CERTIFICATE, label)? {
            let attributes = self
                .session()?
                .get_attributes(handle, &[AttributeType::Value])
                .map_err(|error| self.token.refused("show a certificate", error))?;
            for attribute in attributes {
                let Attribute::Value(der) = attribute else { continue };
                let certificate = Certificate::from_der(&der).map_err(|source| {
                    HsmError::CertificateUnusable { token: token(), key: label.to_owned(), source }
                })?;
                if certificate.public_key() != key {
                    return Err(HsmError::CertificateOther { token: token(), key: label.to_owned() });
                }
            }
        }
        Ok(())
    }

    fn read_usage(&self, key: Key) -> Result<Option<Usage>, HsmError> {
        let attributes = self.token.settings.usage;
        let usage = Usage {
            count: self.number(key.private, attributes.count)?,
            limit: self.number(key.private, attributes.limit)?,
        };
        Ok((usage != Usage { count: None, limit: None }).then_some(usage))
    }

    /// A vendor's attribute that is a number; `None` when it has no name or the key has none of it.
    fn number(&self, key: ObjectHandle, attribute: Option<u64>) -> Result<Option<u64>, HsmError> {
        let Some(kind) = attribute.and_then(|number| AttributeType::try_from(number).ok()) else {
            return Ok(None);
        };
        let attributes = self
            .session()?
            .get_attributes(key, &[kind])
            .map_err(|error| self.token.refused("show how much a key was used", error))?;
        Ok(attributes.iter().find_map(|attribute| match attribute {
            Attribute::VendorDefined((_, value)) => ulong(value),
            _ => None,
        }))
    }
}

impl Usage {
    /// Whether the limit is reached. A token that tells neither refuses for another reason.
    pub fn is_spent(&self) -> bool {
        matches!((self.count, self.limit), (Some(count), Some(limit)) if count >= limit)
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.count, self.limit) {
            (Some(count), Some(limit)) => write!(f, "{count} of {limit} signatures made"),
            (Some(count), None) => write!(f, "{count} signatures made"),
            (None, Some(limit)) => write!(f, "{limit} signatures allowed"),
            (None, None) => f.write_str("signatures not counted"),
        }
    }
}

/// A `CK_ULONG` as it lies in memory, of either size there is. All ones stand for "not known"
/// (`CK_UNAVAILABLE_INFORMATION`).
fn ulong(value: &[u8]) -> Option<u64> {
    if let Ok(bytes) = value.try_into() {
        return Some(u64::from_ne_bytes(bytes)).filter(|number| *number != u64::MAX);
    }
    value.try_into().ok().map(u32::from_ne_bytes).filter(|number| *number != u32::MAX).map(u64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_four_or_eight_bytes() {
        assert_eq!(ulong(&7_u64.to_ne_bytes()), Some(7));
        assert_eq!(ulong(&7_u32.to_ne_bytes()), Some(7));
        assert_eq!(ulong(&[7]), None);
        assert_eq!(ulong(&[0xff; 8]), None);
        assert_eq!(ulong(&[0xff; 4]), None);
        assert_eq!(ulong(&[]), None);
    }

    #[test]
    fn a_key_is_spent_when_the_limit_is_reached() {
        let spent = |count, limit| Usage { count, limit }.is_spent();
        assert!(spent(Some(10), Some(10)));
        assert!(!spent(Some(9), Some(10)));
        assert!(!spent(Some(10), None));
        assert!(!spent(None, Some(10)));
    }
}
