//! What a birth certificate and the certificate of a manifest key must look like.

use const_oid::db::rfc4519::COMMON_NAME;
use const_oid::db::rfc5280::{
    ID_CE_AUTHORITY_KEY_IDENTIFIER, ID_CE_BASIC_CONSTRAINTS, ID_CE_EXT_KEY_USAGE, ID_CE_KEY_USAGE,
    ID_CE_SUBJECT_KEY_IDENTIFIER, ID_KP_CLIENT_AUTH, ID_KP_EMAIL_PROTECTION,
};
use der::Tagged;
use der::asn1::ObjectIdentifier;
use serde::Serialize;
use thiserror::Error;
use x509_cert::certificate::Version;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage};

use crate::certificate::Certificate;
use crate::timestamp::Timestamp;
use crate::uid::Uid;

/// Calendar years a birth certificate must last.
const YEARS: u16 = 10;

/// One thing that is wrong with a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Error)]
#[serde(tag = "fault", rename_all = "kebab-case")]
pub enum CertificateFault {
    /// The algorithm of the signature is another one.
    #[error("is not signed by ECDSA with SHA-256")]
    Algorithm,
    /// It is marked as a CA, or not marked as none.
    #[error("is not marked as the certificate of something that is no CA")]
    CertificateAuthority,
    /// The common name is not the UID as UUID text.
    #[error("has a common name that is not the UID")]
    CommonName,
    /// A critical extension that nobody here understands.
    #[error("has the unknown critical extension {oid}")]
    CriticalExtension {
        /// Its object identifier, dotted.
        oid: String,
    },
    /// The extended key usage lacks what the certificate is for.
    #[error("is not for {purpose}")]
    ExtendedKeyUsage {
        /// The key purpose that is missing, or that stands where another should.
        purpose: &'static str,
    },
    /// The key is not on P-256.
    #[error("has a key that is not on the curve P-256")]
    Key,
    /// The key usage lacks digitalSignature, or allows to sign certificates.
    #[error("has a key usage other than digital signature")]
    KeyUsage,
    /// The serial number is not the UID.
    #[error("has a serial number that is not the UID")]
    Serial,
    /// It ends before ten calendar years are over.
    #[error("is valid only until {not_after}, less than ten years")]
    ShortLived {
        /// When it ends.
        not_after: Timestamp,
    },
    /// It is not valid at the time it was needed.
    #[error("is valid from {not_before} to {not_after}, not at {at}")]
    Validity {
        /// When it was needed.
        at: Timestamp,
        /// When it starts.
        not_before: Timestamp,
        /// When it ends.
        not_after: Timestamp,
    },
    /// It is not an X.509 version 3 certificate.
    #[error("is not an X.509 version 3 certificate")]
    Version,
}

/// Checks the birth certificate of the module `uid`, all but who issued it.
pub(crate) fn birth_certificate(
    certificate: &Certificate,
    uid: Uid,
    sealed_at: Timestamp,
) -> Vec<CertificateFault> {
    let mut faults = end_entity(certificate, sealed_at);
    let tbs = certificate.parsed().tbs_certificate();
    if Uid::from_serial(tbs.serial_number().as_bytes()) != Some(uid) {
        faults.push(CertificateFault::Serial);
    }
    if !has_common_name(certificate, &uid.thing_name()) {
        faults.push(CertificateFault::CommonName);
    }
    let purposes = purposes(certificate);
    if !purposes.contains(&ID_KP_CLIENT_AUTH) {
        faults.push(CertificateFault::ExtendedKeyUsage { purpose: "client authentication" });
    }
    // A module whose certificate allowed it could sign manifests.
    if purposes.contains(&ID_KP_EMAIL_PROTECTION) {
        faults.push(CertificateFault::ExtendedKeyUsage { purpose: "client authentication alone" });
    }
    let (not_before, not_after) = (certificate.not_before(), certificate.not_after());
    if !not_before.is_years_before(YEARS, not_after) {
        faults.push(CertificateFault::ShortLived { not_after });
    }
    faults
}

