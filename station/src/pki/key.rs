//! P-256 public keys, and the one way their signatures are verified.

use std::fmt;

use der::Decode;
use der::asn1::{ObjectIdentifier, OctetStringRef};
use p256::ecdsa::VerifyingKey;
use p256::ecdsa::signature::Verifier;
use sha2::{Digest, Sha256};
use x509_cert::spki::{self, EncodePublicKey, SubjectPublicKeyInfoRef};

/// An ECDSA signature over P-256. The HSM answers r‖s, [`Signature::to_der`] gives the form that
/// certificates and CMS carry.
pub use p256::ecdsa::Signature;

/// `id-ecPublicKey`, RFC 5480 section 2.1.1.
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
/// `secp256r1`, RFC 5480 section 2.1.1.1.
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
/// Everything of a P-256 `SubjectPublicKeyInfo` that comes before the point, RFC 5480 section 2.
const SPKI_PREFIX: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
/// An uncompressed point: the byte 04, X, Y.
const POINT_LENGTH: usize = 65;

/// A P-256 public key: a point that is on the curve.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// Why bytes are not a P-256 public key.
#[derive(Debug, thiserror::Error)]
pub enum PublicKeyError {
    /// Not a `SubjectPublicKeyInfo`.
    #[error("the public key is not a SubjectPublicKeyInfo")]
    Malformed(#[source] der::Error),
    /// Not an elliptic-curve key.
    #[error("the public key's algorithm is {0}, not id-ecPublicKey")]
    Algorithm(ObjectIdentifier),
    /// Another curve, or one that is given by its parameters.
    #[error("the public key's curve is {}, not P-256", curve.map_or_else(|| "unnamed".to_owned(), |oid| oid.to_string()))]
    Curve {
        /// The curve, when it has a name.
        curve: Option<ObjectIdentifier>,
    },
    /// Not 65 bytes that begin with 04, or not on the curve.
    #[error("the public key is not an uncompressed point on P-256")]
    Point,
}

/// The signature does not fit the key and the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not verify")]
pub struct SignatureWrong;

impl PublicKey {
    /// The length of [`spki_der`](Self::spki_der) in bytes.
    pub const SPKI_LENGTH: usize = SPKI_PREFIX.len() + POINT_LENGTH;

    /// The key at an uncompressed point of 65 bytes (SEC 1 section 2.3.4).
    ///
    /// # Errors
    /// [`PublicKeyError::Point`] for any other form, and for a point that is not on the curve.
    pub fn from_point(point: &[u8]) -> Result<Self, PublicKeyError> {
        if point.len() != POINT_LENGTH {
            return Err(PublicKeyError::Point);
        }
        VerifyingKey::from_sec1_bytes(point).map(Self).map_err(|_| PublicKeyError::Point)
    }

    /// The key in a DER `SubjectPublicKeyInfo`.
    ///
    /// # Errors
    /// Malformed bytes, another algorithm, another curve, no point of it.
    pub fn from_spki_der(der: &[u8]) -> Result<Self, PublicKeyError> {
        let info = SubjectPublicKeyInfoRef::from_der(der).map_err(PublicKeyError::Malformed)?;
        Self::from_spki(&info)
    }

    pub(super) fn from_spki(info: &SubjectPublicKeyInfoRef<'_>) -> Result<Self, PublicKeyError> {
        if info.algorithm.oid != EC_PUBLIC_KEY {
            return Err(PublicKeyError::Algorithm(info.algorithm.oid));
        }
        let curve = info.algorithm.parameters.and_then(|any| any.decode_as::<ObjectIdentifier>().ok());
        if curve != Some(P256) {
            return Err(PublicKeyError::Curve { curve });
        }
        let point = info.subject_public_key.as_bytes().ok_or(PublicKeyError::Point)?;
        Self::from_point(point)
    }

