//! Is this the birth certificate of this module?

use der::oid::db::rfc5280::ID_KP_CLIENT_AUTH;
use wire::Uid;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages};

use crate::fault::{Coded, FaultCode};
use crate::pki::csr::text_of;
use crate::pki::name::COMMON_NAME;
use crate::pki::{Certificate, PublicKey};

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
/// Who signed it, and when it is valid, is for [`chain::check_birth`](crate::pki::chain::check_birth).
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::testing::{HIGH, LOW, Testing, key, public};

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
}