/// Checks the certificate of a manifest key that signed at `at`, all but who issued it.
///
/// The purpose is demanded, and not only when an extended key usage is present: modules hang
/// below the same root, and no module may sign a manifest. OpenSSL tests the same purpose when it
/// verifies CMS.
pub(crate) fn manifest_signer(certificate: &Certificate, at: Timestamp) -> Vec<CertificateFault> {
    let mut faults = end_entity(certificate, at);
    if purposes(certificate) != [ID_KP_EMAIL_PROTECTION] {
        faults
            .push(CertificateFault::ExtendedKeyUsage { purpose: "signing messages (emailProtection) alone" });
    }
    faults
}

/// The first critical extension that this crate does not understand.
pub(crate) fn unknown_critical_extension(certificate: &Certificate) -> Option<ObjectIdentifier> {
    const KNOWN: [ObjectIdentifier; 5] = [
        ID_CE_AUTHORITY_KEY_IDENTIFIER,
        ID_CE_BASIC_CONSTRAINTS,
        ID_CE_EXT_KEY_USAGE,
        ID_CE_KEY_USAGE,
        ID_CE_SUBJECT_KEY_IDENTIFIER,
    ];
    let extensions = certificate.parsed().tbs_certificate().extensions().into_iter().flatten();
    let mut unknown =
        extensions.filter(|extension| extension.critical && !KNOWN.contains(&extension.extn_id));
    unknown.next().map(|extension| extension.extn_id)
}

fn end_entity(certificate: &Certificate, at: Timestamp) -> Vec<CertificateFault> {
    let mut faults = Vec::new();
    let tbs = certificate.parsed().tbs_certificate();
    if tbs.version() != Version::V3 {
        faults.push(CertificateFault::Version);
    }
    if !certificate.is_ecdsa_sha256() {
        faults.push(CertificateFault::Algorithm);
    }
    if certificate.key().is_none() {
        faults.push(CertificateFault::Key);
    }
    if !matches!(tbs.get_extension::<BasicConstraints>(), Ok(Some((_, BasicConstraints { ca: false, .. })))) {
        faults.push(CertificateFault::CertificateAuthority);
    }
    let usage = tbs.get_extension::<KeyUsage>();
    if !matches!(usage, Ok(Some((_, usage))) if usage.digital_signature() && !usage.key_cert_sign()) {
        faults.push(CertificateFault::KeyUsage);
    }
    if let Some(oid) = unknown_critical_extension(certificate) {
        faults.push(CertificateFault::CriticalExtension { oid: oid.to_string() });
    }
    if !certificate.is_valid_at(at) {
        let (not_before, not_after) = (certificate.not_before(), certificate.not_after());
        faults.push(CertificateFault::Validity { at, not_before, not_after });
    }
    faults
}

/// The extended key usages; none when the extension is absent, doubled or unreadable.
fn purposes(certificate: &Certificate) -> Vec<ObjectIdentifier> {
    match certificate.parsed().tbs_certificate().get_extension::<ExtendedKeyUsage>() {
        Ok(Some((_, usage))) => usage.0,
        _ => Vec::new(),
    }
}

/// Whether the subject holds exactly one common name, and it is `expected`.
fn has_common_name(certificate: &Certificate, expected: &str) -> bool {
    let subject = certificate.parsed().tbs_certificate().subject();
    let mut names = subject.iter().filter(|attribute| attribute.oid == COMMON_NAME);
    let (Some(name), None) = (names.next(), names.next()) else { return false };
    // UTF8String and PrintableString, the two that RFC 5280 lets a new CA use.
    matches!(name.value.tag(), der::Tag::Utf8String | der::Tag::PrintableString)
        && name.value.value() == expected.as_bytes()
}
