//! Signing.

use cryptoki_sys as ck;

use super::{operation, pointer};
use crate::fault::Function;
use crate::library::session::Session;

pub(super) unsafe extern "C" fn sign_init(
    session: ck::CK_SESSION_HANDLE,
    mechanism: ck::CK_MECHANISM_PTR,
    key: ck::CK_OBJECT_HANDLE,
) -> ck::CK_RV {
    let call = |session: &Session, mechanism| session.sign_init(mechanism, key);
    // SAFETY: by PKCS#11, this points to a mechanism.
    unsafe { operation::begin(Function::SignInit, session, mechanism, call) }
}

pub(super) unsafe extern "C" fn sign(
    session: ck::CK_SESSION_HANDLE,
    data: ck::CK_BYTE_PTR,
    data_length: ck::CK_ULONG,
    signature: ck::CK_BYTE_PTR,
    signature_length: ck::CK_ULONG_PTR,
) -> ck::CK_RV {
    // SAFETY: by PKCS#11, this is a message and its length.
    let data = unsafe { pointer::bytes(data, data_length) };
    let call = |session: &Session, room| session.sign(data, room);
    // SAFETY: by PKCS#11, this is a buffer and its length.
    unsafe { operation::give(Function::Sign, session, signature, signature_length, call) }
}

pub(super) unsafe extern "C" fn sign_update(
    session: ck::CK_SESSION_HANDLE,
    part: ck::CK_BYTE_PTR,
    part_length: ck::CK_ULONG,
) -> ck::CK_RV {
    // SAFETY: by PKCS#11, this is a part of a message and its length.
    unsafe { operation::take(Function::SignUpdate, session, part, part_length, Session::sign_update) }
}

pub(super) unsafe extern "C" fn sign_final(
    session: ck::CK_SESSION_HANDLE,
    signature: ck::CK_BYTE_PTR,
    signature_length: ck::CK_ULONG_PTR,
) -> ck::CK_RV {
    // SAFETY: by PKCS#11, this is a buffer and its length.
    unsafe { operation::give(Function::SignFinal, session, signature, signature_length, Session::sign_final) }
}
