//! The list of certificates that are void (RFC 5280, section 5).
//!
//! Like a certificate it comes in two halves: [`prepare`] gives the bytes to be signed,
//! [`complete`] puts the signature to them.

use der::asn1::{OctetString, Uint};
use der::{Decode, Encode};
use time::OffsetDateTime;
use wire::Uid;
use x509_cert::certificate::Version;
use x509_cert::crl::{CertificateList, RevokedCert, TbsCertList};
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, CrlNumber, KeyUsage};
use x509_cert::ext::{Extension, ToExtension};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::key::{Signature, SignatureWrong};
use super::signed::{ECDSA_WITH_SHA256, seal};
use super::{Certificate, validity};
use crate::fault::{Coded, FaultCode};

/// What a list says.
#[derive(Clone, Debug)]
pub struct Content<'a> {
    /// Its number among the issuer's lists, from 1.
    pub number: u64,
    /// When it is made.
    pub this_update: OffsetDateTime,
    /// When the next one is due at the latest.
    pub next_update: OffsetDateTime,
    /// Serial number and time of each void certificate.
    pub revoked: &'a [(Uid, OffsetDateTime)],
}

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
pub enum RevocationError {
    /// The issuer's certificate does not allow it to sign lists.
    #[error("the issuing CA may not sign revocation lists")]
    KeyUsage,
    /// Something cannot be encoded, such as a time before 1970.
    #[error("the revocation list cannot be encoded")]
    Encode(#[source] der::Error),
    /// The signature is not by the issuer.
    #[error("the signature over the revocation list does not fit the issuer's key")]
    SignatureWrong(#[source] SignatureWrong),
}

impl Coded for RevocationError {
    fn code(&self) -> FaultCode {
        match self {
            Self::KeyUsage => FaultCode::AuthorityMismatch,
            Self::Encode(_) => FaultCode::Bug,
            Self::SignatureWrong(_) => FaultCode::HsmSignatureWrong,
        }
    }
}

/// The bytes to be signed: a DER `TBSCertList`, version 2.
///
/// # Errors
/// An issuer that may not sign lists, or times that cannot be written.
pub fn prepare(issuer: &Certificate, content: &Content<'_>) -> Result<Vec<u8>, RevocationError> {
    match issuer.extension::<KeyUsage>() {
        Ok(Some((_, usage))) if usage.crl_sign() => {}
        _ => return Err(RevocationError::KeyUsage),
    }
    encode(issuer, content).map_err(RevocationError::Encode)
}

/// Puts the issuer's signature to bytes that [`prepare`] made: a DER `CertificateList`.
///
/// # Errors
/// A signature that is not the issuer's.
pub fn complete(
    to_be_signed: &[u8],
    signature: &Signature,
    issuer: &Certificate,
) -> Result<Vec<u8>, RevocationError> {
    issuer.public_key().verify(to_be_signed, signature).map_err(RevocationError::SignatureWrong)?;
    let list = seal(to_be_signed, signature).map_err(RevocationError::Encode)?;
    CertificateList::<x509_cert::certificate::Rfc5280>::from_der(&list).map_err(RevocationError::Encode)?;
    Ok(list)
}

fn encode(issuer: &Certificate, content: &Content<'_>) -> der::Result<Vec<u8>> {
    let revoked = content
        .revoked
        .iter()
        .map(|(uid, time)| {
            Ok(RevokedCert {
                serial_number: SerialNumber::new(uid.as_bytes())?,
                revocation_date: validity::encode(*time)?,
                crl_entry_extensions: None,
            })
        })
        .collect::<der::Result<Vec<_>>>()?;
    TbsCertList::<x509_cert::certificate::Rfc5280> {
        version: Version::V2,
        signature: AlgorithmIdentifierOwned { oid: ECDSA_WITH_SHA256, parameters: None },
        issuer: issuer.subject().clone(),
        this_update: validity::encode(content.this_update)?,
        next_update: Some(validity::encode(content.next_update)?),
        // A list without entries has no field for them (section 5.1.2.6).
        revoked_certificates: (!revoked.is_empty()).then_some(revoked),
        crl_extensions: Some(extensions(issuer, content.number)?),
    }
    .to_der()
}

fn extensions(issuer: &Certificate, number: u64) -> der::Result<Vec<Extension>> {
    let identifier =
        issuer.subject_key_identifier().unwrap_or_else(|| issuer.public_key().key_identifier().to_vec());
    let authority = AuthorityKeyIdentifier {
        key_identifier: Some(OctetString::new(identifier)?),
        authority_cert_issuer: None,
        authority_cert_serial_number: None,
    };
    let number = CrlNumber(Uint::new(&number.to_be_bytes())?);
    let subject = issuer.subject();
    Ok(vec![(&authority).to_extension(subject, &[])?, (&number).to_extension(subject, &[])?])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::testing::{HIGH, LOW, THEN, Testing, sign};
    use time::Duration;

    fn content(revoked: &[(Uid, OffsetDateTime)]) -> Content<'_> {
        Content { number: 1, this_update: THEN, next_update: THEN + Duration::days(30), revoked }
    }

    #[test]
    fn a_list_names_the_void_certificates() {
        let Testing { keys, certificates } = Testing::new();
        let revoked = [(LOW, THEN), (HIGH, THEN)];
        let bytes = prepare(&certificates.issuing, &content(&revoked)).expect("prepared");
        let list = complete(&bytes, &sign(&keys.issuing, &bytes), &certificates.issuing).expect("complete");
        let read = CertificateList::<x509_cert::certificate::Rfc5280>::from_der(&list).expect("well-formed");
        let serials: Vec<Vec<u8>> = read
            .tbs_cert_list
            .revoked_certificates
            .expect("entries")
            .iter()
            .map(|entry| entry.serial_number.as_bytes().to_vec())
            .collect();
        let of = |uid: Uid| SerialNumber::<x509_cert::certificate::Rfc5280>::new(uid.as_bytes());
        assert_eq!(serials[0], of(LOW).expect("a number").as_bytes());
        assert_eq!(serials[1], of(HIGH).expect("a number").as_bytes());
    }

    #[test]
    fn an_empty_list_has_no_field_for_entries() {
        let issuing = Testing::new().certificates.issuing;
        let bytes = prepare(&issuing, &content(&[])).expect("prepared");
        let read = TbsCertList::<x509_cert::certificate::Rfc5280>::from_der(&bytes).expect("well-formed");
        assert_eq!(read.revoked_certificates, None);
    }

    #[test]
    fn only_the_issuing_key_signs_it() {
        let Testing { keys, certificates } = Testing::new();
        let bytes = prepare(&certificates.issuing, &content(&[])).expect("prepared");
        let error = complete(&bytes, &sign(&keys.manifest, &bytes), &certificates.issuing).expect_err("no");
        assert_eq!(error.code(), FaultCode::HsmSignatureWrong);
        let error = prepare(&certificates.manifest, &content(&[])).expect_err("may not");
        assert_eq!(error.code(), FaultCode::AuthorityMismatch);
    }
}
