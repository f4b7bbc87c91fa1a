//! Digesting.

use cryptoki_sys as ck;

use super::{operation, pointer};
use crate::fault::Function;
use crate::library::session::Session;

pub(super) unsafe extern "C" fn digest_init(
    session: ck::CK_SESSION_HANDLE,
    mechanism: ck::CK_MECHANISM_PTR,
) -> ck::CK_RV {
    // SAFETY: by PKCS#11, this points to a mechanism.
    unsafe { operation::begin(Function::DigestInit, session, mechanism, Session::digest_init) }
}

pub(super) unsafe extern "C" fn digest(
    session: ck::CK_SESSION_HANDLE,
    data: ck::CK_BYTE_PTR,
    data_length: ck::CK_ULONG,
    digest: ck::CK_BYTE_PTR,
    digest_length: ck::CK_ULONG_PTR,
) -> ck::CK_RV {
    // SAFETY: by PKCS#11, this is a message and its length.
    let data = unsafe { pointer::bytes(data, data_length) };
    let call = |session: &Session, room| session.digest(data, room);
    // SAFETY: by PKCS#11, this is a buffer and its length.
    unsafe { operation::give(Function::Digest, session, digest, digest_length, call) }
}

pub(super) unsafe extern "C" fn digest_update(
    session: ck::CK_SESSION_HANDLE,
    part: ck::CK_BYTE_PTR,
    part_length: ck::CK_ULONG,
) -> ck::CK_RV {
    // SAFETY: by PKCS#11, this is a part of a message and its length.
    unsafe { operation::take(Function::DigestUpdate, session, part, part_length, Session::digest_update) }
}

pub(super) unsafe extern "C" fn digest_final(
    session: ck::CK_SESSION_HANDLE,
    digest: ck::CK_BYTE_PTR,
    digest_length: ck::CK_ULONG_PTR,
) -> ck::CK_RV {
    // SAFETY: by PKCS#11, this is a buffer and its length.
    unsafe { operation::give(Function::DigestFinal, session, digest, digest_length, Session::digest_final) }
}
