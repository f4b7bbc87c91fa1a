//! What a PKCS#11 module answered instead of `CKR_OK`, in PKCS#11's own names.

use std::error::Error;
use std::fmt;

use cryptoki::error::{Error as CryptokiError, RvError};

/// An unsuccessful answer of a PKCS#11 module, or a failure to ask it.
#[derive(Debug)]
pub struct Refusal(CryptokiError);

/// What a refusal says about the session it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Damage {
    /// The session is as good as before.
    None,
    /// The session is there, but of no use until it is opened anew.
    Stale,
    /// The session's handle is dead and must not be closed: it may belong to somebody else by now.
    Dead,
}

impl Refusal {
    /// The return value, when the module gave one.
    pub fn return_value(&self) -> Option<RvError> {
        match self.0 {
            CryptokiError::Pkcs11(value, _) => Some(value),
            _ => None,
        }
    }

    /// Whether the token has no room.
    pub(super) fn is_full(&self) -> bool {
        matches!(self.return_value(), Some(RvError::DeviceMemory))
    }

    /// Whether somebody else is logged in, and nobody beside.
    pub(super) fn is_occupied(&self) -> bool {
        matches!(
            self.return_value(),
            Some(RvError::SessionReadWriteSoExists | RvError::UserAnotherAlreadyLoggedIn)
        )
    }

    pub(super) fn damage(&self) -> Damage {
        match self.return_value() {
            Some(
                RvError::SessionHandleInvalid
                | RvError::SessionClosed
                | RvError::DeviceRemoved
                | RvError::TokenNotPresent
                | RvError::TokenNotRecognized
                | RvError::SlotIdInvalid
                | RvError::CryptokiNotInitialized,
            ) => Damage::Dead,
            Some(
                RvError::UserNotLoggedIn
                | RvError::KeyHandleInvalid
                | RvError::ObjectHandleInvalid
                | RvError::DeviceError
                // A logout between the two halves of a signature ends the operation with the login.
                | RvError::OperationNotInitialized
                | RvError::OperationActive,
            ) => Damage::Stale,
            _ => Damage::None,
        }
    }
}

impl From<CryptokiError> for Refusal {
    fn from(error: CryptokiError) -> Self {
        Self(error)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            CryptokiError::Pkcs11(RvError::VendorDefined(value), function) => {
                write!(f, "C_{function:?} answered CKR_VENDOR_DEFINED ({value:#x})")
            }
            CryptokiError::Pkcs11(RvError::UnknownErrorCode(value), function) => {
                write!(f, "C_{function:?} answered the unknown value {value:#x}")
            }
            CryptokiError::Pkcs11(value, function) => {
                write!(f, "C_{function:?} answered CKR_{}", upper_snake(&format!("{value:?}")))
            }
            CryptokiError::LibraryLoading(_) => f.write_str("the file cannot be loaded as a library"),
            CryptokiError::MissingSymbol(name) => write!(f, "the library has no {name}"),
            CryptokiError::NullFunctionPointer => f.write_str("the library lacks the function"),
            CryptokiError::NotSupported
            | CryptokiError::TryFromInt(_)
            | CryptokiError::TryFromSlice(_)
            | CryptokiError::ParseInt(_)
            | CryptokiError::Utf8(_)
            | CryptokiError::NulError(_)
            | CryptokiError::InvalidValue
            | CryptokiError::PinNotSet => f.write_str("the module's answer cannot be understood"),
        }
    }
}

impl Error for Refusal {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

/// `DeviceRemoved` becomes `DEVICE_REMOVED`, as the standard spells its return values.
fn upper_snake(name: &str) -> String {
    let mut spelled = String::with_capacity(name.len() + 4);
    for (index, character) in name.chars().enumerate() {
        if character.is_ascii_uppercase() && index > 0 {
            spelled.push('_');
        }
        spelled.push(character.to_ascii_uppercase());
    }
    spelled
}

#[cfg(test)]
mod tests {
    use super::*;
    use cryptoki::context::Function;

    fn refusal(value: RvError, function: Function) -> Refusal {
        CryptokiError::Pkcs11(value, function).into()
    }

    #[test]
    fn return_values_have_their_standard_names() {
        let text = |value, function| refusal(value, function).to_string();
        assert_eq!(text(RvError::DeviceRemoved, Function::Sign), "C_Sign answered CKR_DEVICE_REMOVED");
        assert_eq!(text(RvError::PinLocked, Function::InitPIN), "C_InitPIN answered CKR_PIN_LOCKED");
        assert_eq!(
            text(RvError::VendorDefined(0x8000_0001), Function::Login),
            "C_Login answered CKR_VENDOR_DEFINED (0x80000001)"
        );
    }

    #[test]
    fn a_dead_session_is_told_from_a_stale_one() {
        let damage = |value| refusal(value, Function::Sign).damage();
        assert_eq!(damage(RvError::SessionHandleInvalid), Damage::Dead);
        assert_eq!(damage(RvError::UserNotLoggedIn), Damage::Stale);
        assert_eq!(damage(RvError::FunctionFailed), Damage::None);
    }
}
