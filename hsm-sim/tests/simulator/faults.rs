//! Scripted faults, as a caller meets them.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use cryptoki::context::{CInitializeArgs, CInitializeFlags};
use cryptoki::error::RvError;
use cryptoki::mechanism::Mechanism;
use cryptoki::object::ObjectHandle;
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use hsm_sim::fault::{FILE, lift, set};
use hsm_sim::store::{Settings, audit};

use crate::support::{
    LABEL, Module, OFFICER_PIN, USER_PIN, in_own_process, key_pair, pin, refusal, settings,
};

const DIGEST: [u8; 32] = [7; 32];

/// Puts one fault in force.
fn fault(module: &Module, text: &str) {
    set(&module.store, &format!("[[fault]]\n{}", text.replace(", ", "\n"))).unwrap();
}

fn sign(session: &Session, key: ObjectHandle) -> cryptoki::error::Result<Vec<u8>> {
    session.sign(&Mechanism::Ecdsa, key, &DIGEST)
}

#[test]
fn a_fault_strikes_the_calls_it_says() {
    in_own_process!(a_fault_strikes_the_calls_it_says, |module| {
        let session = module.user_session();
        let (_, key) = key_pair(&session, "issuing", false);
        fault(module, "function = \"C_Sign\", call = 2, times = 2, answer = \"CKR_DEVICE_ERROR\"");
        let outcome = || sign(&session, key).is_ok();
        assert_eq!([outcome(), outcome(), outcome(), outcome()], [true, false, false, true]);
    });
}

#[test]
fn other_functions_are_left_alone() {
    in_own_process!(other_functions_are_left_alone, |module| {
        let session = module.user_session();
        fault(module, "function = \"C_Login\", times = 0, answer = \"CKR_PIN_LOCKED\"");
        let (_, key) = key_pair(&session, "issuing", false);
        sign(&session, key).unwrap();
        session.logout().unwrap();
        for _ in 0..3 {
            assert_eq!(refusal(session.login(UserType::User, Some(&pin(USER_PIN)))), RvError::PinLocked);
        }
        lift(&module.store).unwrap();
        session.login(UserType::User, Some(&pin(USER_PIN))).unwrap();
    });
}

#[test]
fn a_signature_can_be_made_and_lost() {
    let audited = Settings { audit: true, ..settings() };
    in_own_process!(a_signature_can_be_made_and_lost, &audited, |module| {
        let session = module.user_session();
        let (_, key) = key_pair(&session, "issuing", false);
        let lost = "function = \"C_Sign\", answer = \"CKR_DEVICE_REMOVED\", carried-out = true";
        fault(module, lost);
        assert_eq!(refusal(sign(&session, key)), RvError::DeviceRemoved);
        assert_eq!(audit(&module.store).unwrap().len(), 1);
        sign(&session, key).unwrap();
        assert_eq!(audit(&module.store).unwrap().len(), 2);
        fault(module, "function = \"C_Sign\", answer = \"CKR_DEVICE_REMOVED\"");
        assert_eq!(refusal(sign(&session, key)), RvError::DeviceRemoved);
        assert_eq!(audit(&module.store).unwrap().len(), 2, "refused before it was made");
    });
}

#[test]
fn a_signature_can_be_wrong() {
    in_own_process!(a_signature_can_be_wrong, |module| {
        let session = module.user_session();
        let (public, key) = key_pair(&session, "issuing", false);
        fault(module, "function = \"C_Sign\", wrong-signature = true");
        let verify = |signature: &[u8]| session.verify(&Mechanism::Ecdsa, public, &DIGEST, signature);
        let mut signature = sign(&session, key).unwrap();
        assert_eq!(refusal(verify(&signature)), RvError::SignatureInvalid);
        signature[63] ^= 1;
        verify(&signature).unwrap();
        verify(&sign(&session, key).unwrap()).unwrap();
    });
}

#[test]
fn a_call_can_take_its_time() {
    in_own_process!(a_call_can_take_its_time, |module| {
        let session = module.user_session();
        let (_, key) = key_pair(&session, "issuing", false);
        fault(module, "function = \"C_Sign\", delay-ms = 80");
        let begin = Instant::now();
        sign(&session, key).unwrap();
        assert!(begin.elapsed() >= Duration::from_millis(80));
    });
}

