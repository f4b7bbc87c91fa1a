//! A template into an object that was made elsewhere (`C_CreateObject`): a certificate, a data object, a public key.
//!
//! Private and secret keys are refused: a CA's keys are made inside, and what came in could be known outside. The refusal is
//! [`Refusal::TemplateInconsistent`], for a template "that violates some token-specific requirement" (PKCS#11 2.40 base, section 4.1.1).

use cryptoki_sys as ck;

use super::curve::{Curve, point_in_attribute};
use super::key::PublicKey;
use super::key_pair::Half;
use super::storage::Storage;
use super::template::{Attribute, Template};
use super::{Body, CertificateDescription, DataDescription, Object};
use crate::refusal::{Answer, Refusal};

/// Makes the object that a template describes.
///
/// # Errors
/// [`Refusal::TemplateIncomplete`] and its kin for what the template lacks or gets wrong.
pub(crate) fn object(template: &Template) -> Answer<Object> {
    let class = template.attributes().iter().find(|attribute| attribute.kind == ck::CKA_CLASS);
    match class.ok_or(Refusal::TemplateIncomplete)?.number()? {
        ck::CKO_CERTIFICATE => certificate(template),
        ck::CKO_DATA => data(template),
        ck::CKO_PUBLIC_KEY => public_key(template),
        ck::CKO_PRIVATE_KEY | ck::CKO_SECRET_KEY => Err(Refusal::TemplateInconsistent),
        _ => Err(Refusal::AttributeValueInvalid),
    }
}

/// PKCS#11 2.40 base, sections 4.6.2 and 4.6.3.
fn certificate(template: &Template) -> Answer<Object> {
    let mut storage = Storage::new(false);
    let mut certificate_type = None;
    let (mut value, mut subject) = (None, None);
    let (mut issuer, mut serial_number, mut id) = (Vec::new(), Vec::new(), Vec::new());
    let (mut category, mut trusted) = (0, false);
    for attribute in template.attributes() {
        match attribute.kind {
            ck::CKA_CLASS => {}
            ck::CKA_PRIVATE => storage.private = attribute.boolean()?,
            ck::CKA_CERTIFICATE_TYPE => certificate_type = Some(attribute.must_be(ck::CKC_X_509)?),
            ck::CKA_VALUE => value = Some(der_sequence(attribute)?),
            ck::CKA_SUBJECT => subject = Some(attribute.value.clone()),
            ck::CKA_ISSUER => issuer.clone_from(&attribute.value),
            ck::CKA_SERIAL_NUMBER => serial_number.clone_from(&attribute.value),
            ck::CKA_ID => id.clone_from(&attribute.value),
            ck::CKA_TRUSTED => trusted = attribute.boolean()?,
            ck::CKA_CERTIFICATE_CATEGORY => category = parse_category(attribute)?,
            // A certificate elsewhere, by its address, is not offered; neither are dates beside its own.
            ck::CKA_URL
            | ck::CKA_HASH_OF_SUBJECT_PUBLIC_KEY
            | ck::CKA_HASH_OF_ISSUER_PUBLIC_KEY
            | ck::CKA_START_DATE
            | ck::CKA_END_DATE => attribute.must_be_empty()?,
            _ if storage.takes(attribute)? => {}
            _ => return Err(Refusal::AttributeTypeInvalid),
        }
    }
    certificate_type.ok_or(Refusal::TemplateIncomplete)?;
    let certificate = CertificateDescription {
        value: value.ok_or(Refusal::TemplateIncomplete)?,
        subject: subject.ok_or(Refusal::TemplateIncomplete)?,
        issuer,
        serial_number,
        id,
        category,
        trusted,
    };
    storage.object(Body::Certificate { certificate }, None)
}

/// PKCS#11 2.40 base, section 4.5.
fn data(template: &Template) -> Answer<Object> {
    let mut storage = Storage::new(false);
    let mut data = DataDescription::default();
    for attribute in template.attributes() {
        match attribute.kind {
            ck::CKA_CLASS => {}
            ck::CKA_PRIVATE => storage.private = attribute.boolean()?,
            ck::CKA_APPLICATION => data.application = attribute.text()?,
            ck::CKA_OBJECT_ID => data.object_id.clone_from(&attribute.value),
            ck::CKA_VALUE => data.value.clone_from(&attribute.value),
            _ if storage.takes(attribute)? => {}
            _ => return Err(Refusal::AttributeTypeInvalid),
        }
    }
    storage.object(Body::Data { data }, None)
}

