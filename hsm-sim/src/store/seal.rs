//! What keeps a token's secrets on disk: a master key that seals them, and PINs that wrap the master key.
//!
//! ```text
//! PIN ──Argon2id──► wrapping key ──XChaCha20-Poly1305──► master key ──XChaCha20-Poly1305──► private objects
//! ```
//!
//! The security officer's PIN and the user's wrap the same master key, so that the officer can set a new user PIN without losing the keys.
//! Every sealed piece is bound to a context (token, object, purpose), so none can be put in another's place.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::entropy;
use crate::refusal::{Answer, Refusal};

/// The key that seals all private objects of one token. Zeroized when dropped.
pub(crate) struct MasterKey(Zeroizing<[u8; KEY_LENGTH]>);

impl MasterKey {
    /// A fresh key, for a fresh token.
    pub(crate) fn generate() -> Answer<Self> {
        let mut key = Zeroizing::new([0; KEY_LENGTH]);
        entropy::fill(&mut *key)?;
        Ok(Self(key))
    }

    /// Encrypts `plain` for `context`: nonce (24 bytes), ciphertext, tag (16 bytes).
    pub(crate) fn seal(&self, plain: &[u8], context: &[u8]) -> Answer<Vec<u8>> {
        seal(&self.0, plain, context)
    }

    /// Decrypts what [`MasterKey::seal`] made for the same `context`.
    pub(crate) fn open(&self, sealed: &[u8], context: &[u8]) -> Result<Zeroizing<Vec<u8>>, NotSealedByThis> {
        open(&self.0, sealed, context)
    }
}

/// One user's PIN as the token keeps it: the master key wrapped under it, and how often it was given wrongly.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct PinRecord {
    /// Wrong PINs since the last right one.
    pub(crate) failed: u32,
    #[serde(with = "hex")]
    salt: [u8; SALT_LENGTH],
    memory_kib: u32,
    passes: u32,
    #[serde(with = "hex")]
    wrapped_master_key: Vec<u8>,
}

impl PinRecord {
    /// Wraps `master` under `pin`, for `context`.
    pub(crate) fn new(pin: &[u8], master: &MasterKey, context: &[u8]) -> Answer<Self> {
        let mut record = Self {
            failed: 0,
            salt: entropy::array()?,
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            wrapped_master_key: Vec::new(),
        };
        let key = record.wrapping_key(pin).map_err(|_| Refusal::GeneralError)?;
        record.wrapped_master_key = seal(&key, &*master.0, context)?;
        Ok(record)
    }

    /// The master key, if `pin` is the right one.
    pub(crate) fn unwrap(&self, pin: &[u8], context: &[u8]) -> Result<MasterKey, NotSealedByThis> {
        let key = self.wrapping_key(pin)?;
        let opened = open(&key, &self.wrapped_master_key, context)?;
        let mut master = Zeroizing::new([0; KEY_LENGTH]);
        if opened.len() != KEY_LENGTH {
            return Err(NotSealedByThis);
        }
        master.copy_from_slice(&opened);
        Ok(MasterKey(master))
    }

    fn wrapping_key(&self, pin: &[u8]) -> Result<Zeroizing<[u8; KEY_LENGTH]>, NotSealedByThis> {
        if self.memory_kib > MEMORY_KIB_LIMIT || self.passes > PASSES_LIMIT {
            return Err(NotSealedByThis);
        }
        let params =
            Params::new(self.memory_kib, self.passes, 1, Some(KEY_LENGTH)).map_err(|_| NotSealedByThis)?;
        let mut key = Zeroizing::new([0; KEY_LENGTH]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(pin, &self.salt, &mut *key)
            .map_err(|_| NotSealedByThis)?;
        Ok(key)
    }
}

/// The key, the context or the bytes are not those of the sealing. Which of them, nobody can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("open a sealed piece: wrong key, wrong place, or damaged bytes")]
pub(crate) struct NotSealedByThis;

fn seal(key: &[u8; KEY_LENGTH], plain: &[u8], context: &[u8]) -> Answer<Vec<u8>> {
    // 24 random bytes never repeat in practice, whatever the number of pieces sealed under one key.
    let nonce: [u8; NONCE_LENGTH] = entropy::array()?;
    let sealed = XChaCha20Poly1305::new(key.into())
        .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: context })
        .map_err(|_| Refusal::GeneralError)?;
    Ok([&nonce[..], &sealed].concat())
}

fn open(
    key: &[u8; KEY_LENGTH],
    sealed: &[u8],
    context: &[u8],
) -> Result<Zeroizing<Vec<u8>>, NotSealedByThis> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LENGTH>().ok_or(NotSealedByThis)?;
    XChaCha20Poly1305::new(key.into())
        .decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: context })
        .map(Zeroizing::new)
        .map_err(|_| NotSealedByThis)
}

const KEY_LENGTH: usize = 32;
const NONCE_LENGTH: usize = 24;
const SALT_LENGTH: usize = 16;

/// The cost of one try of a PIN: 9 MiB, four passes, about 25 ms. The least that OWASP's password storage sheet still lists.
const MEMORY_KIB: u32 = 9 * 1024;
const PASSES: u32 = 4;

/// The most that is believed of a file, so that a forged one cannot eat all memory.
const MEMORY_KIB_LIMIT: u32 = 256 * 1024;
const PASSES_LIMIT: u32 = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_in_its_own_context_alone() {
        let master = MasterKey::generate().unwrap();
        let sealed = master.seal(b"secret", b"here").unwrap();
        assert_eq!(**master.open(&sealed, b"here").unwrap(), *b"secret");
        assert_eq!(master.open(&sealed, b"there"), Err(NotSealedByThis));
        assert_eq!(MasterKey::generate().unwrap().open(&sealed, b"here"), Err(NotSealedByThis));
    }

    #[test]
    fn every_changed_or_missing_byte_is_noticed() {
        let master = MasterKey::generate().unwrap();
        let sealed = master.seal(b"secret", b"here").unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(master.open(&changed, b"here"), Err(NotSealedByThis), "byte {at}");
            assert_eq!(master.open(&sealed[..at], b"here"), Err(NotSealedByThis), "cut at {at}");
        }
    }

    #[test]
    fn both_pins_give_the_same_master_key_and_a_wrong_one_gives_none() {
        let master = MasterKey::generate().unwrap();
        let officer = PinRecord::new(b"officer pin", &master, b"so").unwrap();
        let user = PinRecord::new(b"user pin", &master, b"user").unwrap();
        assert!(officer.unwrap(b"officer pin", b"so").unwrap().0 == master.0);
        assert!(user.unwrap(b"user pin", b"user").unwrap().0 == master.0);
        assert!(user.unwrap(b"user pim", b"user").is_err());
        assert!(user.unwrap(b"user pin", b"so").is_err(), "a record in the other's place");
    }

    #[test]
    fn a_forged_cost_is_not_believed() {
        let mut record = PinRecord::new(b"pin", &MasterKey::generate().unwrap(), b"so").unwrap();
        record.memory_kib = u32::MAX;
        assert!(record.unwrap(b"pin", b"so").is_err());
    }
}
