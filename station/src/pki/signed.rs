//! The envelope that certificates and requests share: content, algorithm, signature.
//!
//! The content is kept as the very bytes that were signed, never parsed and encoded anew.

use der::asn1::{AnyRef, BitStringRef, ObjectIdentifier};
use der::{Decode, Encode, Sequence};
use x509_cert::TbsCertificate;
use x509_cert::spki::AlgorithmIdentifierRef;

use super::key::{PublicKey, PublicKeyError, Signature, SignatureWrong};
use super::{Certificate, CertificateError};
use crate::fault::{Coded, FaultCode};

/// `ecdsa-with-SHA256`, RFC 5758 section 3.2.
pub(super) const ECDSA_WITH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");

/// RFC 5280 section 4.1 and RFC 2986 section 4.
#[derive(Sequence)]
pub(super) struct Envelope<'a> {
    pub(super) content: AnyRef<'a>,
    pub(super) algorithm: AlgorithmIdentifierRef<'a>,
    pub(super) signature: BitStringRef<'a>,
}

/// Why the outer part of a signed object is not what we accept.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// Not DER, or not of this shape.
    #[error("not content, algorithm and signature in DER")]
    Malformed(#[source] der::Error),
    /// Signed by another algorithm.
    #[error("signed by the algorithm {0}, not by ecdsa-with-SHA256")]
    Algorithm(ObjectIdentifier),
    /// The algorithm has parameters, which RFC 5758 section 3.2 forbids.
    #[error("the signature algorithm has parameters")]
    Parameters,
    /// Not an ECDSA signature over P-256 in DER.
    #[error("the signature is not an ECDSA signature over P-256")]
    Signature,
}

impl<'a> Envelope<'a> {
    /// Takes an envelope apart; nothing is verified yet.
    pub(super) fn open(der: &'a [u8]) -> Result<Self, EnvelopeError> {
        Self::from_der(der).map_err(EnvelopeError::Malformed)
    }

    /// The bytes that were signed. DER has one encoding of a header, so these are the bytes that
    /// stood in the envelope.
    pub(super) fn signed_bytes(&self) -> Result<Vec<u8>, EnvelopeError> {
        self.content.to_der().map_err(EnvelopeError::Malformed)
    }

    /// The signature, when it is of the one kind we accept.
    pub(super) fn ecdsa_signature(&self) -> Result<Signature, EnvelopeError> {
        if self.algorithm.oid != ECDSA_WITH_SHA256 {
            return Err(EnvelopeError::Algorithm(self.algorithm.oid));
        }
        if self.algorithm.parameters.is_some() {
            return Err(EnvelopeError::Parameters);
        }
        let signature = self.signature.as_bytes().ok_or(EnvelopeError::Signature)?;
        Signature::from_der(signature).map_err(|_| EnvelopeError::Signature)
    }
}

pub(super) fn seal(content: &[u8], signature: &Signature) -> der::Result<Vec<u8>> {
    let signature = signature.to_der();
    Envelope {
        content: AnyRef::from_der(content)?,
        algorithm: AlgorithmIdentifierRef { oid: ECDSA_WITH_SHA256, parameters: None },
        signature: BitStringRef::from_bytes(signature.as_bytes())?,
    }
    .to_der()
}

/// Why a signature did not make a certificate.
#[derive(Debug, thiserror::Error)]
pub enum CompleteError {
    /// The bytes to be signed are not a `TBSCertificate`.
    #[error("the bytes to be signed are not a certificate's")]
    Malformed(#[source] der::Error),
    /// The bytes to be signed name another issuer than the one whose signature this should be.
    #[error("the bytes to be signed name the issuer {named:?}, not {expected:?}")]
    OtherIssuer {
        /// The issuer in the bytes.
        named: String,
        /// The subject of the issuer's certificate.
        expected: String,
    },
    /// The key of a self-signed certificate is not one we know.
    #[error("the certificate's own key cannot be used")]
    OwnKey(#[source] PublicKeyError),
    /// The signature is not one of the issuer's key over these bytes.
    #[error("the signature over the certificate of {subject:?} does not fit the issuer's key")]
    SignatureWrong {
        /// Whose certificate.
        subject: String,
        /// What the verification said.
        #[source]
        source: SignatureWrong,
    },
    /// The outcome does not read back as a certificate.
    #[error("the finished certificate does not read back")]
    ReadBack(#[source] CertificateError),
}

impl Coded for CompleteError {
    fn code(&self) -> FaultCode {
        match self {
            Self::SignatureWrong { .. } => FaultCode::HsmSignatureWrong,
            Self::OtherIssuer { .. } => FaultCode::AuthorityMismatch,
            Self::Malformed(_) | Self::OwnKey(_) | Self::ReadBack(_) => FaultCode::Bug,
        }
    }
}

/// Puts bytes that were to be signed and the issuer's signature together into a certificate.
///
/// The signature is verified first; the bytes go in as they are. Without an issuer the certificate
/// is self-signed: its own key verifies.
///
/// # Errors
/// Bytes that are no certificate's, another issuer's name in them, a signature that does not fit.
pub fn complete(
    to_be_signed: &[u8],
    signature: &Signature,
    issuer: Option<&Certificate>,
) -> Result<Certificate, CompleteError> {
    let fields = TbsCertificate::from_der(to_be_signed).map_err(CompleteError::Malformed)?;
    let (issuer_name, key) = match issuer {
        Some(certificate) => (certificate.subject(), *certificate.public_key()),
        None => (fields.subject(), own_key(&fields)?),
    };
    if fields.issuer() != issuer_name {
        return Err(CompleteError::OtherIssuer {
            named: fields.issuer().to_string(),
            expected: issuer_name.to_string(),
        });
    }
    key.verify(to_be_signed, signature)
        .map_err(|source| CompleteError::SignatureWrong { subject: fields.subject().to_string(), source })?;
    let der = seal(to_be_signed, signature).map_err(CompleteError::Malformed)?;
    Certificate::from_der(&der).map_err(CompleteError::ReadBack)
}

/// Puts a request that was to be signed and the signature of its own key together: DER, PKCS#10.
///
/// # Errors
/// A signature that is not by `key`.
pub fn complete_request(
    to_be_signed: &[u8],
    signature: &Signature,
    key: &PublicKey,
) -> Result<Vec<u8>, CompleteError> {
    key.verify(to_be_signed, signature)
        .map_err(|source| CompleteError::SignatureWrong { subject: "a request".to_owned(), source })?;
    seal(to_be_signed, signature).map_err(CompleteError::Malformed)
}

fn own_key(fields: &TbsCertificate) -> Result<PublicKey, CompleteError> {
    let spki = fields.subject_public_key_info().to_der().map_err(CompleteError::Malformed)?;
    PublicKey::from_spki_der(&spki).map_err(CompleteError::OwnKey)
}
