//! One session with a token, logged in.

use std::collections::BTreeMap;
use std::sync::Arc;

use cryptoki::context::Function;
use cryptoki::error::{Error as CryptokiError, RvError};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, SessionState};
use cryptoki::slot::Slot;
use sha2::{Digest, Sha256};

use super::HsmError;
use super::keys::{Key, P256_PARAMETERS};
use super::library::{Claim, Library};
use super::login::log_in;
use super::refusal::Damage;
use super::state::Says;
use super::token::{Token, TokenDetails};
use crate::pki::{PublicKey, Signature};
use crate::random;

/// A session in use. Dropping it closes the session.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) token: Arc<Token>,
    library: Arc<Library>,
    slot: Slot,
    session: Option<Session>,
    claim: Claim,
    logged_in: bool,
    /// Whether it gives random bytes, as far as is known.
    random: bool,
    details: TokenDetails,
    /// The keys that were used, as this session knows them.
    pub(super) keys: BTreeMap<String, Key>,
}

/// What a session is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To sign and to read.
    Use,
    /// To make keys.
    Write,
}

impl Connection {
    /// Finds the token, opens a session and logs in, unless that failed a moment ago.
    pub(super) fn open(token: &Arc<Token>, purpose: Purpose) -> Result<Self, HsmError> {
        let outcome = Self::try_open(token, purpose);
        match &outcome {
            Ok(_) => token.tries.succeeded(),
            Err(HsmError::TriedLately { .. } | HsmError::Overdue { .. } | HsmError::Closed) => {}
            Err(error) if error.says() == Says::Locked => {}
            // One session more could not be had; that says nothing about those there are.
            Err(error) if error.says() == Says::Nothing && token.lights.open() > 0 => {}
            Err(error) => {
                token.tries.failed_with(error);
                token.lights.lost(error);
            }
        }
        outcome
    }

    fn try_open(token: &Arc<Token>, purpose: Purpose) -> Result<Self, HsmError> {
        if token.is_closed() {
            return Err(HsmError::Closed);
        }
        token.may_be_tried()?;
        let patience = token.settings.deadlines.answer;
        let library = Library::load(&token.address().module, patience)?;
        let _turn = library.turn(patience)?;
        // Whoever had the turn before may just have failed.
        token.may_be_tried()?;
        let pkcs11 = &library.pkcs11;
        let (slot, info) = token.find(pkcs11)?;
        let mechanisms =
            pkcs11.get_mechanism_list(slot).map_err(|error| token.refused("list its mechanisms", error))?;
        let digests = mechanisms.contains(&MechanismType::ECDSA_SHA256);
        if !digests && !mechanisms.contains(&MechanismType::ECDSA) {
            return Err(HsmError::NoEcdsa { token: token.label().to_owned() });
        }
        // Closed by us and not by itself: a session whose handle is dead must not be closed.
        let session = match purpose {
            Purpose::Use => pkcs11.open_ro_session_no_drop(slot),
            Purpose::Write => pkcs11.open_rw_session_no_drop(slot),
        };
        let session = session.map_err(|error| match error {
            CryptokiError::Pkcs11(RvError::SessionCount, _) => {
                HsmError::NoSession { token: token.label().to_owned(), source: error.into() }
            }
            error => token.refused("open a session", error),
        })?;
        let claim = library.claim(&session);
        token.lights.opened();
        let mut connection = Self {
            details: TokenDetails::new(&info, digests),
            random: info.rng(),
            logged_in: false,
            session: Some(session),
            keys: BTreeMap::new(),
            token: Arc::clone(token),
            library: Arc::clone(&library),
            slot,
            claim,
        };
        connection.logged_in = log_in(token, &library, connection.session()?, (slot, &info))?;
        token.remember(&info);
        Ok(connection)
    }

    /// Whether the session is still this connection's own, as far as can be known without asking.
    pub(super) fn is_ours(&self) -> bool {
        self.claim.holds()
    }

