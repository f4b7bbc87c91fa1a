//! Keys on P-256 and what is done with them. Nothing outside this file knows the curve's arithmetic.

use cryptoki_sys as ck;
use p256::SecretKey as Scalar;
use p256::ecdsa::signature::hazmat::{PrehashVerifier, RandomizedPrehashSigner};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use p256::elliptic_curve::Generate;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::entropy;
use crate::refusal::{Answer, Refusal};

/// A curve that keys can be made on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Curve {
    /// secp256r1, also called prime256v1.
    #[serde(rename = "P-256")]
    P256,
}

impl Curve {
    /// The curve that `CKA_EC_PARAMS` names: a DER object identifier (`namedCurve` of RFC 5480, section 2.1.1).
    pub(crate) fn from_parameters(parameters: &[u8]) -> Answer<Self> {
        match parameters {
            P256_PARAMETERS => Ok(Self::P256),
            [OBJECT_IDENTIFIER, length, identifier @ ..]
                if !identifier.is_empty() && identifier.len() == usize::from(*length) =>
            {
                Err(Refusal::CurveNotSupported)
            }
            _ => Err(Refusal::DomainParametersInvalid),
        }
    }

    /// The value of `CKA_EC_PARAMS`.
    pub(crate) fn parameters(self) -> &'static [u8] {
        match self {
            Self::P256 => P256_PARAMETERS,
        }
    }

    /// The size of a key in bits, as mechanism information states it.
    pub(crate) fn bits(self) -> ck::CK_ULONG {
        match self {
            Self::P256 => 256,
        }
    }
}

/// A private key, ready to sign. Zeroized when dropped.
pub(crate) struct SecretKey(SigningKey);

impl SecretKey {
    /// A fresh key on P-256.
    pub(crate) fn generate() -> Answer<Self> {
        let scalar =
            Scalar::try_generate_from_rng(&mut entropy::generator()).map_err(|_| Refusal::DeviceError)?;
        Ok(Self(SigningKey::from(&scalar)))
    }

    /// The key with this scalar, 32 bytes big-endian.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Answer<Self> {
        SigningKey::from_slice(bytes).map(Self).map_err(|_| Refusal::DeviceError)
    }

    /// The scalar, 32 bytes big-endian. For the store alone.
    pub(crate) fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        let mut scalar = self.0.to_bytes();
        let bytes = Zeroizing::new(scalar.into());
        scalar.as_mut_slice().zeroize();
        bytes
    }

    /// The public point, uncompressed as in SEC 1, section 2.3.3: `04`, x, y (65 bytes).
    pub(crate) fn public_point(&self) -> Vec<u8> {
        self.0.verifying_key().to_sec1_point(false).as_bytes().to_vec()
    }

    /// Signs a digest: r and s, 32 bytes each, big-endian.
    ///
    /// The nonce is random besides depending on digest and key, because a real HSM's is: two signatures
    /// of the same bytes differ, and a caller that relies on the contrary shall notice here.
    pub(crate) fn sign(&self, digest: &[u8]) -> Answer<[u8; SIGNATURE_LENGTH]> {
        let signature: Signature = self
            .0
            .sign_prehash_with_rng(&mut entropy::generator(), &field_element(digest)?)
            .map_err(|_| Refusal::DeviceError)?;
        Ok(signature.to_bytes().into())
    }
}

/// A public key, ready to verify.
#[derive(Debug)]
pub(crate) struct PublicKey(VerifyingKey);

impl PublicKey {
    /// The key with this point, encoded as in SEC 1, section 2.3.3.
    pub(crate) fn from_point(point: &[u8]) -> Answer<Self> {
        VerifyingKey::from_sec1_bytes(point).map(Self).map_err(|_| Refusal::DeviceError)
    }

    /// Checks a signature (r and s, 32 bytes each) of a digest.
    pub(crate) fn verify(&self, digest: &[u8], signature: &[u8]) -> Answer<()> {
        if signature.len() != SIGNATURE_LENGTH {
            return Err(Refusal::SignatureLengthRange);
        }
        let digest = field_element(digest)?;
        let signature = Signature::from_slice(signature).map_err(|_| Refusal::SignatureInvalid)?;
        self.0.verify_prehash(&digest, &signature).map_err(|_| Refusal::SignatureInvalid)
    }
}

/// The value of `CKA_EC_POINT`: the point inside a DER OCTET STRING (PKCS#11 2.40 mechanisms, section 2.3.3).
pub(crate) fn point_attribute(point: &[u8]) -> Vec<u8> {
    der(OCTET_STRING, point)
}

