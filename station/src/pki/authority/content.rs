//! What stands in each of the vendor's certificates.

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, DnValue, ExtendedKeyUsagePurpose, IsCa,
    KeyIdMethod, KeyUsagePurpose,
};
use time::{Duration, OffsetDateTime};

use super::{Role, encoder};
use crate::clock::rfc3339;
use crate::fault::{Coded, FaultCode};
use crate::pki::name::SubjectError;
use crate::pki::{Certificate, PublicKey, Subject, Validity};

/// How far back a CA's certificates are dated, so that what they sign is never younger than they.
const BACKDATE: Duration = Duration::hours(1);

/// What goes into one of the vendor's certificates, whatever its role.
#[derive(Clone, Copy, Debug)]
pub struct Content<'a> {
    /// Whose certificate.
    pub subject: &'a Subject,
    /// The key that is certified.
    pub key: &'a PublicKey,
    /// The serial number: 128 random bits.
    pub serial: [u8; 16],
    /// When it is issued.
    pub now: OffsetDateTime,
    /// How many calendar years it lasts.
    pub years: u16,
}

/// Why one of the vendor's certificates cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// The subject cannot be used.
    #[error("the subject of the {role} certificate cannot be used")]
    Subject {
        /// Which certificate.
        role: Role,
        /// What is wrong.
        #[source]
        source: SubjectError,
    },
    /// The validity cannot be written, or ends after the root.
    #[error("the {role} certificate cannot last {years} years from {}", rfc3339(*now))]
    Years {
        /// Which certificate.
        role: Role,
        /// How long it should last.
        years: u16,
        /// When it is issued.
        now: OffsetDateTime,
    },
    /// The root's name has a form that cannot be repeated as an issuer.
    #[error("the name {name:?} of the root cannot be repeated in the {role} certificate")]
    IssuerName {
        /// Which certificate.
        role: Role,
        /// The root's name.
        name: String,
    },
    /// The content could not be encoded.
    #[error("the {role} certificate cannot be encoded")]
    Encode {
        /// Which certificate.
        role: Role,
        /// What the encoder said.
        #[source]
        source: rcgen::Error,
    },
}

impl Coded for AuthorityError {
    fn code(&self) -> FaultCode {
        match self {
            Self::Subject { .. } | Self::Years { .. } => FaultCode::Configuration,
            Self::IssuerName { .. } => FaultCode::AuthorityMismatch,
            Self::Encode { .. } => FaultCode::Bug,
        }
    }
}

/// The bytes to be signed of a self-signed root: CA, path length 1.
///
/// # Errors
/// A subject or a validity that cannot be written.
pub fn root(content: Content<'_>) -> Result<Vec<u8>, AuthorityError> {
    let params = params(Role::Root, content, None)?;
    encoder::self_signed(Role::Root, &params, content.key)
}

/// The bytes to be signed of an issuing CA under `root`: CA, path length 0.
///
/// # Errors
/// A subject or a validity that cannot be written or does not fit the root.
pub fn issuing(content: Content<'_>, root: &Certificate) -> Result<Vec<u8>, AuthorityError> {
    under(Role::Issuing, content, root)
}

/// The bytes to be signed of a manifest signer under `root`; see the head of the folder's module for why
/// it looks as it does.
///
/// # Errors
/// A subject or a validity that cannot be written or does not fit the root.
pub fn manifest(content: Content<'_>, root: &Certificate) -> Result<Vec<u8>, AuthorityError> {
    under(Role::Manifest, content, root)
}

/// The bytes to be signed of a certificate under `root` for a key that signs an issuing CA's lists of void
/// certificates: the CA's name, no CA, `cRLSign` and nothing else.
///
/// # Errors
/// A subject or a validity that cannot be written or does not fit the root.
pub fn revocation(content: Content<'_>, root: &Certificate) -> Result<Vec<u8>, AuthorityError> {
    under(Role::Revocation, content, root)
}

/// The bytes to be signed of a PKCS#10 request (RFC 2986), to be carried to a root that is elsewhere. It asks
/// for the extensions that a certificate in this role has.
///
/// # Errors
/// A subject that cannot be written.
pub fn request(role: Role, subject: &Subject, key: &PublicKey) -> Result<Vec<u8>, AuthorityError> {
    let mut params = CertificateParams::default();
    params.distinguished_name = named(role, subject)?;
    apply(role, &mut params);
    encoder::request(role, &params, key)
}

fn under(role: Role, content: Content<'_>, root: &Certificate) -> Result<Vec<u8>, AuthorityError> {
    encoder::under(role, &params(role, content, Some(root))?, content.key, root)
}

/// What a certificate in this role is for, as its extensions say.
fn apply(role: Role, params: &mut CertificateParams) {
    match role {
        Role::Root | Role::Issuing => {
            let below = u8::from(role == Role::Root);
            params.is_ca = IsCa::Ca(BasicConstraints::Constrained(below));
            params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        }
        Role::Manifest => {
            params.is_ca = IsCa::ExplicitNoCa;
            params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection];
        }
        Role::Revocation => {
            params.is_ca = IsCa::ExplicitNoCa;
            params.key_usages = vec![KeyUsagePurpose::CrlSign];
        }
    }
}

