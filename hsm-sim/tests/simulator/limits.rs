//! What the settings make of a token: slow, busy, forgetful, small, or with keys that wear out.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use cryptoki::error::RvError;
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use hsm_sim::store::Settings;

use crate::support::{Module, USER_PIN, child, in_own_process, key_pair, pin, refusal, settings};

const DIGEST: [u8; 32] = [7; 32];

fn slow(function: &str, ms: u64) -> BTreeMap<String, u64> {
    BTreeMap::from([(function.to_owned(), ms)])
}

/// How long two sessions take that do the same thing at the same time.
fn two_at_once(module: &Module) -> Duration {
    let session = module.user_session();
    let slot = session.get_session_info().unwrap().slot_id();
    let (_, key) = key_pair(&session, "issuing", true);
    let other = module.pkcs11.open_ro_session(slot).unwrap();
    let begin = Instant::now();
    thread::scope(|scope| {
        for session in [session, other] {
            scope.spawn(move || session.sign(&Mechanism::Ecdsa, key, &DIGEST).unwrap());
        }
    });
    begin.elapsed()
}

#[test]
fn a_device_that_does_one_thing_at_a_time_adds_its_latencies_up() {
    let one = Settings { latency_ms: slow("C_Sign", 700), one_at_a_time: true, ..settings() };
    in_own_process!(a_device_that_does_one_thing_at_a_time_adds_its_latencies_up, &one, |module| {
        assert!(two_at_once(module) >= Duration::from_millis(1400));
    });
}

#[test]
fn latencies_of_different_sessions_run_beside_each_other() {
    let many = Settings { latency_ms: slow("C_Sign", 3000), ..settings() };
    in_own_process!(latencies_of_different_sessions_run_beside_each_other, &many, |module| {
        let elapsed = two_at_once(module);
        assert!(elapsed >= Duration::from_secs(3) && elapsed < Duration::from_secs(6), "{elapsed:?}");
    });
}

#[test]
fn an_idle_session_is_gone_and_with_the_last_one_the_login() {
    let forgetful =
        Settings { idle_timeout_ms: Some(1000), latency_ms: slow("C_GenerateRandom", 1500), ..settings() };
    in_own_process!(an_idle_session_is_gone_and_with_the_last_one_the_login, &forgetful, |module| {
        let slot = module.token();
        let session = module.log_in(slot);
        session.generate_random_vec(8).expect("a session at work is not idle");
        let begin = Instant::now();
        // Asking the token does not keep the session alive.
        let sessions = || module.pkcs11.get_token_info(slot).unwrap().session_count();
        while sessions() != Some(0) {
            assert!(begin.elapsed() < Duration::from_mins(1), "the session stays");
            thread::sleep(Duration::from_millis(20));
        }
        assert!(begin.elapsed() >= Duration::from_millis(900), "{:?}", begin.elapsed());
        assert_eq!(refusal(session.find_objects(&[])), RvError::SessionHandleInvalid);
        let session = module.pkcs11.open_rw_session(slot).unwrap();
        session.login(UserType::User, Some(&pin(USER_PIN))).expect("nobody is logged in");
    });
}

const LIMIT: AttributeType = AttributeType::VendorDefined(0x8000_0200);
const COUNT: AttributeType = AttributeType::VendorDefined(0x8000_0201);

fn limit_and_count(session: &Session, key: ObjectHandle) -> Vec<Attribute> {
    session.get_attributes(key, &[LIMIT, COUNT]).unwrap()
}

fn vendor(kind: AttributeType, value: u64) -> Attribute {
    Attribute::VendorDefined((kind, value.to_ne_bytes().to_vec()))
}

