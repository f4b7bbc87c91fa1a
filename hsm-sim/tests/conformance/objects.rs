//! Objects that are brought and not made: certificates, data, public keys; and copies.

use cryptoki::error::RvError;
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, CertificateType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};

use crate::support::{OFFICER_PIN, P256, in_own_process, key_pair, pin, refusal};

/// As good as a certificate to a token, which does not look inside.
const DER: &[u8] = &[0x30, 3, 2, 1, 7];
const NAME: &[u8] = &[0x30, 0];

fn certificate(more: &[Attribute]) -> Vec<Attribute> {
    let mut template = vec![
        Attribute::Class(ObjectClass::CERTIFICATE),
        Attribute::CertificateType(CertificateType::X_509),
        Attribute::Value(DER.to_vec()),
        Attribute::Subject(NAME.to_vec()),
        Attribute::Token(true),
        Attribute::Private(false),
        Attribute::Label(b"issuing".to_vec()),
    ];
    template.extend_from_slice(more);
    template
}

fn label(session: &Session, object: ObjectHandle) -> Attribute {
    session.get_attributes(object, &[AttributeType::Label]).unwrap().remove(0)
}

#[test]
fn a_certificate_is_kept_and_given_back() {
    in_own_process!(a_certificate_is_kept_and_given_back, |module| {
        let slot = module.token();
        let session = module.log_in(slot);
        let template = certificate(&[
            Attribute::Id(vec![1]),
            Attribute::Issuer(NAME.to_vec()),
            Attribute::SerialNumber(vec![2, 1, 9]),
        ]);
        let made = session.create_object(&template).unwrap();
        for attribute in template {
            let found = session.get_attributes(made, &[attribute.attribute_type()]).unwrap();
            assert_eq!(found, [attribute]);
        }
        assert_eq!(
            session.get_attributes(made, &[AttributeType::Trusted]).unwrap(),
            [Attribute::Trusted(false)]
        );
        session.logout().unwrap();
        let found = session.find_objects(&[Attribute::Class(ObjectClass::CERTIFICATE)]).unwrap();
        assert_eq!(found.len(), 1, "seen by everybody");
        session.destroy_object(found[0]).unwrap();
    });
}

#[test]
fn a_certificate_needs_its_value() {
    in_own_process!(a_certificate_needs_its_value, |module| {
        let session = module.user_session();
        let without = |kind: AttributeType| {
            let mut template = certificate(&[]);
            template.retain(|attribute| attribute.attribute_type() != kind);
            refusal(session.create_object(&template))
        };
        assert_eq!(without(AttributeType::Class), RvError::TemplateIncomplete);
        assert_eq!(without(AttributeType::CertificateType), RvError::TemplateIncomplete);
        if module.is_simulator {
            // Stricter: SoftHSM2 makes an object of it.
            assert_eq!(without(AttributeType::Value), RvError::TemplateIncomplete);
            assert_eq!(without(AttributeType::Subject), RvError::TemplateIncomplete);
            let mut cut = certificate(&[]);
            cut[2] = Attribute::Value(DER[..4].to_vec());
            assert_eq!(refusal(session.create_object(&cut)), RvError::AttributeValueInvalid);
        }
    });
}

#[test]
fn trust_is_the_officers_to_give() {
    in_own_process!(trust_is_the_officers_to_give, |module| {
        let session = module.user_session();
        let trusted = certificate(&[Attribute::Trusted(true)]);
        assert_eq!(refusal(session.create_object(&trusted)), RvError::AttributeReadOnly);
        let plain = session.create_object(&certificate(&[])).unwrap();
        let change = session.update_attributes(plain, &[Attribute::Trusted(true)]);
        assert_eq!(refusal(change), RvError::AttributeReadOnly);
        session.logout().unwrap();
        session.login(UserType::So, Some(&pin(OFFICER_PIN))).unwrap();
        if !module.is_simulator {
            // SoftHSM2 lets nobody give trust afterwards.
            return;
        }
        let found = session.find_objects(&[Attribute::Class(ObjectClass::CERTIFICATE)]).unwrap();
        session.update_attributes(found[0], &[Attribute::Trusted(true)]).unwrap();
        let trusted = session.get_attributes(found[0], &[AttributeType::Trusted]).unwrap();
        assert_eq!(trusted, [Attribute::Trusted(true)]);
    });
}

#[test]
fn data_is_kept_by_who_may_write() {
    in_own_process!(data_is_kept_by_who_may_write, |module| {
        let slot = module.token();
        let data = |token, private| {
            [
                Attribute::Class(ObjectClass::DATA),
                Attribute::Token(token),
                Attribute::Private(private),
                Attribute::Application(b"station".to_vec()),
                Attribute::Value(b"kept".to_vec()),
            ]
        };
        let session = module.pkcs11.open_rw_session(slot).unwrap();
        assert_eq!(refusal(session.create_object(&data(true, true))), RvError::UserNotLoggedIn);
        session.create_object(&data(true, false)).expect("public objects need no login");
        session.login(UserType::User, Some(&pin(crate::support::USER_PIN))).unwrap();
        let private = session.create_object(&data(true, true)).unwrap();
        let read_only = module.pkcs11.open_ro_session(slot).unwrap();
        assert_eq!(refusal(read_only.create_object(&data(true, false))), RvError::SessionReadOnly);
        let fleeting = read_only.create_object(&data(false, false)).unwrap();
        let value = |session: &Session, object| {
            session.get_attributes(object, &[AttributeType::Value]).unwrap().remove(0)
        };
        assert_eq!(value(&session, private), Attribute::Value(b"kept".to_vec()));
        assert_eq!(value(&session, fleeting), Attribute::Value(b"kept".to_vec()));
        session.logout().unwrap();
        assert_eq!(refusal(session.destroy_object(private)), RvError::ObjectHandleInvalid);
    });
}

