//! What the module checks of its birth certificate before it keeps it.
//!
//! The module has no clock and does not know the issuer's key; whether the chain is good is for others to
//! say. It makes sure that the certificate is for *this* module: its own key, and its UID as serial number
//! and subject.

use der::asn1::{AnyRef, BitStringRef, ObjectIdentifier, UintRef};
use der::{Decode, Reader, Sequence, SliceReader, Tag, Tagged};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use wire::Uid;
use wire::factory::CertificateFlaw;

use super::{COMMON_NAME, EC_PUBLIC_KEY, ECDSA_WITH_SHA256, SECP256R1};
use crate::store::MAX_CERTIFICATE;

/// Checks a certificate in DER against the module's UID and its public key, an uncompressed point without its
/// leading 4.
///
/// # Errors
/// The first [`CertificateFlaw`] found.
pub fn check(certificate: &[u8], uid: &Uid, public_key: &[u8; 64]) -> Result<(), CertificateFlaw> {
    if certificate.len() > MAX_CERTIFICATE {
        return Err(CertificateFlaw::Length);
    }
    let certificate = Certificate::from_der(certificate).map_err(|_| CertificateFlaw::Malformed)?;
    let content = &certificate.content;
    if content.version != Some(VERSION_3) {
        return Err(CertificateFlaw::Malformed);
    }

    let expected = AlgorithmIdentifierRef { oid: ECDSA_WITH_SHA256, parameters: None };
    if content.signature_algorithm != expected || certificate.signature_algorithm != expected {
        return Err(CertificateFlaw::Algorithm);
    }
    let key = &content.public_key;
    let curve = AnyRef::from(&SECP256R1);
    if key.algorithm.oid != EC_PUBLIC_KEY || key.algorithm.parameters != Some(curve) {
        return Err(CertificateFlaw::Algorithm);
    }
    match key.subject_public_key.as_bytes() {
        Some([4, point @ ..]) if point == public_key => {}
        _ => return Err(CertificateFlaw::Key),
    }

    let zeros = uid.as_bytes().iter().take_while(|&&byte| byte == 0).count();
    if content.serial.as_bytes() != &uid.as_bytes()[zeros..] {
        return Err(CertificateFlaw::Serial);
    }
    let names_the_module = only_common_name(content.subject)
        .map_err(|_| CertificateFlaw::Malformed)?
        .is_some_and(|name| name.value() == uid.uuid_text().as_bytes());
    if names_the_module { Ok(()) } else { Err(CertificateFlaw::Subject) }
}

/// RFC 5280 section 4.1.
#[derive(Sequence)]
struct Certificate<'a> {
    content: TbsCertificate<'a>,
    signature_algorithm: AlgorithmIdentifierRef<'a>,
    signature: BitStringRef<'a>,
}

/// RFC 5280 section 4.1.2, without the unique identifiers that it says must not be used.
#[derive(Sequence)]
struct TbsCertificate<'a> {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    version: Option<u8>,
    serial: UintRef<'a>,
    signature_algorithm: AlgorithmIdentifierRef<'a>,
    issuer: AnyRef<'a>,
    validity: AnyRef<'a>,
    subject: AnyRef<'a>,
    public_key: SubjectPublicKeyInfoRef<'a>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<AnyRef<'a>>,
}

const VERSION_3: u8 = 2;

/// The subject's common name; `None` unless there is exactly one, as UTF-8 or printable string.
fn only_common_name(subject: AnyRef<'_>) -> der::Result<Option<AnyRef<'_>>> {
    subject.tag().assert_eq(Tag::Sequence)?;
    let mut names = SliceReader::new(subject.value())?;
    let mut found = None;
    while !names.is_finished() {
        let set = AnyRef::decode(&mut names)?;
        set.tag().assert_eq(Tag::Set)?;
        let mut attributes = SliceReader::new(set.value())?;
        while !attributes.is_finished() {
            let attribute = AttributeTypeAndValue::decode(&mut attributes)?;
            if attribute.oid == COMMON_NAME {
                if found.is_some() {
                    return Ok(None);
                }
                found = Some(attribute.value);
            }
        }
    }
    Ok(found.filter(|name| matches!(name.tag(), Tag::Utf8String | Tag::PrintableString)))
}

/// RFC 5280 section 4.1.2.4.
#[derive(Sequence)]
struct AttributeTypeAndValue<'a> {
    oid: ObjectIdentifier,
    value: AnyRef<'a>,
}
