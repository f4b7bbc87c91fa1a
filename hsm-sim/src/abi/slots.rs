//! Slots, tokens, mechanisms.

use cryptoki_sys as ck;

use super::answer;
use super::general::{MANUFACTURER, VERSION};
use super::pointer::{self, number, padded};
use crate::fault::Function;
use crate::library::mechanism::Mechanism;
use crate::library::{self, faults};
use crate::refusal::{Answer, Refusal};
use crate::token::{PIN_MAX, PIN_MIN, TokenInfo};

pub(super) unsafe extern "C" fn get_slot_list(
    token_present: ck::CK_BBOOL,
    list: ck::CK_SLOT_ID_PTR,
    count: ck::CK_ULONG_PTR,
) -> ck::CK_RV {
    answer(Function::GetSlotList, || {
        let library = library::current()?;
        let mut slots = library.slot_ids();
        slots.retain(|slot| token_present == ck::CK_FALSE || faults::token_is_present(*slot));
        // SAFETY: by PKCS#11, these are a list and its length.
        unsafe { pointer::deliver_list(&slots, list, count) }
    })
}

pub(super) unsafe extern "C" fn get_slot_info(slot: ck::CK_SLOT_ID, info: ck::CK_SLOT_INFO_PTR) -> ck::CK_RV {
    answer(Function::GetSlotInfo, || {
        let library = library::current()?;
        let slot = library.slot(slot)?.id();
        let value = ck::CK_SLOT_INFO {
            slotDescription: padded(&format!("hsm-sim TEST slot {slot}")),
            manufacturerID: padded(MANUFACTURER),
            flags: if faults::token_is_present(slot) { ck::CKF_TOKEN_PRESENT } else { 0 },
            hardwareVersion: VERSION,
            firmwareVersion: VERSION,
        };
        // SAFETY: by PKCS#11, this points to room for the structure.
        unsafe { pointer::write(info, value) }
    })
}

pub(super) unsafe extern "C" fn get_token_info(
    slot: ck::CK_SLOT_ID,
    info: ck::CK_TOKEN_INFO_PTR,
) -> ck::CK_RV {
    answer(Function::GetTokenInfo, || {
        let library = library::current()?;
        pointer::check(info)?;
        library.close_idle_sessions()?;
        let token = library.slot(slot)?.token()?.info()?;
        // SAFETY: by PKCS#11, this points to room for the structure.
        unsafe { pointer::write(info, token_info(&token)) }
    })
}

pub(super) unsafe extern "C" fn get_mechanism_list(
    slot: ck::CK_SLOT_ID,
    list: ck::CK_MECHANISM_TYPE_PTR,
    count: ck::CK_ULONG_PTR,
) -> ck::CK_RV {
    answer(Function::GetMechanismList, || {
        library::current()?.slot(slot)?;
        let mechanisms = Mechanism::ALL.map(Mechanism::number);
        // SAFETY: by PKCS#11, these are a list and its length.
        unsafe { pointer::deliver_list(&mechanisms, list, count) }
    })
}

pub(super) unsafe extern "C" fn get_mechanism_info(
    slot: ck::CK_SLOT_ID,
    mechanism: ck::CK_MECHANISM_TYPE,
    info: ck::CK_MECHANISM_INFO_PTR,
) -> ck::CK_RV {
    answer(Function::GetMechanismInfo, || {
        library::current()?.slot(slot)?;
        let value = Mechanism::from_number(mechanism)?.info();
        // SAFETY: by PKCS#11, this points to room for the structure.
        unsafe { pointer::write(info, value) }
    })
}

pub(super) unsafe extern "C" fn init_token(
    slot: ck::CK_SLOT_ID,
    pin: ck::CK_UTF8CHAR_PTR,
    pin_length: ck::CK_ULONG,
    label: ck::CK_UTF8CHAR_PTR,
) -> ck::CK_RV {
    answer(Function::InitToken, || {
        let library = library::current()?;
        let slot = library.slot(slot)?;
        // SAFETY: by PKCS#11, these are a PIN and its length.
        let pin = unsafe { pointer::pin(pin, pin_length) }?;
        // SAFETY: by PKCS#11, this points to 32 bytes.
        let label = unsafe { pointer::read(label.cast::<[u8; 32]>()) }?;
        let label = parse_label(&label)?;
        slot.token()?.initialise(label, pin)
    })
}

/// The mechanism that the caller chose. None of them takes a parameter.
///
/// # Safety
/// Unless null or misaligned, `mechanism` points to the structure.
pub(super) unsafe fn parse_mechanism(mechanism: ck::CK_MECHANISM_PTR) -> Answer<Mechanism> {
    // SAFETY: as for this function.
    let mechanism = unsafe { pointer::read(mechanism) }?;
    let known = Mechanism::from_number(mechanism.mechanism)?;
    if mechanism.ulParameterLen != 0 {
        return Err(Refusal::MechanismParameterInvalid);
    }
    Ok(known)
}

/// A label as `C_InitToken` wants it: UTF-8, padded with blanks, without a terminating zero.
fn parse_label(label: &[u8; 32]) -> Answer<&str> {
    match str::from_utf8(label) {
        Ok(label) if !label.contains('\0') => Ok(label.trim_end_matches(' ')),
        _ => Err(Refusal::ArgumentsBad),
    }
}

fn token_info(token: &TokenInfo) -> ck::CK_TOKEN_INFO {
    let limit = number(token.session_limit);
    ck::CK_TOKEN_INFO {
        label: padded(&token.label),
        manufacturerID: padded(MANUFACTURER),
        model: padded("hsm-sim TEST"),
        serialNumber: padded(&token.serial),
        flags: token.flags,
        ulMaxSessionCount: limit,
        ulSessionCount: number(token.sessions),
        ulMaxRwSessionCount: limit,
        ulRwSessionCount: number(token.read_write_sessions),
        ulMaxPinLen: number(PIN_MAX),
        ulMinPinLen: number(PIN_MIN),
        ulTotalPublicMemory: ck::CK_UNAVAILABLE_INFORMATION,
        ulFreePublicMemory: ck::CK_UNAVAILABLE_INFORMATION,
        ulTotalPrivateMemory: ck::CK_UNAVAILABLE_INFORMATION,
        ulFreePrivateMemory: ck::CK_UNAVAILABLE_INFORMATION,
        hardwareVersion: VERSION,
        firmwareVersion: VERSION,
        utcTime: padded(token.time.as_deref().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_padded_with_blanks_and_nothing_else() {
        assert_eq!(parse_label(&padded("bench-ca")), Ok("bench-ca"));
        assert_eq!(parse_label(&padded("")), Ok(""));
        assert_eq!(parse_label(&padded("bench-ca\0")), Err(Refusal::ArgumentsBad));
        assert_eq!(parse_label(&[0xff; 32]), Err(Refusal::ArgumentsBad));
    }
}
