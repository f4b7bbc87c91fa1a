//! The way from a module's key to its certificate on record.
//!
//! ```text
//! policy ─► leave ─► bytes reserved, on disk ─► HSM ─► verified ─► certificate on disk
//! ```

use std::sync::Arc;

use wire::Uid;

use super::authority::Authority;
use super::desk::{Desk, DeskError};
use super::opening::Closed;
use super::policy::{Gate, PolicyError};
use crate::clock::Clock;
use crate::fault::{Coded, FaultCode};
use crate::ledger::{
    AuthorityRecord, CertificateIssued, CertificateReserved, Digest, LedgerError, Reader, Reservation, RunId,
};
use crate::pki::birth::{self, BirthError, ReserveError};
use crate::pki::{Certificate, CertificateError, CertificateProfile, CompleteError, PublicKey};

/// All that is needed to issue birth certificates.
#[derive(Clone, Debug)]
pub struct Issuing {
    /// Where they are signed, and put on record.
    pub desk: Desk,
    /// What the product lets be signed.
    pub gate: Gate,
    /// The CA, as the officer opened it.
    pub authority: Arc<Authority>,
    /// The CA that issues.
    pub issuer: Issuer,
    /// What the certificates say.
    pub profile: CertificateProfile,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// A CA that issues birth certificates.
#[derive(Clone, Debug)]
pub struct Issuer {
    /// Its certificate.
    pub certificate: Certificate,
    /// The label of its key on the HSM.
    pub key: String,
}

/// Why no certificate was issued.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The policy is against it.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The officer's leave does not cover it.
    #[error(transparent)]
    Closed(#[from] Closed),
    /// The certificate cannot be made.
    #[error(transparent)]
    Reserve(#[from] ReserveError),
    /// The ledger refused it, or cannot be used.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// It was not signed.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// The signature did not make a certificate.
    #[error(transparent)]
    Complete(#[from] CompleteError),
    /// What was signed is not this module's.
    #[error(transparent)]
    Birth(#[from] BirthError),
    /// The ledger does not know the CA that was to sign what was reserved.
    #[error("the ledger has no CA with certificate {certificate}")]
    IssuerMissing {
        /// SHA-256 of the CA's certificate.
        certificate: Digest,
    },
    /// The certificate of that CA does not parse.
    #[error("the certificate of the CA does not parse")]
    IssuerBroken(#[source] CertificateError),
}

impl Coded for IssueError {
    fn code(&self) -> FaultCode {
        match self {
            Self::Policy(error) => error.code(),
            Self::Closed(error) => error.code(),
            Self::Reserve(error) => error.code(),
            Self::Ledger(error) => error.code(),
            Self::Desk(error) => error.code(),
            Self::Complete(error) => error.code(),
            Self::Birth(error) => error.code(),
            Self::IssuerMissing { .. } => FaultCode::AuthorityMissing,
            Self::IssuerBroken(_) => FaultCode::LedgerBroken,
        }
    }
}

impl Issuing {
    /// Issues the certificate of a module whose key the ledger knows: the bytes reserved for it before, or
    /// new ones. When this returns, the certificate is on disk.
    ///
    /// # Errors
    /// Whatever stands between the key and the certificate. What was reserved stays reserved, and is
    /// signed at the next try.
    pub async fn issue(&self, run: RunId, uid: Uid, key: &PublicKey) -> Result<Certificate, IssueError> {
        // Policy and leave come before the reservation: what cannot be signed today is not begun.
        self.gate.check_time(self.clock.now())?;
        let leave = self.authority.admit()?;
        let reserved = self.desk.ledger().query(move |reader| reader.reservation(&uid)).await?;
        let (issuer, bytes) = match reserved {
            Some(Reservation { issuer, tbs, .. }) => (self.issuer_of(issuer).await?, tbs),
            None => (self.issuer.clone(), self.reserve(run, uid, key).await?),
        };
        let signature = self.desk.sign_birth(&issuer.certificate, &issuer.key, &bytes, &leave).await?;
        let certificate = birth::complete(&bytes, &signature, &issuer.certificate)?;
        // The bytes may have been reserved long ago: they must be this module's.
        birth::check(&certificate, uid, key)?;
        let event = CertificateIssued { run, uid, certificate: certificate.der().to_vec() };
        self.desk.ledger().append(event).await?;
        leave.spend();
        Ok(certificate)
    }

    /// Fixes the bytes of the certificate, on disk.
    async fn reserve(&self, run: RunId, uid: Uid, key: &PublicKey) -> Result<Vec<u8>, IssueError> {
        self.gate.check_key(uid, key)?;
        let issuer = &self.issuer.certificate;
        let bytes = birth::reserve(&self.profile, issuer, uid, key, self.clock.now())?;
        let reserved =
            CertificateReserved { run, uid, issuer: Digest::from_bytes(issuer.sha256()), tbs: bytes.clone() };
        self.desk.ledger().append(reserved).await?;
        Ok(bytes)
    }

    /// The CA under which something was reserved, which may have had a successor since.
    async fn issuer_of(&self, certificate: Digest) -> Result<Issuer, IssueError> {
        if certificate == Digest::from_bytes(self.issuer.certificate.sha256()) {
            return Ok(self.issuer.clone());
        }
        let known = move |reader: &Reader| reader.authority_with(&certificate);
        let record = self.desk.ledger().query(known).await?;
        let record = record.ok_or(IssueError::IssuerMissing { certificate })?;
        Issuer::try_from(record).map_err(IssueError::IssuerBroken)
    }
}

impl TryFrom<AuthorityRecord> for Issuer {
    type Error = CertificateError;

    fn try_from(record: AuthorityRecord) -> Result<Self, CertificateError> {
        Ok(Self { certificate: Certificate::from_der(&record.certificate)?, key: record.key_label })
    }
}
