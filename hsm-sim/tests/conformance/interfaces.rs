//! The interface of PKCS#11 3.0. SoftHSM2 2.6 has none, so these tests pass over it.
#![expect(unsafe_code, reason = "the C interface itself is tested")]

use std::ptr::null_mut;

use cryptoki::mechanism::Mechanism;
use cryptoki_sys as ck;

use crate::support::raw::functions_3_0;
use crate::support::{USER_PIN, in_own_process, key_pair};

#[test]
fn every_function_of_3_0_is_there() {
    in_own_process!(every_function_of_3_0_is_there, |module| {
        let Some(list) = functions_3_0() else {
            assert!(!module.is_simulator);
            return;
        };
        assert_eq!((list.version.major, list.version.minor), (3, 0));
        // A `None` would show as a null pointer; there are 92 functions after the version.
        let text = format!("{list:?}");
        assert!(!text.contains("None"), "{text}");
        assert_eq!(text.matches("Some(").count(), 92);
    });
}

#[test]
fn a_user_without_a_name_logs_in() {
    in_own_process!(a_user_without_a_name_logs_in, |module| {
        let slot = module.token();
        let Some(list) = functions_3_0() else { return };
        let session = module.pkcs11.open_rw_session(slot).unwrap();
        let mut pin = USER_PIN.as_bytes().to_vec();
        let mut name = *b"operator";
        let mut login = |name: *mut u8, length| {
            let (pin, pin_length) = (pin.as_mut_ptr(), pin.len() as ck::CK_ULONG);
            // SAFETY: PIN and name are as long as is said.
            unsafe {
                list.C_LoginUser.unwrap()(session.handle(), ck::CKU_USER, pin, pin_length, name, length)
            }
        };
        assert_eq!(login(name.as_mut_ptr(), 8), ck::CKR_ARGUMENTS_BAD, "nobody has a name here");
        assert!(!module.pkcs11.get_token_info(slot).unwrap().user_pin_count_low());
        assert_eq!(login(null_mut(), 0), ck::CKR_OK);
        assert_eq!(login(null_mut(), 0), ck::CKR_USER_ALREADY_LOGGED_IN);
    });
}

#[test]
fn operations_are_cancelled_by_their_kind() {
    in_own_process!(operations_are_cancelled_by_their_kind, |module| {
        let session = module.user_session();
        let Some(list) = functions_3_0() else { return };
        let (_, key) = key_pair(&session, "issuing", true);
        // SAFETY: no pointers.
        let cancel = |flags| unsafe { list.C_SessionCancel.unwrap()(session.handle(), flags) };
        session.sign_init(&Mechanism::Ecdsa, key).unwrap();
        assert_eq!(cancel(ck::CKF_DIGEST | ck::CKF_VERIFY), ck::CKR_OK);
        assert!(session.digest_init(&Mechanism::Sha256).is_err(), "the signature is still under way");
        assert_eq!(cancel(ck::CKF_SIGN), ck::CKR_OK);
        session.digest_init(&Mechanism::Sha256).unwrap();
        assert_eq!(cancel(ck::CKF_DIGEST), ck::CKR_OK);
        assert_eq!(cancel(ck::CKF_DIGEST), ck::CKR_OK, "what is not under way is as good as cancelled");
        // SAFETY: no pointers.
        let nowhere = unsafe { list.C_SessionCancel.unwrap()(0x00ab_cdef, ck::CKF_SIGN) };
        assert_eq!(nowhere, ck::CKR_SESSION_HANDLE_INVALID);
    });
}

#[test]
fn messages_are_not_offered_and_say_so() {
    in_own_process!(messages_are_not_offered_and_say_so, |module| {
        let session = module.user_session();
        let Some(list) = functions_3_0() else { return };
        let handle = session.handle();
        // SAFETY: these functions look at no argument.
        let answers = unsafe {
            [
                list.C_MessageSignInit.unwrap()(handle, null_mut(), 0),
                list.C_SignMessage.unwrap()(handle, null_mut(), 0, null_mut(), 0, null_mut(), null_mut()),
                list.C_SignMessageBegin.unwrap()(handle, null_mut(), 0),
                list.C_MessageSignFinal.unwrap()(handle),
                list.C_VerifyMessage.unwrap()(handle, null_mut(), 0, null_mut(), 0, null_mut(), 0),
                list.C_MessageEncryptInit.unwrap()(handle, null_mut(), 0),
            ]
        };
        if module.is_simulator {
            assert_eq!(answers, [ck::CKR_FUNCTION_NOT_SUPPORTED; 6]);
        }
    });
}
