//! What a session is in the middle of.
//!
//! A session does one thing at a time: a second `…Init` answers [`Refusal::OperationActive`], be it a search or a signature.

use std::collections::VecDeque;
use std::sync::Arc;

use cryptoki_sys as ck;

use super::books::Books;
use super::hash::{Hash, Hasher};
use super::mechanism::Mechanism;
use crate::object::Object;
use crate::object::key::{PublicKey, check_digest};
use crate::refusal::{Answer, Refusal};

/// An operation under way.
pub(crate) enum Operation {
    /// Between `C_FindObjectsInit` and `C_FindObjectsFinal`.
    Find(Finding),
    /// After `C_SignInit`.
    Sign(Signing),
    /// After `C_VerifyInit`.
    Verify(Verifying),
    /// After `C_DigestInit`.
    Digest(Digesting),
}

impl Operation {
    /// The flag by which `C_SessionCancel` names its kind.
    pub(crate) fn flag(&self) -> ck::CK_FLAGS {
        match self {
            Self::Find(_) => ck::CKF_FIND_OBJECTS,
            Self::Sign(_) => ck::CKF_SIGN,
            Self::Verify(_) => ck::CKF_VERIFY,
            Self::Digest(_) => ck::CKF_DIGEST,
        }
    }
}

/// One kind of [`Operation`], told from the others.
pub(crate) trait Stage {
    /// This kind, if that is what `operation` is.
    fn of(operation: &mut Operation) -> Option<&mut Self>;
}

/// A search: what it found and has not given out yet.
pub(crate) struct Finding(VecDeque<ck::CK_OBJECT_HANDLE>);

impl Finding {
    /// A search that found these.
    pub(crate) fn new(found: Vec<ck::CK_OBJECT_HANDLE>) -> Self {
        Self(found.into())
    }

    /// The next handles, at most `most`; none when all were given out.
    pub(crate) fn next(&mut self, most: usize) -> Vec<ck::CK_OBJECT_HANDLE> {
        self.0.drain(..most.min(self.0.len())).collect()
    }
}

impl Stage for Finding {
    fn of(operation: &mut Operation) -> Option<&mut Self> {
        if let Operation::Find(stage) = operation { Some(stage) } else { None }
    }
}

/// A signature in the making.
pub(crate) struct Signing {
    key: Arc<Object>,
    mechanism: Mechanism,
    message: Message,
    books: Books,
    /// Whether the key still waits for `CKU_CONTEXT_SPECIFIC`.
    pub(crate) awaits_pin: bool,
}

impl Signing {
    /// Begins to sign with `key`. The signature will stand in `books`.
    pub(crate) fn new(key: Arc<Object>, mechanism: Mechanism, books: Books) -> Answer<Self> {
        key.signing_key()?;
        let message = Message::new(mechanism)?;
        books.check(&key)?;
        let awaits_pin = key.always_authenticate();
        Ok(Self { key, mechanism, message, books, awaits_pin })
    }

    /// The length of the signature.
    pub(crate) fn length(&self) -> Answer<usize> {
        let key = self.key.description.body.key().ok_or(Refusal::GeneralError)?;
        Ok(key.curve.signature_length())
    }

    /// Takes another part of the message.
    pub(crate) fn update(&mut self, part: &[u8]) -> Answer<()> {
        self.message.update(part)
    }

    /// Signs a message given in one part.
    pub(crate) fn sign(&self, message: &[u8]) -> Answer<Vec<u8>> {
        self.sign_digest(&self.message.digest_of(message)?)
    }

    /// Signs the message given part by part.
    pub(crate) fn finish(&self) -> Answer<Vec<u8>> {
        self.sign_digest(&self.message.digest()?)
    }

    fn sign_digest(&self, digest: &[u8]) -> Answer<Vec<u8>> {
        if self.awaits_pin {
            return Err(Refusal::UserNotLoggedIn);
        }
        let key = self.key.signing_key()?;
        // What cannot be signed is not counted.
        check_digest(digest)?;
        self.books.count(&self.key)?;
        let signature = key.sign(digest)?;
        self.books.record(&self.key, digest, self.mechanism.name())?;
        Ok(signature)
    }
}

impl Stage for Signing {
    fn of(operation: &mut Operation) -> Option<&mut Self> {
        if let Operation::Sign(stage) = operation { Some(stage) } else { None }
    }
}

/// A signature under examination.
pub(crate) struct Verifying {
    key: PublicKey,
    message: Message,
}