    /// The key as a token gives it in `CKA_EC_POINT`: the point in an OCTET STRING as PKCS#11 2.40
    /// section 2.3.3 demands, or bare, as some tokens do.
    ///
    /// # Errors
    /// [`PublicKeyError::Point`].
    pub fn from_token_point(value: &[u8]) -> Result<Self, PublicKeyError> {
        match <&OctetStringRef>::from_der(value) {
            Ok(inner) => Self::from_point(inner.as_bytes()),
            Err(_) => Self::from_point(value),
        }
    }

    /// The DER `SubjectPublicKeyInfo`.
    pub fn spki_der(&self) -> [u8; Self::SPKI_LENGTH] {
        let mut der = [0; Self::SPKI_LENGTH];
        let (prefix, point) = der.split_at_mut(SPKI_PREFIX.len());
        prefix.copy_from_slice(&SPKI_PREFIX);
        point.copy_from_slice(&self.point());
        der
    }

    /// SHA-256 of [`spki_der`](Self::spki_der): what the ledger keeps unique.
    pub fn spki_sha256(&self) -> [u8; 32] {
        Sha256::digest(self.spki_der()).into()
    }

    /// The uncompressed point: 04, X, Y.
    pub fn point(&self) -> [u8; POINT_LENGTH] {
        let mut point = [0; POINT_LENGTH];
        // An uncompressed point of P-256 has this length always.
        point.copy_from_slice(self.0.to_sec1_point(false).as_bytes());
        point
    }

    /// The identifier that subject and authority key identifiers carry: the leftmost 160 bits of
    /// SHA-256 over the point (RFC 7093 section 2, method 1).
    pub fn key_identifier(&self) -> [u8; 20] {
        let mut identifier = [0; 20];
        identifier.copy_from_slice(&Sha256::digest(self.point())[..20]);
        identifier
    }

    /// Verifies an ECDSA signature over the SHA-256 of `message`.
    ///
    /// # Errors
    /// When it does not verify.
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), SignatureWrong> {
        self.0.verify(message, signature).map_err(|_| SignatureWrong)
    }
}

/// The point in hex, which is short enough for a log line and holds no secret.
impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", hex::encode(self.point()))
    }
}

impl EncodePublicKey for PublicKey {
    fn to_public_key_der(&self) -> spki::Result<der::Document> {
        Ok(der::Document::from_der(&self.spki_der())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::testing::{key, public};
    use proptest::prelude::*;

    #[test]
    fn every_form_of_a_key_is_the_same_key() {
        let key = public(&key(1));
        assert_eq!(PublicKey::from_spki_der(&key.spki_der()).expect("a key"), key);
        assert_eq!(PublicKey::from_token_point(&key.point()).expect("a bare point"), key);
        let wrapped = [&[0x04, 65][..], &key.point()].concat();
        assert_eq!(PublicKey::from_token_point(&wrapped).expect("a wrapped point"), key);
    }

    #[test]
    fn a_compressed_point_and_one_off_the_curve_are_refused() {
        let key = public(&key(1));
        let compressed = [&[0x02][..], &key.point()[1..33]].concat();
        assert!(matches!(PublicKey::from_point(&compressed), Err(PublicKeyError::Point)));
        let mut off = key.point();
        off[64] ^= 1;
        assert!(matches!(PublicKey::from_point(&off), Err(PublicKeyError::Point)));
    }

    #[test]
    fn another_curve_is_named() {
        // The object identifier of P-384 in place of P-256's, which is longer.
        let mut der = public(&key(1)).spki_der().to_vec();
        der.splice(13..23, [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22]);
        der[1] -= 3;
        der[3] -= 3;
        let error = PublicKey::from_spki_der(&der).expect_err("another curve");
        assert_eq!(error.to_string(), "the public key's curve is 1.3.132.0.34, not P-256");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let _ = PublicKey::from_spki_der(&bytes);
            let _ = PublicKey::from_token_point(&bytes);
        }
    }
}
