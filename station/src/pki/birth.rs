//! The birth certificate: reserve, complete, check.
//!
//! v3, serial number = UID, CN = UID as UUID text, CA:FALSE, digitalSignature, clientAuth, subject
//! and authority key identifier. [`reserve`] makes the bytes to be signed, [`complete`] puts the
//! signature to them.

use der::asn1::OctetString;
use der::oid::db::rfc5280::ID_KP_CLIENT_AUTH;
use p256::ecdsa::signature::Keypair;
use time::OffsetDateTime;
use wire::Uid;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{self, Builder, CertificateBuilder};
use x509_cert::certificate::TbsCertificate;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectKeyIdentifier,
};
use x509_cert::ext::{Extension, Extensions, ToExtension};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{
    self, AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier, SubjectPublicKeyInfoOwned,
    SubjectPublicKeyInfoRef,
};

use super::csr::text_of;
use super::key::{PublicKey, Signature};
use super::name::{self, COMMON_NAME};
use super::profile::ProfileError;
use super::signed::{self, CompleteError, ECDSA_WITH_SHA256};
use super::{Certificate, CertificateProfile, Validity, chain};
use crate::fault::{Coded, FaultCode};

/// Why no certificate can be made.
#[derive(Debug, thiserror::Error)]
pub enum ReserveError {
    /// The profile cannot be used.
    #[error("the certificate profile cannot be used")]
    Profile(#[source] ProfileError),
    /// The number 0 is no serial number (RFC 5280 section 4.1.2.2).
    #[error("the UID is zero")]
    UidZero,
    /// The issuer may not issue.
    #[error("the issuing CA's certificate cannot be used")]
    Issuer(#[source] chain::ChainError),
    /// The issuer ends before the certificate would.
    #[error("the issuing CA ends at {issuer}, the certificate would end at {certificate}")]
    OutlivesIssuer {
        /// The end of the CA.
        issuer: OffsetDateTime,
        /// The end of the certificate.
        certificate: OffsetDateTime,
    },
    /// The certificate would end past the year 9999.
    #[error("the validity from {0} cannot be written")]
    Validity(OffsetDateTime),
    /// The content cannot be encoded.
    #[error("the certificate cannot be encoded")]
    Encode(#[source] builder::Error),
}

impl Coded for ReserveError {
    fn code(&self) -> FaultCode {
        match self {
            Self::Profile(_) => FaultCode::ProductFile,
            Self::UidZero => FaultCode::RequestMalformed,
            Self::Issuer(source) => source.code(),
            Self::OutlivesIssuer { .. } => FaultCode::AuthorityMismatch,
            Self::Validity(_) => FaultCode::ClockBehind,
            Self::Encode(_) => FaultCode::Bug,
        }
    }
}

/// The bytes to be signed of the certificate of one module, a DER `TBSCertificate`.
///
/// The same arguments give the same bytes. `now` is the time of issue; the certificate is valid
/// from the profile's backdate before it, though never from before the issuer is.
///
/// # Errors
/// A profile, issuer or time that cannot be used.
pub fn reserve(
    profile: &CertificateProfile,
    issuer: &Certificate,
    uid: Uid,
    public_key: &PublicKey,
    now: OffsetDateTime,
) -> Result<Vec<u8>, ReserveError> {
    if let Some(problem) = profile.problems().into_iter().next() {
        return Err(ReserveError::Profile(problem));
    }
    if uid.as_bytes() == &[0; 16] {
        return Err(ReserveError::UidZero);
    }
    chain::check_issuing(issuer, now).map_err(ReserveError::Issuer)?;
    let validity = validity(profile, issuer, now)?;
    encode(profile, issuer, uid, public_key, validity).map_err(ReserveError::Encode)
}

/// Puts the issuer's signature to bytes that [`reserve`] made, now or before a crash.
///
/// # Errors
/// Another issuer's name in the bytes, or a signature that does not fit the issuer's key.
pub fn complete(
    to_be_signed: &[u8],
    signature: &Signature,
    issuer: &Certificate,
) -> Result<Certificate, CompleteError> {
    signed::complete(to_be_signed, signature, Some(issuer))
}

/// What is wrong with a birth certificate, apart from who signed it.
#[derive(Debug, thiserror::Error)]
pub enum BirthError {
    /// The serial number is not the UID.
    #[error("the serial number {serial} is not the UID {uid}")]
    Serial {
        /// In hex.
        serial: String,
        /// What it should be.
        uid: Uid,
    },
    /// The common name is not the UID, or there is not one.
    #[error("the subject {subject:?} has not the one common name {}", uid.uuid_text())]
    CommonName {
        /// The subject.
        subject: String,
        /// What it should be.
        uid: Uid,
    },
    /// The key is another.
    #[error("the certified key is not the module's")]
    PublicKey,
    /// An extension is not as a birth certificate has it.
    #[error("the extension {0} is missing or not as it should be")]
    Extension(&'static str),
}

impl Coded for BirthError {
    fn code(&self) -> FaultCode {
        match self {
            Self::Serial { .. } | Self::CommonName { .. } | Self::PublicKey | Self::Extension(_) => {
                FaultCode::CertificateReadBack
            }
        }
    }
}

/// Checks that a certificate is the birth certificate of this module's key.
///
/// Who signed it, and when it is valid, is for [`chain::check_birth`].
///
/// # Errors
/// The first thing that is not as it should be.
pub fn check(certificate: &Certificate, uid: Uid, public_key: &PublicKey) -> Result<(), BirthError> {
    if uid_of(certificate) != Some(uid) {
        return Err(BirthError::Serial { serial: hex::encode(certificate.serial_bytes()), uid });
    }
    let mut names = certificate.subject().iter().filter(|part| part.oid == COMMON_NAME);
    let common_name = names.next().and_then(text_of);
    if common_name != Some(uid.uuid_text().as_str()) || names.next().is_some() {
        return Err(BirthError::CommonName { subject: certificate.subject().to_string(), uid });
    }
    if certificate.public_key() != public_key {
        return Err(BirthError::PublicKey);
    }
    check_extensions(certificate)
}

/// The UID that a certificate's serial number holds; `None` when the number is longer than 128 bits.
pub fn uid_of(certificate: &Certificate) -> Option<Uid> {
    // Of the number's bytes, DER drops leading zeros and puts one before a set top bit.
    let serial = certificate.serial_bytes();
    let significant = &serial[serial.iter().take_while(|byte| **byte == 0).count()..];
    let mut bytes = [0; 16];
    let start = bytes.len().checked_sub(significant.len())?;
    bytes[start..].copy_from_slice(significant);
    Some(Uid::from_bytes(bytes))
}

fn check_extensions(certificate: &Certificate) -> Result<(), BirthError> {
    let constraints = certificate.extension::<BasicConstraints>().ok().flatten();
    if !matches!(constraints, Some((true, BasicConstraints { ca: false, path_len_constraint: None }))) {
        return Err(BirthError::Extension("basicConstraints"));
    }
    let usage = certificate.extension::<KeyUsage>().ok().flatten();
    if usage != Some((true, KeyUsage(KeyUsages::DigitalSignature.into()))) {
        return Err(BirthError::Extension("keyUsage"));
    }
    let purposes = certificate.extension::<ExtendedKeyUsage>().ok().flatten();
    if !matches!(purposes, Some((_, ExtendedKeyUsage(ref list))) if list.contains(&ID_KP_CLIENT_AUTH)) {
        return Err(BirthError::Extension("extKeyUsage"));
    }
    if certificate.subject_key_identifier().as_deref() != Some(&certificate.public_key().key_identifier()) {
        return Err(BirthError::Extension("subjectKeyIdentifier"));
    }
    Ok(())
}

fn validity(
    profile: &CertificateProfile,
    issuer: &Certificate,
    now: OffsetDateTime,
) -> Result<Validity, ReserveError> {
    let validity = profile.validity(now).ok_or(ReserveError::Validity(now))?;
    if validity.not_after > issuer.not_after() {
        return Err(ReserveError::OutlivesIssuer {
            issuer: issuer.not_after(),
            certificate: validity.not_after,
        });
    }
    Ok(Validity { not_before: validity.not_before.max(issuer.not_before()), ..validity })
}

fn encode(
    profile: &CertificateProfile,
    issuer: &Certificate,
    uid: Uid,
    public_key: &PublicKey,
    validity: Validity,
) -> builder::Result<Vec<u8>> {
    let subject = name::module_name(
        profile.country.as_deref(),
        profile.organization.as_deref(),
        profile.organizational_unit.as_deref(),
        uid.uuid_text().as_str(),
        profile.subject_serial_number,
    )?;
    CertificateBuilder::new(
        Layout { issuer, subject, public_key },
        SerialNumber::new(uid.as_bytes())?,
        validity.encode()?,
        SubjectPublicKeyInfoOwned::from_key(public_key)?,
    )?
    .finalize(&IssuerKey(issuer))
}

/// Names and extensions of a birth certificate.
struct Layout<'a> {
    issuer: &'a Certificate,
    subject: Name,
    public_key: &'a PublicKey,
}

impl BuilderProfile for Layout<'_> {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.issuer.subject().clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        _key: SubjectPublicKeyInfoRef<'_>,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
        _content: &TbsCertificate,
    ) -> builder::Result<Vec<Extension>> {
        // The issuer's identifier is the one in its certificate, however that was made.
        let issuer_identifier = match self.issuer.subject_key_identifier() {
            Some(identifier) => identifier,
            None => PublicKey::from_spki(&issuer_key)
                .map_err(|_| spki::Error::KeyMalformed)?
                .key_identifier()
                .to_vec(),
        };
        let subject_identifier = OctetString::new(self.public_key.key_identifier())?;
        let mut extensions = Extensions::new();
        let mut push = |extension: der::Result<Extension>| extension.map(|it| extensions.push(it));
        push((&BasicConstraints { ca: false, path_len_constraint: None }).to_extension(&self.subject, &[]))?;
        push((&KeyUsage(KeyUsages::DigitalSignature.into())).to_extension(&self.subject, &[]))?;
        push((&ExtendedKeyUsage(vec![ID_KP_CLIENT_AUTH])).to_extension(&self.subject, &[]))?;
        push((&SubjectKeyIdentifier(subject_identifier)).to_extension(&self.subject, &[]))?;
        push(
            (&AuthorityKeyIdentifier {
                key_identifier: Some(OctetString::new(issuer_identifier)?),
                authority_cert_issuer: None,
                authority_cert_serial_number: None,
            })
                .to_extension(&self.subject, &[]),
        )?;
        Ok(extensions)
    }
}

/// Tells the builder whose signature will follow; it never signs.
struct IssuerKey<'a>(&'a Certificate);

