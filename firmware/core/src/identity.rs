//! Who the module is: its UID and its key, and what the key signs.

use ecdsa::hazmat::sign_prehashed_rfc6979;
use p256::ecdsa::Signature;
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{NistP256, NonZeroScalar, PublicKey, SecretKey};
use sha2::{Digest, Sha256};
use wire::Uid;
use zeroize::Zeroizing;

use crate::entropy::{Entropy, Unhealthy};
use crate::platform::Noise;

/// Bytes of an identity record: UID, private scalar, public point without its leading 4.
pub const RECORD_BYTES: usize = 16 + 32 + 64;

/// The identity as it lies in flash; the private key is never copied to a place that outlives its use.
#[derive(Clone, Copy)]
pub struct Identity<'f> {
    /// The module's UID.
    pub uid: Uid,
    /// The public key, both coordinates.
    pub public_key: &'f [u8; 64],
    private_key: &'f [u8; 32],
}

impl<'f> Identity<'f> {
    /// Reads a record that [`generate`] has made; `None` for any other length.
    pub fn read(record: &'f [u8]) -> Option<Self> {
        let record: &[u8; RECORD_BYTES] = record.try_into().ok()?;
        let (uid, keys) = record.split_first_chunk::<16>()?;
        let (private_key, public_key) = keys.split_first_chunk::<32>()?;
        Some(Self { uid: Uid::from_bytes(*uid), public_key: public_key.try_into().ok()?, private_key })
    }

    /// Signs a message: ECDSA over its SHA-256, with the nonce of RFC 6979. `None` when the private key is
    /// none, which no record with a good CRC holds.
    pub fn sign(&self, message: &[u8]) -> Option<Signature> {
        sign(self.private_key, message)
    }
}

impl core::fmt::Debug for Identity<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Identity").field("uid", &self.uid).finish_non_exhaustive()
    }
}

/// Makes a UID and a key, as the record to store.
///
/// The private key is a uniform scalar: candidates that are zero or not below the order are thrown away (FIPS
/// 186-5 appendix A.2.2).
///
/// # Errors
/// [`Unhealthy`] when the noise fails a health test.
pub fn generate(
    entropy: &mut Entropy,
    noise: &mut impl Noise,
) -> Result<Zeroizing<[u8; RECORD_BYTES]>, Unhealthy> {
    let mut record = Zeroizing::new([0; RECORD_BYTES]);
    let (uid, keys) = record.split_at_mut(16);
    let (private_key, public_key) = keys.split_at_mut(32);

    let block = entropy.block(noise)?;
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&block[..16]);
    uid.copy_from_slice(Uid::from_random(bytes).as_bytes());

    // A candidate fails with a probability of 2^-32: a second one in a row tells of a broken source.
    for _ in 0..4 {
        let candidate = entropy.block(noise)?;
        if let Some(scalar) = scalar(&candidate) {
            private_key.copy_from_slice(&*candidate);
            let point = PublicKey::from_secret_scalar(&scalar).to_sec1_point(false);
            public_key.copy_from_slice(&point.as_bytes()[1..]);
            return Ok(record);
        }
    }
    Err(Unhealthy)
}

/// Signs with a key that is passed in; see [`Identity::sign`].
pub(crate) fn sign(private_key: &[u8; 32], message: &[u8]) -> Option<Signature> {
    let scalar = scalar(private_key)?;
    // `SigningKey` would first compute the public key, which takes as long as the signature itself.
    let (signature, _) = sign_prehashed_rfc6979::<NistP256, Sha256>(&scalar, &Sha256::digest(message), &[]);
    Some(signature)
}

fn scalar(bytes: &[u8; 32]) -> Option<Zeroizing<NonZeroScalar>> {
    let secret = SecretKey::from_slice(bytes).ok()?;
    Some(Zeroizing::new(secret.to_nonzero_scalar()))
}
