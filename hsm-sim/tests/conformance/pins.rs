//! PINs: setting, changing, wrong ones, lock-out.

use cryptoki::error::RvError;
use cryptoki::session::UserType;

use crate::support::{LABEL, OFFICER_PIN, USER_PIN, in_own_process, key_pair, pin, refusal};

const WRONG: &str = "wrong-pin";

#[test]
fn the_officer_sets_the_users_pin() {
    in_own_process!(the_officer_sets_the_users_pin, |module| {
        module.initialize();
        let slot = module.blank_slot();
        module.pkcs11.init_token(slot, &pin(OFFICER_PIN), LABEL).unwrap();
        let session = module.pkcs11.open_rw_session(slot).unwrap();
        let user_login = || session.login(UserType::User, Some(&pin(USER_PIN)));
        assert_eq!(refusal(user_login()), RvError::UserPinNotInitialized);
        assert_eq!(refusal(session.init_pin(&pin(USER_PIN))), RvError::UserNotLoggedIn);
        session.login(UserType::So, Some(&pin(OFFICER_PIN))).unwrap();
        assert_eq!(refusal(session.init_pin(&pin("123"))), RvError::PinLenRange);
        session.init_pin(&pin(USER_PIN)).unwrap();
        session.logout().unwrap();
        assert!(module.pkcs11.get_token_info(slot).unwrap().user_pin_initialized());
        user_login().unwrap();
        assert_eq!(refusal(session.init_pin(&pin(USER_PIN))), RvError::UserNotLoggedIn);
    });
}

#[test]
fn pins_change_with_the_old_one_alone() {
    in_own_process!(pins_change_with_the_old_one_alone, |module| {
        let slot = module.token();
        let session = module.pkcs11.open_rw_session(slot).unwrap();
        let new = "another-user-pin";
        assert_eq!(refusal(session.set_pin(&pin(WRONG), &pin(new))), RvError::PinIncorrect);
        assert_eq!(refusal(session.set_pin(&pin(USER_PIN), &pin("1"))), RvError::PinLenRange);
        // Not logged in: the user's PIN.
        session.set_pin(&pin(USER_PIN), &pin(new)).unwrap();
        assert_eq!(refusal(session.login(UserType::User, Some(&pin(USER_PIN)))), RvError::PinIncorrect);
        session.login(UserType::User, Some(&pin(new))).unwrap();
        session.set_pin(&pin(new), &pin(USER_PIN)).unwrap();
        session.logout().unwrap();
        // The officer's own.
        session.login(UserType::So, Some(&pin(OFFICER_PIN))).unwrap();
        session.set_pin(&pin(OFFICER_PIN), &pin("another-officer-pin")).unwrap();
        session.logout().unwrap();
        assert_eq!(refusal(session.login(UserType::So, Some(&pin(OFFICER_PIN)))), RvError::PinIncorrect);
        session.login(UserType::So, Some(&pin("another-officer-pin"))).unwrap();
        session.logout().unwrap();
        session.login(UserType::User, Some(&pin(USER_PIN))).unwrap();
    });
}

#[test]
fn a_read_only_session_changes_no_pin() {
    in_own_process!(a_read_only_session_changes_no_pin, |module| {
        let slot = module.token();
        let session = module.pkcs11.open_ro_session(slot).unwrap();
        assert_eq!(refusal(session.set_pin(&pin(USER_PIN), &pin("another-pin"))), RvError::SessionReadOnly);
    });
}

#[test]
fn keys_outlive_a_change_of_pin() {
    in_own_process!(keys_outlive_a_change_of_pin, |module| {
        let slot = module.token();
        let session = module.log_in(slot);
        key_pair(&session, "issuing", true);
        session.set_pin(&pin(USER_PIN), &pin("another-user-pin")).unwrap();
        session.logout().unwrap();
        // Set by the officer, who cannot see the keys.
        session.login(UserType::So, Some(&pin(OFFICER_PIN))).unwrap();
        assert_eq!(session.find_objects(&[]).unwrap().len(), 1, "the public key alone");
        session.init_pin(&pin("third-user-pin")).unwrap();
        session.logout().unwrap();
        session.login(UserType::User, Some(&pin("third-user-pin"))).unwrap();
        assert_eq!(session.find_objects(&[]).unwrap().len(), 2);
    });
}

