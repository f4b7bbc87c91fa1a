//! Signing.

use cryptoki_sys as ck;

use super::slots::parse_mechanism;
use super::{answer, pointer};
use crate::library;

pub(super) unsafe extern "C" fn sign_init(
    session: ck::CK_SESSION_HANDLE,
    mechanism: ck::CK_MECHANISM_PTR,
    key: ck::CK_OBJECT_HANDLE,
) -> ck::CK_RV {
    answer(|| {
        let session = library::current()?.session(session)?;
        // SAFETY: by PKCS#11, this points to a mechanism.
        session.sign_init(unsafe { parse_mechanism(mechanism) }?, key)
    })
}

pub(super) unsafe extern "C" fn sign(
    session: ck::CK_SESSION_HANDLE,
    data: ck::CK_BYTE_PTR,
    data_length: ck::CK_ULONG,
    signature: ck::CK_BYTE_PTR,
    signature_length: ck::CK_ULONG_PTR,
) -> ck::CK_RV {
    answer(|| {
        let session = library::current()?.session(session)?;
        // SAFETY: by PKCS#11, these are a message and a buffer with their lengths.
        let (data, room) =
            unsafe { (pointer::bytes(data, data_length), pointer::room(signature, signature_length)) };
        let delivery = session.sign(data, room)?;
        // SAFETY: the same buffer, with that room.
        unsafe { pointer::deliver(delivery, signature, signature_length) }
    })
}

pub(super) unsafe extern "C" fn sign_update(
    session: ck::CK_SESSION_HANDLE,
    part: ck::CK_BYTE_PTR,
    part_length: ck::CK_ULONG,
) -> ck::CK_RV {
    answer(|| {
        let session = library::current()?.session(session)?;
        // SAFETY: by PKCS#11, this is a part of a message and its length.
        session.sign_update(unsafe { pointer::bytes(part, part_length) })
    })
}

pub(super) unsafe extern "C" fn sign_final(
    session: ck::CK_SESSION_HANDLE,
    signature: ck::CK_BYTE_PTR,
    signature_length: ck::CK_ULONG_PTR,
) -> ck::CK_RV {
    answer(|| {
        let session = library::current()?.session(session)?;
        // SAFETY: by PKCS#11, this is a buffer and its length.
        let delivery = session.sign_final(unsafe { pointer::room(signature, signature_length) })?;
        // SAFETY: the same buffer, with that room.
        unsafe { pointer::deliver(delivery, signature, signature_length) }
    })
}
