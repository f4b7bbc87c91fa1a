//! Several processes with one token.

use std::process::Output;

use cryptoki::error::RvError;
use cryptoki::mechanism::Mechanism;
use cryptoki::object::Attribute;
use cryptoki::session::UserType;

use crate::support::{LABEL, Module, OFFICER_PIN, USER_PIN, child, in_own_process, key_pair, pin, refusal};

/// Runs one of the tests below in another process on the same store.
fn elsewhere(module: &Module, test: &str) -> Output {
    let output = child(&format!("processes::{test}"), &module.store).output().unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

#[test]
fn what_one_process_does_the_other_sees() {
    in_own_process!(what_one_process_does_the_other_sees, |module| {
        let slot = module.token();
        let session = module.log_in(slot);
        let (_, root) = key_pair(&session, "root", true);
        elsewhere(module, "another_process_makes_and_destroys_keys");
        let find = |label: &str| session.find_objects(&[Attribute::Label(label.into())]).unwrap().len();
        assert_eq!((find("root"), find("issuing")), (0, 2));
        assert_eq!(refusal(session.sign_init(&Mechanism::Ecdsa, root)), RvError::KeyHandleInvalid);
        // And a change here does not undo theirs.
        key_pair(&session, "manifest", true);
        assert_eq!((find("root"), find("issuing"), find("manifest")), (0, 2, 2));
    });
}

#[test]
#[ignore = "a part of what_one_process_does_the_other_sees"]
fn another_process_makes_and_destroys_keys() {
    in_own_process!(another_process_makes_and_destroys_keys, |module| {
        let session = module.log_in(module.token_again());
        key_pair(&session, "issuing", true);
        for key in session.find_objects(&[Attribute::Label(b"root".to_vec())]).unwrap() {
            session.destroy_object(key).unwrap();
        }
    });
}

#[test]
fn a_token_in_use_elsewhere_is_not_initialised() {
    in_own_process!(a_token_in_use_elsewhere_is_not_initialised, |module| {
        let slot = module.token();
        let session = module.pkcs11.open_ro_session(slot).unwrap();
        elsewhere(module, "another_process_may_not_initialise");
        session.close().unwrap();
        elsewhere(module, "another_process_initialises");
        let info = module.pkcs11.get_token_info(slot).unwrap();
        assert_eq!((info.label(), info.user_pin_initialized()), ("theirs", false));
    });
}

#[test]
#[ignore = "a part of a_token_in_use_elsewhere_is_not_initialised"]
fn another_process_may_not_initialise() {
    in_own_process!(another_process_may_not_initialise, |module| {
        let slot = module.token_again();
        let again = module.pkcs11.init_token(slot, &pin(OFFICER_PIN), LABEL);
        assert_eq!(refusal(again), RvError::SessionExists);
    });
}

#[test]
#[ignore = "a part of a_token_in_use_elsewhere_is_not_initialised"]
fn another_process_initialises() {
    in_own_process!(another_process_initialises, |module| {
        let slot = module.token_again();
        module.pkcs11.init_token(slot, &pin(OFFICER_PIN), "theirs").unwrap();
    });
}

#[test]
fn tries_are_counted_across_processes() {
    in_own_process!(tries_are_counted_across_processes, |module| {
        let slot = module.token();
        let session = module.pkcs11.open_rw_session(slot).unwrap();
        let wrong = || session.login(UserType::User, Some(&pin("wrong-pin")));
        assert_eq!(refusal(wrong()), RvError::PinIncorrect);
        elsewhere(module, "another_process_wastes_a_try");
        assert_eq!(refusal(wrong()), RvError::PinIncorrect);
        assert_eq!(refusal(session.login(UserType::User, Some(&pin(USER_PIN)))), RvError::PinLocked);
    });
}

#[test]
#[ignore = "a part of tries_are_counted_across_processes"]
fn another_process_wastes_a_try() {
    in_own_process!(another_process_wastes_a_try, |module| {
        let slot = module.token_again();
        let session = module.pkcs11.open_ro_session(slot).unwrap();
        let login = session.login(UserType::User, Some(&pin("wrong-pin")));
        assert_eq!(refusal(login), RvError::PinIncorrect);
    });
}
