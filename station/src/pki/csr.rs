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