impl Keypair for IssuerKey<'_> {
    type VerifyingKey = PublicKey;

    fn verifying_key(&self) -> PublicKey {
        *self.0.public_key()
    }
}

impl DynSignatureAlgorithmIdentifier for IssuerKey<'_> {
    fn signature_algorithm_identifier(&self) -> spki::Result<AlgorithmIdentifierOwned> {
        Ok(AlgorithmIdentifierOwned { oid: ECDSA_WITH_SHA256, parameters: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::testing::{HIGH, LOW, THEN, Testing, key, public, sign};
    use time::Duration;
    use time::macros::datetime;

    fn reserved(issuer: &Certificate, now: OffsetDateTime) -> Result<Vec<u8>, ReserveError> {
        reserve(&CertificateProfile::default(), issuer, LOW, &public(&key(9)), now)
    }

    #[test]
    fn the_serial_number_is_the_uid_with_every_byte() {
        let authority = Testing::new();
        for uid in [LOW, HIGH] {
            let certificate = authority.birth(uid, 9);
            assert_eq!(uid_of(&certificate), Some(uid));
            check(&certificate, uid, &public(&key(9))).expect("a birth certificate");
        }
        assert_eq!(authority.birth(HIGH, 9).serial_bytes().len(), 17);
        assert_eq!(authority.birth(LOW, 9).serial_bytes().len(), 11);
    }

    #[test]
    fn a_certificate_is_of_one_module_and_one_key() {
        let certificate = Testing::new().birth(LOW, 9);
        assert!(matches!(check(&certificate, HIGH, &public(&key(9))), Err(BirthError::Serial { .. })));
        assert!(matches!(check(&certificate, LOW, &public(&key(8))), Err(BirthError::PublicKey)));
    }

    #[test]
    fn the_vendor_s_own_certificates_are_no_birth_certificates() {
        let Testing { certificates, .. } = Testing::new();
        for certificate in [&certificates.root, &certificates.issuing, &certificates.manifest] {
            let uid = uid_of(certificate).expect("128 bits");
            assert!(matches!(
                check(certificate, uid, certificate.public_key()),
                Err(BirthError::CommonName { .. })
            ));
        }
    }

    #[test]
    fn the_same_arguments_give_the_same_bytes() {
        let issuing = Testing::new().certificates.issuing;
        assert_eq!(reserved(&issuing, THEN).expect("reserved"), reserved(&issuing, THEN).expect("reserved"));
    }

    /// Do not change these bytes: certificates like this are in modules.
    #[test]
    fn the_bytes_are_these() {
        let issuing = Testing::new().certificates.issuing;
        let profile = CertificateProfile {
            country: Some("CH".into()),
            organization: Some("Example Modules".into()),
            organizational_unit: Some("Line 1".into()),
            subject_serial_number: true,
            ..CertificateProfile::default()
        };
        let bytes = reserve(&profile, &issuing, HIGH, &public(&key(9)), THEN).expect("reserved");
        assert_eq!(hex::encode(bytes), include_str!("birth.golden.hex").replace('\n', ""));
    }

    #[test]
    fn bytes_from_before_a_crash_are_signed_again() {
        let Testing { keys, certificates } = Testing::new();
        let bytes = reserved(&certificates.issuing, THEN).expect("reserved");
        let first = complete(&bytes, &sign(&keys.issuing, &bytes), &certificates.issuing).expect("completed");
        let again = complete(&bytes, &sign(&keys.issuing, &bytes), &certificates.issuing).expect("completed");
        assert_eq!(first.to_be_signed(), bytes);
        assert_eq!(again.to_be_signed(), bytes);
    }

    #[test]
    fn a_signature_by_another_key_makes_no_certificate() {
        let Testing { keys, certificates } = Testing::new();
        let bytes = reserved(&certificates.issuing, THEN).expect("reserved");
        let error =
            complete(&bytes, &sign(&keys.manifest, &bytes), &certificates.issuing).expect_err("refused");
        assert_eq!(error.code(), FaultCode::HsmSignatureWrong);
        let error = complete(&bytes, &sign(&keys.root, &bytes), &certificates.root).expect_err("refused");
        assert!(matches!(error, CompleteError::OtherIssuer { .. }));
        let error = complete(b"rubbish", &sign(&keys.issuing, b"rubbish"), &certificates.issuing)
            .expect_err("refused");
        assert_eq!(error.code(), FaultCode::Bug);
    }

    #[test]
    fn it_lasts_ten_calendar_years_and_the_margin() {
        let certificate = Testing::new().birth(LOW, 9);
        assert_eq!(certificate.not_before(), datetime!(2026-11-22 9:50 UTC));
        assert_eq!(certificate.not_after(), datetime!(2036-12-22 10:00 UTC));
    }

    #[test]
    fn it_is_never_older_than_its_issuer() {
        let issuing = Testing::new().certificates.issuing;
        let start = issuing.not_before();
        let bytes = reserved(&issuing, start).expect("reserved");
        let content = <TbsCertificate as der::Decode>::from_der(&bytes).expect("well-formed");
        let not_before = content.validity().not_before.to_unix_duration().as_secs();
        assert_eq!(i64::try_from(not_before).expect("small"), start.unix_timestamp());
    }

    #[test]
    fn an_issuer_out_of_its_time_does_not_issue() {
        let issuing = Testing::new().certificates.issuing;
        let early = reserved(&issuing, issuing.not_before() - Duration::SECOND).expect_err("too early");
        assert_eq!(early.code(), FaultCode::ClockBehind);
        // The last moment at which ten years and the margin still fit.
        let last = datetime!(2046-10-23 10:00 UTC);
        assert_eq!(issuing.not_after(), datetime!(2056-11-22 10:00 UTC));
        assert!(reserved(&issuing, last).is_ok());
        let late = reserved(&issuing, last + Duration::SECOND).expect_err("too late");
        assert!(matches!(late, ReserveError::OutlivesIssuer { .. }));
    }

    #[test]
    fn only_an_issuing_ca_issues() {
        let Testing { certificates, .. } = Testing::new();
        for other in [&certificates.root, &certificates.manifest] {
            assert!(matches!(reserved(other, THEN), Err(ReserveError::Issuer(_))));
        }
    }

    #[test]
    fn a_profile_with_problems_and_the_uid_zero_are_refused() {
        let issuing = Testing::new().certificates.issuing;
        let profile = CertificateProfile { validity_years: 5, ..CertificateProfile::default() };
        let outcome = reserve(&profile, &issuing, LOW, &public(&key(9)), THEN);
        assert!(matches!(outcome, Err(ReserveError::Profile(ProfileError::Years(5)))));
        let zero = Uid::from_bytes([0; 16]);
        let outcome = reserve(&CertificateProfile::default(), &issuing, zero, &public(&key(9)), THEN);
        assert!(matches!(outcome, Err(ReserveError::UidZero)));
    }
}
