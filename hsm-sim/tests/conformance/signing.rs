//! Signatures, checked by others.

use std::fs;
use std::process::Command;

use cryptoki::error::RvError;
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, ObjectHandle};
use cryptoki::session::{Session, UserType};
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use p256::ecdsa::{Signature, VerifyingKey};
use sha2::{Digest, Sha256, Sha384};

use crate::support::{Module, P256, USER_PIN, in_own_process, key_pair, pin, refusal};

const MESSAGE: &[u8] = b"to be signed";

fn point(session: &Session, key: ObjectHandle) -> Vec<u8> {
    match session.get_attributes(key, &[AttributeType::EcPoint]).unwrap().remove(0) {
        Attribute::EcPoint(point) => point[2..].to_vec(),
        other => panic!("unexpected {other:?}"),
    }
}

/// Whether the module offers `CKM_ECDSA_SHA256`, which SoftHSM2 2.6 does not.
fn digests_itself(module: &Module) -> bool {
    let slot = module.pkcs11.get_slots_with_initialized_token().unwrap()[0];
    let offered = module.pkcs11.get_mechanism_list(slot).unwrap().contains(&MechanismType::ECDSA_SHA256);
    assert!(offered || !module.is_simulator);
    offered
}

#[test]
fn signatures_of_digests_verify() {
    in_own_process!(signatures_of_digests_verify, |module| {
        let session = module.user_session();
        let (public, private) = key_pair(&session, "issuing", true);
        let verifier = VerifyingKey::from_sec1_bytes(&point(&session, public)).unwrap();
        // SHA-1 to SHA-512: longer than the curve's order means that the left end counts.
        for length in [20, 32, 48, 64] {
            let digest: Vec<u8> = (1..=length).collect();
            let signature = session.sign(&Mechanism::Ecdsa, private, &digest).unwrap();
            assert_eq!(signature.len(), 64);
            let signature = Signature::from_slice(&signature).unwrap();
            verifier.verify_prehash(&digest, &signature).unwrap();
            session.verify(&Mechanism::Ecdsa, public, &digest, &signature.to_bytes()).unwrap();
        }
        let first = session.sign(&Mechanism::Ecdsa, private, &[7; 32]).unwrap();
        let second = session.sign(&Mechanism::Ecdsa, private, &[7; 32]).unwrap();
        assert_ne!(first, second, "nonces are random");
    });
}

#[test]
fn p384_signs_and_openssl_agrees() {
    in_own_process!(p384_signs_and_openssl_agrees, |module| {
        let session = module.user_session();
        // secp384r1, 1.3.132.0.34
        let curve = Attribute::EcParams(vec![6, 5, 0x2b, 0x81, 4, 0, 0x22]);
        let (public, private) = session
            .generate_key_pair(
                &Mechanism::EccKeyPairGen,
                &[curve.clone(), Attribute::Verify(true)],
                &[Attribute::Sign(true)],
            )
            .unwrap();
        assert_eq!(session.get_attributes(private, &[AttributeType::EcParams]).unwrap(), [curve]);
        // RFC 5480: a P-384 SubjectPublicKeyInfo is 23 fixed bytes and the point.
        let point = match session.get_attributes(public, &[AttributeType::EcPoint]).unwrap().remove(0) {
            Attribute::EcPoint(point) => point[2..].to_vec(),
            other => panic!("unexpected {other:?}"),
        };
        let key = [hex::decode("3076301006072a8648ce3d020106052b81040022036200").unwrap(), point].concat();
        let digest = Sha384::digest(MESSAGE);
        let mut signatures = vec![session.sign(&Mechanism::Ecdsa, private, &digest).unwrap()];
        if digests_itself(module) {
            signatures.push(session.sign(&Mechanism::EcdsaSha384, private, MESSAGE).unwrap());
            session.sign_init(&Mechanism::EcdsaSha384, private).unwrap();
            for part in MESSAGE.chunks(5) {
                session.sign_update(part).unwrap();
            }
            signatures.push(session.sign_final().unwrap());
            // The shorter digest as well, and on either curve.
            let short = session.sign(&Mechanism::EcdsaSha256, private, MESSAGE).unwrap();
            session.verify(&Mechanism::EcdsaSha256, public, MESSAGE, &short).unwrap();
            session.verify(&Mechanism::Ecdsa, public, &Sha256::digest(MESSAGE), &short).unwrap();
        }
        for signature in signatures {
            assert_eq!(signature.len(), 96);
            session.verify(&Mechanism::Ecdsa, public, &digest, &signature).unwrap();
            openssl_verifies(module, "-sha384", &key, &der_signature(&signature));
        }
        let mut short = [7; 96];
        short[95] = 8;
        let wrong = session.verify(&Mechanism::Ecdsa, public, &digest, &short);
        assert_eq!(refusal(wrong), RvError::SignatureInvalid);
        let of_p256 = session.verify(&Mechanism::Ecdsa, public, &digest, &[7; 64]);
        assert_eq!(refusal(of_p256), RvError::SignatureLenRange);
    });
}

