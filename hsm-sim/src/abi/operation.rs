//! What signing, verifying and digesting have in common at this boundary.

use cryptoki_sys as ck;

use super::slots::parse_mechanism;
use super::{answer_in, no_panic, pointer};
use crate::fault::Function;
use crate::library;
use crate::library::faults::{self, Signature};
use crate::library::mechanism::Mechanism;
use crate::library::session::{Delivery, Room, Session};
use crate::refusal::Answer;

/// The first call of an operation.
///
/// # Safety
/// Unless null or misaligned, `mechanism` points to the structure.
pub(super) unsafe fn begin(
    function: Function,
    session: ck::CK_SESSION_HANDLE,
    mechanism: ck::CK_MECHANISM_PTR,
    call: impl FnOnce(&Session, Mechanism) -> Answer<()>,
) -> ck::CK_RV {
    answer_in(session, function, |session| {
        // SAFETY: as for this function.
        call(session, unsafe { parse_mechanism(mechanism) }?)
    })
}

/// A call that brings bytes and has no result. Bytes that cannot be are refused by the operation, which ends by that.
///
/// # Safety
/// Unless null, `bytes` points to so many bytes.
pub(super) unsafe fn take(
    function: Function,
    session: ck::CK_SESSION_HANDLE,
    bytes: ck::CK_BYTE_PTR,
    length: ck::CK_ULONG,
    call: impl FnOnce(&Session, Answer<&[u8]>) -> Answer<()>,
) -> ck::CK_RV {
    answer_or_end(function, session, |session, _| {
        // SAFETY: as for this function.
        call(session, unsafe { pointer::bytes(bytes, length) })
    })
}

/// A call with a result, for which the caller has a buffer, or asks how long it would have to be.
///
/// # Safety
/// Unless null or misaligned, `length` points to a number, and `buffer`, unless null, to as much room as that says.
pub(super) unsafe fn give(
    function: Function,
    session: ck::CK_SESSION_HANDLE,
    buffer: ck::CK_BYTE_PTR,
    length: ck::CK_ULONG_PTR,
    call: impl FnOnce(&Session, Answer<Room>) -> Answer<Delivery>,
) -> ck::CK_RV {
    let body = |session: &Session, signature| {
        // SAFETY: as for this function.
        let delivery = call(session, unsafe { pointer::room(buffer, length) })?;
        let delivery = if signature == Signature::Wrong { delivery.spoilt() } else { delivery };
        // SAFETY: the same buffer, with that room.
        unsafe { pointer::deliver(&delivery, buffer, length) }
    };
    if buffer.is_null() {
        // Some callers ask for the length first and some know it; a script is not to depend on that.
        no_panic(|| body(&*library::current()?.session(session)?, Signature::Whole))
    } else {
        answer_or_end(function, session, body)
    }
}

/// Runs the body of a call that ends its operation should it fail: by a scripted fault as well, in place of the body.
fn answer_or_end(
    function: Function,
    session: ck::CK_SESSION_HANDLE,
    body: impl FnOnce(&Session, Signature) -> Answer<()>,
) -> ck::CK_RV {
    no_panic(|| {
        let mut carried_out = false;
        let outcome = faults::run(function, Some(session), |signature| {
            carried_out = true;
            body(&*library::current()?.session(session)?, signature)
        });
        if !carried_out && let Ok(session) = library::current().and_then(|library| library.session(session)) {
            session.cancel()?;
        }
        outcome
    })
}
