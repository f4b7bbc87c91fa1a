//! Sessions, login, PINs.

use cryptoki_sys as ck;

use super::{answer, answer_in, pointer};
use crate::fault::Function;
use crate::library;
use crate::refusal::Refusal;

pub(super) unsafe extern "C" fn open_session(
    slot: ck::CK_SLOT_ID,
    flags: ck::CK_FLAGS,
    _application: ck::CK_VOID_PTR,
    _notify: ck::CK_NOTIFY,
    session: ck::CK_SESSION_HANDLE_PTR,
) -> ck::CK_RV {
    answer(Function::OpenSession, || {
        let library = library::current()?;
        library.slot(slot)?;
        pointer::check(session)?;
        if flags & ck::CKF_SERIAL_SESSION == 0 {
            return Err(Refusal::SessionParallelNotSupported);
        }
        if flags & !(ck::CKF_SERIAL_SESSION | ck::CKF_RW_SESSION) != 0 {
            return Err(Refusal::ArgumentsBad);
        }
        let handle = library.open_session(slot, flags & ck::CKF_RW_SESSION != 0)?;
        // SAFETY: by PKCS#11, this points to room for a handle.
        unsafe { pointer::write(session, handle) }
    })
}

pub(super) unsafe extern "C" fn close_session(session: ck::CK_SESSION_HANDLE) -> ck::CK_RV {
    answer(Function::CloseSession, || library::current()?.close_session(session))
}

pub(super) unsafe extern "C" fn close_all_sessions(slot: ck::CK_SLOT_ID) -> ck::CK_RV {
    answer(Function::CloseAllSessions, || library::current()?.close_all_sessions(slot))
}

pub(super) unsafe extern "C" fn get_session_info(
    session: ck::CK_SESSION_HANDLE,
    info: ck::CK_SESSION_INFO_PTR,
) -> ck::CK_RV {
    answer_in(session, Function::GetSessionInfo, |session| {
        let read_write = if session.read_write() { ck::CKF_RW_SESSION } else { 0 };
        let value = ck::CK_SESSION_INFO {
            slotID: session.slot().id(),
            state: session.state()?,
            flags: ck::CKF_SERIAL_SESSION | read_write,
            ulDeviceError: 0,
        };
        // SAFETY: by PKCS#11, this points to room for the structure.
        unsafe { pointer::write(info, value) }
    })
}

pub(super) unsafe extern "C" fn login(
    session: ck::CK_SESSION_HANDLE,
    user: ck::CK_USER_TYPE,
    pin: ck::CK_UTF8CHAR_PTR,
    pin_length: ck::CK_ULONG,
) -> ck::CK_RV {
    answer_in(session, Function::Login, |session| {
        // SAFETY: by PKCS#11, these are a PIN and its length.
        session.login(user, unsafe { pointer::pin(pin, pin_length) }?)
    })
}

/// PKCS#11 3.0. Nobody has a name on these tokens, so only the empty one is right; a wrong one costs no try.
pub(super) unsafe extern "C" fn login_user(
    session: ck::CK_SESSION_HANDLE,
    user: ck::CK_USER_TYPE,
    pin: ck::CK_UTF8CHAR_PTR,
    pin_length: ck::CK_ULONG,
    _name: ck::CK_UTF8CHAR_PTR,
    name_length: ck::CK_ULONG,
) -> ck::CK_RV {
    answer_in(session, Function::LoginUser, |session| {
        if name_length != 0 {
            return Err(Refusal::ArgumentsBad);
        }
        // SAFETY: by PKCS#11, these are a PIN and its length.
        session.login(user, unsafe { pointer::pin(pin, pin_length) }?)
    })
}

/// PKCS#11 3.0. Operations that are not under way count as cancelled.
pub(super) unsafe extern "C" fn session_cancel(
    session: ck::CK_SESSION_HANDLE,
    flags: ck::CK_FLAGS,
) -> ck::CK_RV {
    answer_in(session, Function::SessionCancel, |session| session.cancel_kinds(flags))
}

pub(super) unsafe extern "C" fn logout(session: ck::CK_SESSION_HANDLE) -> ck::CK_RV {
    answer(Function::Logout, || library::current()?.logout(session))
}

pub(super) unsafe extern "C" fn init_pin(
    session: ck::CK_SESSION_HANDLE,
    pin: ck::CK_UTF8CHAR_PTR,
    pin_length: ck::CK_ULONG,
) -> ck::CK_RV {
    answer_in(session, Function::InitPin, |session| {
        // SAFETY: by PKCS#11, these are a PIN and its length.
        session.initialise_user_pin(unsafe { pointer::pin(pin, pin_length) }?)
    })
}

pub(super) unsafe extern "C" fn set_pin(
    session: ck::CK_SESSION_HANDLE,
    old: ck::CK_UTF8CHAR_PTR,
    old_length: ck::CK_ULONG,
    new: ck::CK_UTF8CHAR_PTR,
    new_length: ck::CK_ULONG,
) -> ck::CK_RV {
    answer_in(session, Function::SetPin, |session| {
        // SAFETY: by PKCS#11, these are two PINs and their lengths.
        let (old, new) = unsafe { (pointer::pin(old, old_length)?, pointer::pin(new, new_length)?) };
        session.change_pin(old, new)
    })
}
