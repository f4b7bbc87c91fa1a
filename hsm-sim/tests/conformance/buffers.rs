//! Buffers of the caller, through the bare function list: too small, absent, and what that does to an operation.
#![expect(unsafe_code, reason = "the C interface itself is tested")]

use std::ptr::null_mut;

use cryptoki_sys as ck;

use crate::support::raw::functions;
use crate::support::{Module, in_own_process, key_pair};

/// A session with `C_SignInit` for a session key done, as handles.
fn with_signing_key(module: &Module, test: impl Fn(&dyn Fn(), ck::CK_SESSION_HANDLE, &ck::CK_FUNCTION_LIST)) {
    let session = module.user_session();
    let (_, key) = key_pair(&session, "issuing", false);
    let functions = functions();
    let begin = || {
        session.sign_init(&cryptoki::mechanism::Mechanism::Ecdsa, key).unwrap();
    };
    test(&begin, session.handle(), &functions);
}

#[test]
fn a_small_buffer_leaves_the_signature_in_the_making() {
    in_own_process!(a_small_buffer_leaves_the_signature_in_the_making, |module| {
        with_signing_key(module, |begin, session, functions| {
            let mut digest = [7_u8; 32];
            let mut signature = [0_u8; 64];
            let mut sign = |buffer: *mut u8, length: &mut ck::CK_ULONG| {
                // SAFETY: digest and buffer are as long as is said.
                unsafe { functions.C_Sign.unwrap()(session, digest.as_mut_ptr(), 32, buffer, length) }
            };
            begin();
            let mut length = 0;
            assert_eq!(sign(null_mut(), &mut length), ck::CKR_OK);
            assert_eq!(length, 64);
            length = 63;
            assert_eq!(sign(signature.as_mut_ptr(), &mut length), ck::CKR_BUFFER_TOO_SMALL);
            assert_eq!(length, 64, "what is needed is said");
            assert_eq!(sign(signature.as_mut_ptr(), &mut length), ck::CKR_OK);
            assert_eq!(sign(signature.as_mut_ptr(), &mut length), ck::CKR_OPERATION_NOT_INITIALIZED);
        });
    });
}

#[test]
fn a_missing_length_is_a_bad_argument() {
    in_own_process!(a_missing_length_is_a_bad_argument, |module| {
        with_signing_key(module, |begin, session, functions| {
            let mut digest = [7_u8; 32];
            let mut signature = [0_u8; 64];
            let mut length = 64;
            begin();
            // SAFETY: null is allowed to be tried.
            let refused = unsafe {
                functions.C_Sign.unwrap()(
                    session,
                    digest.as_mut_ptr(),
                    32,
                    signature.as_mut_ptr(),
                    null_mut(),
                )
            };
            assert_eq!(refused, ck::CKR_ARGUMENTS_BAD);
            // SAFETY: digest and buffer are as long as is said.
            let after = unsafe {
                functions.C_Sign.unwrap()(
                    session,
                    digest.as_mut_ptr(),
                    32,
                    signature.as_mut_ptr(),
                    &raw mut length,
                )
            };
            // Stricter: by PKCS#11 2.40 base, section 5.11, any other outcome than a small buffer ends the operation.
            let expected = if module.is_simulator { ck::CKR_OPERATION_NOT_INITIALIZED } else { ck::CKR_OK };
            assert_eq!(after, expected);
        });
    });
}

#[test]
fn attributes_are_given_out_by_the_two_call_convention() {
    in_own_process!(attributes_are_given_out_by_the_two_call_convention, |module| {
        let session = module.user_session();
        let (public, _) = key_pair(&session, "issuing", false);
        let functions = functions();
        let ask = |attributes: &mut [ck::CK_ATTRIBUTE]| {
            let count = attributes.len() as ck::CK_ULONG;
            // SAFETY: the values are as long as is said.
            unsafe {
                functions.C_GetAttributeValue.unwrap()(
                    session.handle(),
                    public.handle(),
                    attributes.as_mut_ptr(),
                    count,
                )
            }
        };
        let mut label = [0_u8; 16];
        let attribute = |type_, value: *mut u8, length| ck::CK_ATTRIBUTE {
            type_,
            pValue: value.cast(),
            ulValueLen: length,
        };
        let mut lengths =
            [attribute(ck::CKA_LABEL, null_mut(), 0), attribute(ck::CKA_EC_POINT, null_mut(), 0)];
        assert_eq!(ask(&mut lengths), ck::CKR_OK);
        assert_eq!(lengths.map(|attribute| attribute.ulValueLen), [7, 67]);

        let mut room = [attribute(ck::CKA_LABEL, label.as_mut_ptr(), 16)];
        assert_eq!(ask(&mut room), ck::CKR_OK);
        assert_eq!((&label[..7], room[0].ulValueLen), (&b"issuing"[..], 7));

        let mut small =
            [attribute(ck::CKA_LABEL, label.as_mut_ptr(), 6), attribute(ck::CKA_ID, label.as_mut_ptr(), 16)];
        assert_eq!(ask(&mut small), ck::CKR_BUFFER_TOO_SMALL);
        assert_eq!(small[0].ulValueLen, ck::CK_UNAVAILABLE_INFORMATION);
        assert_eq!(small[1].ulValueLen, 1, "the others are answered");
    });
}

#[test]
fn lists_are_given_out_by_the_two_call_convention() {
    in_own_process!(lists_are_given_out_by_the_two_call_convention, |module| {
        module.initialize();
        let functions = functions();
        let slots = |list: *mut ck::CK_SLOT_ID, count: &mut ck::CK_ULONG| {
            // SAFETY: the list is as long as is said.
            unsafe { functions.C_GetSlotList.unwrap()(ck::CK_TRUE, list, count) }
        };
        let mut count = 0;
        assert_eq!(slots(null_mut(), &mut count), ck::CKR_OK);
        let all = count;
        assert!(all >= 1);
        let mut list = vec![0; usize::try_from(all).unwrap()];
        count = all - 1;
        assert_eq!(slots(list.as_mut_ptr(), &mut count), ck::CKR_BUFFER_TOO_SMALL);
        assert_eq!(count, all);
        assert_eq!(slots(list.as_mut_ptr(), &mut count), ck::CKR_OK);
    });
}

#[test]
fn sessions_must_be_serial() {
    in_own_process!(sessions_must_be_serial, |module| {
        let slot = module.token();
        let functions = functions();
        let mut session = 0;
        // SAFETY: `session` is room for a handle.
        let refused =
            unsafe { functions.C_OpenSession.unwrap()(slot.id(), 0, null_mut(), None, &raw mut session) };
        assert_eq!(refused, ck::CKR_SESSION_PARALLEL_NOT_SUPPORTED);
    });
}

#[test]
fn an_object_says_how_large_it_is() {
    in_own_process!(an_object_says_how_large_it_is, |module| {
        let session = module.user_session();
        let (public, private) = key_pair(&session, "issuing", true);
        let functions = functions();
        let size = |object: ck::CK_OBJECT_HANDLE| {
            let mut size = 0;
            // SAFETY: `size` is room for a number.
            let outcome =
                unsafe { functions.C_GetObjectSize.unwrap()(session.handle(), object, &raw mut size) };
            (outcome, size)
        };
        for key in [public, private] {
            let (outcome, size) = size(key.handle());
            assert_eq!(outcome, ck::CKR_OK);
            // SoftHSM2 knows no sizes, and says so.
            assert!(size > 64 && (size < 4096 || !module.is_simulator), "{size}");
        }
        assert_eq!(size(0x00ab_cdef).0, ck::CKR_OBJECT_HANDLE_INVALID);
    });
}
