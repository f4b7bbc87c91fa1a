//! From a certificate up to a CA that the reader trusts.
//!
//! The part of RFC 5280, section 6 that these CAs use: names, P-256 signatures, validity, CA flag,
//! key usage and path length. Name constraints and policies, if critical, are refused as unknown.

use serde::Serialize;
use thiserror::Error;
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage};

use crate::certificate::Certificate;
use crate::limits;
use crate::profile::unknown_critical_extension;
use crate::timestamp::Timestamp;

/// Why no chain leads to a trusted CA.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Error)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum ChainFault {
    /// The certificate of the issuer may not issue.
    #[error("\"{subject}\" is no CA that may issue here")]
    NotAnIssuer {
        /// The certificate in the issuer's place.
        subject: String,
    },
    /// A CA has the right name but did not make the signature.
    #[error("\"{subject}\" was not signed by the CA \"{issuer}\" known here")]
    Signature {
        /// The certificate whose signature fails.
        subject: String,
        /// The CA of the name it gives.
        issuer: String,
    },
    /// The chain is longer than any good one.
    #[error("the chain is too long")]
    TooLong,
    /// No trusted CA issued it, and none stands above its issuer.
    #[error("\"{subject}\" was issued by \"{issuer}\", and no trusted CA stands behind that")]
    Untrusted {
        /// The certificate where the chain ends.
        subject: String,
        /// The issuer it names.
        issuer: String,
    },
    /// A certificate of the chain is not valid at the time.
    #[error("\"{subject}\" is valid from {not_before} to {not_after}, not at {at}")]
    Validity {
        /// The certificate.
        subject: String,
        /// When it was needed.
        at: Timestamp,
        /// When it starts.
        not_before: Timestamp,
        /// When it ends.
        not_after: Timestamp,
    },
}

/// Finds the chain from `certificate` to one of `anchors` by way of `between`, valid at `at`.
///
/// The result holds the CAs between, the nearest first, without the certificate and the anchor.
/// An anchor need not be self-signed: whoever trusts an issuing CA trusts what it issued.
pub(crate) fn find<'a>(
    certificate: &'a Certificate,
    between: &'a [Certificate],
    anchors: &[Certificate],
    at: Timestamp,
) -> Result<Vec<&'a Certificate>, ChainFault> {
    valid_at(certificate, at)?;
    let mut path = Vec::new();
    let mut current = certificate;
    while !anchors.contains(current) {
        if path.len() > limits::CHAIN {
            return Err(ChainFault::TooLong);
        }
        let next = match issuer_of(current, anchors, path.len(), at) {
            Ok(_) => return Ok(path),
            Err(fault) => match (fault, issuer_of(current, between, path.len(), at)) {
                // A self-signed CA that is not trusted leads only to itself.
                (_, Ok(next)) if !next.is_self_issued() => next,
                // What is wrong with a trusted CA of that name says more than that there is none.
                (ChainFault::Untrusted { .. }, Err(fault)) | (fault, _) => return Err(fault),
            },
        };
        path.push(next);
        current = next;
    }
    Ok(path)
}

/// The certificate among `candidates` that issued `certificate`, with `below` CAs under it so far.
fn issuer_of<'a>(
    certificate: &Certificate,
    candidates: &'a [Certificate],
    below: usize,
    at: Timestamp,
) -> Result<&'a Certificate, ChainFault> {
    let mut fault = ChainFault::Untrusted { subject: certificate.subject(), issuer: certificate.issuer() };
    for candidate in candidates.iter().filter(|candidate| certificate.is_issued_by_name_of(candidate)) {
        if !may_issue(candidate, below) {
            fault = ChainFault::NotAnIssuer { subject: candidate.subject() };
        } else if !candidate.key().is_some_and(|key| certificate.is_signed_by(&key)) {
            fault = ChainFault::Signature { subject: certificate.subject(), issuer: candidate.subject() };
        } else if let Err(invalid) = valid_at(candidate, at) {
            fault = invalid;
        } else {
            return Ok(candidate);
        }
    }
    Err(fault)
}

fn valid_at(certificate: &Certificate, at: Timestamp) -> Result<(), ChainFault> {
    if certificate.is_valid_at(at) {
        return Ok(());
    }
    Err(ChainFault::Validity {
        subject: certificate.subject(),
        at,
        not_before: certificate.not_before(),
        not_after: certificate.not_after(),
    })
}

/// Whether a certificate is that of a CA which may have `below` more CAs under it.
pub(crate) fn may_issue(certificate: &Certificate, below: usize) -> bool {
    let tbs = certificate.parsed().tbs_certificate();
    let is_ca = match tbs.get_extension::<BasicConstraints>() {
        Ok(Some((_, constraints))) => {
            constraints.ca && constraints.path_len_constraint.is_none_or(|most| below <= usize::from(most))
        }
        _ => false,
    };
    let signs_certificates =
        matches!(tbs.get_extension::<KeyUsage>(), Ok(Some((_, usage))) if usage.key_cert_sign());
    is_ca && signs_certificates && unknown_critical_extension(certificate).is_none()
}
