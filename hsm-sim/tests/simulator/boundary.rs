//! The C boundary under callers who do everything wrong.
#![expect(unsafe_code, reason = "the C interface itself is tested")]

use std::ptr::null_mut;

use cryptoki::mechanism::Mechanism;
use cryptoki_sys as ck;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::support::raw::functions;
use crate::support::{in_own_process, key_pair};

#[test]
fn every_function_is_there() {
    in_own_process!(every_function_is_there, |_| {
        let list = functions();
        assert_eq!((list.version.major, list.version.minor), (2, 40));
        // A `None` would show as a null pointer in the list's bytes; there are 68 functions after the version.
        let text = format!("{list:?}");
        assert!(!text.contains("None"), "{text}");
        assert_eq!(text.matches("Some(").count(), 68);
    });
}

#[test]
fn null_pointers_are_bad_arguments() {
    in_own_process!(null_pointers_are_bad_arguments, |module| {
        let session = module.user_session();
        let (_, key) = key_pair(&session, "issuing", false);
        let slot = session.get_session_info().unwrap().slot_id().id();
        let (list, handle) = (functions(), session.handle());
        let mut byte = 0_u8;
        let byte = &raw mut byte;
        // SAFETY: every pointer is null or, with length 0 or 1, good for that many bytes.
        let outcomes = unsafe {
            [
                ("C_GetInfo", list.C_GetInfo.unwrap()(null_mut())),
                ("C_GetFunctionList", list.C_GetFunctionList.unwrap()(null_mut())),
                ("C_GetSlotList", list.C_GetSlotList.unwrap()(0, null_mut(), null_mut())),
                ("C_GetSlotInfo", list.C_GetSlotInfo.unwrap()(slot, null_mut())),
                ("C_GetTokenInfo", list.C_GetTokenInfo.unwrap()(slot, null_mut())),
                ("C_GetMechanismList", list.C_GetMechanismList.unwrap()(slot, null_mut(), null_mut())),
                ("C_GetMechanismInfo", list.C_GetMechanismInfo.unwrap()(slot, ck::CKM_ECDSA, null_mut())),
                ("C_InitToken", list.C_InitToken.unwrap()(slot, null_mut(), 8, null_mut())),
                ("C_InitToken, label", list.C_InitToken.unwrap()(slot, byte, 1, null_mut())),
                ("C_InitPIN", list.C_InitPIN.unwrap()(handle, null_mut(), 0)),
                ("C_SetPIN", list.C_SetPIN.unwrap()(handle, null_mut(), 8, null_mut(), 8)),
                (
                    "C_OpenSession",
                    list.C_OpenSession.unwrap()(slot, ck::CKF_SERIAL_SESSION, null_mut(), None, null_mut()),
                ),
                ("C_GetSessionInfo", list.C_GetSessionInfo.unwrap()(handle, null_mut())),
                ("C_Login", list.C_Login.unwrap()(handle, ck::CKU_USER, null_mut(), 0)),
                ("C_FindObjectsInit", list.C_FindObjectsInit.unwrap()(handle, null_mut(), 1)),
                ("C_FindObjects", list.C_FindObjects.unwrap()(handle, null_mut(), 1, null_mut())),
                (
                    "C_GetAttributeValue",
                    list.C_GetAttributeValue.unwrap()(handle, key.handle(), null_mut(), 1),
                ),
                (
                    "C_SetAttributeValue",
                    list.C_SetAttributeValue.unwrap()(handle, key.handle(), null_mut(), 1),
                ),
                (
                    "C_GenerateKeyPair",
                    list.C_GenerateKeyPair.unwrap()(
                        handle,
                        null_mut(),
                        null_mut(),
                        0,
                        null_mut(),
                        0,
                        null_mut(),
                        null_mut(),
                    ),
                ),
                ("C_CreateObject", list.C_CreateObject.unwrap()(handle, null_mut(), 0, null_mut())),
                ("C_CopyObject", list.C_CopyObject.unwrap()(handle, key.handle(), null_mut(), 0, null_mut())),
                ("C_GetObjectSize", list.C_GetObjectSize.unwrap()(handle, key.handle(), null_mut())),
                ("C_SignInit", list.C_SignInit.unwrap()(handle, null_mut(), key.handle())),
                ("C_VerifyInit", list.C_VerifyInit.unwrap()(handle, null_mut(), key.handle())),
                ("C_DigestInit", list.C_DigestInit.unwrap()(handle, null_mut())),
                ("C_GenerateRandom", list.C_GenerateRandom.unwrap()(handle, null_mut(), 8)),
                ("C_Finalize", list.C_Finalize.unwrap()(byte.cast())),
            ]
        };
        for (name, outcome) in outcomes {
            assert_eq!(outcome, ck::CKR_ARGUMENTS_BAD, "{name}");
        }
        // The session is none the worse for it.
        session.sign(&Mechanism::Ecdsa, key, &[7; 32]).unwrap();
    });
}

