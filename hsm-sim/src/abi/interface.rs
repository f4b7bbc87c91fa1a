//! The interfaces of PKCS#11 3.0: which there are, and the two symbols beside `C_GetFunctionList` that the shared library exports.
//!
//! Both are named `PKCS 11`; they differ in the version of their function list (PKCS#11 3.0 base, section 5.4).

use std::ffi::{CStr, c_char};

use cryptoki_sys as ck;

use super::table::{FUNCTIONS, FUNCTIONS_3_0};
use super::{general, no_panic, pointer};
use crate::refusal::{Answer, Refusal};

/// Gives the list of interfaces out. Works before `C_Initialize`.
///
/// # Safety
/// Unless null or misaligned, `count` points to a number, and `list`, unless null, to room for so many interfaces.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C" fn C_GetInterfaceList(
    list: ck::CK_INTERFACE_PTR,
    count: ck::CK_ULONG_PTR,
) -> ck::CK_RV {
    // SAFETY: as for this function.
    no_panic(|| unsafe { pointer::deliver_list(&INTERFACES.0, list, count) })
}

/// Gives out the interface with a name and a version: without a name the one named `PKCS 11`, without a version the newest. Works before
/// `C_Initialize`.
///
/// # Safety
/// Unless null, `name` points to text that ends with a zero; unless null or misaligned, `version` points to a version, and `interface`
/// to room for a pointer.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C" fn C_GetInterface(
    name: ck::CK_UTF8CHAR_PTR,
    version: ck::CK_VERSION_PTR,
    interface: ck::CK_INTERFACE_PTR_PTR,
    flags: ck::CK_FLAGS,
) -> ck::CK_RV {
    no_panic(|| {
        // SAFETY: as for this function.
        let name_fits = name.is_null() || unsafe { CStr::from_ptr(name.cast::<c_char>()) } == NAME;
        let wanted = if version.is_null() {
            general::CRYPTOKI_3_0
        } else {
            // SAFETY: as for this function.
            unsafe { pointer::read(version) }?
        };
        let found = find(wanted)?;
        // None of them has any flag; a fork is not survived.
        if !name_fits || flags != 0 {
            return Err(Refusal::ArgumentsBad);
        }
        // SAFETY: as for this function. The interface has no notion of const.
        unsafe { pointer::write(interface, (&raw const *found).cast_mut()) }
    })
}

fn find(version: ck::CK_VERSION) -> Answer<&'static ck::CK_INTERFACE> {
    let [newest, oldest] = &INTERFACES.0;
    match (version.major, version.minor) {
        (3, 0) => Ok(newest),
        (2, 40) => Ok(oldest),
        _ => Err(Refusal::ArgumentsBad),
    }
}

/// Pointers that are never written through, so that all threads may have them.
struct Interfaces([ck::CK_INTERFACE; 2]);

// SAFETY: the pointers are to statics that never change.
unsafe impl Sync for Interfaces {}

/// The newest first, as callers prefer it.
static INTERFACES: Interfaces = Interfaces([
    ck::CK_INTERFACE {
        pInterfaceName: NAME.as_ptr().cast_mut().cast(),
        pFunctionList: (&raw const FUNCTIONS_3_0).cast_mut().cast(),
        flags: 0,
    },
    ck::CK_INTERFACE {
        pInterfaceName: NAME.as_ptr().cast_mut().cast(),
        pFunctionList: (&raw const FUNCTIONS).cast_mut().cast(),
        flags: 0,
    },
]);

const NAME: &CStr = c"PKCS 11";

#[cfg(test)]
mod tests {
    use std::ptr::null_mut;

    use super::*;

    fn interface(name: &CStr, version: Option<(u8, u8)>, flags: ck::CK_FLAGS) -> Result<(u8, u8), ck::CK_RV> {
        let mut version = version.map(|(major, minor)| ck::CK_VERSION { major, minor });
        let version = version.as_mut().map_or(null_mut(), std::ptr::from_mut);
        let mut found = null_mut();
        // SAFETY: all pointers are null or to what they should be.
        let answer =
            unsafe { C_GetInterface(name.as_ptr().cast_mut().cast(), version, &raw mut found, flags) };
        if answer != ck::CKR_OK {
            return Err(answer);
        }
        // SAFETY: an interface's list begins with its version.
        let version = unsafe { *(*found).pFunctionList.cast::<ck::CK_VERSION>() };
        Ok((version.major, version.minor))
    }

    #[test]
    fn interfaces_are_found_by_name_and_version() {
        assert_eq!(interface(NAME, None, 0), Ok((3, 0)));
        assert_eq!(interface(NAME, Some((2, 40)), 0), Ok((2, 40)));
        assert_eq!(interface(NAME, Some((3, 0)), 0), Ok((3, 0)));
        for (name, version, flags) in
            [(c"PKCS 12", None, 0), (NAME, Some((3, 2)), 0), (NAME, None, ck::CKF_INTERFACE_FORK_SAFE)]
        {
            assert_eq!(interface(name, version, flags), Err(ck::CKR_ARGUMENTS_BAD));
        }
        let mut count = 0;
        // SAFETY: no list, and room for its length.
        assert_eq!(unsafe { C_GetInterfaceList(null_mut(), &raw mut count) }, ck::CKR_OK);
        assert_eq!(count, 2);
    }
}
