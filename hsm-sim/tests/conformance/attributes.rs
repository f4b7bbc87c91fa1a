//! What a key says of itself, and what it keeps.

use cryptoki::error::RvError;
use cryptoki::mechanism::MechanismType;
use cryptoki::object::{Attribute, AttributeInfo, AttributeType, KeyType, ObjectClass};
use p256::ecdsa::VerifyingKey;

use crate::support::{P256, in_own_process, key_pair};

#[test]
fn a_private_key_says_what_it_is() {
    in_own_process!(a_private_key_says_what_it_is, |module| {
        let session = module.user_session();
        let (_, key) = key_pair(&session, "issuing", true);
        let expected = [
            Attribute::Class(ObjectClass::PRIVATE_KEY),
            Attribute::KeyType(KeyType::EC),
            Attribute::Token(true),
            Attribute::Private(true),
            Attribute::Label(b"issuing".to_vec()),
            Attribute::Id(vec![1]),
            Attribute::Sensitive(true),
            Attribute::AlwaysSensitive(true),
            Attribute::Extractable(false),
            Attribute::NeverExtractable(true),
            Attribute::Local(true),
            Attribute::KeyGenMechanism(MechanismType::ECC_KEY_PAIR_GEN),
            Attribute::Sign(true),
            Attribute::Modifiable(true),
            Attribute::Copyable(true),
            Attribute::Destroyable(true),
            Attribute::AlwaysAuthenticate(false),
            Attribute::WrapWithTrusted(false),
            Attribute::Derive(false),
            Attribute::EcParams(P256.to_vec()),
        ];
        for attribute in expected {
            let kind = attribute.attribute_type();
            let found = session.get_attributes(key, &[kind]).unwrap();
            if !module.is_simulator && (kind == AttributeType::Derive) {
                // SoftHSM2's keys may derive unless told otherwise.
                continue;
            }
            assert_eq!(found, [attribute]);
        }
    });
}

#[test]
fn a_public_key_gives_its_point_as_der() {
    in_own_process!(a_public_key_gives_its_point_as_der, |module| {
        let session = module.user_session();
        let (key, _) = key_pair(&session, "issuing", true);
        let wanted =
            [AttributeType::EcPoint, AttributeType::EcParams, AttributeType::Verify, AttributeType::Local];
        let found = session.get_attributes(key, &wanted).unwrap();
        let [
            Attribute::EcPoint(point),
            Attribute::EcParams(curve),
            Attribute::Verify(true),
            Attribute::Local(true),
        ] = found.as_slice()
        else {
            panic!("unexpected {found:?}");
        };
        assert_eq!(curve, P256);
        assert_eq!(point[..3], [0x04, 0x41, 0x04], "an OCTET STRING of 65 bytes with an uncompressed point");
        VerifyingKey::from_sec1_bytes(&point[2..]).unwrap();
    });
}

#[test]
fn the_secret_stays_inside() {
    in_own_process!(the_secret_stays_inside, |module| {
        let session = module.user_session();
        let (_, key) = key_pair(&session, "issuing", true);
        let asked = [AttributeType::Value, AttributeType::Modulus, AttributeType::Label];
        let info = session.get_attribute_info(key, &asked).unwrap();
        assert!(matches!(
            info.as_slice(),
            [AttributeInfo::Sensitive, AttributeInfo::TypeInvalid, AttributeInfo::Available(7)]
        ));
        // In one call, the rest is still answered.
        let found = session.get_attributes(key, &asked).unwrap();
        assert_eq!(found, [Attribute::Label(b"issuing".to_vec())]);
        assert!(session.find_objects(&[Attribute::Value(vec![0; 32])]).unwrap().is_empty());
    });
}

#[test]
fn handles_name_nothing_once_their_object_is_gone() {
    in_own_process!(handles_name_nothing_once_their_object_is_gone, |module| {
        let session = module.user_session();
        let (key, _) = key_pair(&session, "issuing", true);
        session.destroy_object(key).unwrap();
        let found = session.get_attributes(key, &[AttributeType::Label]);
        assert_eq!(crate::support::refusal(found), RvError::ObjectHandleInvalid);
    });
}
