//! Key pairs: who may make them, find them, change and destroy them.

use cryptoki::error::RvError;
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, ObjectClass};
use cryptoki::session::{Session, UserType};

use crate::support::{OFFICER_PIN, P256, in_own_process, key_pair, pin, refusal};

fn generate(
    session: &Session,
    public: &[Attribute],
    private: &[Attribute],
) -> Result<(), cryptoki::error::Error> {
    let mut with_curve = vec![Attribute::EcParams(P256.to_vec())];
    with_curve.extend_from_slice(public);
    session.generate_key_pair(&Mechanism::EccKeyPairGen, &with_curve, private).map(drop)
}

#[test]
fn only_the_user_makes_keys() {
    in_own_process!(only_the_user_makes_keys, |module| {
        let slot = module.token();
        let session = module.pkcs11.open_rw_session(slot).unwrap();
        let private = [Attribute::Token(true), Attribute::Private(true)];
        assert_eq!(refusal(generate(&session, &[], &private)), RvError::UserNotLoggedIn);
        session.login(UserType::So, Some(&pin(OFFICER_PIN))).unwrap();
        assert_eq!(refusal(generate(&session, &[], &private)), RvError::UserNotLoggedIn);
    });
}

#[test]
fn a_read_only_session_makes_keys_of_its_own_alone() {
    in_own_process!(a_read_only_session_makes_keys_of_its_own_alone, |module| {
        let slot = module.token();
        let _login = module.log_in(slot);
        let session = module.pkcs11.open_ro_session(slot).unwrap();
        let on_token = [Attribute::Token(true)];
        assert_eq!(refusal(generate(&session, &on_token, &on_token)), RvError::SessionReadOnly);
        assert_eq!(refusal(generate(&session, &[], &on_token)), RvError::SessionReadOnly);
        generate(&session, &[Attribute::Token(false)], &[Attribute::Token(false)]).unwrap();
    });
}

#[test]
fn templates_that_make_no_sense_are_refused() {
    in_own_process!(templates_that_make_no_sense_are_refused, |module| {
        let session = module.user_session();
        let no_curve = session.generate_key_pair(&Mechanism::EccKeyPairGen, &[], &[]);
        assert_eq!(refusal(no_curve), RvError::TemplateIncomplete);
        let wrong_class = [Attribute::Class(ObjectClass::PRIVATE_KEY)];
        // Nearer to the standard's words for a class that conflicts with the call.
        let expected =
            if module.is_simulator { RvError::TemplateInconsistent } else { RvError::AttributeValueInvalid };
        assert_eq!(refusal(generate(&session, &wrong_class, &[])), expected);
        let wrong_mechanism = session.generate_key_pair(&Mechanism::Sha256, &[], &[]);
        assert_eq!(refusal(wrong_mechanism), RvError::MechanismInvalid);
    });
}

/// Stricter: SoftHSM2 follows the template, where a CA's HSM keeps its keys in.
#[test]
fn a_private_key_is_never_made_weaker() {
    in_own_process!(a_private_key_is_never_made_weaker, |module| {
        let session = module.user_session();
        for weak in [Attribute::Sensitive(false), Attribute::Extractable(true), Attribute::Private(false)] {
            let outcome = generate(&session, &[], std::slice::from_ref(&weak));
            if module.is_simulator {
                assert_eq!(refusal(outcome), RvError::TemplateInconsistent, "{weak:?}");
            } else {
                outcome.unwrap();
            }
        }
        let twice = [Attribute::Label(b"a".to_vec()), Attribute::Label(b"b".to_vec())];
        let outcome = generate(&session, &twice, &[]);
        if module.is_simulator {
            assert_eq!(refusal(outcome), RvError::TemplateInconsistent);
        } else {
            outcome.unwrap();
        }
    });
}

#[test]
fn keys_are_found_by_what_they_are() {
    in_own_process!(keys_are_found_by_what_they_are, |module| {
        let session = module.user_session();
        let (root_public, root_private) = key_pair(&session, "root", true);
        let (_, issuing_private) = key_pair(&session, "issuing", true);
        let find = |template: &[Attribute]| session.find_objects(template).unwrap();
        let private = Attribute::Class(ObjectClass::PRIVATE_KEY);
        assert_eq!(find(&[]).len(), 4);
        assert_eq!(find(&[Attribute::Label(b"issuing".to_vec()), private.clone()]), [issuing_private]);
        let mut root = find(&[Attribute::Label(b"root".to_vec())]);
        root.sort_by_key(cryptoki::object::ObjectHandle::handle);
        assert!(root.contains(&root_public) && root.contains(&root_private) && root.len() == 2);
        assert_eq!(find(&[private, Attribute::Sign(true), Attribute::Token(true)]).len(), 2);
        assert!(find(&[Attribute::Label(b"roo".to_vec())]).is_empty());
        assert!(find(&[Attribute::Id(vec![2])]).is_empty());
        assert!(find(&[Attribute::ModulusBits(2048.into())]).is_empty());
        assert!(find(&[Attribute::Label(Vec::new())]).is_empty());
    });
}

