//! The store: its marker, and what its files do not tell.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use cryptoki::context::{CInitializeArgs, CInitializeFlags};
use cryptoki::error::RvError;
use cryptoki::session::UserType;
use hsm_sim::store::MARKER;

use crate::support::{OFFICER_PIN, USER_PIN, in_own_process, key_pair, pin, refusal};

#[test]
fn without_its_marker_the_module_does_not_start() {
    in_own_process!(without_its_marker_the_module_does_not_start, |module| {
        let start = || module.pkcs11.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK));
        let marker = module.store.join(MARKER);
        fs::remove_file(&marker).unwrap();
        assert_eq!(refusal(start()), RvError::GeneralError);
        fs::write(&marker, "slotz = 3").unwrap();
        assert_eq!(refusal(start()), RvError::GeneralError);
        fs::write(&marker, "").unwrap();
        start().unwrap();
    });
}

#[test]
fn a_damaged_token_is_not_recognised() {
    in_own_process!(a_damaged_token_is_not_recognised, |module| {
        let slot = module.token();
        let file = module.store.join(format!("slot-{}.token", slot.id()));
        let bytes = fs::read(&file).unwrap();
        fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
        assert_eq!(refusal(module.pkcs11.get_token_info(slot)), RvError::TokenNotRecognized);
        assert_eq!(refusal(module.pkcs11.open_ro_session(slot)), RvError::TokenNotRecognized);
        fs::write(&file, &bytes).unwrap();
        module.log_in(slot);
    });
}

#[test]
fn an_exchanged_key_is_noticed() {
    in_own_process!(an_exchanged_key_is_noticed, |module| {
        let slot = module.token();
        let session = module.log_in(slot);
        key_pair(&session, "root", true);
        key_pair(&session, "issuing", true);
        session.close().unwrap();
        // Whoever can write the file puts the issuing key in the root's place.
        let file = module.store.join(format!("slot-{}.token", slot.id()));
        let mut token: serde_json::Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let objects = token["objects"].as_array_mut().unwrap();
        let sealed: Vec<usize> =
            (0..objects.len()).filter(|&at| objects[at]["access"] == "private").collect();
        let secret = objects[sealed[1]]["secret"].clone();
        objects[sealed[0]]["secret"] = secret;
        fs::write(&file, serde_json::to_vec(&token).unwrap()).unwrap();

        let session = module.pkcs11.open_rw_session(slot).unwrap();
        assert_eq!(refusal(session.login(UserType::User, Some(&pin(USER_PIN)))), RvError::DeviceError);
    });
}

#[test]
fn files_hold_no_pin_and_nothing_private() {
    in_own_process!(files_hold_no_pin_and_nothing_private, |module| {
        let slot = module.token();
        let session = module.log_in(slot);
        let (public, private) = key_pair(&session, "secret-name", true);
        session.destroy_object(public).unwrap();
        session.sign(&cryptoki::mechanism::Mechanism::Ecdsa, private, &[7; 32]).unwrap();
        let files = contents(&module.store);
        assert!(files.iter().any(|bytes| holds(bytes, b"bench-ca")), "the search finds what is there");
        for secret in [OFFICER_PIN, USER_PIN, "secret-name"] {
            assert!(!files.iter().any(|bytes| holds(bytes, secret.as_bytes())), "{secret}");
            let hex = hex::encode(secret);
            assert!(!files.iter().any(|bytes| holds(bytes, hex.as_bytes())), "{secret} in hex");
        }
    });
}

#[test]
fn signing_touches_no_file() {
    in_own_process!(signing_touches_no_file, |module| {
        let session = module.user_session();
        let (_, key) = key_pair(&session, "issuing", true);
        // With the whole store gone, only what needs it fails.
        fs::remove_dir_all(&module.store).unwrap();
        session.sign(&cryptoki::mechanism::Mechanism::Ecdsa, key, &[7; 32]).unwrap();
    });
}

#[test]
fn a_login_takes_its_time_but_not_much() {
    in_own_process!(a_login_takes_its_time_but_not_much, |module| {
        let slot = module.token();
        let session = module.pkcs11.open_ro_session(slot).unwrap();
        let fastest = (0..5)
            .map(|_| {
                let begin = Instant::now();
                session.login(UserType::User, Some(&pin(USER_PIN))).unwrap();
                let elapsed = begin.elapsed();
                session.logout().unwrap();
                elapsed
            })
            .min()
            .unwrap();
        assert!(fastest > Duration::from_millis(2), "{fastest:?}: guessing would be cheap");
        assert!(fastest < Duration::from_millis(500), "{fastest:?}");
    });
}

fn contents(directory: &Path) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(directory).unwrap();
    entries.map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect()
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}
