//! One token: where it is, the PIN, and what is known of its keys.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use cryptoki::context::Pkcs11;
use cryptoki::error::{Error as CryptokiError, RvError};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::{Slot, TokenInfo};

use super::library::Library;
use super::{HsmError, Pin};
use crate::pki::PublicKey;

/// Which token in which PKCS#11 module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenAddress {
    /// The file of the module.
    pub module: PathBuf,
    /// The label of the token.
    pub token: String,
}

/// What a token says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenDetails {
    /// Its label.
    pub label: String,
    /// Who made it.
    pub manufacturer: String,
    /// Which model.
    pub model: String,
    /// Its serial number.
    pub serial: String,
    /// Whether it digests itself (`CKM_ECDSA_SHA256`) or signs a digest (`CKM_ECDSA`).
    pub digests: bool,
    /// Whether a wrong PIN was tried since the last right one.
    pub wrong_pin_tried: bool,
}

/// What all sessions with a token share.
#[derive(Debug)]
pub(super) struct Token {
    address: TokenAddress,
    pin: Option<Pin>,
    known: Mutex<BTreeMap<String, PublicKey>>,
}

impl Token {
    pub(super) fn new(address: TokenAddress, pin: Option<Pin>) -> Self {
        Self { address, pin, known: Mutex::default() }
    }

    /// Its label.
    pub(super) fn label(&self) -> &str {
        &self.address.token
    }

    /// The module, and the slot in which the token is now.
    pub(super) fn find(&self) -> Result<(Pkcs11, Slot, TokenInfo), HsmError> {
        let library = Library::load(&self.address.module)?;
        let (slot, info) = find_slot(&library.pkcs11, self.label())?;
        Ok((library.pkcs11.clone(), slot, info))
    }

    /// Logs the process in, which holds for all sessions with the token.
    ///
    /// A PIN that was refused is not tried again, nor is any PIN when a wrong one would lock.
    pub(super) fn log_in(&self, session: &Session, info: &TokenInfo) -> Result<(), HsmError> {
        let token = || self.label().to_owned();
        let library = Library::load(&self.address.module)?;
        let mut refused = library.refused();
        if refused.contains(self.label()) {
            return Err(HsmError::PinRefusedBefore { token: token() });
        }
        let pin = match &self.pin {
            Some(pin) => Some(pin.for_login()),
            // The PIN is typed on the HSM itself, or there is none.
            None if info.protected_authentication_path() => None,
            None if !info.login_required() => return Ok(()),
            None => return Err(HsmError::PinMissing { token: token() }),
        };
        if info.user_pin_locked() {
            return Err(HsmError::PinLocked { token: token() });
        }
        if info.user_pin_final_try() {
            return Err(HsmError::PinLastTry { token: token() });
        }
        match session.login(UserType::User, pin.as_ref()) {
            Ok(()) | Err(CryptokiError::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(()),
            Err(CryptokiError::Pkcs11(RvError::PinLocked, _)) => {
                refused.insert(token());
                Err(HsmError::PinLocked { token: token() })
            }
            Err(
                error @ CryptokiError::Pkcs11(
                    RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange | RvError::PinExpired,
                    _,
                ),
            ) => {
                refused.insert(token());
                Err(HsmError::PinWrong { token: token(), source: error.into() })
            }
            Err(error) => Err(self.refused("log in", error)),
        }
    }

    /// Takes note of a key's public key, or refuses it when it is another than before.
    pub(super) fn recognise(&self, key: &str, public_key: PublicKey) -> Result<(), HsmError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(key) {
            Some(before) if *before != public_key => {
                Err(HsmError::KeyChanged { token: self.label().to_owned(), key: key.to_owned() })
            }
            Some(_) => Ok(()),
            None => {
                known.insert(key.to_owned(), public_key);
                Ok(())
            }
        }
    }

    /// The error for something that the token refused.
    pub(super) fn refused(&self, operation: &'static str, error: CryptokiError) -> HsmError {
        HsmError::Refused { token: self.label().to_owned(), operation, source: error.into() }
    }
}

impl TokenDetails {
    pub(super) fn new(info: &TokenInfo, digests: bool) -> Self {
        Self {
            label: info.label().to_owned(),
            manufacturer: info.manufacturer_id().to_owned(),
            model: info.model().to_owned(),
            serial: info.serial_number().to_owned(),
            digests,
            wrong_pin_tried: info.user_pin_count_low(),
        }
    }
}

impl fmt::Display for TokenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.token, self.module.display())
    }
}

/// The one slot whose token has this label.
pub(super) fn find_slot(pkcs11: &Pkcs11, label: &str) -> Result<(Slot, TokenInfo), HsmError> {
    let refused = |error: CryptokiError| HsmError::Refused {
        token: label.to_owned(),
        operation: "list its slots",
        source: error.into(),
    };
    let mut found: Vec<(Slot, TokenInfo)> = pkcs11
        .get_slots_with_token()
        .map_err(refused)?
        .into_iter()
        // A token that goes away between the two questions is one that is not there.
        .filter_map(|slot| Some((slot, pkcs11.get_token_info(slot).ok()?)))
        .filter(|(_, info)| info.token_initialized() && info.label() == label)
        .collect();
    match (found.pop(), found.len()) {
        (Some(only), 0) => Ok(only),
        (Some(_), more) => Err(HsmError::TokenAmbiguous { token: label.to_owned(), count: more + 1 }),
        (None, _) => Err(HsmError::TokenMissing { token: label.to_owned() }),
    }
}
