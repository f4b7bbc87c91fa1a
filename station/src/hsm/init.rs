//! A new token for a bench: label, security officer's PIN, user's PIN.

use std::path::Path;
use std::time::Duration;

use cryptoki::context::Pkcs11;
use cryptoki::error::Error as CryptokiError;
use cryptoki::session::UserType;
use cryptoki::slot::Slot;

use super::library::Library;
use super::token::find_slot;
use super::{HsmError, Pin, TokenAddress};
use crate::device::Owner;

/// How long the whole of it may take; some tokens stretch PINs for a good while.
const DEADLINE: Duration = Duration::from_mins(1);
/// The room for a label in `CK_TOKEN_INFO`, in bytes.
const LONGEST_LABEL: usize = 32;

/// Initialises the first blank token that the module offers, and sets both PINs.
///
/// A token that was initialised before is never touched: `C_InitToken` would destroy its keys.
///
/// # Errors
/// A label that is taken, no blank token, and what the token refuses.
pub async fn init(address: TokenAddress, so_pin: Pin, user_pin: Pin) -> Result<(), HsmError> {
    let TokenAddress { module, token } = address;
    if token.is_empty() || token.len() > LONGEST_LABEL || token.trim_end() != token {
        return Err(HsmError::TokenLabel(token));
    }
    let owner = Owner::new("hsm-init", || Ok(()));
    owner
        .call("initialise a token", DEADLINE, move |()| init_blank(&module, &token, &so_pin, &user_pin))
        .await
        .map_err(HsmError::from)
}

fn init_blank(module: &Path, token: &str, so_pin: &Pin, user_pin: &Pin) -> Result<(), HsmError> {
    let library = Library::load(module, DEADLINE)?;
    // The officer's login holds for the whole process, so nobody else may log in meanwhile.
    let _turn = library.turn(DEADLINE)?;
    let pkcs11 = &library.pkcs11;
    match find_slot(pkcs11, token) {
        Err(HsmError::TokenMissing { .. }) => {}
        Ok(_) | Err(HsmError::TokenAmbiguous { .. }) => {
            return Err(HsmError::TokenTaken { token: token.to_owned() });
        }
        Err(error) => return Err(error),
    }
    let refused = |operation| {
        move |error: CryptokiError| HsmError::Refused {
            token: token.to_owned(),
            operation,
            source: error.into(),
        }
    };
    let blank = find_blank(pkcs11).map_err(refused("list its slots"))?.ok_or(HsmError::NoBlankToken)?;
    pkcs11.init_token(blank, &so_pin.for_login(), token).map_err(refused("be initialised"))?;

    // Some modules move a token to another slot when it is initialised.
    let (slot, _) = find_slot(pkcs11, token)?;
    let session = pkcs11.open_rw_session(slot).map_err(refused("open a session for writing"))?;
    session.login(UserType::So, Some(&so_pin.for_login())).map_err(refused("log its officer in"))?;
    let outcome = session.init_pin(&user_pin.for_login()).map_err(refused("take the user's PIN"));
    // The officer's login holds for the process and would stand in the user's way.
    session.logout().map_err(refused("log its officer out"))?;
    outcome?;
    library.refused().remove(token);
    Ok(())
}

fn find_blank(pkcs11: &Pkcs11) -> cryptoki::error::Result<Option<Slot>> {
    for slot in pkcs11.get_slots_with_token()? {
        if !pkcs11.get_token_info(slot)?.token_initialized() {
            return Ok(Some(slot));
        }
    }
    Ok(None)
}
