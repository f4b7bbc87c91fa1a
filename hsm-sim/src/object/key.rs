//! Keys and what is done with them. Nothing outside this file knows the curves' arithmetic.

use p256::ecdsa::signature::hazmat::{PrehashVerifier, RandomizedPrehashSigner};
use p256::elliptic_curve::Generate;
use zeroize::{Zeroize, Zeroizing};

use super::curve::Curve;
use crate::entropy;
use crate::refusal::{Answer, Refusal};

/// A private key, ready to sign. Zeroized when dropped.
pub(crate) enum SecretKey {
    /// On P-256.
    P256(p256::ecdsa::SigningKey),
    /// On P-384.
    P384(p384::ecdsa::SigningKey),
}

impl SecretKey {
    /// A fresh key.
    pub(crate) fn generate(curve: Curve) -> Answer<Self> {
        let generator = &mut entropy::generator();
        match curve {
            Curve::P256 => {
                let scalar = p256::SecretKey::try_generate_from_rng(generator);
                Ok(Self::P256((&scalar.map_err(|_| Refusal::DeviceError)?).into()))
            }
            Curve::P384 => {
                let scalar = p384::SecretKey::try_generate_from_rng(generator);
                Ok(Self::P384((&scalar.map_err(|_| Refusal::DeviceError)?).into()))
            }
        }
    }

    /// The key with this scalar, big-endian and as long as the curve's field.
    pub(crate) fn from_bytes(curve: Curve, bytes: &[u8]) -> Answer<Self> {
        let key = match curve {
            Curve::P256 => p256::ecdsa::SigningKey::from_slice(bytes).map(Self::P256),
            Curve::P384 => p384::ecdsa::SigningKey::from_slice(bytes).map(Self::P384),
        };
        key.map_err(|_| Refusal::DeviceError)
    }

