//! Signatures, and whose word is taken for them: never the token's own.

use cryptoki::error::{Error as CryptokiError, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::ObjectHandle;
use cryptoki::session::Session;
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use sha2::{Digest as _, Sha256};

use super::checks::{Failed, Finding, Said, fail, pass};
use super::subject::{Keys, Subject};
use crate::hsm::Refusal;

const MESSAGE: &[u8] = b"a message to be signed in a test of this HSM";

/// How many signatures each of two sessions makes while the other does.
const AT_ONCE: usize = 20;

/// `CKM_ECDSA` of a digest.
pub(super) fn of_digest(subject: &mut Subject) -> Finding {
    let keys = subject.keys()?;
    let digest: [u8; 32] = Sha256::digest(MESSAGE).into();
    let signature = subject.session()?.sign(&Mechanism::Ecdsa, keys.private, &digest)?;
    verified(&keys.verifier, &digest, &signature)?;
    pass("CKM_ECDSA")
}

/// `CKM_ECDSA_SHA256` of the message whose digest was signed before.
pub(super) fn of_message(subject: &mut Subject) -> Finding {
    if !subject.digests {
        return Ok(not_digesting());
    }
    let keys = subject.keys()?;
    let signature = subject.session()?.sign(&Mechanism::EcdsaSha256, keys.private, MESSAGE)?;
    verified(&keys.verifier, &Sha256::digest(MESSAGE).into(), &signature)?;
    pass("CKM_ECDSA_SHA256")
}

/// The same in parts, as long as a revocation list of a large batch.
pub(super) fn of_large_message(subject: &mut Subject) -> Finding {
    if !subject.digests {
        return Ok(not_digesting());
    }
    let (session, keys) = (subject.session()?, subject.keys()?);
    let part = [0x5a; 16 * 1024];
    let mut digest = Sha256::new();
    session.sign_init(&Mechanism::EcdsaSha256, keys.private)?;
    for _ in 0..64 {
        session.sign_update(&part)?;
        digest.update(part);
    }
    let signature = session.sign_final()?;
    verified(&keys.verifier, &digest.finalize().into(), &signature)?;
    pass("")
}

/// Two threads, each with a session of its own.
pub(super) fn in_two_sessions(subject: &mut Subject) -> Finding {
    let keys = subject.keys()?;
    let sessions = [subject.another_session()?, subject.another_session()?];
    let outcomes: Vec<Result<(), Failed>> = std::thread::scope(|scope| {
        let threads: Vec<_> = sessions
            .into_iter()
            .zip([1, 2])
            .map(|(session, number)| scope.spawn(move || sign_some(&session, &keys, number)))
            .collect();
        let died = || Err(Failed("a session's thread panicked".to_owned()));
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| died())).collect()
    });
    outcomes.into_iter().collect::<Result<(), Failed>>()?;
    pass(format!("{AT_ONCE} signatures each"))
}

/// The handle of a key that was destroyed a moment ago.
pub(super) fn with_wrong_handle(subject: &mut Subject) -> Finding {
    let gone = gone_handle(subject)?;
    match subject.session()?.sign(&Mechanism::Ecdsa, gone, &[7; 32]) {
        Err(error @ CryptokiError::Pkcs11(RvError::KeyHandleInvalid | RvError::ObjectHandleInvalid, _)) => {
            pass(Refusal::from(error).to_string())
        }
        Err(error) => Err(error.into()),
        Ok(_) => fail("a key that was destroyed still signs"),
    }
}

fn gone_handle(subject: &Subject) -> Result<ObjectHandle, Failed> {
    let session = subject.session()?;
    let (public, private) = super::keys::make_pair(session, &subject.label, true)?;
    session.destroy_object(public)?;
    session.destroy_object(private)?;
    Ok(private)
}

fn sign_some(session: &Session, keys: &Keys, number: u8) -> Result<(), Failed> {
    for count in 0..AT_ONCE {
        let digest: [u8; 32] = Sha256::digest([number, u8::try_from(count).unwrap_or_default()]).into();
        let signature = session.sign(&Mechanism::Ecdsa, keys.private, &digest)?;
        verified(&keys.verifier, &digest, &signature)?;
    }
    Ok(())
}

/// Verifies a signature, r and s side by side, with our own arithmetic.
pub(super) fn verified(verifier: &VerifyingKey, digest: &[u8; 32], signature: &[u8]) -> Result<(), Failed> {
    let parsed = Signature::from_slice(signature)
        .map_err(|_| Failed(format!("{} bytes that are no signature on P-256", signature.len())))?;
    verifier.verify_prehash(digest, &parsed).map_err(|_| Failed("the signature is wrong".to_owned()))
}

fn not_digesting() -> Said {
    Said::NotOffered("CKM_ECDSA_SHA256 is not; the station digests".to_owned())
}
