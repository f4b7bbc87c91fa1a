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