/// PKCS#11 2.40 base, section 4.8, and mechanisms, section 2.3.3.
fn public_key(template: &Template) -> Answer<Object> {
    let mut half = Half::new(false);
    let mut key_type = None;
    let (mut curve, mut point) = (None, None);
    let (mut verify, mut trusted) = (true, false);
    for attribute in template.attributes() {
        match attribute.kind {
            ck::CKA_CLASS => {}
            ck::CKA_KEY_TYPE => key_type = Some(attribute.must_be(ck::CKK_EC)?),
            ck::CKA_PRIVATE => half.storage.private = attribute.boolean()?,
            ck::CKA_EC_PARAMS => curve = Some(Curve::from_parameters(&attribute.value)?),
            ck::CKA_EC_POINT => point = Some(point_in_attribute(&attribute.value)?),
            ck::CKA_VERIFY => verify = attribute.boolean()?,
            ck::CKA_TRUSTED => trusted = attribute.boolean()?,
            ck::CKA_ENCRYPT | ck::CKA_VERIFY_RECOVER | ck::CKA_WRAP => attribute.must_say(false)?,
            _ => half.take(attribute)?,
        }
    }
    key_type.ok_or(Refusal::TemplateIncomplete)?;
    let curve = curve.ok_or(Refusal::TemplateIncomplete)?;
    let point = point.ok_or(Refusal::TemplateIncomplete)?;
    let uncompressed = point.len() == 1 + 2 * curve.field_length();
    if !uncompressed || PublicKey::from_point(curve, point).is_err() {
        // Not on the curve, or written in a way that this token does not.
        return Err(Refusal::AttributeValueInvalid);
    }
    let key = half.foreign_key(curve, point);
    half.storage.object(Body::PublicKey { key, verify, trusted }, None)
}

/// A certificate's bytes: one DER SEQUENCE and nothing behind it. What is in it, the token does not ask.
fn der_sequence(attribute: &Attribute) -> Answer<Vec<u8>> {
    let content = match attribute.value.as_slice() {
        [0x30, length @ ..=0x7f, content @ ..] | [0x30, 0x81, length, content @ ..] => {
            Some((usize::from(*length), content))
        }
        [0x30, 0x82, high, low, content @ ..] => {
            Some((usize::from(u16::from_be_bytes([*high, *low])), content))
        }
        _ => None,
    };
    match content {
        Some((length, content)) if length == content.len() => Ok(attribute.value.clone()),
        _ => Err(Refusal::AttributeValueInvalid),
    }
}

fn parse_category(attribute: &Attribute) -> Answer<u8> {
    match u8::try_from(attribute.number()?) {
        Ok(category @ 0..=3) => Ok(category),
        _ => Err(Refusal::AttributeValueInvalid),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(class: ck::CK_OBJECT_CLASS, attributes: &[(ck::CK_ATTRIBUTE_TYPE, &[u8])]) -> Answer<Object> {
        let mut template = vec![Attribute { kind: ck::CKA_CLASS, value: class.to_ne_bytes().to_vec() }];
        template
            .extend(attributes.iter().map(|(kind, value)| Attribute { kind: *kind, value: value.to_vec() }));
        object(&Template::new(template)?)
    }

    #[test]
    fn a_certificate_needs_type_value_and_subject() {
        let x509 = ck::CKC_X_509.to_ne_bytes();
        let full = [
            (ck::CKA_CERTIFICATE_TYPE, &x509[..]),
            (ck::CKA_VALUE, &[0x30, 2, 5, 0][..]),
            (ck::CKA_SUBJECT, &[0x30, 0][..]),
        ];
        let object = made(ck::CKO_CERTIFICATE, &full).unwrap();
        assert_eq!(object.attribute(ck::CKA_VALUE), Ok(vec![0x30, 2, 5, 0]));
        for missing in 0..full.len() {
            let mut less = full.to_vec();
            less.remove(missing);
            assert_eq!(made(ck::CKO_CERTIFICATE, &less).err(), Some(Refusal::TemplateIncomplete));
        }
        for value in [&[0x30, 2, 5][..], &[0x30, 1, 5, 0], &[0x31, 0], &[0x30, 0x82, 0, 1], b""] {
            let wrong = [full[0], (ck::CKA_VALUE, value), full[2]];
            assert_eq!(made(ck::CKO_CERTIFICATE, &wrong).err(), Some(Refusal::AttributeValueInvalid));
        }
    }

    #[test]
    fn keys_are_made_inside() {
        for class in [ck::CKO_PRIVATE_KEY, ck::CKO_SECRET_KEY] {
            let imported = made(class, &[(ck::CKA_VALUE, &[1; 32])]);
            assert_eq!(imported.err(), Some(Refusal::TemplateInconsistent));
        }
        assert_eq!(made(ck::CKO_HW_FEATURE, &[]).err(), Some(Refusal::AttributeValueInvalid));
        assert_eq!(object(&Template::new(Vec::new()).unwrap()).err(), Some(Refusal::TemplateIncomplete));
    }

    #[test]
    fn a_point_off_the_curve_is_no_key() {
        let ec = ck::CKK_EC.to_ne_bytes();
        let mut point = vec![4, 65, 4];
        point.extend([1; 64]);
        let template = [
            (ck::CKA_KEY_TYPE, &ec[..]),
            (ck::CKA_EC_PARAMS, Curve::P256.parameters()),
            (ck::CKA_EC_POINT, &point),
        ];
        assert_eq!(made(ck::CKO_PUBLIC_KEY, &template).err(), Some(Refusal::AttributeValueInvalid));
    }
}