/// A signature as X9.62 has it, from r and s side by side.
fn der_signature(signature: &[u8]) -> Vec<u8> {
    let integer = |number: &[u8]| {
        let number = &number[number.iter().position(|byte| *byte != 0).unwrap()..];
        let sign = if number[0] >= 0x80 { &[0][..] } else { &[] };
        let content = [sign, number].concat();
        [&[2, u8::try_from(content.len()).unwrap()], content.as_slice()].concat()
    };
    let (r, s) = signature.split_at(signature.len() / 2);
    let content = [integer(r), integer(s)].concat();
    [&[0x30, u8::try_from(content.len()).unwrap()], content.as_slice()].concat()
}

fn openssl_verifies(module: &Module, digest: &str, key: &[u8], signature: &[u8]) {
    let file = |name: &str, bytes: &[u8]| {
        let path = module.store.join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let output = Command::new("openssl")
        .args(["dgst", digest, "-keyform", "DER", "-verify"])
        .arg(file("key.der", key))
        .arg("-signature")
        .arg(file("signature.der", signature))
        .arg(file("message", MESSAGE))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn signatures_of_messages_verify_in_one_part_and_in_many() {
    in_own_process!(signatures_of_messages_verify_in_one_part_and_in_many, |module| {
        let session = module.user_session();
        if !digests_itself(module) {
            return;
        }
        let (public, private) = key_pair(&session, "issuing", true);
        let verifier = VerifyingKey::from_sec1_bytes(&point(&session, public)).unwrap();
        let whole = session.sign(&Mechanism::EcdsaSha256, private, MESSAGE).unwrap();
        session.sign_init(&Mechanism::EcdsaSha256, private).unwrap();
        for part in MESSAGE.chunks(5) {
            session.sign_update(part).unwrap();
        }
        let parts = session.sign_final().unwrap();
        for signature in [whole, parts] {
            verifier.verify(MESSAGE, &Signature::from_slice(&signature).unwrap()).unwrap();
            session.verify(&Mechanism::EcdsaSha256, public, MESSAGE, &signature).unwrap();
            session.verify_init(&Mechanism::EcdsaSha256, public).unwrap();
            for part in MESSAGE.chunks(3) {
                session.verify_update(part).unwrap();
            }
            session.verify_final(&signature).unwrap();
        }
    });
}

#[test]
fn openssl_agrees() {
    in_own_process!(openssl_agrees, |module| {
        let session = module.user_session();
        let (public, private) = key_pair(&session, "issuing", true);
        let signature = session.sign(&Mechanism::Ecdsa, private, &Sha256::digest(MESSAGE)).unwrap();
        // RFC 5480: a P-256 SubjectPublicKeyInfo is 26 fixed bytes and the point.
        let prefix = hex::decode("3059301306072a8648ce3d020106082a8648ce3d030107034200").unwrap();
        let key = [prefix, point(&session, public)].concat();
        if module.is_simulator {
            let info = session.get_attributes(public, &[AttributeType::PublicKeyInfo]).unwrap();
            assert_eq!(info, [Attribute::PublicKeyInfo(key.clone())]);
        }
        let signature = Signature::from_slice(&signature).unwrap().to_der();
        openssl_verifies(module, "-sha256", &key, signature.as_bytes());
    });
}

#[test]
fn wrong_signatures_are_refused() {
    in_own_process!(wrong_signatures_are_refused, |module| {
        let session = module.user_session();
        let (public, private) = key_pair(&session, "issuing", true);
        let mut signature = session.sign(&Mechanism::Ecdsa, private, &[7; 32]).unwrap();
        let verify =
            |digest: &[u8], signature: &[u8]| session.verify(&Mechanism::Ecdsa, public, digest, signature);
        assert_eq!(refusal(verify(&[8; 32], &signature)), RvError::SignatureInvalid);
        assert_eq!(refusal(verify(&[7; 32], &signature[1..])), RvError::SignatureLenRange);
        signature[40] ^= 1;
        assert_eq!(refusal(verify(&[7; 32], &signature)), RvError::SignatureInvalid);
    });
}

#[test]
fn keys_do_what_they_are_for() {
    in_own_process!(keys_do_what_they_are_for, |module| {
        let session = module.user_session();
        let (public, private) = key_pair(&session, "issuing", true);
        let denied = RvError::KeyFunctionNotPermitted;
        assert_eq!(refusal(session.sign_init(&Mechanism::Ecdsa, public)), denied);
        assert_eq!(refusal(session.verify_init(&Mechanism::Ecdsa, private)), denied);
        assert_eq!(refusal(session.sign_init(&Mechanism::Sha256, private)), RvError::MechanismInvalid);
        let (_, no_signer) = session
            .generate_key_pair(
                &Mechanism::EccKeyPairGen,
                &[Attribute::EcParams(P256.to_vec())],
                &[Attribute::Sign(false)],
            )
            .unwrap();
        assert_eq!(refusal(session.sign_init(&Mechanism::Ecdsa, no_signer)), denied);
    });
}

#[test]
fn one_operation_at_a_time() {
    in_own_process!(one_operation_at_a_time, |module| {
        let session = module.user_session();
        let (public, private) = key_pair(&session, "issuing", true);
        assert_eq!(refusal(session.sign_update(b"x")), RvError::OperationNotInitialized);
        session.sign_init(&Mechanism::Ecdsa, private).unwrap();
        assert_eq!(refusal(session.sign_init(&Mechanism::Ecdsa, private)), RvError::OperationActive);
        assert_eq!(refusal(session.verify_init(&Mechanism::Ecdsa, public)), RvError::OperationActive);
        assert_eq!(refusal(session.digest_init(&Mechanism::Sha256)), RvError::OperationActive);
        assert_eq!(refusal(session.find_objects(&[])), RvError::OperationActive);
        // A digest is signed in one part, and a mistake ends the operation.
        assert_eq!(refusal(session.sign_update(&[7; 32])), RvError::OperationNotInitialized);
        session.digest_init(&Mechanism::Sha256).unwrap();
        assert_eq!(refusal(session.sign_update(b"x")), RvError::OperationNotInitialized);
        session.digest_update(b"x").unwrap();
        session.digest_final().unwrap();
        session.find_objects(&[]).unwrap();
    });
}

#[test]
fn a_logout_ends_a_signature_in_the_making() {
    in_own_process!(a_logout_ends_a_signature_in_the_making, |module| {
        let session = module.user_session();
        let (_, private) = key_pair(&session, "issuing", true);
        session.sign_init(&Mechanism::Ecdsa, private).unwrap();
        session.logout().unwrap();
        if module.is_simulator {
            session.digest_init(&Mechanism::Sha256).unwrap();
        } else {
            // Stricter: here the operation is gone at once, there it only cannot come to its end.
            assert_eq!(refusal(session.digest_init(&Mechanism::Sha256)), RvError::OperationActive);
        }
    });
}

#[test]
fn a_key_may_want_the_pin_with_every_signature() {
    in_own_process!(a_key_may_want_the_pin_with_every_signature, |module| {
        let session = module.user_session();
        if !digests_itself(module) {
            return;
        }
        let (_, key) = session
            .generate_key_pair(
                &Mechanism::EccKeyPairGen,
                &[Attribute::EcParams(P256.to_vec())],
                &[Attribute::Sign(true), Attribute::AlwaysAuthenticate(true)],
            )
            .unwrap();
        assert_eq!(refusal(session.sign(&Mechanism::Ecdsa, key, &[7; 32])), RvError::UserNotLoggedIn);
        for _ in 0..2 {
            session.sign_init(&Mechanism::EcdsaSha256, key).unwrap();
            assert_eq!(
                refusal(session.login(UserType::ContextSpecific, Some(&pin("wrong-pin")))),
                RvError::PinIncorrect
            );
            session.login(UserType::ContextSpecific, Some(&pin(USER_PIN))).unwrap();
            session.sign_update(b"x").unwrap();
            session.sign_final().unwrap();
        }
    });
}

/// Stricter: SoftHSM2 signs nothing at all as the number zero.
#[test]
fn nothing_is_not_signed() {
    in_own_process!(nothing_is_not_signed, |module| {
        let session = module.user_session();
        let (_, private) = key_pair(&session, "issuing", true);
        if module.is_simulator {
            let empty = session.sign(&Mechanism::Ecdsa, private, &[]);
            assert_eq!(refusal(empty), RvError::DataLenRange);
            let long = session.sign(&Mechanism::Ecdsa, private, &[7; 65]);
            assert_eq!(refusal(long), RvError::DataLenRange);
        }
    });
}