/// The value of `CKA_PUBLIC_KEY_INFO`: the DER `SubjectPublicKeyInfo` of RFC 5480, section 2.
pub(crate) fn public_key_info(curve: Curve, point: &[u8]) -> Vec<u8> {
    let algorithm = der(SEQUENCE, &[EC_PUBLIC_KEY, curve.parameters()].concat());
    let key = der(BIT_STRING, &[&[0], point].concat());
    der(SEQUENCE, &[algorithm, key].concat())
}

/// The length of every signature here.
pub(crate) const SIGNATURE_LENGTH: usize = 64;

/// Refuses what is no digest: nothing, or more than the longest has.
pub(crate) fn check_digest(digest: &[u8]) -> Answer<()> {
    if (1..=LONGEST_DIGEST).contains(&digest.len()) { Ok(()) } else { Err(Refusal::DataLengthRange) }
}

/// A digest as a 32-byte number: the leftmost 32 bytes of a longer one, zeros before a shorter one (FIPS 186-5, section 6.4.1).
fn field_element(digest: &[u8]) -> Answer<[u8; 32]> {
    check_digest(digest)?;
    let digest = &digest[..digest.len().min(32)];
    let mut element = [0; 32];
    element[32 - digest.len()..].copy_from_slice(digest);
    Ok(element)
}

/// One DER element. Everything here is shorter than 128 bytes, so the length is one byte.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    debug_assert!(content.len() < 128);
    let length = u8::try_from(content.len()).unwrap_or(u8::MAX);
    [&[tag, length], content].concat()
}

/// 1.2.840.10045.3.1.7 as DER.
const P256_PARAMETERS: &[u8] = &[OBJECT_IDENTIFIER, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

/// id-ecPublicKey, 1.2.840.10045.2.1, as DER.
const EC_PUBLIC_KEY: &[u8] = &[OBJECT_IDENTIFIER, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];

const BIT_STRING: u8 = 0x03;
const OBJECT_IDENTIFIER: u8 = 0x06;
const OCTET_STRING: u8 = 0x04;
const SEQUENCE: u8 = 0x30;

/// SHA-512's, the longest digest that is in use with ECDSA.
const LONGEST_DIGEST: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_verify_and_never_repeat() {
        let secret = SecretKey::generate().unwrap();
        let public = PublicKey::from_point(&secret.public_point()).unwrap();
        let digest = [7; 32];
        let (first, second) = (secret.sign(&digest).unwrap(), secret.sign(&digest).unwrap());
        assert_ne!(first, second);
        public.verify(&digest, &first).unwrap();
        public.verify(&digest, &second).unwrap();
        assert_eq!(public.verify(&[8; 32], &first), Err(Refusal::SignatureInvalid));
        assert_eq!(public.verify(&digest, &first[1..]), Err(Refusal::SignatureLengthRange));
        assert_eq!(public.verify(&digest, &[0; 64]), Err(Refusal::SignatureInvalid));
    }

    #[test]
    fn long_digests_count_by_their_left_end_and_short_ones_as_numbers() {
        assert_eq!(field_element(&[1; 64]).unwrap(), [1; 32]);
        let mut expected = [0; 32];
        expected[31] = 5;
        assert_eq!(field_element(&[5]).unwrap(), expected);
        assert_eq!(field_element(&[]), Err(Refusal::DataLengthRange));
        assert_eq!(field_element(&[0; 65]), Err(Refusal::DataLengthRange));
    }

    #[test]
    fn curves_are_told_apart_from_garbage() {
        let p384 = [6, 5, 0x2b, 0x81, 4, 0, 0x22];
        assert_eq!(Curve::from_parameters(P256_PARAMETERS), Ok(Curve::P256));
        assert_eq!(Curve::from_parameters(&p384), Err(Refusal::CurveNotSupported));
        for garbage in [&p384[..6], b"", b"\x06", b"\x06\x00", b"prime256v1"] {
            assert_eq!(Curve::from_parameters(garbage), Err(Refusal::DomainParametersInvalid));
        }
    }

    #[test]
    fn a_scalar_outlives_its_bytes() {
        let secret = SecretKey::generate().unwrap();
        let again = SecretKey::from_bytes(&*secret.to_bytes()).unwrap();
        assert_eq!(again.public_point(), secret.public_point());
        assert!(SecretKey::from_bytes(&[0; 32]).is_err(), "zero is no private key");
    }
}