fn params(
    role: Role,
    content: Content<'_>,
    parent: Option<&Certificate>,
) -> Result<CertificateParams, AuthorityError> {
    let Content { subject, key, serial, now, years } = content;
    let distinguished_name = named(role, subject)?;
    let out_of_range = || AuthorityError::Years { role, years, now };
    let mut validity = Validity::from_years(now, years, Duration::ZERO, BACKDATE).ok_or_else(out_of_range)?;
    if let Some(parent) = parent {
        validity.not_before = validity.not_before.max(parent.not_before());
        if validity.not_after > parent.not_after() {
            return Err(out_of_range());
        }
    }
    let mut params = CertificateParams::default();
    params.not_before = validity.not_before;
    params.not_after = validity.not_after;
    params.serial_number = Some(positive(serial).into());
    params.distinguished_name = distinguished_name;
    params.key_identifier_method = KeyIdMethod::PreSpecified(key.key_identifier().to_vec());
    params.use_authority_key_identifier_extension = parent.is_some();
    apply(role, &mut params);
    Ok(params)
}

fn named(role: Role, subject: &Subject) -> Result<DistinguishedName, AuthorityError> {
    if let Some(source) = subject.problems().into_iter().next() {
        return Err(AuthorityError::Subject { role, source });
    }
    distinguished_name(subject).map_err(|source| AuthorityError::Encode { role, source })
}

/// A serial number is positive (RFC 5280 section 4.1.2.2): a zero, which chance gives once in 2^128
/// tries, becomes a one.
pub(in crate::pki) fn positive(mut serial: [u8; 16]) -> Vec<u8> {
    if serial == [0; 16] {
        serial[15] = 1;
    }
    serial.to_vec()
}

fn distinguished_name(subject: &Subject) -> Result<DistinguishedName, rcgen::Error> {
    let mut name = DistinguishedName::new();
    if let Some(country) = &subject.country {
        name.push(DnType::CountryName, DnValue::PrintableString(country.as_str().try_into()?));
    }
    if let Some(organization) = &subject.organization {
        name.push(DnType::OrganizationName, organization.as_str());
    }
    if let Some(unit) = &subject.organizational_unit {
        name.push(DnType::OrganizationalUnitName, unit.as_str());
    }
    name.push(DnType::CommonName, subject.common_name.as_str());
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::complete;
    use crate::pki::testing::{THEN, Testing, key, public, sign, subject};

    fn content<'a>(subject: &'a Subject, key: &'a PublicKey, years: u16) -> Content<'a> {
        Content { subject, key, serial: [7; 16], now: THEN, years }
    }

    #[test]
    fn nothing_lasts_longer_than_the_root() {
        let root = Testing::new().certificates.root;
        let (name, key) = (subject("TEST Late"), public(&key(7)));
        assert!(matches!(
            issuing(content(&name, &key, 41), &root),
            Err(AuthorityError::Years { role: Role::Issuing, years: 41, .. })
        ));
    }

    #[test]
    fn a_subject_with_problems_is_refused() {
        let name = Subject { country: Some("Swiss".into()), ..subject("TEST Root") };
        let error = root(content(&name, &public(&key(7)), 40)).expect_err("refused");
        assert!(matches!(error, AuthorityError::Subject { role: Role::Root, .. }));
        assert_eq!(error.code(), FaultCode::Configuration);
    }

    #[test]
    fn the_serial_number_is_positive_whatever_chance_gives() {
        let name = subject("TEST Root");
        for serial in [[0; 16], [0xff; 16]] {
            let bytes = root(Content { serial, ..content(&name, &public(&key(7)), 40) }).expect("made");
            let root = complete(&bytes, &sign(&key(7), &bytes), None).expect("completed");
            assert!(root.serial_bytes()[0] < 0x80 && root.serial_bytes() != [0]);
        }
    }

    #[test]
    fn a_foreign_root_s_name_is_repeated_exactly_or_refused() {
        let foreign = |value: DnValue| {
            let name = subject("TEST Root");
            let mut params = params(Role::Root, content(&name, &public(&key(7)), 40), None).expect("made");
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
            params.distinguished_name.push(DnType::OrganizationName, value);
            let bytes = encoder::self_signed(Role::Root, &params, &public(&key(7))).expect("made");
            complete(&bytes, &sign(&key(7), &bytes), None).expect("completed")
        };
        let name = subject("TEST Issuing");
        let printable = foreign(DnValue::PrintableString("Acme".try_into().expect("printable")));
        assert!(issuing(content(&name, &public(&key(8)), 30), &printable).is_ok());
        let teletex = foreign(DnValue::TeletexString("Acme".try_into().expect("teletex")));
        assert!(matches!(
            issuing(content(&name, &public(&key(8)), 30), &teletex),
            Err(AuthorityError::IssuerName { role: Role::Issuing, .. })
        ));
    }
}