#[test]
fn a_key_wears_out_for_all_processes() {
    let worn = Settings { signature_limit: Some(4), ..settings() };
    in_own_process!(a_key_wears_out_for_all_processes, &worn, |module| {
        let session = module.user_session();
        let (public, key) = key_pair(&session, "issuing", true);
        session.sign(&Mechanism::Ecdsa, key, &DIGEST).unwrap();
        refusal(session.sign(&Mechanism::Ecdsa, key, &[]));
        let output = child("limits::another_process_signs_twice", &module.store).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        assert_eq!(limit_and_count(&session, key), [vendor(LIMIT, 4), vendor(COUNT, 3)]);

        // Two begin when one signature is left; the slower one does not get it.
        let slot = session.get_session_info().unwrap().slot_id();
        let other = module.pkcs11.open_ro_session(slot).unwrap();
        for session in [&session, &other] {
            session.sign_init(&Mechanism::EcdsaSha256, key).unwrap();
            session.sign_update(b"x").unwrap();
        }
        other.sign_final().unwrap();
        assert_eq!(refusal(session.sign_final()), RvError::KeyFunctionNotPermitted);
        assert_eq!(refusal(session.sign_init(&Mechanism::Ecdsa, key)), RvError::KeyFunctionNotPermitted);
        assert_eq!(limit_and_count(&session, key)[1], vendor(COUNT, 4));
        let changed = session.update_attributes(key, &[vendor(COUNT, 0)]);
        assert_eq!(refusal(changed), RvError::AttributeReadOnly);
        let info = session.get_attribute_info(public, &[COUNT]).unwrap();
        assert!(
            matches!(info[0], cryptoki::object::AttributeInfo::TypeInvalid),
            "a public key signs nothing"
        );

        let (_, fresh) = key_pair(&session, "next", true);
        session.sign(&Mechanism::Ecdsa, fresh, &DIGEST).expect("each key has its own limit");
    });
}

#[test]
#[ignore = "a part of a_key_wears_out_for_all_processes"]
fn another_process_signs_twice() {
    in_own_process!(another_process_signs_twice, |module| {
        let session = module.log_in(module.token_again());
        let keys = session.find_objects(&[Attribute::Class(ObjectClass::PRIVATE_KEY)]).unwrap();
        for _ in 0..2 {
            session.sign(&Mechanism::Ecdsa, keys[0], &DIGEST).unwrap();
        }
    });
}

#[test]
fn without_a_limit_nothing_is_counted() {
    in_own_process!(without_a_limit_nothing_is_counted, |module| {
        let session = module.user_session();
        let (_, key) = key_pair(&session, "issuing", true);
        session.sign(&Mechanism::Ecdsa, key, &DIGEST).unwrap();
        let unknown = [vendor(LIMIT, u64::MAX), vendor(COUNT, u64::MAX)];
        assert_eq!(limit_and_count(&session, key), unknown);
        assert!(!module.store.join(hsm_sim::store::KEY_USES).exists());
    });
}

#[test]
fn a_full_token_takes_nothing_more() {
    let small = Settings { object_limit: Some(3), ..settings() };
    in_own_process!(a_full_token_takes_nothing_more, &small, |module| {
        let session = module.user_session();
        let (public, _) = key_pair(&session, "root", true);
        let p256 = || Attribute::EcParams(crate::support::P256.to_vec());
        let pair = |on_token| {
            let token = Attribute::Token(on_token);
            session.generate_key_pair(&Mechanism::EccKeyPairGen, &[p256(), token.clone()], &[token])
        };
        assert_eq!(refusal(pair(true)), RvError::DeviceMemory, "two keys do not fit in one place");
        assert_eq!(session.find_objects(&[]).unwrap().len(), 2, "nor does half a pair");
        pair(false).expect("objects of sessions take no room on the token");
        session.destroy_object(public).unwrap();
        pair(true).unwrap();
    });
}

#[test]
fn a_token_may_have_a_clock_that_is_wrong() {
    let wrong = Settings { clock: true, clock_skew_s: Some(-86_400), ..settings() };
    in_own_process!(a_token_may_have_a_clock_that_is_wrong, &wrong, |module| {
        let slot = module.token();
        let info = module.pkcs11.get_token_info(slot).unwrap();
        assert!(info.clock_on_token());
        let digits = info.utc_time().unwrap().as_iso8601_string();
        let day_before = |days: &str| {
            let date =
                std::process::Command::new("date").args(["-u", "-d", days, "+%Y-%m-%d"]).output().unwrap();
            String::from_utf8(date.stdout).unwrap().trim().to_owned()
        };
        // Midnight may pass in between.
        let possible = [day_before("1 day ago"), day_before("2 days ago")];
        assert!(possible.iter().any(|day| digits.starts_with(day)), "{digits} {possible:?}");
    });
}
