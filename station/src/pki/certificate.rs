//! A certificate that was read: its bytes, and what they say.

use std::fmt;

use der::Decode;
use der::oid::AssociatedOid;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use x509_cert::certificate::Version;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, SubjectKeyIdentifier};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::der::referenced::OwnedToRef;
use x509_cert::time::Time;

use super::key::{PublicKey, PublicKeyError, Signature, SignatureWrong};
use super::pem::{self, PemError};
use super::signed::{Envelope, EnvelopeError};

/// An X.509 v3 certificate over a P-256 key, signed with ECDSA and SHA-256.
///
/// Reading one says nothing about trust: see [`chain`](super::chain).
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    to_be_signed: Vec<u8>,
    signature: Signature,
    fields: x509_cert::Certificate,
    public_key: PublicKey,
}

/// Why bytes are not a certificate of the kind we use.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The text is not PEM of a certificate.
    #[error("the certificate's text cannot be read")]
    Pem(#[source] PemError),
    /// Not DER, or not of X.509's shape.
    #[error("the certificate is malformed")]
    Malformed(#[source] der::Error),
    /// The signature part is not one we use.
    #[error("the certificate's signature part cannot be used")]
    Envelope(#[source] EnvelopeError),
    /// The algorithm inside differs from the one outside (RFC 5280 section 4.1.1.2).
    #[error("the certificate names two signature algorithms")]
    Algorithms,
    /// Not version 3.
    #[error("the certificate is not of version 3")]
    Version,
    /// The key is not one we use.
    #[error("the certificate's public key cannot be used")]
    PublicKey(#[source] PublicKeyError),
    /// An extension stands there twice (RFC 5280 section 4.2).
    #[error("the certificate has the extension {0} twice")]
    RepeatedExtension(der::asn1::ObjectIdentifier),
}

impl Certificate {
    /// Reads DER.
    ///
    /// # Errors
    /// Malformed bytes, or another version, algorithm or kind of key.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        let envelope = Envelope::open(der).map_err(CertificateError::Envelope)?;
        let to_be_signed = envelope.signed_bytes().map_err(CertificateError::Envelope)?;
        let signature = envelope.ecdsa_signature().map_err(CertificateError::Envelope)?;
        let fields = x509_cert::Certificate::from_der(der).map_err(CertificateError::Malformed)?;
        let content = fields.tbs_certificate();
        if content.version() != Version::V3 {
            return Err(CertificateError::Version);
        }
        if content.signature() != fields.signature_algorithm() {
            return Err(CertificateError::Algorithms);
        }
        let public_key = PublicKey::from_spki(&content.subject_public_key_info().owned_to_ref())
            .map_err(CertificateError::PublicKey)?;
        let certificate = Self { der: der.to_vec(), to_be_signed, signature, fields, public_key };
        for (index, extension) in certificate.extensions().iter().enumerate() {
            if certificate.extensions()[..index].iter().any(|other| other.extn_id == extension.extn_id) {
                return Err(CertificateError::RepeatedExtension(extension.extn_id));
            }
        }
        Ok(certificate)
    }

    /// Reads PEM text with one certificate.
    ///
    /// # Errors
    /// As [`from_der`](Self::from_der), and text that is not PEM.
    pub fn from_pem(text: &str) -> Result<Self, CertificateError> {
        Self::from_der(&pem::decode_certificate(text).map_err(CertificateError::Pem)?)
    }

    /// The bytes as they were read.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The text form, with LF at the end of each line.
    pub fn pem(&self) -> String {
        pem::encode_certificate(&self.der)
    }

    /// The bytes under the signature.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.to_be_signed
    }

    /// The signature.
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// SHA-256 of [`der`](Self::der); its hex is the `certificateId` of AWS `IoT`.
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.der).into()
    }

    /// The key that is certified.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// Whose certificate it is.
    pub fn subject(&self) -> &Name {
        self.fields.tbs_certificate().subject()
    }

    /// Who signed it.
    pub fn issuer(&self) -> &Name {
        self.fields.tbs_certificate().issuer()
    }

    /// The serial number's content: big-endian, with a leading 00 when the top bit is set.
    pub fn serial_bytes(&self) -> &[u8] {
        self.serial().as_bytes()
    }

    pub(super) fn serial(&self) -> &SerialNumber {
        self.fields.tbs_certificate().serial_number()
    }

    /// From when it is valid.
    pub fn not_before(&self) -> OffsetDateTime {
        instant(self.fields.tbs_certificate().validity().not_before)
    }

    /// Until when it is valid, that second included (RFC 5280 section 4.1.2.5).
    pub fn not_after(&self) -> OffsetDateTime {
        instant(self.fields.tbs_certificate().validity().not_after)
    }

    /// The subject key identifier, when there is one.
    pub fn subject_key_identifier(&self) -> Option<Vec<u8>> {
        let (_, SubjectKeyIdentifier(identifier)) = self.extension().ok().flatten()?;
        Some(identifier.as_bytes().to_vec())
    }

    /// The authority key identifier, when there is one in the form of a key identifier.
    pub fn authority_key_identifier(&self) -> Option<Vec<u8>> {
        let (_, identifier) = self.extension::<AuthorityKeyIdentifier>().ok().flatten()?;
        Some(identifier.key_identifier?.as_bytes().to_vec())
    }

    /// Verifies the signature with the issuer's key.
    ///
    /// # Errors
    /// When it does not verify.
    pub fn verify(&self, issuer: &PublicKey) -> Result<(), SignatureWrong> {
        issuer.verify(&self.to_be_signed, &self.signature)
    }

    pub(super) fn extensions(&self) -> &[Extension] {
        self.fields.tbs_certificate().extensions().map_or(&[], Vec::as_slice)
    }

    /// An extension and whether it is critical; `None` when it is absent.
    pub(super) fn extension<'a, T: Decode<'a, Error = der::Error> + AssociatedOid>(
        &'a self,
    ) -> der::Result<Option<(bool, T)>> {
        self.extensions()
            .iter()
            .find(|extension| extension.extn_id == T::OID)
            .map(|extension| Ok((extension.critical, T::from_der(extension.extn_value.as_bytes())?)))
            .transpose()
    }
}

