//! What can go wrong with the HSM.

use std::path::PathBuf;
use std::time::Duration;

use time::OffsetDateTime;

use super::refusal::{Damage, Refusal};
use super::state::Says;
use super::{Cause, Machine, PinError, PinTries, Usage};
use crate::device::CallError;
use crate::fault::{Coded, FaultCode};
use crate::pki::{CertificateError, PublicKeyError};
use crate::random::RandomError;

/// Why the HSM did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum HsmError {
    /// The PKCS#11 module's file is not there, or may not be read.
    #[error("the PKCS#11 module {} cannot be read", path.display())]
    ModuleMissing {
        /// Where it should be.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// The file cannot be loaded, or does not want to work.
    #[error("the PKCS#11 module {} cannot be used", path.display())]
    ModuleUnusable {
        /// Where it is.
        path: PathBuf,
        /// Why.
        #[source]
        source: Refusal,
    },
    /// The file is no library.
    #[error("the PKCS#11 module {} is no library", path.display())]
    ModuleNoLibrary {
        /// Where it is.
        path: PathBuf,
        /// What the loader said.
        #[source]
        source: Refusal,
    },
    /// The file is a library for another kind of machine.
    #[error("the PKCS#11 module {} is for {found}, not for {needed}", path.display())]
    ModuleForeign {
        /// Where it is.
        path: PathBuf,
        /// What it is built for.
        found: Machine,
        /// What it must be built for.
        needed: Machine,
        /// What the loader said.
        #[source]
        source: Refusal,
    },
    /// No slot holds a token with this label.
    #[error("no token has the label {token:?}")]
    TokenMissing {
        /// The label.
        token: String,
    },
    /// Several slots hold a token with this label.
    #[error("{count} tokens have the label {token:?}")]
    TokenAmbiguous {
        /// The label.
        token: String,
        /// How many.
        count: usize,
    },
    /// The token was there before, and no slot holds it now.
    #[error("the token {token:?} is gone")]
    TokenGone {
        /// The label.
        token: String,
    },
    /// Another token with the same label is in the place of the one that was there.
    #[error("the token {token:?} has the serial number {found:?} and had {expected:?}; it is another")]
    TokenOther {
        /// The label.
        token: String,
        /// The serial number of the one that was there.
        expected: String,
        /// The serial number of the one that is.
        found: String,
    },
    /// The token has a clock that is more than five minutes off the station's.
    #[error("the clock of the token {token:?} shows {shown}, and the station's {station}")]
    ClockOff {
        /// The token.
        token: String,
        /// What its clock shows, as the token writes it.
        shown: String,
        /// What the station's clock shows.
        station: OffsetDateTime,
    },
    /// A token with this label is already there, so none is initialised.
    #[error("a token with the label {token:?} is already there")]
    TokenTaken {
        /// The label.
        token: String,
    },
    /// No slot holds a token that was never initialised.
    #[error("no slot holds a token that can be initialised")]
    NoBlankToken,
    /// A label that is empty or too long for a token (32 bytes).
    #[error("{0:?} cannot be the label of a token")]
    TokenLabel(String),
    /// The token wants a PIN, and none was given.
    #[error("the token {token:?} wants a PIN, and none was given")]
    PinMissing {
        /// The token.
        token: String,
    },
    /// The PIN could not be had from where it should come.
    #[error("the PIN cannot be had")]
    PinUnreadable(#[source] PinError),
    /// The token refused the PIN.
    #[error("the token {token:?} refused the PIN; {tries}")]
    PinWrong {
        /// The token.
        token: String,
        /// What it says of the tries that remain.
        tries: PinTries,
        /// What it said.
        #[source]
        source: Refusal,
    },
    /// The token refused the PIN before, so it was not tried again.
    #[error("the token {token:?} refused the PIN earlier; it was not tried again; {tries}")]
    PinRefusedBefore {
        /// The token.
        token: String,
        /// What it says of the tries that remain.
        tries: PinTries,
    },
    /// One more wrong PIN would lock the token, so none was tried.
    #[error("the token {token:?} has one try left before it locks; the PIN was not tried")]
    PinLastTry {
        /// The token.
        token: String,
    },
    /// The PIN is locked.
    #[error("the PIN of the token {token:?} is locked")]
    PinLocked {
        /// The token.
        token: String,
    },
    /// No key has this label, or only half of one.
    #[error("the token {token:?} has no {half} key with the label {key:?}")]
    KeyAbsent {
        /// The token.
        token: String,
        /// The label.
        key: String,
        /// `private` or `public`.
        half: &'static str,
    },
    /// Several keys have this label.
    #[error("the token {token:?} has {count} {half} keys with the label {key:?}")]
    KeyAmbiguous {
        /// The token.
        token: String,
        /// The label.
        key: String,
        /// `private` or `public`.
        half: &'static str,
        /// How many.
        count: usize,
    },
    /// A key is to be made, and its label is taken.
    #[error("the token {token:?} already has a key with the label {key:?}")]
    KeyTaken {
        /// The token.
        token: String,
        /// The label.
        key: String,
    },
    /// The label belongs to another key than it did before.
    #[error("the key {key:?} in the token {token:?} is not the one that was there before")]
    KeyChanged {
        /// The token.
        token: String,
        /// The label.
        key: String,
    },
    /// The token holds a certificate under the key's label that is of another key.
    #[error("the certificate {key:?} in the token {token:?} is of another key than the one beside it")]
    CertificateOther {
        /// The token.
        token: String,
        /// The label.
        key: String,
    },
    /// The token holds something under the key's label that is no certificate of ours.
    #[error("the certificate {key:?} in the token {token:?} cannot be used")]
    CertificateUnusable {
        /// The token.
        token: String,
        /// The label.
        key: String,
        /// Why.
        #[source]
        source: CertificateError,
    },
    /// The key has made all signatures that the token allows it.
    #[error("the key {key:?} in the token {token:?} has reached its limit: {usage}")]
    UsageSpent {
        /// The token.
        token: String,
        /// The label.
        key: String,
        /// How many there were, and may be.
        usage: Usage,
    },
    /// The key is not one on P-256.
    #[error("the key {key:?} cannot be used")]
    KeyUnusable {
        /// The label.
        key: String,
        /// Why.
        #[source]
        source: PublicKeyError,
    },
    /// The token made a key that could be read out of it. The key was destroyed.
    #[error("the token {token:?} makes keys that can leave it")]
    KeyExposed {
        /// The token.
        token: String,
    },
    /// The token can neither `CKM_ECDSA_SHA256` nor `CKM_ECDSA`.
    #[error("the token {token:?} does not sign with ECDSA")]
    NoEcdsa {
        /// The token.
        token: String,
    },
    /// The token gave no signature.
    #[error("the token {token:?} did not sign with the key {key:?}")]
    Sign {
        /// The token.
        token: String,
        /// The label of the key.
        key: String,
        /// What it said.
        #[source]
        source: Refusal,
    },
    /// What the token gave is no signature: not 64 bytes r‖s, or numbers out of range.
    #[error("the key {key:?} gave {length} bytes that are no ECDSA signature over P-256")]
    SignatureMalformed {
        /// The label of the key.
        key: String,
        /// How many bytes.
        length: usize,
    },
    /// The token gives no session more.
    #[error("the token {token:?} gives no session more")]
    NoSession {
        /// The token.
        token: String,
        /// What it said.
        #[source]
        source: Refusal,
    },
    /// The last try failed so short a time ago that there was no other.
    #[error("the token {token:?} was not tried again; in {} ms it will be", wait.as_millis())]
    TriedLately {
        /// The token.
        token: String,
        /// How long until it may be tried again.
        wait: Duration,
        /// Why the last try failed.
        #[source]
        source: Cause,
    },
    /// It was closed: the PIN is forgotten.
    #[error("the HSM was closed")]
    Closed,
    /// Anything else that was asked of the token.
    #[error("the token {token:?} refused to {operation}")]
    Refused {
        /// The token.
        token: String,
        /// What was asked, as a verb.
        operation: &'static str,
        /// What it said.
        #[source]
        source: Refusal,
    },
    /// No random bytes for the identifier of a new key.
    #[error("no identifier for the new key")]
    Random(#[source] RandomError),
    /// The deadline passed.
    #[error("the HSM took longer than {} ms to {operation}", deadline.as_millis())]
    Overdue {
        /// What was asked.
        operation: &'static str,
        /// How long it had.
        deadline: Duration,
    },
    /// Every session is in a call that does not return.
    #[error("all {sessions} sessions of the HSM are in calls that do not return")]
    Hung {
        /// How many.
        sessions: u16,
    },
    /// The PKCS#11 module, or our part around it, panicked.
    #[error("the HSM's driver panicked when asked to {operation}: {message}")]
    Panicked {
        /// What was asked.
        operation: &'static str,
        /// What the panic said.
        message: String,
    },
    /// No thread could be started for the HSM.
    #[error("cannot start the HSM's thread")]
    NoThread(#[source] std::io::Error),
}

impl HsmError {
    /// What the token says of the tries at the PIN that remain, if it is the PIN that stands in the way.
    pub fn tries(&self) -> Option<PinTries> {
        match self {
            Self::PinWrong { tries, .. } | Self::PinRefusedBefore { tries, .. } => Some(*tries),
            Self::PinLastTry { .. } => Some(PinTries::Last),
            Self::PinLocked { .. } => Some(PinTries::None),
            _ => None,
        }
    }

    /// What the error says about the session in which it happened.
    pub(super) fn damage(&self) -> Damage {
        match self {
            Self::Sign { source, .. } | Self::Refused { source, .. } => source.damage(),
            _ => Damage::None,
        }
    }

    /// What the error says about the HSM as a whole.
    pub(super) fn says(&self) -> Says {
        match self {
            Self::PinMissing { .. }
            | Self::PinUnreadable(_)
            | Self::PinWrong { .. }
            | Self::PinRefusedBefore { .. }
            | Self::PinLastTry { .. }
            | Self::PinLocked { .. } => Says::Locked,
            Self::ModuleMissing { .. }
            | Self::ModuleUnusable { .. }
            | Self::ModuleNoLibrary { .. }
            | Self::ModuleForeign { .. }
            | Self::TokenMissing { .. }
            | Self::TokenAmbiguous { .. }
            | Self::TokenGone { .. }
            | Self::TokenOther { .. }
            | Self::ClockOff { .. }
            | Self::NoEcdsa { .. }
            | Self::TriedLately { .. }
            | Self::Overdue { .. }
            | Self::Hung { .. }
            | Self::Panicked { .. }
            | Self::NoThread(_) => Says::Lost,
            Self::Sign { .. } | Self::Refused { .. } => match self.damage() {
                Damage::None => Says::Nothing,
                Damage::Stale | Damage::Dead => Says::Lost,
            },
            Self::TokenTaken { .. }
            | Self::NoBlankToken
            | Self::TokenLabel(_)
            | Self::NoSession { .. }
            | Self::KeyAbsent { .. }
            | Self::KeyAmbiguous { .. }
            | Self::KeyTaken { .. }
            | Self::KeyChanged { .. }
            | Self::KeyUnusable { .. }
            | Self::KeyExposed { .. }
            | Self::CertificateOther { .. }
            | Self::CertificateUnusable { .. }
            | Self::UsageSpent { .. }
            | Self::SignatureMalformed { .. }
            | Self::Closed
            | Self::Random(_) => Says::Nothing,
        }
    }
}

impl Coded for HsmError {
    fn code(&self) -> FaultCode {
        match self {
            Self::ModuleMissing { .. }
            | Self::ModuleUnusable { .. }
            | Self::ModuleNoLibrary { .. }
            | Self::ModuleForeign { .. } => FaultCode::HsmModuleFile,
            Self::TokenMissing { .. } | Self::TokenAmbiguous { .. } | Self::NoBlankToken => {
                FaultCode::HsmTokenMissing
            }
            Self::TokenGone { .. } | Self::Panicked { .. } => FaultCode::HsmLost,
            Self::TokenOther { .. } => FaultCode::HsmTokenOther,
            Self::ClockOff { .. } => FaultCode::HsmClock,
            Self::TokenTaken { .. } | Self::TokenLabel(_) => FaultCode::Configuration,
            Self::PinMissing { .. } | Self::PinUnreadable(_) => FaultCode::HsmPinMissing,
            Self::PinWrong { .. } | Self::PinRefusedBefore { .. } => FaultCode::HsmPinWrong,
            Self::PinLastTry { .. } | Self::PinLocked { .. } => FaultCode::HsmPinLocked,
            Self::KeyAbsent { .. } => FaultCode::HsmKeyAbsent,
            Self::KeyAmbiguous { .. } | Self::KeyTaken { .. } => FaultCode::HsmKeyAmbiguous,
            Self::KeyChanged { .. } | Self::KeyUnusable { .. } => FaultCode::AuthorityMismatch,
            Self::CertificateOther { .. } | Self::CertificateUnusable { .. } => {
                FaultCode::HsmCertificateOther
            }
            Self::UsageSpent { .. } => FaultCode::HsmUsageLimit,
            Self::NoSession { .. } => FaultCode::HsmSessions,
            Self::TriedLately { source, .. } => source.code(),
            Self::Closed => FaultCode::AuthorityClosed,
            Self::Sign { source, .. } | Self::Refused { source, .. } => refused(source),
            Self::KeyExposed { .. } | Self::NoEcdsa { .. } | Self::SignatureMalformed { .. } => {
                FaultCode::HsmSign
            }
            Self::Overdue { .. } | Self::Hung { .. } => FaultCode::HsmSlow,
            Self::Random(_) | Self::NoThread(_) => FaultCode::Bug,
        }
    }
}

/// What a return value means to the operator, whatever it was that the token refused.
fn refused(source: &Refusal) -> FaultCode {
    if source.is_full() {
        return FaultCode::HsmFull;
    }
    if source.is_occupied() {
        return FaultCode::HsmOfficerLoggedIn;
    }
    match source.damage() {
        Damage::None => FaultCode::HsmSign,
        Damage::Stale | Damage::Dead => FaultCode::HsmLost,
    }
}

impl From<PinError> for HsmError {
    fn from(source: PinError) -> Self {
        Self::PinUnreadable(source)
    }
}

impl From<CallError<HsmError>> for HsmError {
    fn from(error: CallError<HsmError>) -> Self {
        match error {
            CallError::Device(error) => error,
            CallError::Overdue { operation, deadline, .. } => Self::Overdue { operation, deadline },
            CallError::Panicked { operation, message, .. } => Self::Panicked { operation, message },
            CallError::NoThread { source, .. } => Self::NoThread(source),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cryptoki::context::Function;
    use cryptoki::error::{Error as CryptokiError, RvError};

    fn sign(value: RvError) -> HsmError {
        let source = CryptokiError::Pkcs11(value, Function::Sign).into();
        HsmError::Sign { token: "bench-ca".into(), key: "issuing".into(), source }
    }

    #[test]
    fn loss_is_told_from_refusal() {
        let lost = sign(RvError::TokenNotPresent);
        assert_eq!((lost.code(), lost.says()), (FaultCode::HsmLost, Says::Lost));
        let refused = sign(RvError::FunctionFailed);
        assert_eq!((refused.code(), refused.says()), (FaultCode::HsmSign, Says::Nothing));
    }

    #[test]
    fn a_hanging_library_and_a_panicking_one_have_their_codes() {
        let deadline = Duration::from_secs(15);
        let overdue = CallError::Overdue { device: "hsm".into(), operation: "sign", deadline };
        let overdue = HsmError::from(overdue);
        assert_eq!((overdue.code(), overdue.says()), (FaultCode::HsmSlow, Says::Lost));
        assert_eq!(overdue.to_string(), "the HSM took longer than 15000 ms to sign");
        let message = "index out of bounds".into();
        let panicked =
            HsmError::from(CallError::Panicked { device: "hsm".into(), operation: "sign", message });
        assert_eq!((panicked.code(), panicked.says()), (FaultCode::HsmLost, Says::Lost));
    }

    #[test]
    fn the_chain_names_the_return_value_once() {
        let chain = crate::fault::Chain::of(&sign(RvError::DeviceRemoved)).to_string();
        assert_eq!(
            chain,
            "the token \"bench-ca\" did not sign with the key \"issuing\": \
             C_Sign answered CKR_DEVICE_REMOVED"
        );
    }
}
