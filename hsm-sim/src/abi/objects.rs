//! Finding, reading, changing, making, copying and destroying objects.

use cryptoki_sys as ck;

use super::slots::parse_mechanism;
use super::{answer_in, pointer, template};
use crate::fault::Function;
use crate::library::session::Session;
use crate::object::template::Template;

pub(super) unsafe extern "C" fn find_objects_init(
    session: ck::CK_SESSION_HANDLE,
    wanted: ck::CK_ATTRIBUTE_PTR,
    count: ck::CK_ULONG,
) -> ck::CK_RV {
    answer_in(session, Function::FindObjectsInit, |session| {
        // SAFETY: by PKCS#11, these are a template and its length.
        session.find_init(&unsafe { template::copy(wanted, count) }?)
    })
}

pub(super) unsafe extern "C" fn find_objects(
    session: ck::CK_SESSION_HANDLE,
    objects: ck::CK_OBJECT_HANDLE_PTR,
    most: ck::CK_ULONG,
    count: ck::CK_ULONG_PTR,
) -> ck::CK_RV {
    answer_in(session, Function::FindObjects, |session| {
        pointer::check(objects)?;
        pointer::check(count)?;
        let found = session.find(usize::try_from(most).unwrap_or(usize::MAX))?;
        // SAFETY: by PKCS#11, this points to room for `most` handles, and no more were found.
        unsafe { objects.copy_from(found.as_ptr(), found.len()) };
        // SAFETY: by PKCS#11, this points to room for a number.
        unsafe { pointer::write(count, pointer::number(found.len())) }
    })
}

pub(super) unsafe extern "C" fn find_objects_final(session: ck::CK_SESSION_HANDLE) -> ck::CK_RV {
    answer_in(session, Function::FindObjectsFinal, Session::find_final)
}

pub(super) unsafe extern "C" fn get_attribute_value(
    session: ck::CK_SESSION_HANDLE,
    object: ck::CK_OBJECT_HANDLE,
    attributes: ck::CK_ATTRIBUTE_PTR,
    count: ck::CK_ULONG,
) -> ck::CK_RV {
    answer_in(session, Function::GetAttributeValue, |session| {
        let object = session.object(object)?;
        // SAFETY: by PKCS#11, these are a template and its length.
        unsafe { template::fill(attributes, count, |kind| session.attribute(&object, kind)) }
    })
}

pub(super) unsafe extern "C" fn set_attribute_value(
    session: ck::CK_SESSION_HANDLE,
    object: ck::CK_OBJECT_HANDLE,
    changes: ck::CK_ATTRIBUTE_PTR,
    count: ck::CK_ULONG,
) -> ck::CK_RV {
    answer_in(session, Function::SetAttributeValue, |session| {
        // SAFETY: by PKCS#11, these are a template and its length.
        let changes = Template::new(unsafe { template::copy(changes, count) }?)?;
        session.change_object(object, &changes)
    })
}

pub(super) unsafe extern "C" fn create_object(
    session: ck::CK_SESSION_HANDLE,
    template: ck::CK_ATTRIBUTE_PTR,
    count: ck::CK_ULONG,
    object: ck::CK_OBJECT_HANDLE_PTR,
) -> ck::CK_RV {
    answer_in(session, Function::CreateObject, |session| {
        // Checked before there is an object whose handle could not be given out.
        pointer::check(object)?;
        // SAFETY: by PKCS#11, these are a template and its length.
        let template = Template::new(unsafe { template::copy(template, count) }?)?;
        let created = session.create_object(&template)?;
        // SAFETY: by PKCS#11, this points to room for a handle.
        unsafe { pointer::write(object, created) }
    })
}

pub(super) unsafe extern "C" fn copy_object(
    session: ck::CK_SESSION_HANDLE,
    object: ck::CK_OBJECT_HANDLE,
    changes: ck::CK_ATTRIBUTE_PTR,
    count: ck::CK_ULONG,
    copy: ck::CK_OBJECT_HANDLE_PTR,
) -> ck::CK_RV {
    answer_in(session, Function::CopyObject, |session| {
        // Checked before there is an object whose handle could not be given out.
        pointer::check(copy)?;
        // SAFETY: by PKCS#11, these are a template and its length.
        let changes = Template::new(unsafe { template::copy(changes, count) }?)?;
        let copied = session.copy_object(object, &changes)?;
        // SAFETY: by PKCS#11, this points to room for a handle.
        unsafe { pointer::write(copy, copied) }
    })
}

pub(super) unsafe extern "C" fn get_object_size(
    session: ck::CK_SESSION_HANDLE,
    object: ck::CK_OBJECT_HANDLE,
    size: ck::CK_ULONG_PTR,
) -> ck::CK_RV {
    answer_in(session, Function::GetObjectSize, |session| {
        let bytes = session.object(object)?.size()?;
        // SAFETY: by PKCS#11, this points to room for a number.
        unsafe { pointer::write(size, pointer::number(bytes)) }
    })
}

pub(super) unsafe extern "C" fn destroy_object(
    session: ck::CK_SESSION_HANDLE,
    object: ck::CK_OBJECT_HANDLE,
) -> ck::CK_RV {
    answer_in(session, Function::DestroyObject, |session| session.destroy_object(object))
}

pub(super) unsafe extern "C" fn generate_key_pair(
    session: ck::CK_SESSION_HANDLE,
    mechanism: ck::CK_MECHANISM_PTR,
    public: ck::CK_ATTRIBUTE_PTR,
    public_count: ck::CK_ULONG,
    private: ck::CK_ATTRIBUTE_PTR,
    private_count: ck::CK_ULONG,
    public_key: ck::CK_OBJECT_HANDLE_PTR,
    private_key: ck::CK_OBJECT_HANDLE_PTR,
) -> ck::CK_RV {
    answer_in(session, Function::GenerateKeyPair, |session| {
        // Checked before there is a key whose handle could not be given out.
        pointer::check(public_key)?;
        pointer::check(private_key)?;
        // SAFETY: by PKCS#11, this points to a mechanism.
        let mechanism = unsafe { parse_mechanism(mechanism) }?;
        // SAFETY: by PKCS#11, these are two templates and their lengths.
        let (public, private) =
            unsafe { (template::copy(public, public_count)?, template::copy(private, private_count)?) };
        let (public, private) =
            session.generate_pair(mechanism, &Template::new(public)?, &Template::new(private)?)?;
        // SAFETY: by PKCS#11, these point to room for handles.
        unsafe {
            pointer::write(public_key, public)?;
            pointer::write(private_key, private)
        }
    })
}
