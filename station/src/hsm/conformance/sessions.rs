//! Sessions: how many there are, what ends them, what lives in them.

use cryptoki::error::{Error as CryptokiError, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, ObjectClass};
use cryptoki::session::UserType;
use sha2::{Digest as _, Sha256};

use super::checks::{Failed, Finding, Said, fail, pass};
use super::subject::{Keys, Subject};
use super::{keys, signing};
use crate::hsm::Refusal;

/// More sessions than the station will ever want.
const MOST: usize = 64;

/// A pair that is on no disk signs, and ends with its session.
pub(super) fn session_keys(subject: &mut Subject) -> Finding {
    let session = subject.another_session()?;
    let pair = match keys::make_pair(&session, &subject.label, false) {
        Ok(pair) => pair,
        Err(error) => return Ok(Said::NotOffered(Refusal::from(error).to_string())),
    };
    let made = keys::with_verifier(&session, pair)?;
    let digest: [u8; 32] = Sha256::digest(b"session").into();
    let signature = session.sign(&Mechanism::Ecdsa, made.private, &digest)?;
    signing::verified(&made.verifier, &digest, &signature)?;
    session.close()?;
    let left = subject.own_objects(subject.session()?)?.len();
    // The pair on the token is there, and nothing else.
    if left == 2 { pass("") } else { fail(format!("{left} objects are there afterwards, expected 2")) }
}

/// Opens sessions until no more are given out.
pub(super) fn count(subject: &mut Subject) -> Finding {
    let mut open = Vec::new();
    let mut refused = None;
    while open.len() < MOST {
        match subject.pkcs11()?.open_ro_session(subject.slot()?) {
            Ok(session) => open.push(session),
            Err(CryptokiError::Pkcs11(value, _)) => {
                refused = Some(value);
                break;
            }
            Err(error) => return Err(error.into()),
        }
    }
    let opened = open.len();
    for session in open {
        session.close()?;
    }
    let detail = match refused {
        None => format!("{opened} and more beside the first"),
        Some(RvError::SessionCount) => format!("{opened} beside the first"),
        Some(value) => format!("{opened} beside the first, then {value}"),
    };
    subject.limit("sessions, as found", detail.clone());
    // One stays for what the station does beside signing.
    if opened > 0 { pass(detail) } else { fail("the token has one session only") }
}

/// Closes one session; the login and the keys of the other stay.
pub(super) fn closing(subject: &mut Subject) -> Finding {
    subject.another_session()?.close()?;
    let keys = subject.keys()?;
    let digest: [u8; 32] = Sha256::digest(b"still here").into();
    let signature = subject.session()?.sign(&Mechanism::Ecdsa, keys.private, &digest)?;
    signing::verified(&keys.verifier, &digest, &signature)?;
    pass("")
}

/// Leaves the session alone for a while, and signs in it.
pub(super) fn idle(subject: &mut Subject) -> Finding {
    let Some(time) = subject.plan.idle else {
        return Ok(Said::NotRun("ask for it with --idle SECONDS".to_owned()));
    };
    let keys = subject.keys()?;
    super::rates::rest(time);
    let signed = subject.session()?.sign(&Mechanism::Ecdsa, keys.private, &[7; 32]);
    let seconds = time.as_secs();
    match signed {
        Ok(_) => pass(format!("{seconds} s")),
        Err(error) => {
            let why = Refusal::from(error);
            subject.limit("a session is lost after", format!("{seconds} s or less"));
            recover(subject)?;
            fail(format!("not {seconds} s: {why}"))
        }
    }
}

/// Comes back when the token has dropped the session since the last check, as some do after seconds of idleness. What that is worth, the
/// check of idle sessions tells; here it must not stand in the way of the others.
pub(super) fn revive(subject: &mut Subject) {
    let lost = subject.session.as_ref().is_some_and(|session| {
        matches!(session.get_session_info(), Err(CryptokiError::Pkcs11(RvError::SessionHandleInvalid, _)))
    });
    // Without a key pair nobody is logged in yet, and the PIN is not given for the first time in here.
    if lost && subject.keys.is_some() {
        // When this fails, the next check says so.
        let _ = recover(subject);
    }
}

/// Comes back after the token has forgotten session or login, with the PIN that was right before.
fn recover(subject: &mut Subject) -> Result<(), Failed> {
    let session = subject.pkcs11()?.open_rw_session(subject.slot()?)?;
    match session.login(UserType::User, Some(&subject.plan.pin.for_login())) {
        Ok(()) | Err(CryptokiError::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
        Err(error) => return Err(error.into()),
    }
    if let Some(dead) = subject.session.replace(session) {
        // Its handle may belong to somebody else by now.
        std::mem::forget(dead);
    }
    // After a new login private objects have new handles.
    let session = subject.session()?;
    let find = |class| {
        let label = Attribute::Label(subject.label.clone().into_bytes());
        session.find_objects(&[Attribute::Class(class), label])
    };
    let (public, private) = (find(ObjectClass::PUBLIC_KEY)?, find(ObjectClass::PRIVATE_KEY)?);
    let ([public], [private]) = (public.as_slice(), private.as_slice()) else {
        return Err(Failed("the key pair is not found any more".to_owned()));
    };
    let verifier = subject.keys()?.verifier;
    subject.keys = Some(Keys { public: *public, private: *private, verifier });
    Ok(())
}

/// Logs out and tries to sign all the same.
pub(super) fn after_logout(subject: &mut Subject) -> Finding {
    let keys = subject.keys()?;
    let session = subject.session()?;
    session.logout()?;
    match session.sign(&Mechanism::Ecdsa, keys.private, &[7; 32]) {
        Ok(_) => fail("the key signs although nobody is logged in"),
        Err(error @ CryptokiError::Pkcs11(..)) => pass(Refusal::from(error).to_string()),
        Err(error) => Err(error.into()),
    }
}

/// Logs in again, and signs again.
pub(super) fn log_in_again(subject: &mut Subject) -> Finding {
    recover(subject)?;
    let keys = subject.keys()?;
    let digest: [u8; 32] = Sha256::digest(b"again").into();
    let signature = subject.session()?.sign(&Mechanism::Ecdsa, keys.private, &digest)?;
    signing::verified(&keys.verifier, &digest, &signature)?;
    pass("and the key signs")
}