#[test]
fn what_is_not_offered_says_so() {
    in_own_process!(what_is_not_offered_says_so, |module| {
        let session = module.user_session();
        let (list, handle) = (functions(), session.handle());
        // SAFETY: these functions look at no argument.
        let outcomes = unsafe {
            [
                list.C_EncryptInit.unwrap()(handle, null_mut(), 0),
                list.C_Decrypt.unwrap()(handle, null_mut(), 0, null_mut(), null_mut()),
                list.C_GenerateKey.unwrap()(handle, null_mut(), null_mut(), 0, null_mut()),
                list.C_DeriveKey.unwrap()(handle, null_mut(), 0, null_mut(), 0, null_mut()),
                list.C_GetOperationState.unwrap()(handle, null_mut(), null_mut()),
                list.C_WaitForSlotEvent.unwrap()(0, null_mut(), null_mut()),
            ]
        };
        assert_eq!(outcomes, [ck::CKR_FUNCTION_NOT_SUPPORTED; 6]);
        // SAFETY: these functions look at no pointer, or are given a null one.
        let (status, cancel, event) = unsafe {
            (
                list.C_GetFunctionStatus.unwrap()(handle),
                list.C_CancelFunction.unwrap()(handle),
                list.C_WaitForSlotEvent.unwrap()(ck::CKF_DONT_BLOCK, null_mut(), null_mut()),
            )
        };
        assert_eq!((status, cancel), (ck::CKR_FUNCTION_NOT_PARALLEL, ck::CKR_FUNCTION_NOT_PARALLEL));
        assert_eq!(event, ck::CKR_NO_EVENT);
    });
}

#[test]
fn initialize_checks_its_arguments() {
    in_own_process!(initialize_checks_its_arguments, |_| {
        unsafe extern "C" fn mutex(_: ck::CK_VOID_PTR) -> ck::CK_RV {
            ck::CKR_OK
        }
        unsafe extern "C" fn create(_: ck::CK_VOID_PTR_PTR) -> ck::CK_RV {
            ck::CKR_OK
        }
        let list = functions();
        let start = |mut arguments: ck::CK_C_INITIALIZE_ARGS| {
            // SAFETY: the structure is there for the call.
            unsafe { list.C_Initialize.unwrap()((&raw mut arguments).cast()) }
        };
        let nothing = ck::CK_C_INITIALIZE_ARGS::default();
        let mutexes = ck::CK_C_INITIALIZE_ARGS {
            CreateMutex: Some(create),
            DestroyMutex: Some(mutex),
            LockMutex: Some(mutex),
            UnlockMutex: Some(mutex),
            ..nothing
        };
        let mut something = 0_u8;
        let reserved = ck::CK_C_INITIALIZE_ARGS { pReserved: (&raw mut something).cast(), ..nothing };
        assert_eq!(start(reserved), ck::CKR_ARGUMENTS_BAD);
        assert_eq!(start(ck::CK_C_INITIALIZE_ARGS { LockMutex: None, ..mutexes }), ck::CKR_ARGUMENTS_BAD);
        assert_eq!(start(mutexes), ck::CKR_CANT_LOCK, "theirs alone are not used");
        assert_eq!(start(ck::CK_C_INITIALIZE_ARGS { flags: ck::CKF_OS_LOCKING_OK, ..mutexes }), ck::CKR_OK);
    });
}

/// One attribute of a wild template: a kind, a value, and whether its pointer is null.
fn attribute() -> impl Strategy<Value = (ck::CK_ATTRIBUTE_TYPE, Vec<u8>, bool)> {
    let known = prop::sample::select(vec![
        ck::CKA_CLASS,
        ck::CKA_TOKEN,
        ck::CKA_PRIVATE,
        ck::CKA_LABEL,
        ck::CKA_ID,
        ck::CKA_KEY_TYPE,
        ck::CKA_EC_PARAMS,
        ck::CKA_EC_POINT,
        ck::CKA_VALUE,
        ck::CKA_SIGN,
        ck::CKA_SENSITIVE,
        ck::CKA_EXTRACTABLE,
        ck::CKA_MODIFIABLE,
        ck::CKA_DESTROYABLE,
        ck::CKA_ALWAYS_AUTHENTICATE,
        ck::CKA_PUBLIC_KEY_INFO,
        ck::CKA_ALLOWED_MECHANISMS,
    ]);
    let value = prop_oneof![
        3 => vec(any::<u8>(), 0..=1),
        2 => vec(0_u8..=4, 8),
        1 => Just(crate::support::P256.to_vec()),
        1 => vec(any::<u8>(), 0..200),
    ];
    (prop_oneof![8 => known, 1 => any::<ck::CK_ATTRIBUTE_TYPE>()], value, prop::bool::weighted(0.1))
}

fn raw(template: &mut [(ck::CK_ATTRIBUTE_TYPE, Vec<u8>, bool)]) -> Vec<ck::CK_ATTRIBUTE> {
    let raw = |(kind, value, null): &mut (ck::CK_ATTRIBUTE_TYPE, Vec<u8>, bool)| ck::CK_ATTRIBUTE {
        type_: *kind,
        pValue: if *null { null_mut() } else { value.as_mut_ptr().cast() },
        ulValueLen: value.len() as ck::CK_ULONG,
    };
    template.iter_mut().map(raw).collect()
}

