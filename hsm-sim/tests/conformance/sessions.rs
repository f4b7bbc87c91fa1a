//! Sessions: states, what may stand beside what, what ends with what.

use cryptoki::error::RvError;
use cryptoki::session::{SessionState, UserType};
use hsm_sim::store::Settings;

use crate::support::{OFFICER_PIN, USER_PIN, in_own_process, key_pair, pin, refusal, settings};

#[test]
fn states_follow_the_login_in_all_sessions() {
    in_own_process!(states_follow_the_login_in_all_sessions, |module| {
        let slot = module.token();
        let read_only = module.pkcs11.open_ro_session(slot).unwrap();
        let read_write = module.pkcs11.open_rw_session(slot).unwrap();
        let states =
            || [&read_only, &read_write].map(|session| session.get_session_info().unwrap().session_state());
        assert!(matches!(states(), [SessionState::RoPublic, SessionState::RwPublic]));
        read_only.login(UserType::User, Some(&pin(USER_PIN))).unwrap();
        assert!(matches!(states(), [SessionState::RoUser, SessionState::RwUser]));
        assert_eq!(
            refusal(read_write.login(UserType::User, Some(&pin(USER_PIN)))),
            RvError::UserAlreadyLoggedIn
        );
        read_write.logout().unwrap();
        assert!(matches!(states(), [SessionState::RoPublic, SessionState::RwPublic]));
        let again = read_write.logout();
        if module.is_simulator {
            assert_eq!(refusal(again), RvError::UserNotLoggedIn);
        } else {
            // SoftHSM2 does not mind.
            again.unwrap();
        }

        let info = read_write.get_session_info().unwrap();
        assert!(info.read_write() && info.slot_id() == slot && info.device_error() == 0);
    });
}

#[test]
fn the_officer_bears_no_read_only_session() {
    in_own_process!(the_officer_bears_no_read_only_session, |module| {
        let slot = module.token();
        let session = module.pkcs11.open_rw_session(slot).unwrap();
        let read_only = module.pkcs11.open_ro_session(slot).unwrap();
        let login = || session.login(UserType::So, Some(&pin(OFFICER_PIN)));
        assert_eq!(refusal(login()), RvError::SessionReadOnlyExists);
        read_only.close().unwrap();
        login().unwrap();
        assert!(matches!(
            session.get_session_info().unwrap().session_state(),
            SessionState::RwSecurityOfficer
        ));
        assert_eq!(refusal(module.pkcs11.open_ro_session(slot)), RvError::SessionReadWriteSoExists);
        assert_eq!(
            refusal(session.login(UserType::User, Some(&pin(USER_PIN)))),
            RvError::UserAnotherAlreadyLoggedIn
        );
    });
}

#[test]
fn the_login_ends_with_the_last_session() {
    in_own_process!(the_login_ends_with_the_last_session, |module| {
        let slot = module.token();
        let first = module.log_in(slot);
        let second = module.pkcs11.open_ro_session(slot).unwrap();
        first.close().unwrap();
        assert!(matches!(second.get_session_info().unwrap().session_state(), SessionState::RoUser));
        second.close().unwrap();
        let third = module.pkcs11.open_ro_session(slot).unwrap();
        assert!(matches!(third.get_session_info().unwrap().session_state(), SessionState::RoPublic));
    });
}

#[test]
fn session_objects_end_with_their_session() {
    in_own_process!(session_objects_end_with_their_session, |module| {
        let slot = module.token();
        let stays = module.log_in(slot);
        let goes = module.pkcs11.open_ro_session(slot).unwrap();
        key_pair(&goes, "fleeting", false);
        key_pair(&stays, "lasting", true);
        assert_eq!(stays.find_objects(&[]).unwrap().len(), 4, "seen by the other session as well");
        goes.close().unwrap();
        assert_eq!(stays.find_objects(&[]).unwrap().len(), 2);
    });
}

#[test]
fn a_logout_hides_and_destroys_what_is_private() {
    in_own_process!(a_logout_hides_and_destroys_what_is_private, |module| {
        let session = module.user_session();
        let (_, fleeting) = key_pair(&session, "fleeting", false);
        let (_, lasting) = key_pair(&session, "lasting", true);
        session.logout().unwrap();
        assert_eq!(session.find_objects(&[]).unwrap().len(), 2, "the public keys");
        for key in [fleeting, lasting] {
            assert_eq!(refusal(session.destroy_object(key)), RvError::ObjectHandleInvalid);
        }
        session.login(UserType::User, Some(&pin(USER_PIN))).unwrap();
        assert_eq!(session.find_objects(&[]).unwrap().len(), 3, "the private session key is gone");
    });
}

#[test]
fn sessions_are_counted() {
    in_own_process!(sessions_are_counted, |module| {
        let slot = module.token();
        let _read_only = module.pkcs11.open_ro_session(slot).unwrap();
        let read_write = module.pkcs11.open_rw_session(slot).unwrap();
        let counts = || {
            let info = module.pkcs11.get_token_info(slot).unwrap();
            (info.session_count(), info.rw_session_count())
        };
        if module.is_simulator {
            assert_eq!(counts(), (Some(2), Some(1)));
            read_write.close().unwrap();
            assert_eq!(counts(), (Some(1), Some(0)));
        }
    });
}

/// SoftHSM2 has no such setting.
#[test]
fn the_limit_of_sessions_holds() {
    let settings = Settings { session_limit: Some(2), ..settings() };
    in_own_process!(the_limit_of_sessions_holds, &settings, |module| {
        if !module.is_simulator {
            return;
        }
        let slot = module.token();
        let first = module.pkcs11.open_ro_session(slot).unwrap();
        let _second = module.pkcs11.open_rw_session(slot).unwrap();
        assert_eq!(refusal(module.pkcs11.open_ro_session(slot)), RvError::SessionCount);
        first.close().unwrap();
        module.pkcs11.open_ro_session(slot).unwrap();
    });
}

#[test]
fn the_user_serves_many_threads_at_once() {
    in_own_process!(the_user_serves_many_threads_at_once, |module| {
        let slot = module.token();
        let session = module.log_in(slot);
        let (_, key) = key_pair(&session, "issuing", true);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                let pkcs11 = module.pkcs11.clone();
                scope.spawn(move || {
                    for _ in 0..20 {
                        let session = pkcs11.open_ro_session(slot).unwrap();
                        session.sign(&cryptoki::mechanism::Mechanism::Ecdsa, key, &[7; 32]).unwrap();
                    }
                });
            }
        });
    });
}
