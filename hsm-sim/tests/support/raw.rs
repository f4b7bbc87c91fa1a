//! The bare function list, for what a decent wrapper would never do.
#![expect(unsafe_code, reason = "the C interface itself is tested")]

use std::ptr::null_mut;

use cryptoki_sys as ck;

use super::library_path;

/// The function list of the module under test.
pub(crate) fn functions() -> ck::CK_FUNCTION_LIST {
    // SAFETY: the library is a PKCS#11 module, by the choice of who runs the test.
    let library = unsafe { ck::Pkcs11::new(library_path()) }.unwrap();
    let mut list = null_mut();
    // SAFETY: `list` is room for a pointer.
    assert_eq!(unsafe { library.C_GetFunctionList(&raw mut list) }, ck::CKR_OK);
    // SAFETY: a module's function list lives as long as the module.
    let functions = unsafe { *list };
    // Unloading the module would take the functions with it.
    std::mem::forget(library);
    functions
}

/// The function list of PKCS#11 3.0, if the module under test has one.
pub(crate) fn functions_3_0() -> Option<ck::CK_FUNCTION_LIST_3_0> {
    // SAFETY: the library is a PKCS#11 module, by the choice of who runs the test.
    let library = unsafe { ck::Pkcs11::new(library_path()) }.unwrap();
    library.C_GetInterface.as_ref().ok()?;
    let mut version = ck::CK_VERSION { major: 3, minor: 0 };
    let mut interface = null_mut();
    // SAFETY: `interface` is room for a pointer, and `version` is one.
    let found = unsafe { library.C_GetInterface(null_mut(), &raw mut version, &raw mut interface, 0) };
    assert_eq!(found, ck::CKR_OK);
    // SAFETY: the interface is of the version that was asked for, and lives as long as the module.
    let functions = unsafe { *(*interface).pFunctionList.cast::<ck::CK_FUNCTION_LIST_3_0>() };
    // Unloading the module would take the functions with it.
    std::mem::forget(library);
    Some(functions)
}
