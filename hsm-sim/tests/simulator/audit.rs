//! The audit log: what it holds of each signature, and that it is there only when wanted.

use cryptoki::mechanism::Mechanism;
use cryptoki::object::Attribute;
use hsm_sim::store::{AUDIT, Settings, audit};
use sha2::{Digest, Sha256};

use crate::support::{child, in_own_process, key_pair, refusal, settings};

fn audited() -> Settings {
    Settings { audit: true, ..settings() }
}

#[test]
fn every_signature_is_on_record() {
    in_own_process!(every_signature_is_on_record, &audited(), |module| {
        let session = module.user_session();
        let (public, issuing) = key_pair(&session, "issuing", true);
        let (_, root) = key_pair(&session, "root", false);
        session.sign(&Mechanism::Ecdsa, issuing, &[7; 32]).unwrap();
        session.sign(&Mechanism::EcdsaSha256, issuing, b"a message").unwrap();
        session.sign_init(&Mechanism::EcdsaSha256, root).unwrap();
        session.sign_update(b"a mess").unwrap();
        session.sign_update(b"age").unwrap();
        session.sign_final().unwrap();
        // Refused, and hence no signature.
        refusal(session.sign(&Mechanism::Ecdsa, issuing, &[]));
        refusal(session.sign(&Mechanism::Ecdsa, public, &[7; 32]));

        let of_message = hex::encode(Sha256::digest(b"a message"));
        let expected = [
            ("issuing", 1, hex::encode([7; 32]), "CKM_ECDSA"),
            ("issuing", 2, of_message.clone(), "CKM_ECDSA_SHA256"),
            ("root", 1, of_message, "CKM_ECDSA_SHA256"),
        ];
        let lines = audit(&module.store).unwrap();
        assert_eq!(lines.len(), expected.len());
        for (line, (label, count, digest, mechanism)) in lines.iter().zip(expected) {
            assert_eq!((line.label.as_str(), line.count), (label, count));
            assert_eq!((&line.digest, line.mechanism.as_str()), (&digest, mechanism));
            assert_eq!((line.id.as_str(), line.process), ("01", std::process::id()));
        }
    });
}

#[test]
fn processes_count_together() {
    in_own_process!(processes_count_together, &audited(), |module| {
        let session = module.user_session();
        let (_, key) = key_pair(&session, "issuing", true);
        session.sign(&Mechanism::Ecdsa, key, &[1; 32]).unwrap();
        let output = child("audit::another_process_signs", &module.store).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        session.sign(&Mechanism::Ecdsa, key, &[3; 32]).unwrap();
        let lines = audit(&module.store).unwrap();
        assert_eq!(lines.iter().map(|line| line.count).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(lines[0].process, lines[2].process);
        assert_ne!(lines[0].process, lines[1].process);
    });
}

#[test]
#[ignore = "a part of processes_count_together"]
fn another_process_signs() {
    in_own_process!(another_process_signs, |module| {
        let session = module.log_in(module.token_again());
        let private = Attribute::Class(cryptoki::object::ObjectClass::PRIVATE_KEY);
        let keys = session.find_objects(&[private]).unwrap();
        session.sign(&Mechanism::Ecdsa, keys[0], &[2; 32]).unwrap();
    });
}

#[test]
fn a_signature_that_cannot_be_recorded_is_not_given_out() {
    in_own_process!(a_signature_that_cannot_be_recorded_is_not_given_out, &audited(), |module| {
        let session = module.user_session();
        let (_, key) = key_pair(&session, "issuing", true);
        std::fs::create_dir(module.store.join(AUDIT)).unwrap();
        let signed = session.sign(&Mechanism::Ecdsa, key, &[7; 32]);
        assert_eq!(refusal(signed), cryptoki::error::RvError::DeviceError);
    });
}

#[test]
fn nothing_is_recorded_unless_it_is_wanted() {
    in_own_process!(nothing_is_recorded_unless_it_is_wanted, |module| {
        let session = module.user_session();
        let (_, key) = key_pair(&session, "issuing", true);
        session.sign(&Mechanism::Ecdsa, key, &[7; 32]).unwrap();
        assert!(!module.store.join(AUDIT).exists());
    });
}