    /// The scalar, big-endian and as long as the curve's field. For the store alone.
    pub(crate) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        fn taken(scalar: &mut [u8]) -> Zeroizing<Vec<u8>> {
            let bytes = Zeroizing::new(scalar.to_vec());
            scalar.zeroize();
            bytes
        }
        match self {
            Self::P256(key) => taken(&mut key.to_bytes()),
            Self::P384(key) => taken(&mut key.to_bytes()),
        }
    }

    /// The public point, uncompressed as in SEC 1, section 2.3.3: `04`, x, y.
    pub(crate) fn public_point(&self) -> Vec<u8> {
        match self {
            Self::P256(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            Self::P384(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
        }
    }

    /// Signs a digest: r and s, big-endian, each as long as the curve's field.
    ///
    /// The nonce is random besides depending on digest and key, because a real HSM's is: two signatures
    /// of the same bytes differ, and a caller that relies on the contrary shall notice here.
    pub(crate) fn sign(&self, digest: &[u8]) -> Answer<Vec<u8>> {
        let generator = &mut entropy::generator();
        match self {
            Self::P256(key) => {
                let signature: Result<p256::ecdsa::Signature, _> =
                    key.sign_prehash_with_rng(generator, &field_element(digest, Curve::P256)?);
                signature.map(|signature| signature.to_bytes().to_vec())
            }
            Self::P384(key) => {
                let signature: Result<p384::ecdsa::Signature, _> =
                    key.sign_prehash_with_rng(generator, &field_element(digest, Curve::P384)?);
                signature.map(|signature| signature.to_bytes().to_vec())
            }
        }
        .map_err(|_| Refusal::DeviceError)
    }
}

/// A public key, ready to verify.
#[derive(Debug)]
pub(crate) enum PublicKey {
    /// On P-256.
    P256(p256::ecdsa::VerifyingKey),
    /// On P-384.
    P384(p384::ecdsa::VerifyingKey),
}

impl PublicKey {
    /// The key with this point, encoded as in SEC 1, section 2.3.3.
    pub(crate) fn from_point(curve: Curve, point: &[u8]) -> Answer<Self> {
        let key = match curve {
            Curve::P256 => p256::ecdsa::VerifyingKey::from_sec1_bytes(point).map(Self::P256),
            Curve::P384 => p384::ecdsa::VerifyingKey::from_sec1_bytes(point).map(Self::P384),
        };
        key.map_err(|_| Refusal::DeviceError)
    }

    /// Checks a signature (r and s) of a digest.
    pub(crate) fn verify(&self, digest: &[u8], signature: &[u8]) -> Answer<()> {
        let curve = self.curve();
        if signature.len() != curve.signature_length() {
            return Err(Refusal::SignatureLengthRange);
        }
        let digest = field_element(digest, curve)?;
        let valid = match self {
            Self::P256(key) => p256::ecdsa::Signature::from_slice(signature)
                .and_then(|signature| key.verify_prehash(&digest, &signature)),
            Self::P384(key) => p384::ecdsa::Signature::from_slice(signature)
                .and_then(|signature| key.verify_prehash(&digest, &signature)),
        };
        valid.map_err(|_| Refusal::SignatureInvalid)
    }

    fn curve(&self) -> Curve {
        match self {
            Self::P256(_) => Curve::P256,
            Self::P384(_) => Curve::P384,
        }
    }
}

/// Refuses what is no digest: nothing, or more than the longest has.
pub(crate) fn check_digest(digest: &[u8]) -> Answer<()> {
    if (1..=LONGEST_DIGEST).contains(&digest.len()) { Ok(()) } else { Err(Refusal::DataLengthRange) }
}

/// A digest as a number as long as the curve's field: the leftmost bytes of a longer one, zeros before a shorter one
/// (FIPS 186-5, section 6.4.1).
fn field_element(digest: &[u8], curve: Curve) -> Answer<Vec<u8>> {
    check_digest(digest)?;
    let length = curve.field_length();
    let digest = &digest[..digest.len().min(length)];
    let mut element = vec![0; length];
    element[length - digest.len()..].copy_from_slice(digest);
    Ok(element)
}

/// SHA-512's, the longest digest that is in use with ECDSA.
const LONGEST_DIGEST: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_verify_and_never_repeat() {
        for curve in [Curve::P256, Curve::P384] {
            let secret = SecretKey::generate(curve).unwrap();
            let public = PublicKey::from_point(curve, &secret.public_point()).unwrap();
            for digest in [vec![7; 20], vec![7; 32], vec![7; 48], vec![7; 64]] {
                let (first, second) = (secret.sign(&digest).unwrap(), secret.sign(&digest).unwrap());
                assert_ne!(first, second);
                public.verify(&digest, &first).unwrap();
                public.verify(&digest, &second).unwrap();
                assert_eq!(public.verify(&[8; 32], &first), Err(Refusal::SignatureInvalid));
                assert_eq!(public.verify(&digest, &first[1..]), Err(Refusal::SignatureLengthRange));
                let zeros = vec![0; curve.signature_length()];
                assert_eq!(public.verify(&digest, &zeros), Err(Refusal::SignatureInvalid));
            }
        }
    }

    #[test]
    fn long_digests_count_by_their_left_end_and_short_ones_as_numbers() {
        let mut digest = [1; 64];
        digest[48..].fill(2);
        assert_eq!(field_element(&digest, Curve::P256).unwrap(), [1; 32]);
        assert_eq!(field_element(&digest, Curve::P384).unwrap(), [1; 48]);
        let mut expected = [0; 48];
        expected[47] = 5;
        assert_eq!(field_element(&[5], Curve::P384).unwrap(), expected);
        assert_eq!(field_element(&[], Curve::P256), Err(Refusal::DataLengthRange));
        assert_eq!(field_element(&[0; 65], Curve::P384), Err(Refusal::DataLengthRange));
    }

    #[test]
    fn a_scalar_outlives_its_bytes() {
        for curve in [Curve::P256, Curve::P384] {
            let secret = SecretKey::generate(curve).unwrap();
            let again = SecretKey::from_bytes(curve, &secret.to_bytes()).unwrap();
            assert_eq!(again.public_point(), secret.public_point());
            let zero = vec![0; curve.field_length()];
            assert!(SecretKey::from_bytes(curve, &zero).is_err(), "zero is no private key");
        }
    }
}
