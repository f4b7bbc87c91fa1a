//! The birth certificate: reserve, complete, check.
//!
//! v3, serial number = UID, CN = UID as UUID text, CA:FALSE, digitalSignature, clientAuth, subject
//! and authority key identifier. [`reserve`] makes the bytes to be signed, [`complete`] puts the
//! signature to them.

mod check;
mod layout;

pub use check::{BirthError, check, uid_of};

use time::OffsetDateTime;
use wire::Uid;
use x509_cert::builder;

use super::key::{PublicKey, Signature};
use super::profile::ProfileError;
use super::signed::{self, CompleteError};
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
            Self::OutlivesIssuer { .. } => FaultCode::AuthorityEnds,
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
    layout::encode(profile, issuer, uid, public_key, validity).map_err(ReserveError::Encode)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::testing::{HIGH, LOW, THEN, Testing, key, public, sign};
    use der::Decode;
    use time::Duration;
    use time::macros::datetime;
    use x509_cert::TbsCertificate;

    fn reserved(issuer: &Certificate, now: OffsetDateTime) -> Result<Vec<u8>, ReserveError> {
        reserve(&CertificateProfile::default(), issuer, LOW, &public(&key(9)), now)
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
        assert_eq!(hex::encode(bytes), include_str!("golden.hex").replace('\n', ""));
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
        let content = TbsCertificate::from_der(&bytes).expect("well-formed");
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
        assert_eq!(late.code(), FaultCode::AuthorityEnds);
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