#[test]
fn labels_and_ids_change_and_nothing_else_does() {
    in_own_process!(labels_and_ids_change_and_nothing_else_does, |module| {
        let slot = module.token();
        let session = module.log_in(slot);
        let (_, key) = key_pair(&session, "issuing", true);
        session
            .update_attributes(key, &[Attribute::Label(b"retired".to_vec()), Attribute::Id(vec![9, 9])])
            .unwrap();
        assert_eq!(session.find_objects(&[Attribute::Label(b"retired".to_vec())]).unwrap(), [key]);
        assert_eq!(session.find_objects(&[Attribute::Id(vec![9, 9])]).unwrap(), [key]);
        for fixed in [Attribute::Class(ObjectClass::PUBLIC_KEY), Attribute::Local(false)] {
            assert_eq!(refusal(session.update_attributes(key, &[fixed])), RvError::AttributeReadOnly);
        }
        for weaker in [Attribute::Sensitive(false), Attribute::Extractable(true)] {
            assert_eq!(refusal(session.update_attributes(key, &[weaker])), RvError::AttributeReadOnly);
        }
        let read_only = module.pkcs11.open_ro_session(slot).unwrap();
        let change = read_only.update_attributes(key, &[Attribute::Label(b"x".to_vec())]);
        assert_eq!(refusal(change), RvError::SessionReadOnly);
        // The key still signs after its change.
        session.sign(&Mechanism::Ecdsa, key, &[7; 32]).unwrap();
    });
}

#[test]
fn objects_are_destroyed_once_and_where_that_is_allowed() {
    in_own_process!(objects_are_destroyed_once_and_where_that_is_allowed, |module| {
        let slot = module.token();
        let session = module.log_in(slot);
        let (public, private) = key_pair(&session, "issuing", true);
        let read_only = module.pkcs11.open_ro_session(slot).unwrap();
        assert_eq!(refusal(read_only.destroy_object(private)), RvError::SessionReadOnly);
        session.destroy_object(private).unwrap();
        assert_eq!(refusal(session.destroy_object(private)), RvError::ObjectHandleInvalid);
        // Nearer to the standard: the handle is one of a key here, for SoftHSM2 of any object.
        let expected =
            if module.is_simulator { RvError::KeyHandleInvalid } else { RvError::ObjectHandleInvalid };
        assert_eq!(refusal(session.sign_init(&Mechanism::Ecdsa, private)), expected);
        session.destroy_object(public).unwrap();
        assert!(session.find_objects(&[]).unwrap().is_empty());
    });
}

#[test]
fn what_was_made_to_stay_stays() {
    in_own_process!(what_was_made_to_stay_stays, |module| {
        let session = module.user_session();
        let fixed = [Attribute::Token(true), Attribute::Modifiable(false), Attribute::Destroyable(false)];
        generate(&session, &fixed, &[]).unwrap();
        let keys = session.find_objects(&[Attribute::Class(ObjectClass::PUBLIC_KEY)]).unwrap();
        let change = session.update_attributes(keys[0], &[Attribute::Label(b"x".to_vec())]);
        assert_eq!(refusal(change), RvError::ActionProhibited);
        assert_eq!(refusal(session.destroy_object(keys[0])), RvError::ActionProhibited);
    });
}

#[test]
fn keys_survive_the_process() {
    in_own_process!(keys_survive_the_process, |module| {
        let slot = module.token();
        let session = module.log_in(slot);
        key_pair(&session, "issuing", true);
        key_pair(&session, "fleeting", false);
        let point = |session: &Session| {
            let public = [Attribute::Class(ObjectClass::PUBLIC_KEY), Attribute::Label(b"issuing".to_vec())];
            let keys = session.find_objects(&public).unwrap();
            session.get_attributes(keys[0], &[cryptoki::object::AttributeType::EcPoint]).unwrap()
        };
        let before = point(&session);
        drop(session);
        module.pkcs11.clone().finalize().unwrap();

        let session = module.log_in(module.token_again());
        assert_eq!(session.find_objects(&[]).unwrap().len(), 2);
        assert_eq!(point(&session), before);
    });
}