#[test]
fn wrong_pins_are_flagged() {
    in_own_process!(wrong_pins_are_flagged, |module| {
        let slot = module.token();
        let session = module.pkcs11.open_rw_session(slot).unwrap();
        let info = || module.pkcs11.get_token_info(slot).unwrap();
        assert!(!info().user_pin_count_low());
        assert_eq!(refusal(session.login(UserType::User, Some(&pin(WRONG)))), RvError::PinIncorrect);
        assert!(info().user_pin_count_low() && !info().so_pin_count_low());
        session.login(UserType::User, Some(&pin(USER_PIN))).unwrap();
        assert!(!info().user_pin_count_low(), "the right PIN starts the count anew");
    });
}

/// Stricter: SoftHSM2 never locks.
#[test]
fn three_wrong_pins_lock_the_user_out_and_the_officer_helps() {
    in_own_process!(three_wrong_pins_lock_the_user_out_and_the_officer_helps, |module| {
        if !module.is_simulator {
            return;
        }
        let slot = module.token();
        let session = module.pkcs11.open_rw_session(slot).unwrap();
        let info = || module.pkcs11.get_token_info(slot).unwrap();
        let login = |text| session.login(UserType::User, Some(&pin(text)));
        assert_eq!(refusal(login(WRONG)), RvError::PinIncorrect);
        assert!(info().user_pin_count_low() && !info().user_pin_final_try());
        assert_eq!(refusal(login(WRONG)), RvError::PinIncorrect);
        assert!(info().user_pin_final_try() && !info().user_pin_locked());
        // A wrong old PIN counts as well as a wrong login, and a far too short one as well as a long one.
        assert_eq!(refusal(session.set_pin(&pin("x"), &pin("another-pin"))), RvError::PinIncorrect);
        assert!(info().user_pin_locked() && !info().so_pin_locked());
        assert_eq!(refusal(login(USER_PIN)), RvError::PinLocked, "even the right one");

        session.login(UserType::So, Some(&pin(OFFICER_PIN))).unwrap();
        session.init_pin(&pin(USER_PIN)).unwrap();
        session.logout().unwrap();
        assert!(!info().user_pin_locked() && !info().user_pin_count_low());
        login(USER_PIN).unwrap();
    });
}

/// Stricter: SoftHSM2 never locks.
#[test]
fn a_locked_officer_is_locked_for_good() {
    in_own_process!(a_locked_officer_is_locked_for_good, |module| {
        if !module.is_simulator {
            return;
        }
        let slot = module.token();
        let session = module.pkcs11.open_rw_session(slot).unwrap();
        for _ in 0..3 {
            assert_eq!(refusal(session.login(UserType::So, Some(&pin(WRONG)))), RvError::PinIncorrect);
        }
        assert_eq!(refusal(session.login(UserType::So, Some(&pin(OFFICER_PIN)))), RvError::PinLocked);
        assert!(module.pkcs11.get_token_info(slot).unwrap().so_pin_locked());
        // The user is not concerned.
        session.login(UserType::User, Some(&pin(USER_PIN))).unwrap();
        session.close().unwrap();
        assert_eq!(refusal(module.pkcs11.init_token(slot, &pin(OFFICER_PIN), LABEL)), RvError::PinLocked);
    });
}

#[test]
fn initialising_again_wants_the_officers_pin_and_destroys_all() {
    in_own_process!(initialising_again_wants_the_officers_pin_and_destroys_all, |module| {
        let slot = module.token();
        let session = module.log_in(slot);
        key_pair(&session, "issuing", true);
        let again = |text, label| module.pkcs11.init_token(slot, &pin(text), label);
        assert_eq!(refusal(again(OFFICER_PIN, LABEL)), RvError::SessionExists);
        session.close().unwrap();
        assert_eq!(refusal(again(WRONG, LABEL)), RvError::PinIncorrect);
        again(OFFICER_PIN, "second").unwrap();

        let info = module.pkcs11.get_token_info(slot).unwrap();
        assert_eq!(info.label(), "second");
        assert!(!info.user_pin_initialized());
        let session = module.pkcs11.open_rw_session(slot).unwrap();
        assert!(session.find_objects(&[]).unwrap().is_empty());
        assert_eq!(
            refusal(session.login(UserType::User, Some(&pin(USER_PIN)))),
            RvError::UserPinNotInitialized
        );
    });
}

#[test]
fn context_specific_login_needs_an_operation_that_asks_for_it() {
    in_own_process!(context_specific_login_needs_an_operation_that_asks_for_it, |module| {
        let session = module.user_session();
        let login = session.login(UserType::ContextSpecific, Some(&pin(USER_PIN)));
        assert_eq!(refusal(login), RvError::OperationNotInitialized);
    });
}
