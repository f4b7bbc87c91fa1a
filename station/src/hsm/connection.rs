//! One session with a token, logged in, and the handles of the keys it has used.

use std::collections::BTreeMap;
use std::sync::Arc;

use cryptoki::context::Pkcs11;
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use cryptoki::slot::Slot;
use sha2::{Digest, Sha256};

use super::HsmError;
use super::refusal::Damage;
use super::token::{Token, TokenDetails};
use crate::pki::{PublicKey, PublicKeyError, Signature};
use crate::random;

/// `secp256r1` as a DER object identifier, the content of `CKA_EC_PARAMS`.
const P256_PARAMETERS: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

/// A session in use. Dropping it closes the session.
#[derive(Debug)]
pub(super) struct Connection {
    token: Arc<Token>,
    pkcs11: Pkcs11,
    slot: Slot,
    session: Option<Session>,
    details: TokenDetails,
    keys: BTreeMap<String, Key>,
}

#[derive(Clone, Copy, Debug)]
struct Key {
    private: ObjectHandle,
    public_key: PublicKey,
}

impl Connection {
    /// Finds the token, opens a session and logs in.
    pub(super) fn open(token: Arc<Token>) -> Result<Self, HsmError> {
        let (pkcs11, slot, info) = token.find()?;
        let mechanisms =
            pkcs11.get_mechanism_list(slot).map_err(|error| token.refused("list its mechanisms", error))?;
        let digests = mechanisms.contains(&MechanismType::ECDSA_SHA256);
        if !digests && !mechanisms.contains(&MechanismType::ECDSA) {
            return Err(HsmError::NoEcdsa { token: token.label().to_owned() });
        }
        // Closed by us and not by itself: a session whose handle is dead must not be closed.
        let session =
            pkcs11.open_ro_session_no_drop(slot).map_err(|error| token.refused("open a session", error))?;
        let connection = Self {
            details: TokenDetails::new(&info, digests),
            session: Some(session),
            keys: BTreeMap::new(),
            token,
            pkcs11,
            slot,
        };
        connection.token.log_in(connection.session()?, &info)?;
        Ok(connection)
    }

    /// Lets go of a session whose handle is dead.
    pub(super) fn abandon(mut self) {
        self.session = None;
    }

    /// What the token says of itself, asked anew.
    pub(super) fn details(&mut self) -> Result<TokenDetails, HsmError> {
        // Asked of the session, and so an answer that it is alive.
        self.session()?
            .get_session_info()
            .map_err(|error| self.token.refused("tell of its session", error))?;
        let info = self
            .pkcs11
            .get_token_info(self.slot)
            .map_err(|error| self.token.refused("tell of itself", error))?;
        self.details = TokenDetails::new(&info, self.details.digests);
        Ok(self.details.clone())
    }

    /// Signs the SHA-256 of a message.
    pub(super) fn sign(&mut self, label: &str, message: &[u8]) -> Result<Signature, HsmError> {
        let key = self.key(label)?;
        let session = self.session()?;
        let answer = if self.details.digests {
            session.sign(&Mechanism::EcdsaSha256, key.private, message)
        } else {
            session.sign(&Mechanism::Ecdsa, key.private, &Sha256::digest(message))
        };
        let raw = answer.map_err(|error| HsmError::Sign {
            token: self.token.label().to_owned(),
            key: label.to_owned(),
            source: error.into(),
        })?;
        Signature::from_slice(&raw)
            .map_err(|_| HsmError::SignatureMalformed { key: label.to_owned(), length: raw.len() })
    }

    /// The public key of a pair whose private half is here too.
    pub(super) fn public_key(&mut self, label: &str) -> Result<PublicKey, HsmError> {
        Ok(self.key(label)?.public_key)
    }