impl Verifying {
    /// Begins to verify with `key`.
    pub(crate) fn new(key: &Object, mechanism: Mechanism) -> Answer<Self> {
        Ok(Self { key: key.verifying_key()?, message: Message::new(mechanism)? })
    }

    /// Takes another part of the message.
    pub(crate) fn update(&mut self, part: &[u8]) -> Answer<()> {
        self.message.update(part)
    }

    /// Checks the signature of a message given in one part.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> Answer<()> {
        self.key.verify(&self.message.digest_of(message)?, signature)
    }

    /// Checks the signature of the message given part by part.
    pub(crate) fn finish(&self, signature: &[u8]) -> Answer<()> {
        self.key.verify(&self.message.digest()?, signature)
    }
}

impl Stage for Verifying {
    fn of(operation: &mut Operation) -> Option<&mut Self> {
        if let Operation::Verify(stage) = operation { Some(stage) } else { None }
    }
}

/// A digest in the making.
pub(crate) struct Digesting {
    hash: Hash,
    hasher: Hasher,
    parts: bool,
}

impl Digesting {
    /// Begins a digest.
    pub(crate) fn new(mechanism: Mechanism) -> Answer<Self> {
        let hash = match mechanism {
            Mechanism::Sha256 => Hash::Sha256,
            Mechanism::Sha384 => Hash::Sha384,
            _ => return Err(Refusal::MechanismInvalid),
        };
        Ok(Self { hash, hasher: hash.begin(), parts: false })
    }

    /// The length of the digest.
    pub(crate) fn length(&self) -> usize {
        self.hash.length()
    }

    /// Takes another part of the message.
    pub(crate) fn update(&mut self, part: &[u8]) {
        self.parts = true;
        self.hasher.update(part);
    }

    /// The digest of a message given in one part.
    pub(crate) fn digest(&self, message: &[u8]) -> Answer<Vec<u8>> {
        if self.parts { Err(Refusal::OperationNotInitialized) } else { Ok(self.hash.digest(message)) }
    }

    /// The digest of the message given part by part; of the empty one, if there was no part.
    pub(crate) fn finish(&self) -> Vec<u8> {
        self.hasher.finish()
    }
}

impl Stage for Digesting {
    fn of(operation: &mut Operation) -> Option<&mut Self> {
        if let Operation::Digest(stage) = operation { Some(stage) } else { None }
    }
}

/// The message of a signature, as far as it was given.
enum Message {
    /// `CKM_ECDSA`: the caller gives a digest, in one part.
    Digested,
    /// The token digests; before the first part.
    Unknown(Hash),
    /// The token digests; after the first part.
    Parts(Box<Hasher>),
}

impl Message {
    fn new(mechanism: Mechanism) -> Answer<Self> {
        match mechanism {
            Mechanism::Ecdsa => Ok(Self::Digested),
            Mechanism::EcdsaSha256 => Ok(Self::Unknown(Hash::Sha256)),
            Mechanism::EcdsaSha384 => Ok(Self::Unknown(Hash::Sha384)),
            Mechanism::EcKeyPairGeneration | Mechanism::Sha256 | Mechanism::Sha384 => {
                Err(Refusal::MechanismInvalid)
            }
        }
    }

    fn update(&mut self, part: &[u8]) -> Answer<()> {
        match self {
            Self::Digested => return Err(Refusal::OperationNotInitialized),
            Self::Unknown(hash) => {
                let mut hasher = hash.begin();
                hasher.update(part);
                *self = Self::Parts(Box::new(hasher));
            }
            Self::Parts(hasher) => hasher.update(part),
        }
        Ok(())
    }

    /// What is signed of a message given in one part. Not after parts of another one.
    fn digest_of(&self, message: &[u8]) -> Answer<Vec<u8>> {
        match self {
            Self::Digested => Ok(message.to_vec()),
            Self::Unknown(hash) => Ok(hash.digest(message)),
            Self::Parts(_) => Err(Refusal::OperationNotInitialized),
        }
    }

    /// What is signed of a message given part by part; of the empty one, if there was no part.
    fn digest(&self) -> Answer<Vec<u8>> {
        match self {
            Self::Digested => Err(Refusal::OperationNotInitialized),
            Self::Unknown(hash) => Ok(hash.digest(b"")),
            Self::Parts(hasher) => Ok(hasher.finish()),
        }
    }
}
