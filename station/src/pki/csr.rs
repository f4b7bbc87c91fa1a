//! The gate between a module's request and a signature.
//!
//! Of a request (PKCS#10, RFC 2986) nothing but the key enters the certificate, so a request may
//! say nothing but what is needed: a subject that is the UID and no more, a P-256 key, no
//! attributes, and a signature that proves possession of the key. Whether the UID or the key was
//! seen before is the ledger's to say.

use std::str::FromStr;

use der::asn1::AnyRef;
use der::{Decode, Sequence, Tag, TagNumber, Tagged};
use wire::Uid;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::name::Name;
use x509_cert::spki::SubjectPublicKeyInfoRef;

use super::key::{PublicKey, PublicKeyError, SignatureWrong};
use super::name::COMMON_NAME;
use super::pem::{self, PemError};
use super::signed::{Envelope, EnvelopeError};
use crate::fault::{Coded, FaultCode};

/// The longest text that is looked at, in bytes; a request of a module has about 500.
pub const LONGEST_REQUEST: usize = 4096;

/// A request that passed the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AcceptedCsr {
    /// Whose it is.
    pub uid: Uid,
    /// The key whose possession was proved.
    pub public_key: PublicKey,
}

/// Why a request was refused.
#[derive(Debug, thiserror::Error)]
pub enum CsrError {
    /// Longer than [`LONGEST_REQUEST`].
    #[error("the request is {0} bytes long")]
    TooLong(usize),
    /// Not PEM of a request.
    #[error("the request's text cannot be read")]
    Pem(#[source] PemError),
    /// The outer shape, or the signature's algorithm.
    #[error("the request's signature part cannot be used")]
    Envelope(#[source] EnvelopeError),
    /// The signed content has not the shape of a request.
    #[error("the request's content is malformed")]
    Malformed(#[source] der::Error),
    /// Another version than v1, which is the only one there is.
    #[error("the request has version {0}, not 0")]
    Version(u8),
    /// The key is not one that is certified.
    #[error("the request's public key cannot be used")]
    PublicKey(#[source] PublicKeyError),
    /// The subject is not one common name and nothing else.
    #[error("the request's subject {0:?} is not a common name alone")]
    Subject(String),
    /// The common name is not a UID as lower-case UUID text.
    #[error("the request's common name {0:?} is not a UID")]
    CommonName(String),
    /// The UID is not the module's.
    #[error("the request is for {requested}, the module is {expected}")]
    OtherUid {
        /// The UID in the request.
        requested: Uid,
        /// The UID of the module.
        expected: Uid,
    },
    /// The UID is not of the layout that random UIDs have (RFC 9562 section 5.4).
    #[error("the UID {0} is not of the random layout")]
    UidLayout(Uid),
    /// The request asks for something.
    #[error("the request has attributes")]
    Attributes,
    /// No proof of possession.
    #[error("the request is not signed by its own key")]
    Signature(#[source] SignatureWrong),
}

impl Coded for CsrError {
    fn code(&self) -> FaultCode {
        match self {
            Self::TooLong(_)
            | Self::Pem(_)
            | Self::Envelope(EnvelopeError::Malformed(_) | EnvelopeError::Parameters)
            | Self::Malformed(_)
            | Self::Version(_)
            | Self::PublicKey(PublicKeyError::Malformed(_))
            | Self::Subject(_)
            | Self::CommonName(_)
            | Self::OtherUid { .. }
            | Self::UidLayout(_)
            | Self::Attributes => FaultCode::RequestMalformed,
            Self::Envelope(EnvelopeError::Algorithm(_) | EnvelopeError::Signature) | Self::Signature(_) => {
                FaultCode::RequestSignature
            }
            Self::PublicKey(
                PublicKeyError::Algorithm(_) | PublicKeyError::Curve { .. } | PublicKeyError::Point,
            ) => FaultCode::RequestCurve,
        }
    }
}

/// RFC 2986 section 4.
#[derive(Sequence)]
struct RequestInfo<'a> {
    version: u8,
    subject: Name,
    public_key: SubjectPublicKeyInfoRef<'a>,
    /// `[0] IMPLICIT SET OF`.
    attributes: AnyRef<'a>,
}

const ATTRIBUTES: Tag = Tag::ContextSpecific { constructed: true, number: TagNumber(0) };

/// Lets a request in PEM pass, or says why not.
///
/// The key is looked at before the signature, so that a request with another kind of key is told
/// from one with a bad signature.
///
/// # Errors
/// The first rule that the request breaks.
pub fn check(text: &str, expected: Uid) -> Result<AcceptedCsr, CsrError> {
    if text.len() > LONGEST_REQUEST {
        return Err(CsrError::TooLong(text.len()));
    }
    let der = pem::decode_request(text).map_err(CsrError::Pem)?;
    let envelope = Envelope::open(&der).map_err(CsrError::Envelope)?;
    let signed = envelope.signed_bytes().map_err(CsrError::Envelope)?;
    let info = RequestInfo::from_der(&signed).map_err(CsrError::Malformed)?;
    if info.version != 0 {
        return Err(CsrError::Version(info.version));
    }
    let public_key = PublicKey::from_spki(&info.public_key).map_err(CsrError::PublicKey)?;
    check_uid(&info.subject, expected)?;
    if info.attributes.tag() != ATTRIBUTES || !info.attributes.value().is_empty() {
        return Err(CsrError::Attributes);
    }
    let signature = envelope.ecdsa_signature().map_err(CsrError::Envelope)?;
    public_key.verify(&signed, &signature).map_err(CsrError::Signature)?;
    Ok(AcceptedCsr { uid: expected, public_key })
}

fn check_uid(subject: &Name, expected: Uid) -> Result<(), CsrError> {
    let mut parts = subject.iter();
    let text = match (parts.next(), parts.next()) {
        (Some(part), None) if part.oid == COMMON_NAME => text_of(part),
        _ => None,
    };
    let text = text.ok_or_else(|| CsrError::Subject(subject.to_string()))?;
    let requested = Uid::from_str(text)
        .ok()
        .filter(|uid| uid.uuid_text().as_str() == text)
        .ok_or_else(|| CsrError::CommonName(text.to_owned()))?;
    if requested != expected {
        return Err(CsrError::OtherUid { requested, expected });
    }
    if !requested.is_random_layout() {
        return Err(CsrError::UidLayout(requested));
    }
    Ok(())
}

/// The two string types that RFC 5280 section 4.1.2.4 leaves to new certificates.
pub(super) fn text_of(part: &AttributeTypeAndValue) -> Option<&str> {
    match part.value.tag() {
        Tag::Utf8String | Tag::PrintableString => str::from_utf8(part.value.value()).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::testing::{HIGH, LOW, key, public, sign};
    use der::Encode;
    use der::asn1::{BitStringRef, ObjectIdentifier};
    use der::pem::LineEnding;
    use p256::ecdsa::SigningKey;
    use proptest::prelude::*;
    use std::fmt::Write as _;
    use x509_cert::spki::AlgorithmIdentifierRef;

    /// A request as a module makes it, up to what a test changes.
    struct Draft<'a> {
        version: u8,
        subject: String,
        key: SigningKey,
        attributes: &'a [u8],
        algorithm: &'a str,
    }

    impl Draft<'_> {
        fn of(uid: Uid) -> Self {
            Self {
                version: 0,
                subject: format!("CN={}", uid.uuid_text()),
                key: key(9),
                attributes: &[],
                algorithm: "1.2.840.10045.4.3.2",
            }
        }

        fn der(&self) -> Vec<u8> {
            self.der_signed_by(&self.key)
        }

        fn name(&self) -> Name {
            if self.subject.is_empty() { Name::default() } else { self.subject.parse().expect("a name") }
        }

        fn der_signed_by(&self, signer: &SigningKey) -> Vec<u8> {
            let spki = public(&self.key).spki_der();
            let info = RequestInfo {
                version: self.version,
                subject: self.name(),
                public_key: SubjectPublicKeyInfoRef::from_der(&spki).expect("a key"),
                attributes: AnyRef::new(ATTRIBUTES, self.attributes).expect("short"),
            };
            let info = info.to_der().expect("encodes");
            let signature = sign(signer, &info).to_der();
            Envelope {
                content: AnyRef::from_der(&info).expect("just encoded"),
                algorithm: AlgorithmIdentifierRef {
                    oid: ObjectIdentifier::new_unwrap(self.algorithm),
                    parameters: None,
                },
                signature: BitStringRef::from_bytes(signature.as_bytes()).expect("short"),
            }
            .to_der()
            .expect("encodes")
        }
    }

    fn pem_of(der: &[u8]) -> String {
        der::pem::encode_string("CERTIFICATE REQUEST", LineEnding::LF, der).expect("encodes")
    }

    fn refusal(draft: &Draft<'_>, uid: Uid) -> CsrError {
        check(&pem_of(&draft.der()), uid).expect_err("to be refused")
    }

    #[test]
    fn a_module_s_request_passes() {
        for uid in [LOW, HIGH] {
            let accepted = check(&pem_of(&Draft::of(uid).der()), uid).expect("accepted");
            assert_eq!(accepted, AcceptedCsr { uid, public_key: public(&key(9)) });
        }
    }

    #[test]
    fn line_ends_as_they_come_from_a_serial_line_pass() {
        let text = pem_of(&Draft::of(LOW).der()).replace('\n', "\r\n");
        assert!(check(&text, LOW).is_ok());
    }

    #[test]
    fn a_request_for_another_module_is_refused() {
        let error = refusal(&Draft::of(HIGH), LOW);
        assert!(matches!(error, CsrError::OtherUid { requested: HIGH, expected: LOW }));
    }

    #[test]
    fn the_subject_is_the_uid_and_nothing_else() {
        let upper_case = HIGH.uuid_text().as_str().to_uppercase();
        for (subject, is_subject) in [
            (format!("O=Somebody,CN={}", LOW.uuid_text()), true),
            (format!("CN={0},CN={0}", LOW.uuid_text()), true),
            (format!("O={}", LOW.uuid_text()), true),
            (String::new(), true),
            (format!("CN={LOW}"), false),
            (format!("CN={upper_case}"), false),
            ("CN=module-1".to_owned(), false),
        ] {
            let error = refusal(&Draft { subject: subject.clone(), ..Draft::of(LOW) }, LOW);
            match error {
                CsrError::Subject(_) => assert!(is_subject, "{subject}"),
                CsrError::CommonName(_) => assert!(!is_subject, "{subject}"),
                other => panic!("{subject}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_uid_that_was_counted_up_is_refused() {
        let uid = Uid::from_bytes([7; 16]);
        assert!(matches!(refusal(&Draft::of(uid), uid), CsrError::UidLayout(_)));
    }

    #[test]
    fn no_proof_of_possession_no_certificate() {
        let text = pem_of(&Draft::of(LOW).der_signed_by(&key(8)));
        let error = check(&text, LOW).expect_err("refused");
        assert!(matches!(error, CsrError::Signature(_)));
        assert_eq!(error.code(), FaultCode::RequestSignature);
    }

    #[test]
    fn another_signature_algorithm_is_refused() {
        let error = refusal(&Draft { algorithm: "1.2.840.10045.4.3.3", ..Draft::of(LOW) }, LOW);
        assert!(matches!(error, CsrError::Envelope(EnvelopeError::Algorithm(_))));
    }

    #[test]
    fn another_version_is_refused() {
        assert!(matches!(refusal(&Draft { version: 1, ..Draft::of(LOW) }, LOW), CsrError::Version(1)));
    }

    #[test]
    fn a_request_that_asks_for_something_is_refused() {
        let attributes = [0x30, 0x00];
        let error = refusal(&Draft { attributes: &attributes, ..Draft::of(LOW) }, LOW);
        assert!(matches!(error, CsrError::Attributes));
    }

    #[test]
    fn bytes_after_the_request_are_refused() {
        let mut der = Draft::of(LOW).der();
        der.push(0);
        assert!(matches!(check(&pem_of(&der), LOW), Err(CsrError::Envelope(EnvelopeError::Malformed(_)))));
    }

    #[test]
    fn text_of_any_length_is_an_answer() {
        assert!(matches!(check("", LOW), Err(CsrError::Pem(_))));
        assert!(matches!(check(&"-".repeat(100_000), LOW), Err(CsrError::TooLong(100_000))));
        let certificate = pem::encode_certificate(&Draft::of(LOW).der());
        assert!(matches!(check(&certificate, LOW), Err(CsrError::Pem(PemError::Label { .. }))));
    }

    proptest! {
        #[test]
        fn no_changed_byte_gets_through(position: prop::sample::Index, change in 1..=u8::MAX) {
            let mut der = Draft::of(LOW).der();
            let position = position.index(der.len());
            der[position] ^= change;
            prop_assert!(check(&pem_of(&der), LOW).is_err());
        }

        #[test]
        fn no_cut_request_gets_through(length: prop::sample::Index) {
            let der = Draft::of(LOW).der();
            prop_assert!(check(&pem_of(&der[..length.index(der.len())]), LOW).is_err());
        }

        #[test]
        fn changed_text_is_refused_or_means_the_same(position: prop::sample::Index, character: char) {
            let text = pem_of(&Draft::of(LOW).der());
            let position = position.index(text.len());
            let mut changed = text[..position].to_owned();
            write!(changed, "{character}{}", &text[position + 1..]).expect("memory");
            if let Ok(accepted) = check(&changed, LOW) {
                prop_assert_eq!(accepted.public_key, public(&key(9)));
            }
        }

        #[test]
        fn no_text_panics(text: String) {
            prop_assert!(check(&text, LOW).is_err());
        }

        #[test]
        fn no_bytes_panic(der: Vec<u8>) {
            prop_assert!(check(&pem_of(&der), LOW).is_err());
        }
    }
}
