//! Logging in, which is where PINs are guarded: none is tried twice, and never the last try.
//!
//! A PIN that was refused is refused for the whole process, whoever has it. Only a PIN that a person gives
//! anew is tried, once: until then nobody could come back from a mistyped one without a restart.

use cryptoki::error::{Error as CryptokiError, RvError};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::{Slot, TokenInfo};

use super::library::{Library, PinFate};
use super::token::{PinTries, Token};
use super::{HsmError, Pin};

/// Logs the process in, which holds for all its sessions with the token. Says whether there is a
/// login at all: some tokens ask for none.
///
/// Whoever calls has the library's turn, so that no two try PINs at the same time.
pub(super) fn log_in(
    token: &Token,
    library: &Library,
    session: &Session,
    (slot, info): (Slot, &TokenInfo),
) -> Result<bool, HsmError> {
    let label = || token.label().to_owned();
    let anew = token.tries_anew();
    if anew {
        // What was refused is another PIN: should this login break for another reason, nobody has tried this one.
        // What the token says now of the tries that remain is looked at below, whatever it said then.
        library.refused().remove(token.label());
    }
    match library.refused().get(token.label()) {
        Some(PinFate::Wrong) => {
            return Err(HsmError::PinRefusedBefore { token: label(), tries: PinTries::of(info) });
        }
        Some(PinFate::Locked) => return Err(HsmError::PinLocked { token: label() }),
        None => {}
    }
    let pin = token.pin().as_ref().map(Pin::for_login);
    // Asked after the PIN was looked for: it is forgotten in between, or not yet.
    if token.is_closed() {
        return Err(HsmError::Closed);
    }
    match &pin {
        Some(_) => {}
        // The PIN is typed on the HSM itself, or there is none.
        None if info.protected_authentication_path() => {}
        None if !info.login_required() => return Ok(false),
        None => return Err(HsmError::PinMissing { token: label() }),
    }
    match PinTries::of(info) {
        PinTries::None => return Err(HsmError::PinLocked { token: label() }),
        PinTries::Last => return Err(HsmError::PinLastTry { token: label() }),
        PinTries::NotLow | PinTries::Low => {}
    }
    let mut answer = session.login(UserType::User, pin.as_ref());
    if anew && matches!(answer, Err(CryptokiError::Pkcs11(RvError::UserAlreadyLoggedIn, _))) {
        // A session of before that does not end keeps the process logged in, and any PIN would do.
        session.logout().map_err(|error| token.refused("log out", error))?;
        answer = session.login(UserType::User, pin.as_ref());
    }
    if answer.is_ok() {
        library.refused().remove(token.label());
    }
    match answer {
        Ok(()) | Err(CryptokiError::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(true),
        Err(CryptokiError::Pkcs11(RvError::PinLocked, _)) => {
            library.refused().insert(label(), PinFate::Locked);
            Err(HsmError::PinLocked { token: label() })
        }
        Err(
            error @ CryptokiError::Pkcs11(
                RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange | RvError::PinExpired,
                _,
            ),
        ) => {
            library.refused().insert(label(), PinFate::Wrong);
            // What it says now counts this try. A token that does not answer has said nothing new.
            let tries =
                library.pkcs11.get_token_info(slot).map_or(PinTries::of(info), |info| PinTries::of(&info));
            Err(HsmError::PinWrong { token: label(), tries, source: error.into() })
        }
        Err(error) => Err(token.refused("log in", error)),
    }
}
