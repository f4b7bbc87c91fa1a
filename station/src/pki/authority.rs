//! The vendor's own certificates: root, issuing CA, manifest signer.
//!
//! ```text
//! root ─┬─ issuing CA ── birth certificates      the CA that customers register
//!       └─ manifest signer                       signs batch manifests
//! ```
//!
//! The manifest signer hangs on the root: a customer who registers the issuing CA with a cloud lets
//! in what that CA signed, and that is to be modules and nothing else. Its profile is what stock
//! `openssl cms -verify` wants for its default purpose `smimesign`: `digitalSignature` in the key
//! usage and `emailProtection` among the purposes. (Without an extended key usage OpenSSL would
//! accept it too; with one that lacks `emailProtection` it fails with "unsupported certificate
//! purpose".) A file with the root for `-CAfile` is enough.
//!
//! Each certificate comes in two halves, as birth certificates do: [`root`], [`issuing`] or
//! [`manifest`] give the bytes to be signed, [`complete`](super::complete) puts the signature to
//! them. [`establish`] does all of it.

use std::cell::RefCell;
use std::fmt;

use der::Tagged;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, DnValue, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyIdMethod, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PublicKeyData, SigningKey,
};
use time::{Duration, OffsetDateTime};
use x509_cert::name::Name;

use super::key::{PublicKey, Signature};
use super::name::SubjectError;
use super::signed::{CompleteError, complete};
use super::{Certificate, Subject, Validity};
use crate::fault::{Coded, FaultCode};

/// How far back a CA's certificates are dated, so that what they sign is never younger than they.
const BACKDATE: Duration = Duration::hours(1);

/// What one of the vendor's certificates is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Signs the other two.
    Root,
    /// Signs birth certificates.
    Issuing,
    /// Signs batch manifests.
    Manifest,
}

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

/// Subjects and lifetimes of all three.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The root's subject.
    pub root: Subject,
    /// The issuing CA's subject.
    pub issuing: Subject,
    /// The manifest signer's subject.
    pub manifest: Subject,
    /// How many calendar years the root lasts.
    pub root_years: u16,
    /// How many calendar years the other two last. An issuing CA stops issuing when it has less to
    /// live than a birth certificate has.
    pub leaf_years: u16,
}

/// One thing for each role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PerRole<T> {
    /// The root's.
    pub root: T,
    /// The issuing CA's.
    pub issuing: T,
    /// The manifest signer's.
    pub manifest: T,
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
    #[error("the {role} certificate cannot last {years} years from {now}")]
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

/// Why the vendor's certificates could not be established. `E` is what the signer says.
#[derive(Debug, thiserror::Error)]
pub enum EstablishError<E: std::error::Error + 'static> {
    /// The content of a certificate.
    #[error(transparent)]
    Content(AuthorityError),
    /// The signer gave no signature.
    #[error("the {role} certificate was not signed")]
    Sign {
        /// Which certificate.
        role: Role,
        /// What the signer said.
        #[source]
        source: E,
    },
    /// The signature did not make a certificate.
    #[error("the {role} certificate cannot be completed")]
    Complete {
        /// Which certificate.
        role: Role,
        /// Why.
        #[source]
        source: CompleteError,
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

impl<E: Coded + 'static> Coded for EstablishError<E> {
    fn code(&self) -> FaultCode {
        match self {
            Self::Content(source) => source.code(),
            Self::Sign { source, .. } => source.code(),
            Self::Complete { source, .. } => source.code(),
        }
    }
}