/// The subject, which is enough to tell certificates apart in a log.
impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("subject", &self.subject().to_string())
            .field("serial", &hex::encode(self.serial_bytes()))
            .finish_non_exhaustive()
    }
}

/// Both encodings hold years 1970 to 9999, which `OffsetDateTime` has room for.
fn instant(time: Time) -> OffsetDateTime {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::testing::{HIGH, Testing};
    use proptest::prelude::*;

    #[test]
    fn text_and_bytes_are_the_same_certificate() {
        let certificate = Testing::new().birth(HIGH, 9);
        assert_eq!(Certificate::from_pem(&certificate.pem()).expect("its text"), certificate);
        assert_eq!(Certificate::from_der(certificate.der()).expect("its bytes"), certificate);
        let over_the_wire = certificate.pem().replace('\n', "\r\n");
        assert_eq!(Certificate::from_pem(&over_the_wire).expect("its text"), certificate);
    }

    #[test]
    fn bytes_after_the_end_are_refused() {
        let mut der = Testing::new().birth(HIGH, 9).der().to_vec();
        der.push(0);
        assert!(matches!(Certificate::from_der(&der), Err(CertificateError::Envelope(_))));
    }

    proptest! {
        #[test]
        fn a_changed_certificate_is_refused_or_does_not_verify(position: prop::sample::Index, change in 1..=u8::MAX) {
            let authority = Testing::new();
            let mut der = authority.birth(HIGH, 9).der().to_vec();
            let position = position.index(der.len());
            der[position] ^= change;
            if let Ok(changed) = Certificate::from_der(&der) {
                prop_assert!(changed.verify(authority.certificates.issuing.public_key()).is_err());
            }
        }

        #[test]
        fn no_bytes_and_no_text_panic(der: Vec<u8>, text: String) {
            prop_assert!(Certificate::from_der(&der).is_err());
            prop_assert!(Certificate::from_pem(&text).is_err());
        }
    }
}
