//! An X.509 certificate: its exact bytes, and what can be read from them.

use std::fmt;
use std::sync::Arc;

use const_oid::db::rfc5912::ECDSA_WITH_SHA_256;
use der::pem::{self, LineEnding};
use der::{Decode, Encode};
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{DerSignature, VerifyingKey};
use spki::der::referenced::OwnedToRef;
use thiserror::Error;

use crate::digest::Digest;
use crate::timestamp::Timestamp;

const PEM_LABEL: &str = "CERTIFICATE";
const PEM_BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
const PEM_END: &[u8] = b"-----END CERTIFICATE-----";

/// Why bytes are not a certificate, or a text not a list of certificates.
#[derive(Debug, Error)]
pub enum CertificateError {
    /// The bytes are not the DER of a certificate.
    #[error("parse the certificate")]
    Parse(#[source] der::Error),
    /// The bytes can be read, but written again they would differ: RFC 5280 has another encoding.
    #[error("certificate is not encoded as RFC 5280 demands")]
    Encoding,
    /// A PEM block is damaged.
    #[error("decode PEM block {number}")]
    Pem {
        /// Which block of the text, from 1.
        number: usize,
        /// What the decoder found.
        #[source]
        source: pem::Error,
    },
    /// A PEM block begins and does not end.
    #[error("PEM block {number} does not end")]
    Unfinished {
        /// Which block of the text, from 1.
        number: usize,
    },
    /// The text holds more PEM blocks than are ever needed.
    #[error("more than {limit} certificates")]
    TooMany {
        /// The most that are read.
        limit: usize,
    },
}

/// A certificate: its DER, kept as it came, and the parsed form. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Arc<[u8]>,
    parsed: Arc<x509_cert::Certificate>,
}

impl Certificate {
    /// Reads the DER of one certificate.
    ///
    /// # Errors
    /// [`CertificateError::Parse`] or [`CertificateError::Encoding`].
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        let parsed = x509_cert::Certificate::from_der(der).map_err(CertificateError::Parse)?;
        // The signature is checked over a re-encoding, which must be the very bytes.
        if parsed.to_der().map_err(CertificateError::Parse)? != der {
            return Err(CertificateError::Encoding);
        }
        Ok(Self { der: der.into(), parsed: Arc::new(parsed) })
    }

    /// Reads all certificates of a PEM text. Text between the blocks is passed over, as OpenSSL does.
    ///
    /// # Errors
    /// The first block that cannot be read.
    pub fn list_from_pem(text: &[u8]) -> Result<Vec<Self>, CertificateError> {
        Self::list_from_pem_up_to(crate::limits::ENTRIES, text)
    }

    pub(crate) fn list_from_pem_up_to(limit: usize, text: &[u8]) -> Result<Vec<Self>, CertificateError> {
        let mut list = Vec::new();
        let mut rest = text;
        while let Some(begin) = find(PEM_BEGIN, rest) {
            let number = list.len() + 1;
            if number > limit {
                return Err(CertificateError::TooMany { limit });
            }
            let end = find(PEM_END, &rest[begin..]).ok_or(CertificateError::Unfinished { number })?;
            let (block, after) = rest.split_at(begin + end + PEM_END.len());
            let (_, der) = pem::decode_vec(&block[begin..])
                .map_err(|source| CertificateError::Pem { number, source })?;
            list.push(Self::from_der(&der)?);
            rest = after;
        }
        Ok(list)
    }

    /// The certificate as PEM: lines of 64 characters that end in a line feed.
    ///
    /// # Errors
    /// [`CertificateError::Pem`] when the encoder refuses, which it has no cause to.
    pub fn to_pem(&self) -> Result<String, CertificateError> {
        pem::encode_string(PEM_LABEL, LineEnding::LF, &self.der)
            .map_err(|source| CertificateError::Pem { number: 1, source })
    }

    /// The DER, as it came.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Digest of the DER; for a birth certificate the `certificateId` of AWS.
    pub fn sha256(&self) -> Digest {
        Digest::of(&self.der)
    }

    /// The subject as RFC 4514 text.
    pub fn subject(&self) -> String {
        self.parsed.tbs_certificate().subject().to_string()
    }

    /// The issuer as RFC 4514 text.
    pub fn issuer(&self) -> String {
        self.parsed.tbs_certificate().issuer().to_string()
    }

    pub(crate) fn parsed(&self) -> &x509_cert::Certificate {
        &self.parsed
    }

    pub(crate) fn not_before(&self) -> Timestamp {
        self.parsed.tbs_certificate().validity().not_before.to_date_time().into()
    }

    pub(crate) fn not_after(&self) -> Timestamp {
        self.parsed.tbs_certificate().validity().not_after.to_date_time().into()
    }

    pub(crate) fn is_valid_at(&self, time: Timestamp) -> bool {
        self.not_before() <= time && time <= self.not_after()
    }

    /// Digest of the DER of the public key, algorithm included.
    pub(crate) fn spki_sha256(&self) -> Result<Digest, der::Error> {
        Ok(Digest::of(&self.parsed.tbs_certificate().subject_public_key_info().to_der()?))
    }

    /// The public key, if it is one on P-256.
    pub(crate) fn key(&self) -> Option<VerifyingKey> {
        VerifyingKey::try_from(self.parsed.tbs_certificate().subject_public_key_info().owned_to_ref()).ok()
    }

    pub(crate) fn is_issued_by_name_of(&self, issuer: &Self) -> bool {
        self.parsed.tbs_certificate().issuer() == issuer.parsed.tbs_certificate().subject()
    }

    pub(crate) fn is_self_issued(&self) -> bool {
        self.is_issued_by_name_of(self)
    }

    /// Whether the algorithm is ECDSA with SHA-256, named alike inside and outside the signed part.
    pub(crate) fn is_ecdsa_sha256(&self) -> bool {
        let outer = self.parsed.signature_algorithm();
        outer == self.parsed.tbs_certificate().signature()
            && outer.oid == ECDSA_WITH_SHA_256
            && outer.parameters.is_none()
    }

    /// Whether `key` made the signature, by ECDSA with SHA-256.
    pub(crate) fn is_signed_by(&self, key: &VerifyingKey) -> bool {
        let check = || -> Option<()> {
            let signature = DerSignature::from_bytes(self.parsed.signature().as_bytes()?).ok()?;
            let signed = self.parsed.tbs_certificate().to_der().ok()?;
            key.verify(&signed, &signature).ok()
        };
        self.is_ecdsa_sha256() && check().is_some()
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("subject", &self.subject())
            .field("sha256", &self.sha256())
            .finish_non_exhaustive()
    }
}

fn find(needle: &[u8], haystack: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