#[test]
fn wild_templates_do_no_harm() {
    in_own_process!(wild_templates_do_no_harm, |module| {
        let session = module.user_session();
        let (public, private) = key_pair(&session, "issuing", false);
        let (list, handle) = (functions(), session.handle());
        let template = || vec(attribute(), 0..8);
        let cases = (template(), template(), any::<bool>());
        let made = std::cell::Cell::new(0);
        let mut runner =
            TestRunner::new(Config { cases: 400, failure_persistence: None, ..Config::default() });
        runner
            .run(&cases, |(mut first, mut second, curve)| {
                if curve {
                    first.retain(|(kind, ..)| *kind != ck::CKA_EC_PARAMS);
                    first.push((ck::CKA_EC_PARAMS, crate::support::P256.to_vec(), false));
                }
                let (mut first, mut second) = (raw(&mut first), raw(&mut second));
                let count = |template: &Vec<ck::CK_ATTRIBUTE>| template.len() as ck::CK_ULONG;
                let mut mechanism =
                    ck::CK_MECHANISM { mechanism: ck::CKM_EC_KEY_PAIR_GEN, ..Default::default() };
                let (mut public_made, mut private_made) = (0, 0);
                // SAFETY: all lengths are true, and null pointers are what is tried.
                let (generated, found, ended, changed, read, created, copied) = unsafe {
                    (
                        list.C_GenerateKeyPair.unwrap()(
                            handle,
                            &raw mut mechanism,
                            first.as_mut_ptr(),
                            count(&first),
                            second.as_mut_ptr(),
                            count(&second),
                            &raw mut public_made,
                            &raw mut private_made,
                        ),
                        list.C_FindObjectsInit.unwrap()(handle, first.as_mut_ptr(), count(&first)),
                        list.C_FindObjectsFinal.unwrap()(handle),
                        list.C_SetAttributeValue.unwrap()(
                            handle,
                            public.handle(),
                            second.as_mut_ptr(),
                            count(&second),
                        ),
                        list.C_GetAttributeValue.unwrap()(
                            handle,
                            private.handle(),
                            first.as_mut_ptr(),
                            count(&first),
                        ),
                        list.C_CreateObject.unwrap()(
                            handle,
                            first.as_mut_ptr(),
                            count(&first),
                            &raw mut public_made,
                        ),
                        list.C_CopyObject.unwrap()(
                            handle,
                            private.handle(),
                            second.as_mut_ptr(),
                            count(&second),
                            &raw mut public_made,
                        ),
                    )
                };
                if generated == ck::CKR_OK {
                    made.set(made.get() + 1);
                    // SAFETY: no pointers.
                    let destroyed = unsafe { list.C_DestroyObject.unwrap()(handle, private_made) };
                    let allowed = [ck::CKR_OK, ck::CKR_ACTION_PROHIBITED];
                    prop_assert!(allowed.contains(&destroyed), "C_DestroyObject {destroyed:#x}");
                }
                prop_assert!(expected(generated), "C_GenerateKeyPair {generated:#x}");
                prop_assert!(
                    found == ck::CKR_OK || found == ck::CKR_ARGUMENTS_BAD,
                    "C_FindObjectsInit {found:#x}"
                );
                prop_assert_eq!(ended == ck::CKR_OK, found == ck::CKR_OK);
                prop_assert!(expected(changed), "C_SetAttributeValue {changed:#x}");
                prop_assert!(expected(read), "C_GetAttributeValue {read:#x}");
                prop_assert!(expected(created), "C_CreateObject {created:#x}");
                let not_any_more = ck::CKR_ACTION_PROHIBITED;
                prop_assert!(expected(copied) || copied == not_any_more, "C_CopyObject {copied:#x}");
                Ok(())
            })
            .unwrap();
        assert!(made.get() > 0, "some templates are good by chance");
        session.sign(&Mechanism::Ecdsa, private, &[7; 32]).unwrap();
    });
}

/// The outcomes that a template can have by itself.
fn expected(outcome: ck::CK_RV) -> bool {
    [
        ck::CKR_OK,
        ck::CKR_ARGUMENTS_BAD,
        ck::CKR_ATTRIBUTE_READ_ONLY,
        ck::CKR_ATTRIBUTE_SENSITIVE,
        ck::CKR_ATTRIBUTE_TYPE_INVALID,
        ck::CKR_ATTRIBUTE_VALUE_INVALID,
        ck::CKR_BUFFER_TOO_SMALL,
        ck::CKR_CURVE_NOT_SUPPORTED,
        ck::CKR_DOMAIN_PARAMS_INVALID,
        ck::CKR_TEMPLATE_INCOMPLETE,
        ck::CKR_TEMPLATE_INCONSISTENT,
    ]
    .contains(&outcome)
}
