//! Verifying.

use cryptoki_sys as ck;

use super::slots::parse_mechanism;
use super::{answer, pointer};
use crate::library;

pub(super) unsafe extern "C" fn verify_init(
    session: ck::CK_SESSION_HANDLE,
    mechanism: ck::CK_MECHANISM_PTR,
    key: ck::CK_OBJECT_HANDLE,
) -> ck::CK_RV {
    answer(|| {
        let session = library::current()?.session(session)?;
        // SAFETY: by PKCS#11, this points to a mechanism.
        session.verify_init(unsafe { parse_mechanism(mechanism) }?, key)
    })
}

pub(super) unsafe extern "C" fn verify(
    session: ck::CK_SESSION_HANDLE,
    data: ck::CK_BYTE_PTR,
    data_length: ck::CK_ULONG,
    signature: ck::CK_BYTE_PTR,
    signature_length: ck::CK_ULONG,
) -> ck::CK_RV {
    answer(|| {
        let session = library::current()?.session(session)?;
        // SAFETY: by PKCS#11, these are a message and a signature with their lengths.
        let (data, signature) =
            unsafe { (pointer::bytes(data, data_length), pointer::bytes(signature, signature_length)) };
        session.verify(data, signature)
    })
}

pub(super) unsafe extern "C" fn verify_update(
    session: ck::CK_SESSION_HANDLE,
    part: ck::CK_BYTE_PTR,
    part_length: ck::CK_ULONG,
) -> ck::CK_RV {
    answer(|| {
        let session = library::current()?.session(session)?;
        // SAFETY: by PKCS#11, this is a part of a message and its length.
        session.verify_update(unsafe { pointer::bytes(part, part_length) })
    })
}

pub(super) unsafe extern "C" fn verify_final(
    session: ck::CK_SESSION_HANDLE,
    signature: ck::CK_BYTE_PTR,
    signature_length: ck::CK_ULONG,
) -> ck::CK_RV {
    answer(|| {
        let session = library::current()?.session(session)?;
        // SAFETY: by PKCS#11, this is a signature and its length.
        session.verify_final(unsafe { pointer::bytes(signature, signature_length) })
    })
}
