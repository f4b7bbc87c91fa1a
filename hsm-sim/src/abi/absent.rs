//! What the function list must hold and this module does not offer. Each answers `CKR_FUNCTION_NOT_SUPPORTED`, initialised or not.

use cryptoki_sys::{
    CK_ATTRIBUTE_PTR, CK_BYTE_PTR, CK_FLAGS, CK_MECHANISM_PTR, CK_OBJECT_HANDLE, CK_OBJECT_HANDLE_PTR, CK_RV,
    CK_SESSION_HANDLE, CK_ULONG, CK_ULONG_PTR, CK_VOID_PTR, CKR_FUNCTION_NOT_SUPPORTED,
};

/// Declares functions by the types of their arguments.
macro_rules! absent {
    ($($name:ident($($argument:ty),*);)+) => {
        $(
            pub(super) unsafe extern "C" fn $name($(_: $argument),*) -> CK_RV {
                CKR_FUNCTION_NOT_SUPPORTED
            }
        )+
    };
}

absent! {
    get_operation_state(CK_SESSION_HANDLE, CK_BYTE_PTR, CK_ULONG_PTR);
    set_operation_state(CK_SESSION_HANDLE, CK_BYTE_PTR, CK_ULONG, CK_OBJECT_HANDLE, CK_OBJECT_HANDLE);

    // `C_EncryptInit`, `C_DecryptInit`, `C_SignRecoverInit`, `C_VerifyRecoverInit`, `C_Message…Init`
    init_with_key(CK_SESSION_HANDLE, CK_MECHANISM_PTR, CK_OBJECT_HANDLE);
    // All that turn bytes into bytes: encrypting, decrypting, recovering, and the combined updates
    transform(CK_SESSION_HANDLE, CK_BYTE_PTR, CK_ULONG, CK_BYTE_PTR, CK_ULONG_PTR);
    // `C_EncryptFinal`, `C_DecryptFinal`
    transform_final(CK_SESSION_HANDLE, CK_BYTE_PTR, CK_ULONG_PTR);

    // `C_EncryptMessage`, `C_DecryptMessage`
    encrypt_message(
        CK_SESSION_HANDLE,
        CK_VOID_PTR,
        CK_ULONG,
        CK_BYTE_PTR,
        CK_ULONG,
        CK_BYTE_PTR,
        CK_ULONG,
        CK_BYTE_PTR,
        CK_ULONG_PTR
    );
    encrypt_message_begin(CK_SESSION_HANDLE, CK_VOID_PTR, CK_ULONG, CK_BYTE_PTR, CK_ULONG);
    encrypt_message_next(
        CK_SESSION_HANDLE,
        CK_VOID_PTR,
        CK_ULONG,
        CK_BYTE_PTR,
        CK_ULONG,
        CK_BYTE_PTR,
        CK_ULONG_PTR,
        CK_FLAGS
    );
    // `C_SignMessage`, `C_SignMessageNext`
    sign_message(CK_SESSION_HANDLE, CK_VOID_PTR, CK_ULONG, CK_BYTE_PTR, CK_ULONG, CK_BYTE_PTR, CK_ULONG_PTR);
    // `C_VerifyMessage`, `C_VerifyMessageNext`
    verify_message(CK_SESSION_HANDLE, CK_VOID_PTR, CK_ULONG, CK_BYTE_PTR, CK_ULONG, CK_BYTE_PTR, CK_ULONG);
    // `C_SignMessageBegin`, `C_VerifyMessageBegin`
    message_begin(CK_SESSION_HANDLE, CK_VOID_PTR, CK_ULONG);
    // What ends any of them
    message_final(CK_SESSION_HANDLE);

    digest_key(CK_SESSION_HANDLE, CK_OBJECT_HANDLE);
    generate_key(CK_SESSION_HANDLE, CK_MECHANISM_PTR, CK_ATTRIBUTE_PTR, CK_ULONG, CK_OBJECT_HANDLE_PTR);
    wrap_key(CK_SESSION_HANDLE, CK_MECHANISM_PTR, CK_OBJECT_HANDLE, CK_OBJECT_HANDLE, CK_BYTE_PTR, CK_ULONG_PTR);
    unwrap_key(
        CK_SESSION_HANDLE,
        CK_MECHANISM_PTR,
        CK_OBJECT_HANDLE,
        CK_BYTE_PTR,
        CK_ULONG,
        CK_ATTRIBUTE_PTR,
        CK_ULONG,
        CK_OBJECT_HANDLE_PTR
    );
    derive_key(
        CK_SESSION_HANDLE,
        CK_MECHANISM_PTR,
        CK_OBJECT_HANDLE,
        CK_ATTRIBUTE_PTR,
        CK_ULONG,
        CK_OBJECT_HANDLE_PTR
    );
}