#[test]
fn a_call_that_hangs_goes_on_when_the_fault_is_lifted() {
    in_own_process!(a_call_that_hangs_goes_on_when_the_fault_is_lifted, |module| {
        let slot = module.token();
        let (session, other) = (module.log_in(slot), module.pkcs11.open_ro_session(slot).unwrap());
        let (_, key) = key_pair(&session, "issuing", true);
        let hang = "[[fault]]\nfunction = \"C_Sign\"\nhang = true\n";
        set(&module.store, hang).unwrap();
        let (sender, answers) = mpsc::channel();
        let hanging = thread::spawn(move || sender.send(sign(&session, key).is_ok()).unwrap());
        assert!(answers.recv_timeout(Duration::from_millis(50)).is_err(), "it hangs");
        sign(&other, key).unwrap();
        // Another script with the same fault in it changes nothing for who hangs.
        let more = format!("[[fault]]\nfunction = \"C_GenerateRandom\"\nhang = true\n{hang}");
        set(&module.store, &more).unwrap();
        assert!(answers.recv_timeout(Duration::from_millis(50)).is_err(), "it still hangs");
        lift(&module.store).unwrap();
        assert!(answers.recv_timeout(Duration::from_secs(10)).unwrap());
        hanging.join().unwrap();
    });
}

#[test]
fn a_removed_token_is_back_when_the_fault_is_lifted() {
    in_own_process!(a_removed_token_is_back_when_the_fault_is_lifted, |module| {
        let session = module.user_session();
        let slot = session.get_session_info().unwrap().slot_id();
        let (_, key) = key_pair(&session, "issuing", true);
        let slots = module.pkcs11.get_all_slots().unwrap();
        fault(module, "function = \"C_Sign\", call = 2, remove-token = true");
        sign(&session, key).unwrap();
        assert_eq!(refusal(sign(&session, key)), RvError::DeviceRemoved);
        assert_eq!(refusal(sign(&session, key)), RvError::SessionHandleInvalid);
        assert_eq!(refusal(module.pkcs11.open_ro_session(slot)), RvError::TokenNotPresent);
        assert_eq!(refusal(module.pkcs11.get_token_info(slot)), RvError::TokenNotPresent);
        assert!(!module.pkcs11.get_slot_info(slot).unwrap().token_present());
        assert_eq!(module.pkcs11.get_slots_with_token().unwrap(), []);
        assert_eq!(module.pkcs11.get_all_slots().unwrap(), slots);

        lift(&module.store).unwrap();
        assert_eq!(module.pkcs11.get_slots_with_token().unwrap(), slots);
        assert_eq!(refusal(sign(&session, key)), RvError::SessionHandleInvalid, "the old sessions are gone");
        let session = module.pkcs11.open_rw_session(slot).unwrap();
        assert_eq!(
            refusal(session.sign_init(&Mechanism::Ecdsa, key)),
            RvError::KeyHandleInvalid,
            "logged out"
        );
        session.login(UserType::User, Some(&pin(USER_PIN))).unwrap();
        let found = session.find_objects(&[]).unwrap();
        assert_eq!(found.len(), 2);
    });
}

#[test]
fn one_token_leaves_and_the_others_stay() {
    in_own_process!(one_token_leaves_and_the_others_stay, |module| {
        let slot = module.token();
        let session = module.log_in(slot);
        let (_, key) = key_pair(&session, "issuing", true);
        let slots = module.pkcs11.get_slots_with_token().unwrap();
        let other = slots.iter().find(|found| **found != slot).unwrap().id();
        fault(module, &format!("function = \"C_SignInit\", remove-token = true, slot = {other}"));
        sign(&session, key).unwrap();
        let present = module.pkcs11.get_slots_with_token().unwrap();
        assert_eq!(present.len(), slots.len() - 1);
        assert!(present.contains(&slot));
        // A second fault takes the other as well, and each comes back by itself.
        let first = format!("[[fault]]\nfunction = \"C_SignInit\"\nremove-token = true\nslot = {other}\n");
        let second = format!("[[fault]]\nfunction = \"C_Sign\"\nremove-token = true\nslot = {}\n", slot.id());
        set(&module.store, &format!("{first}{second}")).unwrap();
        assert_eq!(refusal(sign(&session, key)), RvError::DeviceRemoved);
        assert_eq!(module.pkcs11.get_slots_with_token().unwrap().len(), slots.len() - 2);
        set(&module.store, &second).unwrap();
        assert_eq!(module.pkcs11.get_slots_with_token().unwrap().len(), slots.len() - 1);
        lift(&module.store).unwrap();
        assert_eq!(module.pkcs11.get_slots_with_token().unwrap(), slots);
    });
}

