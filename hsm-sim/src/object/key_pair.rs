//! Two templates into a new pair of keys (`C_GenerateKeyPair` with `CKM_EC_KEY_PAIR_GEN`).
//!
//! Stricter than PKCS#11 asks, as an HSM for a CA is: a private key is private, sensitive and not extractable
//! whatever the template says, and a template that says otherwise is refused and not silently corrected.

use std::sync::Arc;

use cryptoki_sys as ck;

use super::curve::Curve;
use super::key::SecretKey;
use super::storage::Storage;
use super::template::{Attribute, Template};
use super::{Body, KeyDescription, Object};
use crate::refusal::{Answer, Refusal};

/// What a caller asked for, complete with defaults and free of contradictions.
#[derive(Debug)]
pub(crate) struct KeyPairRequest {
    curve: Curve,
    public: Half,
    verify: bool,
    private: Half,
    sign: bool,
    always_authenticate: bool,
}

impl KeyPairRequest {
    /// Understands the two templates.
    pub(crate) fn parse(public: &Template, private: &Template) -> Answer<Self> {
        let (public, curve, verify) = parse_public(public)?;
        let (private, sign, always_authenticate) = parse_private(private)?;
        Ok(Self { curve, public, verify, private, sign, always_authenticate })
    }

    /// Whether one of the two keys is to stay on the token.
    pub(crate) fn on_token(&self) -> bool {
        self.public.storage.token || self.private.storage.token
    }

    /// Makes the keys: the public one and the private one.
    pub(crate) fn generate(self) -> Answer<(Object, Object)> {
        let secret = SecretKey::generate(self.curve)?;
        let point = secret.public_point();
        let (sign, always_authenticate) = (self.sign, self.always_authenticate);
        let key = self.public.key(self.curve, &point);
        let public =
            self.public.storage.object(Body::PublicKey { key, verify: self.verify, trusted: false }, None)?;
        let key = self.private.key(self.curve, &point);
        let body = Body::PrivateKey { key, sign, always_authenticate };
        let private = self.private.storage.object(body, Some(Arc::new(secret)))?;
        Ok((public, private))
    }
}

/// The attributes that both keys have.
#[derive(Debug)]
pub(super) struct Half {
    pub(super) storage: Storage,
    id: Vec<u8>,
    subject: Vec<u8>,
    derive: bool,
}

impl Half {
    pub(super) fn new(private: bool) -> Self {
        Self { storage: Storage::new(private), id: Vec::new(), subject: Vec::new(), derive: false }
    }

    /// Takes an attribute that both keys have, and refuses what neither can have.
    pub(super) fn take(&mut self, attribute: &Attribute) -> Answer<()> {
        if self.storage.takes(attribute)? {
            return Ok(());
        }
        match attribute.kind {
            ck::CKA_ID => self.id.clone_from(&attribute.value),
            ck::CKA_SUBJECT => self.subject.clone_from(&attribute.value),
            ck::CKA_KEY_TYPE => attribute.must_be(ck::CKK_EC)?,
            ck::CKA_DERIVE => self.derive = attribute.boolean()?,
            // Keys with dates are not offered; an empty date is the default and harmless.
            ck::CKA_START_DATE | ck::CKA_END_DATE if attribute.value.is_empty() => {}
            ck::CKA_START_DATE | ck::CKA_END_DATE => return Err(Refusal::AttributeValueInvalid),
            ck::CKA_EC_PARAMS
            | ck::CKA_EC_POINT
            | ck::CKA_KEY_GEN_MECHANISM
            | ck::CKA_LOCAL
            | ck::CKA_PUBLIC_KEY_INFO
            | ck::CKA_VALUE => return Err(Refusal::AttributeReadOnly),
            _ => return Err(Refusal::AttributeTypeInvalid),
        }
        Ok(())
    }

    /// The key at `point`, made here.
    fn key(&self, curve: Curve, point: &[u8]) -> KeyDescription {
        let (id, subject) = (self.id.clone(), self.subject.clone());
        KeyDescription { id, subject, derive: self.derive, curve, point: point.to_vec(), local: true }
    }

    /// The key at `point`, made elsewhere.
    pub(super) fn foreign_key(&self, curve: Curve, point: &[u8]) -> KeyDescription {
        KeyDescription { local: false, ..self.key(curve, point) }
    }
}

fn parse_public(template: &Template) -> Answer<(Half, Curve, bool)> {
    let mut half = Half::new(false);
    let mut curve = None;
    let mut verify = true;
    for attribute in template.attributes() {
        match attribute.kind {
            ck::CKA_CLASS => attribute.must_be(ck::CKO_PUBLIC_KEY)?,
            ck::CKA_PRIVATE => half.storage.private = attribute.boolean()?,
            ck::CKA_EC_PARAMS => curve = Some(Curve::from_parameters(&attribute.value)?),
            ck::CKA_VERIFY => verify = attribute.boolean()?,
            // Trust is the security officer's to give, and there is nothing to wrap with it here.
            ck::CKA_ENCRYPT | ck::CKA_TRUSTED | ck::CKA_VERIFY_RECOVER | ck::CKA_WRAP => {
                attribute.must_say(false)?;
            }
            _ => half.take(attribute)?,
        }
    }
    Ok((half, curve.ok_or(Refusal::TemplateIncomplete)?, verify))
}

