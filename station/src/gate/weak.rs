//! Public keys whose private key anybody knows.
//!
//! A random number generator that is broken gives small numbers, or the number that its first user put
//! there to try it. Such keys have valid signatures and are unique in the ledger, once; so they are known
//! here by the key itself.

use std::collections::HashSet;
use std::sync::LazyLock;

use p256::elliptic_curve::BatchNormalize;
use p256::elliptic_curve::point::AffineCoordinates;
use p256::{AffinePoint, ProjectivePoint, SecretKey};

use crate::pki::PublicKey;

/// Private keys from 1 to this, and their negatives, count as small.
const SMALL: usize = 65_536;

/// Private keys in print, big-endian: everybody's first test.
const PUBLISHED: [&str; 3] = [
    // RFC 6979, appendix A.2.5.
    "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
    // RFC 9500, section 2.3.
    "e6cb5bdd80aa45ae9c95e8c15476679ffec953c16851e711e743939589c64fc1",
    // RFC 7515, appendix A.3.
    "8e9b109e719098bf980487df1f5d77e9cb29606ebed2263b5f57c213df84f4b2",
];

/// The x coordinates of all keys known here. A key and its negative have the same.
static KNOWN: LazyLock<HashSet<[u8; 32]>> = LazyLock::new(|| {
    let multiples: Vec<ProjectivePoint> = std::iter::successors(Some(ProjectivePoint::GENERATOR), |point| {
        Some(point + &ProjectivePoint::GENERATOR)
    })
    .take(SMALL)
    .collect();
    let small: Vec<AffinePoint> = ProjectivePoint::batch_normalize(multiples.as_slice());
    let published = PUBLISHED
        .iter()
        .filter_map(|private| SecretKey::from_slice(&hex::decode(private).ok()?).ok())
        .map(|key| *key.public_key().as_affine());
    small.into_iter().chain(published).map(|point| point.x().into()).collect()
});

/// Whether anybody can sign with this key.
pub(super) fn is_weak(key: &PublicKey) -> bool {
    let mut x = [0; 32];
    x.copy_from_slice(&key.point()[1..33]);
    KNOWN.contains(&x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::testing;

    fn key(private: &[u8; 32]) -> PublicKey {
        testing::public(&p256::ecdsa::SigningKey::from_slice(private).expect("a private key"))
    }

    fn small(number: u32) -> [u8; 32] {
        let mut private = [0; 32];
        private[28..].copy_from_slice(&number.to_be_bytes());
        private
    }

    #[test]
    fn small_private_keys_are_known_and_larger_ones_not() {
        for number in [1, 2, 3, 255, 65_535, 65_536] {
            assert!(is_weak(&key(&small(number))), "{number}");
        }
        assert!(!is_weak(&key(&small(65_537))));
        assert!(!is_weak(&key(&[0x5a; 32])));
    }

    #[test]
    fn the_negative_of_a_small_one_is_as_small() {
        let one = p256::Scalar::ONE;
        assert!(is_weak(&key(&(-one).to_bytes().into())));
    }

    /// The coordinates stand in the RFCs beside the private keys.
    #[test]
    fn keys_in_print_are_known() {
        let published = [
            "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
            "422548f88fb782ffb5eca3744452c72a1e558fbd6f73be5e48e93232cc45c5b1",
            "7fcdce2770f6c45d4183cbee6fdb4b7b580733357be9ef13bacf6e3c7bd15445",
        ];
        for x in published {
            let x: [u8; 32] = hex::decode(x).expect("hex").try_into().expect("32 bytes");
            assert!(KNOWN.contains(&x), "{}", hex::encode(x));
        }
        assert_eq!(KNOWN.len(), SMALL + PUBLISHED.len());
    }
}