#[test]
fn keys_of_others_verify_and_private_keys_stay_outside() {
    in_own_process!(keys_of_others_verify_and_private_keys_stay_outside, |module| {
        let session = module.user_session();
        let (public, private) = key_pair(&session, "issuing", true);
        let point = session.get_attributes(public, &[AttributeType::EcPoint]).unwrap().remove(0);
        let signature = session.sign(&Mechanism::Ecdsa, private, &[7; 32]).unwrap();
        let brought = [
            Attribute::Class(ObjectClass::PUBLIC_KEY),
            Attribute::KeyType(KeyType::EC),
            Attribute::EcParams(P256.to_vec()),
            point,
            Attribute::Verify(true),
            Attribute::Private(false),
        ];
        let key = session.create_object(&brought).unwrap();
        session.verify(&Mechanism::Ecdsa, key, &[7; 32], &signature).unwrap();
        assert_eq!(session.get_attributes(key, &[AttributeType::Local]).unwrap(), [Attribute::Local(false)]);

        let imported = session.create_object(&[
            Attribute::Class(ObjectClass::PRIVATE_KEY),
            Attribute::KeyType(KeyType::EC),
            Attribute::EcParams(P256.to_vec()),
            Attribute::Value(vec![7; 32]),
            Attribute::Sign(true),
        ]);
        if module.is_simulator {
            assert_eq!(refusal(imported), RvError::TemplateInconsistent);
        } else {
            // Stricter: SoftHSM2 takes keys that others may know.
            imported.unwrap();
        }
    });
}

#[test]
fn copies_are_made_where_that_is_allowed_and_never_weaker() {
    in_own_process!(copies_are_made_where_that_is_allowed_and_never_weaker, |module| {
        let slot = module.token();
        let session = module.log_in(slot);
        let original = session.create_object(&certificate(&[])).unwrap();
        let renamed = Attribute::Label(b"copy".to_vec());
        let copy = session.copy_object(original, &[renamed.clone(), Attribute::Token(false)]).unwrap();
        assert_eq!(label(&session, copy), renamed);
        assert_eq!(label(&session, original), Attribute::Label(b"issuing".to_vec()));
        assert_eq!(
            session.get_attributes(copy, &[AttributeType::Token, AttributeType::Value]).unwrap(),
            [Attribute::Token(false), Attribute::Value(DER.to_vec())]
        );
        let fixed = session.create_object(&certificate(&[Attribute::Copyable(false)])).unwrap();
        assert_eq!(refusal(session.copy_object(fixed, &[])), RvError::ActionProhibited);
        let read_only = module.pkcs11.open_ro_session(slot).unwrap();
        let on_token = read_only.copy_object(original, &[Attribute::Token(true)]);
        assert_eq!(refusal(on_token), RvError::SessionReadOnly);

        let (_, key) = key_pair(&session, "issuing", true);
        assert_eq!(
            refusal(session.copy_object(key, &[Attribute::Private(false)])),
            RvError::TemplateInconsistent
        );
        for weaker in [Attribute::Sensitive(false), Attribute::Extractable(true)] {
            assert_eq!(refusal(session.copy_object(key, &[weaker])), RvError::AttributeReadOnly);
        }
        if module.is_simulator {
            // SoftHSM2 copies the attributes of an EC key and signs with them only after the next login.
            let twin = session.copy_object(key, &[Attribute::Token(false)]).unwrap();
            session.sign(&Mechanism::Ecdsa, twin, &[7; 32]).unwrap();
        }
    });
}

/// Stricter: a use that was withdrawn is not given back.
#[test]
fn uses_are_withdrawn_for_good() {
    in_own_process!(uses_are_withdrawn_for_good, |module| {
        let session = module.user_session();
        let (_, key) = key_pair(&session, "issuing", true);
        session.update_attributes(key, &[Attribute::Sign(false)]).unwrap();
        assert_eq!(refusal(session.sign_init(&Mechanism::Ecdsa, key)), RvError::KeyFunctionNotPermitted);
        let back = session.update_attributes(key, &[Attribute::Sign(true)]);
        if module.is_simulator {
            assert_eq!(refusal(back), RvError::AttributeReadOnly);
            session.update_attributes(key, &[Attribute::Copyable(false)]).unwrap();
            assert_eq!(refusal(session.copy_object(key, &[])), RvError::ActionProhibited);
        } else {
            back.unwrap();
        }
        let nothing = session.sign_init(&Mechanism::Ecdsa, session.create_object(&certificate(&[])).unwrap());
        if module.is_simulator {
            assert_eq!(refusal(nothing), RvError::KeyHandleInvalid, "a certificate is no key");
        } else {
            refusal(nothing);
        }
    });
}