/// Makes all three certificates. `sign` signs bytes with the root's key, and is asked three times.
///
/// # Errors
/// A plan that cannot be carried out, a signer that fails, a signature by another key.
pub async fn establish<E: std::error::Error + 'static>(
    plan: &Plan,
    keys: &PerRole<PublicKey>,
    serials: &PerRole<[u8; 16]>,
    now: OffsetDateTime,
    sign: impl AsyncFn(&[u8]) -> Result<Signature, E>,
) -> Result<PerRole<Certificate>, EstablishError<E>> {
    let finish = async |role, to_be_signed: Result<Vec<u8>, AuthorityError>, parent: Option<&Certificate>| {
        let to_be_signed = to_be_signed.map_err(EstablishError::Content)?;
        let signature = sign(&to_be_signed).await.map_err(|source| EstablishError::Sign { role, source })?;
        complete(&to_be_signed, &signature, parent)
            .map_err(|source| EstablishError::Complete { role, source })
    };
    let content = |subject, key, serial, years| Content { subject, key, serial, now, years };

    let of_root = content(&plan.root, &keys.root, serials.root, plan.root_years);
    let of_issuing = content(&plan.issuing, &keys.issuing, serials.issuing, plan.leaf_years);
    let of_manifest = content(&plan.manifest, &keys.manifest, serials.manifest, plan.leaf_years);
    let root = finish(Role::Root, root(of_root), None).await?;
    let issuing = finish(Role::Issuing, issuing(of_issuing, &root), Some(&root)).await?;
    let manifest = finish(Role::Manifest, manifest(of_manifest, &root), Some(&root)).await?;
    Ok(PerRole { root, issuing, manifest })
}

/// The bytes to be signed of a self-signed root: CA, path length 1.
///
/// # Errors
/// A subject or a validity that cannot be written.
pub fn root(content: Content<'_>) -> Result<Vec<u8>, AuthorityError> {
    let mut params = params(Role::Root, content, None)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(1));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let capture = Capture::of(*content.key);
    let outcome = params.self_signed(&capture);
    capture.take(Role::Root, outcome)
}

/// The bytes to be signed of an issuing CA under `root`: CA, path length 0.
///
/// # Errors
/// A subject or a validity that cannot be written or does not fit the root.
pub fn issuing(content: Content<'_>, root: &Certificate) -> Result<Vec<u8>, AuthorityError> {
    let mut params = params(Role::Issuing, content, Some(root))?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    under(Role::Issuing, &params, content.key, root)
}

/// The bytes to be signed of a manifest signer under `root`; see the head of this module for why
/// it looks as it does.
///
/// # Errors
/// A subject or a validity that cannot be written or does not fit the root.
pub fn manifest(content: Content<'_>, root: &Certificate) -> Result<Vec<u8>, AuthorityError> {
    let mut params = params(Role::Manifest, content, Some(root))?;
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection];
    under(Role::Manifest, &params, content.key, root)
}

fn params(
    role: Role,
    content: Content<'_>,
    parent: Option<&Certificate>,
) -> Result<CertificateParams, AuthorityError> {
    let Content { subject, key, serial, now, years } = content;
    if let Some(source) = subject.problems().into_iter().next() {
        return Err(AuthorityError::Subject { role, source });
    }
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
    params.distinguished_name =
        distinguished_name(subject).map_err(|source| AuthorityError::Encode { role, source })?;
    params.key_identifier_method = KeyIdMethod::PreSpecified(key.key_identifier().to_vec());
    params.use_authority_key_identifier_extension = parent.is_some();
    Ok(params)
}

