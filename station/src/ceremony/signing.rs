//! The one place where the vendor's commands have something signed.

use crate::fault::{Coded, FaultCode};
use crate::hsm::{Hsm, HsmError};
use crate::pki::purpose::{self, Purpose, PurposeError};
use crate::pki::{Certificate, Signature};

/// A key in the HSM that is to sign.
#[derive(Clone, Copy, Debug)]
pub struct Signer<'a> {
    /// Its label.
    pub label: &'a str,
    /// Its certificate. None has a key that asks for its first, or a root that signs its own.
    pub certificate: Option<&'a Certificate>,
}

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The key, or the bytes, are for something else.
    #[error("key {label} was not asked to sign")]
    Purpose {
        /// The key's label.
        label: String,
        /// Why not.
        #[source]
        source: PurposeError,
    },
    /// The HSM did not sign.
    #[error("key {label} did not sign {purpose}")]
    Hsm {
        /// The key's label.
        label: String,
        /// What was to be signed.
        purpose: Purpose,
        /// What the HSM said.
        #[source]
        source: HsmError,
    },
}

impl Coded for SignError {
    fn code(&self) -> FaultCode {
        match self {
            Self::Purpose { source, .. } => source.code(),
            Self::Hsm { source, .. } => source.code(),
        }
    }
}

/// Has a key sign bytes, if it is for that and they are what they are said to be.
///
/// # Errors
/// A key or bytes for another purpose; whatever keeps the HSM from signing.
pub async fn sign(
    hsm: &dyn Hsm,
    signer: Signer<'_>,
    purpose: Purpose,
    to_be_signed: &[u8],
) -> Result<Signature, SignError> {
    let label = || signer.label.to_owned();
    signer
        .certificate
        .map_or(Ok(()), |certificate| purpose::check(certificate, purpose))
        .and_then(|()| purpose::check_content(to_be_signed, purpose))
        .map_err(|source| SignError::Purpose { label: label(), source })?;
    hsm.sign(signer.label, to_be_signed).await.map_err(|source| SignError::Hsm {
        label: label(),
        purpose,
        source,
    })
}