    /// Lets go of a session whose handle is dead.
    pub(super) fn abandon(mut self) {
        self.session = None;
    }

    /// What the token says of itself, asked anew.
    pub(super) fn details(&mut self) -> Result<TokenDetails, HsmError> {
        self.check()?;
        let info = self
            .library
            .pkcs11
            .get_token_info(self.slot)
            .map_err(|error| self.token.refused("tell of itself", error))?;
        self.details = TokenDetails::new(&info, self.details.digests);
        Ok(self.details.clone())
    }

    /// Uses the session for something cheap that reaches the device.
    pub(super) fn keep_alive(&mut self) -> Result<(), HsmError> {
        self.check()?;
        // What the library knows of the session it may know without the device.
        if self.random {
            match self.session()?.generate_random_vec(8) {
                Ok(_) => {}
                Err(CryptokiError::Pkcs11(RvError::RandomNoRng | RvError::FunctionNotSupported, _)) => {
                    self.random = false;
                }
                Err(error) => return Err(self.token.refused("show that it is there", error)),
            }
        }
        Ok(())
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
        let raw = match answer {
            Ok(raw) => raw,
            Err(error) => {
                if let CryptokiError::Pkcs11(RvError::KeyFunctionNotPermitted, _) = error {
                    self.check_usage(label, key)?;
                }
                let (token, key) = (self.token.label().to_owned(), label.to_owned());
                return Err(HsmError::Sign { token, key, source: error.into() });
            }
        };
        Signature::from_slice(&raw)
            .map_err(|_| HsmError::SignatureMalformed { key: label.to_owned(), length: raw.len() })
    }

    /// Makes a key pair that stays in the token. Needs a session to write.
    pub(super) fn generate(&mut self, label: &str) -> Result<PublicKey, HsmError> {
        for class in [ObjectClass::PRIVATE_KEY, ObjectClass::PUBLIC_KEY] {
            if !self.find(class, label)?.is_empty() {
                return Err(HsmError::KeyTaken {
                    token: self.token.label().to_owned(),
                    key: label.to_owned(),
                });
            }
        }
        let session = self.session()?;
        let (public_template, private_template) = templates(label)?;
        let (public, private) = session
            .generate_key_pair(&Mechanism::EccKeyPairGen, &public_template, &private_template)
            .map_err(|error| self.token.refused("make a key pair", error))?;
        if !stays_inside(session, private).map_err(|error| self.token.refused("show the new key", error))? {
            for half in [private, public] {
                session
                    .destroy_object(half)
                    .map_err(|error| self.token.refused("destroy a bad key", error))?;
            }
            return Err(HsmError::KeyExposed { token: self.token.label().to_owned() });
        }
        self.public_key(label)
    }

    pub(super) fn session(&self) -> Result<&Session, HsmError> {
        // Taken away only by `abandon` and `drop`, which leave no connection behind.
        self.session
            .as_ref()
            .ok_or_else(|| self.token.refused("go on without a session", CryptokiError::InvalidValue))
    }

    /// Whether the session is there, and logged in.
    pub(super) fn check(&self) -> Result<(), HsmError> {
        let answer = self.session()?.get_session_info().and_then(|info| match info.session_state() {
            SessionState::RoUser | SessionState::RwUser => Ok(()),
            _ if !self.logged_in => Ok(()),
            // As a signature would have found out.
            _ => Err(CryptokiError::Pkcs11(RvError::UserNotLoggedIn, Function::GetSessionInfo)),
        });
        answer.map_err(|error| self.token.refused("tell of its session", error))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let lights = &self.token.lights;
        if let Some(session) = self.session.take()
            && self.claim.holds()
        {
            // What cannot be logged out or closed is gone, and there is nobody to tell. The login is
            // that of all sessions: those at work end first, those that hang are not waited for.
            if self.token.is_closed() && lights.open() <= lights.hung().max(1) {
                let _ = session.logout();
            }
            let _ = session.close();
        }
        lights.ended();
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
