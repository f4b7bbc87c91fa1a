//! Digesting.

use cryptoki_sys as ck;

use super::slots::parse_mechanism;
use super::{answer, pointer};
use crate::library;

pub(super) unsafe extern "C" fn digest_init(
    session: ck::CK_SESSION_HANDLE,
    mechanism: ck::CK_MECHANISM_PTR,
) -> ck::CK_RV {
    answer(|| {
        let session = library::current()?.session(session)?;
        // SAFETY: by PKCS#11, this points to a mechanism.
        session.digest_init(unsafe { parse_mechanism(mechanism) }?)
    })
}

pub(super) unsafe extern "C" fn digest(
    session: ck::CK_SESSION_HANDLE,
    data: ck::CK_BYTE_PTR,
    data_length: ck::CK_ULONG,
    digest: ck::CK_BYTE_PTR,
    digest_length: ck::CK_ULONG_PTR,
) -> ck::CK_RV {
    answer(|| {
        let session = library::current()?.session(session)?;
        // SAFETY: by PKCS#11, these are a message and a buffer with their lengths.
        let (data, room) =
            unsafe { (pointer::bytes(data, data_length), pointer::room(digest, digest_length)) };
        let delivery = session.digest(data, room)?;
        // SAFETY: the same buffer, with that room.
        unsafe { pointer::deliver(delivery, digest, digest_length) }
    })
}

pub(super) unsafe extern "C" fn digest_update(
    session: ck::CK_SESSION_HANDLE,
    part: ck::CK_BYTE_PTR,
    part_length: ck::CK_ULONG,
) -> ck::CK_RV {
    answer(|| {
        let session = library::current()?.session(session)?;
        // SAFETY: by PKCS#11, this is a part of a message and its length.
        session.digest_update(unsafe { pointer::bytes(part, part_length) })
    })
}

pub(super) unsafe extern "C" fn digest_final(
    session: ck::CK_SESSION_HANDLE,
    digest: ck::CK_BYTE_PTR,
    digest_length: ck::CK_ULONG_PTR,
) -> ck::CK_RV {
    answer(|| {
        let session = library::current()?.session(session)?;
        // SAFETY: by PKCS#11, this is a buffer and its length.
        let delivery = session.digest_final(unsafe { pointer::room(digest, digest_length) })?;
        // SAFETY: the same buffer, with that room.
        unsafe { pointer::deliver(delivery, digest, digest_length) }
    })
}
