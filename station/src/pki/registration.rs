//! The certificate by which a customer proves to AWS `IoT` that they hold the CA.
//!
//! Registering a CA in the mode `DEFAULT` takes a verification certificate: its common name is the account's
//! registration code, and the CA signed it. Nothing else of it matters to AWS, so its key is thrown away as
//! soon as it has been certified, and its extensions allow no use as a client. In the mode `SNI_ONLY`, which
//! lets many accounts register one CA, there is none.
//! <https://docs.aws.amazon.com/iot/latest/developerguide/register-CA-cert.html>

use std::str::FromStr;

use rcgen::{CertificateParams, DistinguishedName, DnType, IsCa, KeyIdMethod, KeyUsagePurpose};
use time::{Duration, OffsetDateTime};

use super::authority::{self, AuthorityError, Role};
use super::{Certificate, PublicKey};
use crate::clock::rfc3339;
use crate::fault::{Coded, FaultCode};

/// How long it lasts: it is looked at once.
pub const VALID: Duration = Duration::days(7);
/// How far back it is dated, for a cloud whose clock is behind.
const BACKDATE: Duration = Duration::minutes(10);
/// From its first second to its last.
pub(super) const LONGEST: Duration = Duration::seconds(VALID.whole_seconds() + BACKDATE.whole_seconds());
/// The length of a code.
const LENGTH: usize = 64;

/// The registration code of an AWS account in a Region: 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationCode(String);

/// The text is no registration code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a registration code: 64 hexadecimal digits, from `aws iot get-registration-code`")]
pub struct NoRegistrationCode(String);

/// Why there is no verification certificate.
#[derive(Debug, thiserror::Error)]
pub enum RegistrationError {
    /// The CA ends before it would.
    #[error("the issuing CA ends at {}, before a verification certificate would", rfc3339(*.0))]
    OutlivesIssuer(OffsetDateTime),
    /// It cannot be encoded.
    #[error("the verification certificate cannot be made")]
    Encode(#[source] AuthorityError),
}

impl Coded for RegistrationError {
    fn code(&self) -> FaultCode {
        match self {
            Self::OutlivesIssuer(_) => FaultCode::AuthorityEnds,
            Self::Encode(source) => source.code(),
        }
    }
}

impl RegistrationCode {
    /// The code as AWS gave it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RegistrationCode {
    type Err = NoRegistrationCode;

    fn from_str(text: &str) -> Result<Self, NoRegistrationCode> {
        let is_code = text.len() == LENGTH && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_code { Ok(Self(text.to_owned())) } else { Err(NoRegistrationCode(text.to_owned())) }
    }
}

/// The bytes to be signed of the verification certificate: a DER `TBSCertificate`.
///
/// # Errors
/// An issuer that ends too soon, or whose name cannot be repeated.
pub fn prepare(
    code: &RegistrationCode,
    issuer: &Certificate,
    key: &PublicKey,
    serial: [u8; 16],
    now: OffsetDateTime,
) -> Result<Vec<u8>, RegistrationError> {
    let params = params(code, issuer, key, serial, now)?;
    authority::under(Role::Issuing, &params, key, issuer).map_err(RegistrationError::Encode)
}

/// What stands in it.
pub(super) fn params(
    code: &RegistrationCode,
    issuer: &Certificate,
    key: &PublicKey,
    serial: [u8; 16],
    now: OffsetDateTime,
) -> Result<CertificateParams, RegistrationError> {
    let now = now.replace_nanosecond(0).unwrap_or(now);
    let not_after = now + VALID;
    if not_after > issuer.not_after() {
        return Err(RegistrationError::OutlivesIssuer(issuer.not_after()));
    }
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, code.as_str());
    let mut params = CertificateParams::default();
    params.not_before = (now - BACKDATE).max(issuer.not_before());
    params.not_after = not_after;
    params.serial_number = Some(authority::positive(serial).into());
    params.distinguished_name = name;
    params.key_identifier_method = KeyIdMethod::PreSpecified(key.key_identifier().to_vec());
    params.use_authority_key_identifier_extension = true;
    params.is_ca = IsCa::ExplicitNoCa;
    // With this and no other usage, no TLS stack takes it for a client's.
    params.key_usages = vec![KeyUsagePurpose::ContentCommitment];
    Ok(params)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::testing::{THEN, Testing, key, public, sign};
    use crate::pki::{birth, complete};

    fn code() -> RegistrationCode {
        "0f".repeat(32).parse().expect("a code")
    }

    #[test]
    fn a_code_is_64_hexadecimal_digits() {
        for text in ["", "abc", &"0".repeat(63), &"0".repeat(65), &"g".repeat(64), &"é".repeat(32)] {
            assert!(text.parse::<RegistrationCode>().is_err(), "{text}");
        }
        assert_eq!("aB".repeat(32).parse::<RegistrationCode>().expect("a code").as_str(), "aB".repeat(32));
    }

    #[test]
    fn it_names_the_code_and_is_no_birth_certificate() {
        let Testing { keys, certificates } = Testing::new();
        let bytes = prepare(&code(), &certificates.issuing, &public(&key(9)), [7; 16], THEN).expect("made");
        let made =
            complete(&bytes, &sign(&keys.issuing, &bytes), Some(&certificates.issuing)).expect("complete");
        assert_eq!(made.subject().to_string(), format!("CN={}", code().as_str()));
        assert_eq!(made.not_after() - THEN, VALID);
        let uid = birth::uid_of(&made).expect("128 bits");
        assert!(birth::check(&made, uid, made.public_key()).is_err());
    }

    #[test]
    fn it_does_not_outlive_the_ca() {
        let issuing = Testing::new().certificates.issuing;
        let late = issuing.not_after() - Duration::days(6);
        let error = prepare(&code(), &issuing, &public(&key(9)), [7; 16], late).expect_err("too late");
        assert_eq!(error.code(), FaultCode::AuthorityEnds);
    }
}
