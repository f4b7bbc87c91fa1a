//! Making keys, finding, reading and deleting them.

use cryptoki::error::{Error as CryptokiError, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeInfo, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use p256::ecdsa::VerifyingKey;

use super::checks::{Failed, Finding, fail, pass};
use super::subject::{Keys, LABEL_PREFIX, Subject};

/// secp256r1 as `CKA_EC_PARAMS` (RFC 5480, section 2.1.1.1).
const P256: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

/// Makes the pair that the other checks use, as the station would.
pub(super) fn generate(subject: &mut Subject) -> Finding {
    let end = crate::random::bytes::<8>().map_err(|error| Failed(error.to_string()))?;
    subject.label = format!("{LABEL_PREFIX}{}", hex::encode(end));
    let pair = match make_pair(subject.session()?, &subject.label, true) {
        Ok(pair) => pair,
        Err(CryptokiError::Pkcs11(RvError::DeviceMemory | RvError::HostMemory, _)) => {
            return fail("the token is full");
        }
        Err(error) => return Err(error.into()),
    };
    subject.keys = Some(with_verifier(subject.session()?, pair)?);
    pass("P-256")
}

/// Makes a pair on the token or in the session: public, private.
pub(super) fn make_pair(
    session: &Session,
    label: &str,
    on_token: bool,
) -> Result<(ObjectHandle, ObjectHandle), CryptokiError> {
    let label = Attribute::Label(label.as_bytes().to_vec());
    let public = [
        Attribute::Class(ObjectClass::PUBLIC_KEY),
        Attribute::KeyType(KeyType::EC),
        Attribute::EcParams(P256.to_vec()),
        Attribute::Token(on_token),
        Attribute::Private(false),
        Attribute::Verify(true),
        label.clone(),
    ];
    let private = [
        Attribute::Class(ObjectClass::PRIVATE_KEY),
        Attribute::KeyType(KeyType::EC),
        Attribute::Token(on_token),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Sign(true),
        label,
    ];
    session.generate_key_pair(&Mechanism::EccKeyPairGen, &public, &private)
}

/// Reads the public half of a pair, so that others than the token can verify.
pub(super) fn with_verifier(
    session: &Session,
    (public, private): (ObjectHandle, ObjectHandle),
) -> Result<Keys, Failed> {
    let point = point_attribute(session, public)?;
    // The standard wants the point in a DER OCTET STRING; some modules give it bare.
    let bare = point.strip_prefix(&[0x04, 0x41]).filter(|rest| rest.len() == 65).unwrap_or(&point);
    let verifier = VerifyingKey::from_sec1_bytes(bare)
        .map_err(|_| Failed("the public key is not a point on P-256".to_owned()))?;
    Ok(Keys { public, private, verifier })
}

fn point_attribute(session: &Session, public: ObjectHandle) -> Result<Vec<u8>, Failed> {
    match session.get_attributes(public, &[AttributeType::EcPoint])?.pop() {
        Some(Attribute::EcPoint(point)) => Ok(point),
        _ => Err(Failed("the public key shows no point".to_owned())),
    }
}

/// What the token says about where the key came from and where it may go.
pub(super) fn stays_inside(subject: &mut Subject) -> Finding {
    let wanted = [
        Attribute::Sensitive(true),
        Attribute::AlwaysSensitive(true),
        Attribute::Extractable(false),
        Attribute::NeverExtractable(true),
        Attribute::Local(true),
    ];
    let kinds: Vec<AttributeType> = wanted.iter().map(Attribute::attribute_type).collect();
    let found = subject.session()?.get_attributes(subject.keys()?.private, &kinds)?;
    let wrong: Vec<String> = wanted
        .iter()
        .filter(|one| !found.contains(one))
        .map(|one| one.attribute_type().to_string())
        .collect();
    if wrong.is_empty() { pass("") } else { fail(format!("not as asked for: {}", wrong.join(", "))) }
}

/// Asks for the scalar.
pub(super) fn cannot_be_read(subject: &mut Subject) -> Finding {
    let asked = [AttributeType::Value];
    match subject.session()?.get_attribute_info(subject.keys()?.private, &asked)?.as_slice() {
        [AttributeInfo::Sensitive | AttributeInfo::Unavailable | AttributeInfo::TypeInvalid] => pass(""),
        [AttributeInfo::Available(length)] => fail(format!("{length} bytes of it are given out")),
        _ => fail("the question was not answered"),
    }
}

/// The station finds its keys by label and class.
pub(super) fn found_by_label(subject: &mut Subject) -> Finding {
    let keys = subject.keys()?;
    for (class, expected) in
        [(ObjectClass::PUBLIC_KEY, keys.public), (ObjectClass::PRIVATE_KEY, keys.private)]
    {
        let template = [Attribute::Class(class), Attribute::Label(subject.label.clone().into_bytes())];
        let found = subject.session()?.find_objects(&template)?;
        if found != [expected] {
            return fail(format!("{} objects of class {class} have the new label", found.len()));
        }
    }
    let nobody = Attribute::Label(format!("{}-none", subject.label).into_bytes());
    if subject.session()?.find_objects(&[nobody])?.is_empty() {
        pass("")
    } else {
        fail("another label is found too")
    }
}

/// By `CKA_EC_POINT`, for a ceremony that knows the key and not the label.
pub(super) fn found_by_point(subject: &mut Subject) -> Finding {
    let (session, keys) = (subject.session()?, subject.keys()?);
    let point = point_attribute(session, keys.public)?;
    let template = [Attribute::Class(ObjectClass::PUBLIC_KEY), Attribute::EcPoint(point)];
    if session.find_objects(&template)? == [keys.public] { pass("") } else { fail("it is not found") }
}

/// Deletes the pair, and looks for it in a fresh session as well.
pub(super) fn deleted(subject: &mut Subject) -> Finding {
    let keys = subject.keys()?;
    let session = subject.session()?;
    session.destroy_object(keys.private)?;
    session.destroy_object(keys.public)?;
    if session.sign(&Mechanism::Ecdsa, keys.private, &[7; 32]).is_ok() {
        return fail("it still signs");
    }
    let elsewhere = subject.another_session()?;
    if subject.own_objects(&elsewhere)?.is_empty() { pass("") } else { fail("it is still found") }
}

/// Removes what earlier checks could not.
pub(super) fn nothing_left(subject: &mut Subject) -> Finding {
    let session = subject.session()?;
    for object in subject.own_objects(session)? {
        session.destroy_object(object)?;
    }
    match subject.own_objects(session)?.len() {
        0 => pass(""),
        left => fail(format!("{left} objects labelled {} cannot be removed", subject.label)),
    }
}
