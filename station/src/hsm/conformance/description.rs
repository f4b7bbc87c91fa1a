//! Module, slot, token, mechanisms, login.

use cryptoki::mechanism::MechanismType;
use cryptoki::session::UserType;
use cryptoki::slot::Limit;

use super::checks::{Finding, Said, fail, pass};
use super::subject::Subject;
use crate::fault::Chain;
use crate::hsm::library::Library;

/// Loads and initialises the module.
pub(super) fn load(subject: &mut Subject) -> Finding {
    let library = match Library::load(&subject.plan.address.module, subject.plan.deadline) {
        Ok(library) => library,
        // Said in full: a missing file and one for another processor are the commonest causes.
        Err(error) => return fail(Chain::of(&error).to_string()),
    };
    let info = library.pkcs11.get_library_info()?;
    subject.fact("library", format!("{} by {}", info.library_description(), info.manufacturer_id()));
    subject.fact("library version", info.library_version().to_string());
    subject.fact("PKCS#11 version", info.cryptoki_version().to_string());
    subject.pkcs11 = Some(library.pkcs11.clone());
    pass("and initialised")
}

/// Finds the one token with the label.
pub(super) fn find(subject: &mut Subject) -> Finding {
    let pkcs11 = subject.pkcs11()?.clone();
    let mut found = Vec::new();
    let mut seen = Vec::new();
    for slot in pkcs11.get_slots_with_token()? {
        // A token that does not answer is not ours to judge.
        let Ok(info) = pkcs11.get_token_info(slot) else { continue };
        if !info.token_initialized() {
            continue;
        }
        if info.label() == subject.plan.address.token {
            found.push((slot, info));
        } else {
            seen.push(info.label().to_owned());
        }
    }
    let (slot, info) = match (found.pop(), found.len()) {
        (Some(only), 0) => only,
        (Some(_), more) => return fail(format!("{} tokens have this label", more + 1)),
        (None, _) if seen.is_empty() => return fail("there is no initialised token at all"),
        (None, _) => return fail(format!("the tokens are {}", seen.join(", "))),
    };
    subject.slot = Some(slot);
    subject.fact("slot", slot.id().to_string());
    subject.fact("token", format!("{} by {}", info.model(), info.manufacturer_id()));
    subject.fact("serial number", info.serial_number());
    subject.fact("firmware version", info.firmware_version().to_string());
    let flags = [
        ("random number generator", info.rng()),
        ("write protected", info.write_protected()),
        ("login required", info.login_required()),
        ("PIN set", info.user_pin_initialized()),
        ("clock", info.clock_on_token()),
        ("PIN pad", info.protected_authentication_path()),
    ];
    let flags: Vec<&str> = flags.into_iter().filter(|(_, set)| *set).map(|(name, _)| name).collect();
    subject.fact("flags", flags.join(", "));
    subject.limit("PIN length", format!("{} to {}", info.min_pin_length(), info.max_pin_length()));
    let sessions = match info.max_session_count() {
        Limit::Max(most) => most.to_string(),
        Limit::Infinite => "no limit".to_owned(),
        Limit::Unavailable => "not told".to_owned(),
    };
    subject.limit("sessions, as the token tells", sessions);
    pass("")
}

/// `CKM_EC_KEY_PAIR_GEN` and `CKM_ECDSA`, with 256 bits.
pub(super) fn mechanisms(subject: &mut Subject) -> Finding {
    let (pkcs11, slot) = (subject.pkcs11()?.clone(), subject.slot()?);
    let offered = pkcs11.get_mechanism_list(slot)?;
    let relevant = [
        MechanismType::ECC_KEY_PAIR_GEN,
        MechanismType::ECDSA,
        MechanismType::ECDSA_SHA256,
        MechanismType::ECDSA_SHA384,
        MechanismType::SHA256,
    ];
    let names: Vec<String> =
        relevant.iter().filter(|one| offered.contains(one)).map(ToString::to_string).collect();
    subject.fact("mechanisms, of those that matter", names.join(", "));
    subject.digests = offered.contains(&MechanismType::ECDSA_SHA256);
    for wanted in [MechanismType::ECC_KEY_PAIR_GEN, MechanismType::ECDSA] {
        if !offered.contains(&wanted) {
            return fail(format!("{wanted} is not offered"));
        }
        let info = pkcs11.get_mechanism_info(slot, wanted)?;
        let (least, most) = (info.min_key_size(), info.max_key_size());
        if !(least..=most).contains(&256) {
            return fail(format!("{wanted} takes keys of {least} to {most} bits"));
        }
    }
    pass("")
}

/// Opens the session that the checks work in.
pub(super) fn open(subject: &mut Subject) -> Finding {
    let (pkcs11, slot) = (subject.pkcs11()?.clone(), subject.slot()?);
    if pkcs11.get_token_info(slot)?.write_protected() {
        return fail("the token is write protected");
    }
    subject.session = Some(pkcs11.open_rw_session(slot)?);
    pass("")
}

/// Gives the PIN, once, and not at all when a wrong one was tried before.
pub(super) fn log_in(subject: &mut Subject) -> Finding {
    let info = subject.pkcs11()?.get_token_info(subject.slot()?)?;
    if info.user_pin_locked() {
        return fail("the PIN is locked");
    }
    if info.user_pin_final_try() || info.user_pin_count_low() {
        return fail(
            "a wrong PIN was tried before, and another try is not risked: log in once by other means",
        );
    }
    subject.session()?.login(UserType::User, Some(&subject.plan.pin.for_login()))?;
    pass("")
}

/// Two times 32 bytes.
pub(super) fn random(subject: &mut Subject) -> Finding {
    if !subject.pkcs11()?.get_token_info(subject.slot()?)?.rng() {
        return Ok(Said::NotOffered("the token has no generator".to_owned()));
    }
    let session = subject.session()?;
    let (first, second) = (session.generate_random_vec(32)?, session.generate_random_vec(32)?);
    if first == second { fail("32 bytes were the same twice") } else { pass("") }
}