fn parse_private(template: &Template) -> Answer<(Half, bool, bool)> {
    let mut half = Half::new(true);
    let mut sign = true;
    let mut always_authenticate = false;
    for attribute in template.attributes() {
        match attribute.kind {
            ck::CKA_CLASS => attribute.must_be(ck::CKO_PRIVATE_KEY)?,
            ck::CKA_PRIVATE | ck::CKA_SENSITIVE => attribute.must_say(true)?,
            ck::CKA_SIGN => sign = attribute.boolean()?,
            ck::CKA_ALWAYS_AUTHENTICATE => always_authenticate = attribute.boolean()?,
            ck::CKA_DECRYPT
            | ck::CKA_EXTRACTABLE
            | ck::CKA_SIGN_RECOVER
            | ck::CKA_UNWRAP
            | ck::CKA_WRAP_WITH_TRUSTED => attribute.must_say(false)?,
            ck::CKA_ALWAYS_SENSITIVE | ck::CKA_NEVER_EXTRACTABLE => return Err(Refusal::AttributeReadOnly),
            _ => half.take(attribute)?,
        }
    }
    Ok((half, sign, always_authenticate))
}

#[cfg(test)]
mod tests {
    use super::*;

    const YES: &[u8] = &[1];
    const NO: &[u8] = &[0];

    fn parse(
        public: &[(ck::CK_ATTRIBUTE_TYPE, &[u8])],
        private: &[(ck::CK_ATTRIBUTE_TYPE, &[u8])],
    ) -> Answer<KeyPairRequest> {
        let template = |attributes: &[(ck::CK_ATTRIBUTE_TYPE, &[u8])]| {
            Template::new(
                attributes
                    .iter()
                    .map(|(kind, value)| Attribute { kind: *kind, value: value.to_vec() })
                    .collect(),
            )
        };
        KeyPairRequest::parse(&template(public)?, &template(private)?)
    }

    const CURVE: (ck::CK_ATTRIBUTE_TYPE, &[u8]) =
        (ck::CKA_EC_PARAMS, &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]);

    #[test]
    fn the_curve_alone_is_enough() {
        let request = parse(&[CURVE], &[]).unwrap();
        assert!(!request.on_token() && request.verify && request.sign && !request.always_authenticate);
        assert!(request.private.storage.private && !request.public.storage.private);
        let (public, private) = request.generate().unwrap();
        assert_eq!(public.attribute(ck::CKA_PUBLIC_KEY_INFO), private.attribute(ck::CKA_PUBLIC_KEY_INFO));
    }

    #[test]
    fn a_private_key_is_never_made_weaker() {
        for (kind, value) in [
            (ck::CKA_SENSITIVE, NO),
            (ck::CKA_EXTRACTABLE, YES),
            (ck::CKA_PRIVATE, NO),
            (ck::CKA_UNWRAP, YES),
        ] {
            assert_eq!(
                parse(&[CURVE], &[(kind, value)]).err(),
                Some(Refusal::TemplateInconsistent),
                "{kind:#x}"
            );
        }
    }

    #[test]
    fn the_token_alone_says_what_it_made() {
        for kind in [
            ck::CKA_LOCAL,
            ck::CKA_ALWAYS_SENSITIVE,
            ck::CKA_NEVER_EXTRACTABLE,
            ck::CKA_VALUE,
            ck::CKA_EC_PARAMS,
        ] {
            assert_eq!(parse(&[CURVE], &[(kind, YES)]).err(), Some(Refusal::AttributeReadOnly), "{kind:#x}");
        }
    }

    #[test]
    fn nonsense_has_its_own_refusals() {
        let class = |class: ck::CK_OBJECT_CLASS| class.to_ne_bytes();
        let wrong_class = class(ck::CKO_PRIVATE_KEY);
        assert_eq!(parse(&[], &[]).err(), Some(Refusal::TemplateIncomplete));
        assert_eq!(
            parse(&[CURVE, (ck::CKA_CLASS, &wrong_class)], &[]).err(),
            Some(Refusal::TemplateInconsistent)
        );
        assert_eq!(parse(&[CURVE, (ck::CKA_TOKEN, b"yes")], &[]).err(), Some(Refusal::AttributeValueInvalid));
        assert_eq!(
            parse(&[CURVE, (ck::CKA_LABEL, b"\xff")], &[]).err(),
            Some(Refusal::AttributeValueInvalid)
        );
        assert_eq!(
            parse(&[CURVE, (ck::CKA_MODULUS_BITS, YES)], &[]).err(),
            Some(Refusal::AttributeTypeInvalid)
        );
        assert_eq!(
            parse(&[CURVE, (ck::CKA_START_DATE, b"20300101")], &[]).err(),
            Some(Refusal::AttributeValueInvalid)
        );
    }
}