    /// Makes a key pair that stays in the token.
    pub(super) fn generate(&mut self, label: &str) -> Result<PublicKey, HsmError> {
        for class in [ObjectClass::PRIVATE_KEY, ObjectClass::PUBLIC_KEY] {
            if !self.find(class, label)?.is_empty() {
                return Err(HsmError::KeyTaken {
                    token: self.token.label().to_owned(),
                    key: label.to_owned(),
                });
            }
        }
        // The login holds for this session too.
        let session = self
            .pkcs11
            .open_rw_session(self.slot)
            .map_err(|error| self.token.refused("open a session for writing", error))?;
        let (public_template, private_template) = templates(label)?;
        let (public, private) = session
            .generate_key_pair(&Mechanism::EccKeyPairGen, &public_template, &private_template)
            .map_err(|error| self.token.refused("make a key pair", error))?;
        if !stays_inside(&session, private).map_err(|error| self.token.refused("show the new key", error))? {
            for half in [private, public] {
                session
                    .destroy_object(half)
                    .map_err(|error| self.token.refused("destroy a bad key", error))?;
            }
            return Err(HsmError::KeyExposed { token: self.token.label().to_owned() });
        }
        self.public_key(label)
    }

    fn key(&mut self, label: &str) -> Result<Key, HsmError> {
        if let Some(key) = self.keys.get(label) {
            return Ok(*key);
        }
        let private = self.find_one(ObjectClass::PRIVATE_KEY, "private", label)?;
        let public = self.find_one(ObjectClass::PUBLIC_KEY, "public", label)?;
        let public_key = self.read_public_key(label, public)?;
        self.token.recognise(label, public_key)?;
        let key = Key { private, public_key };
        self.keys.insert(label.to_owned(), key);
        Ok(key)
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

    fn find_one(
        &self,
        class: ObjectClass,
        half: &'static str,
        label: &str,
    ) -> Result<ObjectHandle, HsmError> {
        let token = || self.token.label().to_owned();
        match *self.find(class, label)? {
            [] => Err(HsmError::KeyAbsent { token: token(), key: label.to_owned(), half }),
            [only] => Ok(only),
            ref several => Err(HsmError::KeyAmbiguous {
                token: token(),
                key: label.to_owned(),
                half,
                count: several.len(),
            }),
        }
    }

    fn find(&self, class: ObjectClass, label: &str) -> Result<Vec<ObjectHandle>, HsmError> {
        self.session()?
            .find_objects(&[Attribute::Class(class), Attribute::Label(label.as_bytes().to_vec())])
            .map_err(|error| self.token.refused("search its keys", error))
    }

    fn session(&self) -> Result<&Session, HsmError> {
        // Taken away only by `abandon` and `drop`, which leave no connection behind.
        self.session.as_ref().ok_or_else(|| {
            self.token.refused("go on without a session", cryptoki::error::Error::InvalidValue)
        })
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            // A session that cannot be closed is gone, and there is nobody to tell.
            let _ = session.close();
        }
    }
}

impl Damage {
    /// Ends a connection as its damage demands; an undamaged one is given back.
    pub(super) fn settle(self, connection: Connection) -> Option<Connection> {
        match self {
            Self::None => Some(connection),
            Self::Stale => None,
            Self::Dead => {
                connection.abandon();
                None
            }
        }
    }
}

/// Public and private template of a new pair.
fn templates(label: &str) -> Result<(Vec<Attribute>, Vec<Attribute>), HsmError> {
    // Two bytes, because a YubiHSM has room for no more; 0000 and ffff mean something to it.
    let [high, low] = random::bytes::<2>().map_err(HsmError::Random)?;
    let id = vec![high & 0x7f, low | 1];
    let public = vec![
        Attribute::Token(true),
        Attribute::Private(false),
        Attribute::Verify(true),
        Attribute::EcParams(P256_PARAMETERS.to_vec()),
        Attribute::Label(label.as_bytes().to_vec()),
        Attribute::Id(id.clone()),
    ];
    let private = vec![
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Sign(true),
        Attribute::Label(label.as_bytes().to_vec()),
        Attribute::Id(id),
    ];
    Ok((public, private))
}

/// Whether the token keeps the key as it was told to.
fn stays_inside(session: &Session, private: ObjectHandle) -> cryptoki::error::Result<bool> {
    let attributes =
        session.get_attributes(private, &[AttributeType::Sensitive, AttributeType::Extractable])?;
    Ok(attributes.contains(&Attribute::Sensitive(true))
        && attributes.contains(&Attribute::Extractable(false)))
}