/// A serial number is positive (RFC 5280 section 4.1.2.2): a zero, which chance gives once in 2^128
/// tries, becomes a one.
fn positive(mut serial: [u8; 16]) -> Vec<u8> {
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

fn under(
    role: Role,
    params: &CertificateParams,
    key: &PublicKey,
    parent: &Certificate,
) -> Result<Vec<u8>, AuthorityError> {
    let foreign_name = || AuthorityError::IssuerName { role, name: parent.subject().to_string() };
    let mut issuer = CertificateParams::default();
    issuer.distinguished_name = repeated(parent.subject()).ok_or_else(foreign_name)?;
    issuer.key_identifier_method = KeyIdMethod::PreSpecified(
        parent.subject_key_identifier().unwrap_or_else(|| parent.public_key().key_identifier().to_vec()),
    );
    let capture = Capture::of(*parent.public_key());
    let outcome = params.signed_by(&Capture::of(*key), &Issuer::new(issuer, &capture));
    let to_be_signed = capture.take(role, outcome)?;
    // A name that came from elsewhere may have parts that do not survive being repeated.
    let fields = <x509_cert::TbsCertificate as der::Decode>::from_der(&to_be_signed);
    if fields.is_ok_and(|fields| fields.issuer() == parent.subject()) {
        Ok(to_be_signed)
    } else {
        Err(foreign_name())
    }
}

/// A name as the encoder wants it; `None` when a part is of a string type that it is not given.
fn repeated(name: &Name) -> Option<DistinguishedName> {
    let mut repeated = DistinguishedName::new();
    for part in name.iter() {
        let arcs: Vec<u64> = part.oid.arcs().map(u64::from).collect();
        let text = str::from_utf8(part.value.value()).ok()?;
        let value = match part.value.tag() {
            der::Tag::Utf8String => DnValue::Utf8String(text.to_owned()),
            der::Tag::PrintableString => DnValue::PrintableString(text.try_into().ok()?),
            der::Tag::Ia5String => DnValue::Ia5String(text.try_into().ok()?),
            _ => return None,
        };
        repeated.push(DnType::from_oid(&arcs), value);
    }
    Some(repeated)
}

/// Stands where the encoder expects a key: it keeps the bytes that it should sign, and the real
/// signature is made elsewhere. What the encoder makes of the empty signature is thrown away.
struct Capture {
    point: [u8; 65],
    message: RefCell<Option<Vec<u8>>>,
}

impl Capture {
    fn of(key: PublicKey) -> Self {
        Self { point: key.point(), message: RefCell::new(None) }
    }

    fn take<T>(self, role: Role, outcome: Result<T, rcgen::Error>) -> Result<Vec<u8>, AuthorityError> {
        let encode = |source| AuthorityError::Encode { role, source };
        outcome.map_err(encode)?;
        self.message.into_inner().ok_or_else(|| encode(rcgen::Error::RemoteKeyError))
    }
}

impl PublicKeyData for Capture {
    fn der_bytes(&self) -> &[u8] {
        &self.point
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

impl SigningKey for Capture {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        self.message.replace(Some(message.to_vec()));
        Ok(Vec::new())
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Root => "root",
            Self::Issuing => "issuing",
            Self::Manifest => "manifest",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::testing::{THEN, Testing, key, plan, public, sign, subject, wait_for};
    use std::io;
    use time::macros::datetime;

    fn content<'a>(subject: &'a Subject, key: &'a PublicKey, years: u16) -> Content<'a> {
        Content { subject, key, serial: [7; 16], now: THEN, years }
    }

    #[test]
    fn lifetimes_are_nested_and_of_the_calendar() {
        let it = Testing::new().certificates;
        for certificate in [&it.root, &it.issuing, &it.manifest] {
            assert_eq!(certificate.not_before(), datetime!(2026-11-22 9:00 UTC));
        }
        assert_eq!(it.root.not_after(), datetime!(2066-11-22 10:00 UTC));
        assert_eq!(it.issuing.not_after(), datetime!(2056-11-22 10:00 UTC));
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
    fn what_the_signer_says_is_not_lost() {
        let keys = Testing::new().keys;
        let publics = PerRole {
            root: public(&keys.root),
            issuing: public(&keys.issuing),
            manifest: public(&keys.manifest),
        };
        let serials = PerRole { root: [1; 16], issuing: [2; 16], manifest: [3; 16] };
        let plan = plan();
        let failing = establish(&plan, &publics, &serials, THEN, async |_: &[u8]| {
            Err::<Signature, _>(io::Error::other("pulled out"))
        });
        let error = wait_for(failing).expect_err("no signature");
        let chain = crate::fault::Chain::of(&error).to_string();
        assert_eq!(chain, "the root certificate was not signed: pulled out");

        let wrong_key = establish(&plan, &publics, &serials, THEN, async |bytes: &[u8]| {
            Ok::<_, io::Error>(sign(&keys.issuing, bytes))
        });
        let error = wait_for(wrong_key).expect_err("another key");
        assert!(matches!(
            error,
            EstablishError::Complete { role: Role::Root, source: CompleteError::SignatureWrong { .. } }
        ));
    }

    #[test]
    fn a_foreign_root_s_name_is_repeated_exactly_or_refused() {
        let foreign = |value: DnValue| {
            let name = subject("TEST Root");
            let mut params = params(Role::Root, content(&name, &public(&key(7)), 40), None).expect("made");
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
            params.distinguished_name.push(DnType::OrganizationName, value);
            let capture = Capture::of(public(&key(7)));
            let outcome = params.self_signed(&capture);
            let bytes = capture.take(Role::Root, outcome).expect("made");
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
