//! An object's attributes, as `C_GetAttributeValue` gives them out and `C_FindObjectsInit` compares them.
//!
//! The tables are those of PKCS#11 2.40 base, sections 4.4 to 4.9, and mechanisms, section 2.3.3 and 2.3.4.

use cryptoki_sys as ck;

use super::template::Attribute;
use super::{Body, CertificateDescription, DataDescription, KeyDescription, Object, curve};
use crate::refusal::{Answer, Refusal};

impl Object {
    /// The value of an attribute.
    ///
    /// # Errors
    /// [`Refusal::AttributeSensitive`] for what never leaves the token, [`Refusal::AttributeTypeInvalid`] for what
    /// this object does not have.
    pub(crate) fn attribute(&self, kind: ck::CK_ATTRIBUTE_TYPE) -> Answer<Vec<u8>> {
        let of_all = match kind {
            ck::CKA_CLASS => number(self.class()),
            ck::CKA_TOKEN => boolean(self.token),
            ck::CKA_PRIVATE => boolean(self.description.private),
            ck::CKA_LABEL => self.description.label.clone().into_bytes(),
            ck::CKA_MODIFIABLE => boolean(self.description.modifiable),
            ck::CKA_COPYABLE => boolean(self.description.copyable),
            ck::CKA_DESTROYABLE => boolean(self.description.destroyable),
            _ => return self.description.body.attribute(kind),
        };
        Ok(of_all)
    }

    /// Whether the object has all these values. What is sensitive or absent matches nothing.
    pub(crate) fn matches(&self, wanted: &[Attribute]) -> bool {
        wanted.iter().all(|attribute| self.attribute(attribute.kind).as_ref() == Ok(&attribute.value))
    }
}

impl Body {
    fn attribute(&self, kind: ck::CK_ATTRIBUTE_TYPE) -> Answer<Vec<u8>> {
        match self {
            Self::PublicKey { key, verify, trusted } => public_key_attribute(kind, key, *verify, *trusted),
            Self::PrivateKey { key, sign, always_authenticate } => {
                private_key_attribute(kind, key, *sign, *always_authenticate)
            }
            Self::Certificate { certificate } => certificate.attribute(kind),
            Self::Data { data } => data.attribute(kind),
        }
    }
}

fn public_key_attribute(
    kind: ck::CK_ATTRIBUTE_TYPE,
    key: &KeyDescription,
    verify: bool,
    trusted: bool,
) -> Answer<Vec<u8>> {
    Ok(match kind {
        ck::CKA_VERIFY => boolean(verify),
        ck::CKA_TRUSTED => boolean(trusted),
        ck::CKA_ENCRYPT | ck::CKA_VERIFY_RECOVER | ck::CKA_WRAP => boolean(false),
        ck::CKA_EC_POINT => curve::point_attribute(&key.point),
        _ => return key.attribute(kind),
    })
}

fn private_key_attribute(
    kind: ck::CK_ATTRIBUTE_TYPE,
    key: &KeyDescription,
    sign: bool,
    always_authenticate: bool,
) -> Answer<Vec<u8>> {
    Ok(match kind {
        ck::CKA_VALUE => return Err(Refusal::AttributeSensitive),
        ck::CKA_SIGN => boolean(sign),
        ck::CKA_ALWAYS_AUTHENTICATE => boolean(always_authenticate),
        ck::CKA_SENSITIVE | ck::CKA_ALWAYS_SENSITIVE | ck::CKA_NEVER_EXTRACTABLE => boolean(true),
        ck::CKA_DECRYPT
        | ck::CKA_EXTRACTABLE
        | ck::CKA_SIGN_RECOVER
        | ck::CKA_UNWRAP
        | ck::CKA_WRAP_WITH_TRUSTED => boolean(false),
        _ => return key.attribute(kind),
    })
}

impl KeyDescription {
    fn attribute(&self, kind: ck::CK_ATTRIBUTE_TYPE) -> Answer<Vec<u8>> {
        Ok(match kind {
            ck::CKA_KEY_TYPE => number(ck::CKK_EC),
            ck::CKA_ID => self.id.clone(),
            ck::CKA_SUBJECT => self.subject.clone(),
            ck::CKA_EC_PARAMS => self.curve.parameters().to_vec(),
            ck::CKA_PUBLIC_KEY_INFO => curve::public_key_info(self.curve, &self.point),
            ck::CKA_LOCAL => boolean(self.local),
            ck::CKA_KEY_GEN_MECHANISM if self.local => number(ck::CKM_EC_KEY_PAIR_GEN),
            ck::CKA_KEY_GEN_MECHANISM => number(ck::CK_UNAVAILABLE_INFORMATION),
            ck::CKA_DERIVE => boolean(self.derive),
            // Keys here have no dates; PKCS#11 says that with an empty value.
            ck::CKA_START_DATE | ck::CKA_END_DATE => Vec::new(),
            _ => return Err(Refusal::AttributeTypeInvalid),
        })
    }
}

impl CertificateDescription {
    fn attribute(&self, kind: ck::CK_ATTRIBUTE_TYPE) -> Answer<Vec<u8>> {
        Ok(match kind {
            ck::CKA_CERTIFICATE_TYPE => number(ck::CKC_X_509),
            ck::CKA_CERTIFICATE_CATEGORY => number(self.category.into()),
            ck::CKA_TRUSTED => boolean(self.trusted),
            ck::CKA_VALUE => self.value.clone(),
            ck::CKA_SUBJECT => self.subject.clone(),
            ck::CKA_ISSUER => self.issuer.clone(),
            ck::CKA_SERIAL_NUMBER => self.serial_number.clone(),
            ck::CKA_ID => self.id.clone(),
            ck::CKA_URL
            | ck::CKA_HASH_OF_SUBJECT_PUBLIC_KEY
            | ck::CKA_HASH_OF_ISSUER_PUBLIC_KEY
            | ck::CKA_START_DATE
            | ck::CKA_END_DATE => Vec::new(),
            _ => return Err(Refusal::AttributeTypeInvalid),
        })
    }
}

impl DataDescription {
    fn attribute(&self, kind: ck::CK_ATTRIBUTE_TYPE) -> Answer<Vec<u8>> {
        Ok(match kind {
            ck::CKA_APPLICATION => self.application.clone().into_bytes(),
            ck::CKA_OBJECT_ID => self.object_id.clone(),
            ck::CKA_VALUE => self.value.clone(),
            _ => return Err(Refusal::AttributeTypeInvalid),
        })
    }
}

fn boolean(value: bool) -> Vec<u8> {
    vec![if value { ck::CK_TRUE } else { ck::CK_FALSE }]
}

fn number(value: ck::CK_ULONG) -> Vec<u8> {
    value.to_ne_bytes().to_vec()
}
