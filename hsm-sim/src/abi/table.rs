//! The function lists, and the symbol by which callers of PKCS#11 2.40 get theirs.

use cryptoki_sys as ck;

use super::{absent, digest, general, interface, no_panic, objects, pointer, sessions, sign, slots, verify};

/// Gives the function list out. Works before `C_Initialize`.
///
/// # Safety
/// Unless null or misaligned, `list` points to room for a pointer.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C" fn C_GetFunctionList(list: ck::CK_FUNCTION_LIST_PTR_PTR) -> ck::CK_RV {
    no_panic(|| {
        // The interface has no notion of const; whoever writes through this pointer breaks its contract.
        let functions = (&raw const FUNCTIONS).cast_mut();
        // SAFETY: as for this function.
        unsafe { pointer::write(list, functions) }
    })
}

/// The 68 functions that all versions have, and those that a version adds.
macro_rules! functions {
    ($list:ident, $version:expr, $get_info:expr, { $($name:ident: $function:expr,)* }) => {
        ck::$list {
            version: $version,
            C_Initialize: Some(general::initialize),
            C_Finalize: Some(general::finalize),
            C_GetInfo: Some($get_info),
            C_GetFunctionList: Some(C_GetFunctionList),
            C_GetSlotList: Some(slots::get_slot_list),
            C_GetSlotInfo: Some(slots::get_slot_info),
            C_GetTokenInfo: Some(slots::get_token_info),
            C_GetMechanismList: Some(slots::get_mechanism_list),
            C_GetMechanismInfo: Some(slots::get_mechanism_info),
            C_InitToken: Some(slots::init_token),
            C_InitPIN: Some(sessions::init_pin),
            C_SetPIN: Some(sessions::set_pin),
            C_OpenSession: Some(sessions::open_session),
            C_CloseSession: Some(sessions::close_session),
            C_CloseAllSessions: Some(sessions::close_all_sessions),
            C_GetSessionInfo: Some(sessions::get_session_info),
            C_GetOperationState: Some(absent::get_operation_state),
            C_SetOperationState: Some(absent::set_operation_state),
            C_Login: Some(sessions::login),
            C_Logout: Some(sessions::logout),
            C_CreateObject: Some(objects::create_object),
            C_CopyObject: Some(objects::copy_object),
            C_DestroyObject: Some(objects::destroy_object),
            C_GetObjectSize: Some(objects::get_object_size),
            C_GetAttributeValue: Some(objects::get_attribute_value),
            C_SetAttributeValue: Some(objects::set_attribute_value),
            C_FindObjectsInit: Some(objects::find_objects_init),
            C_FindObjects: Some(objects::find_objects),
            C_FindObjectsFinal: Some(objects::find_objects_final),
            C_EncryptInit: Some(absent::init_with_key),
            C_Encrypt: Some(absent::transform),
            C_EncryptUpdate: Some(absent::transform),
            C_EncryptFinal: Some(absent::transform_final),
            C_DecryptInit: Some(absent::init_with_key),
            C_Decrypt: Some(absent::transform),
            C_DecryptUpdate: Some(absent::transform),
            C_DecryptFinal: Some(absent::transform_final),
            C_DigestInit: Some(digest::digest_init),
            C_Digest: Some(digest::digest),
            C_DigestUpdate: Some(digest::digest_update),
            C_DigestKey: Some(absent::digest_key),
            C_DigestFinal: Some(digest::digest_final),
            C_SignInit: Some(sign::sign_init),
            C_Sign: Some(sign::sign),
            C_SignUpdate: Some(sign::sign_update),
            C_SignFinal: Some(sign::sign_final),
            C_SignRecoverInit: Some(absent::init_with_key),
            C_SignRecover: Some(absent::transform),
            C_VerifyInit: Some(verify::verify_init),
            C_Verify: Some(verify::verify),
            C_VerifyUpdate: Some(verify::verify_update),
            C_VerifyFinal: Some(verify::verify_final),
            C_VerifyRecoverInit: Some(absent::init_with_key),
            C_VerifyRecover: Some(absent::transform),
            C_DigestEncryptUpdate: Some(absent::transform),
            C_DecryptDigestUpdate: Some(absent::transform),
            C_SignEncryptUpdate: Some(absent::transform),
            C_DecryptVerifyUpdate: Some(absent::transform),
            C_GenerateKey: Some(absent::generate_key),
            C_GenerateKeyPair: Some(objects::generate_key_pair),
            C_WrapKey: Some(absent::wrap_key),
            C_UnwrapKey: Some(absent::unwrap_key),
            C_DeriveKey: Some(absent::derive_key),
            C_SeedRandom: Some(general::seed_random),
            C_GenerateRandom: Some(general::generate_random),
            C_GetFunctionStatus: Some(general::not_parallel),
            C_CancelFunction: Some(general::not_parallel),
            C_WaitForSlotEvent: Some(general::wait_for_slot_event),
            $($name: Some($function),)*
        }
    };
}

/// PKCS#11 2.40.
pub(super) static FUNCTIONS: ck::CK_FUNCTION_LIST =
    functions!(CK_FUNCTION_LIST, general::CRYPTOKI_2_40, general::get_info_2_40, {});

/// PKCS#11 3.0: 24 more.
pub(super) static FUNCTIONS_3_0: ck::CK_FUNCTION_LIST_3_0 = functions!(CK_FUNCTION_LIST_3_0, general::CRYPTOKI_3_0, general::get_info_3_0, {
    C_GetInterfaceList: interface::C_GetInterfaceList,
    C_GetInterface: interface::C_GetInterface,
    C_LoginUser: sessions::login_user,
    C_SessionCancel: sessions::session_cancel,
    C_MessageEncryptInit: absent::init_with_key,
    C_EncryptMessage: absent::encrypt_message,
    C_EncryptMessageBegin: absent::encrypt_message_begin,
    C_EncryptMessageNext: absent::encrypt_message_next,
    C_MessageEncryptFinal: absent::message_final,
    C_MessageDecryptInit: absent::init_with_key,
    C_DecryptMessage: absent::encrypt_message,
    C_DecryptMessageBegin: absent::encrypt_message_begin,
    C_DecryptMessageNext: absent::encrypt_message_next,
    C_MessageDecryptFinal: absent::message_final,
    C_MessageSignInit: absent::init_with_key,
    C_SignMessage: absent::sign_message,
    C_SignMessageBegin: absent::message_begin,
    C_SignMessageNext: absent::sign_message,
    C_MessageSignFinal: absent::message_final,
    C_MessageVerifyInit: absent::init_with_key,
    C_VerifyMessage: absent::verify_message,
    C_VerifyMessageBegin: absent::message_begin,
    C_VerifyMessageNext: absent::verify_message,
    C_MessageVerifyFinal: absent::message_final,
});