#[test]
fn a_removed_token_can_come_back_by_itself() {
    in_own_process!(a_removed_token_can_come_back_by_itself, |module| {
        let slot = module.token();
        let session = module.log_in(slot);
        let (_, key) = key_pair(&session, "issuing", true);
        fault(module, "function = \"C_Sign\", remove-token = true, away-for = 3");
        assert_eq!(refusal(sign(&session, key)), RvError::DeviceRemoved);
        let present = || module.pkcs11.get_slot_info(slot).unwrap().token_present();
        assert_eq!([present(), present(), present(), present()], [false, false, true, true]);
        let session = module.log_in(slot);
        assert_eq!(session.find_objects(&[]).unwrap().len(), 2);
    });
}

#[test]
fn another_token_can_come_back_in_its_place() {
    in_own_process!(another_token_can_come_back_in_its_place, |module| {
        let (slot, spare) = (module.token(), module.blank_slot());
        let session = module.log_in(slot);
        let (_, key) = key_pair(&session, "issuing", true);
        let serial = || module.pkcs11.get_token_info(slot).unwrap().serial_number().to_owned();
        let before = serial();
        // Another token with the same label, to which the same PIN belongs.
        module.pkcs11.init_token(spare, &pin(OFFICER_PIN), LABEL).unwrap();
        let officer = module.pkcs11.open_rw_session(spare).unwrap();
        officer.login(UserType::So, Some(&pin(OFFICER_PIN))).unwrap();
        officer.init_pin(&pin(USER_PIN)).unwrap();
        officer.close().unwrap();
        fault(module, &format!("function = \"C_Sign\", remove-token = true, slot = {}", slot.id()));
        assert_eq!(refusal(sign(&session, key)), RvError::DeviceRemoved);
        let file = |slot: Slot| module.store.join(format!("slot-{}.token", slot.id()));
        std::fs::rename(file(spare), file(slot)).unwrap();
        lift(&module.store).unwrap();
        assert_ne!(serial(), before);
        assert_eq!(module.pkcs11.get_token_info(slot).unwrap().label(), LABEL);
        let session = module.log_in(slot);
        assert!(session.find_objects(&[]).unwrap().is_empty(), "its keys are not there");
        assert_eq!(refusal(session.sign_init(&Mechanism::Ecdsa, key)), RvError::KeyHandleInvalid);
    });
}

#[test]
fn a_removed_token_stays_away_over_another_start() {
    in_own_process!(a_removed_token_stays_away_over_another_start, |module| {
        let slot = module.token();
        fault(module, "function = \"C_GetTokenInfo\", remove-token = true");
        assert_eq!(refusal(module.pkcs11.get_token_info(slot)), RvError::TokenNotPresent);
        module.pkcs11.clone().finalize().unwrap();
        module.initialize();
        assert_eq!(refusal(module.pkcs11.open_ro_session(slot)), RvError::TokenNotPresent);
        lift(&module.store).unwrap();
        module.log_in(slot);
    });
}

#[test]
fn sessions_can_be_dropped_and_logins_ended() {
    in_own_process!(sessions_can_be_dropped_and_logins_ended, |module| {
        let slot = module.token();
        let (session, other) = (module.log_in(slot), module.pkcs11.open_ro_session(slot).unwrap());
        let (_, key) = key_pair(&session, "issuing", true);
        fault(module, "function = \"C_SignInit\", call = 2, log-out = true");
        sign(&session, key).unwrap();
        assert_eq!(refusal(sign(&session, key)), RvError::KeyHandleInvalid);
        session.login(UserType::User, Some(&pin(USER_PIN))).unwrap();

        fault(module, "function = \"C_FindObjectsInit\", drop-sessions = true");
        assert_eq!(refusal(session.find_objects(&[])), RvError::SessionHandleInvalid);
        assert_eq!(refusal(other.get_session_info()), RvError::SessionHandleInvalid);
        let session = module.log_in(slot);
        assert_eq!(session.find_objects(&[]).unwrap().len(), 2);
    });
}

#[test]
fn a_malformed_script_refuses_every_call() {
    in_own_process!(a_malformed_script_refuses_every_call, |module| {
        let start = || module.pkcs11.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK));
        let write = |text: &str| std::fs::write(module.store.join(FILE), text).unwrap();
        write("[[fault]]\nfunction = \"C_Sing\"\nhang = true\n");
        assert_eq!(refusal(start()), RvError::GeneralError);
        fault(module, "function = \"C_Initialize\", answer = \"CKR_HOST_MEMORY\"");
        assert_eq!(refusal(start()), RvError::HostMemory);
        start().unwrap();
        write("[[fault]]\nfunction = \"C_Sign\"\nhang = true\ntims = 3\n");
        assert_eq!(refusal(module.pkcs11.get_all_slots()), RvError::GeneralError);
        lift(&module.store).unwrap();
        module.pkcs11.get_all_slots().unwrap();
    });
}
