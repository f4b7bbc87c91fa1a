//! What can go wrong in a ceremony.

use std::io;

use crate::fault::{Coded, FaultCode};
use crate::gate::DeskError;
use crate::hsm::HsmError;
use crate::ledger::LedgerError;
use crate::pki::authority::returned::ReturnedError;
use crate::pki::authority::{AuthorityError, Role};
use crate::pki::chain::ChainError;
use crate::pki::{CertificateError, CompleteError};
use crate::random::RandomError;

/// Why a ceremony came to no good end.
#[derive(Debug, thiserror::Error)]
pub enum CeremonyError {
    /// The ledger cannot be read, or did not take a certificate.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A certificate in the ledger does not parse.
    #[error("a certificate on record does not parse")]
    OnRecord(#[source] CertificateError),
    /// The HSM does not answer, or refuses.
    #[error(transparent)]
    Hsm(#[from] HsmError),
    /// A signature was not made.
    #[error(transparent)]
    Sign(#[from] DeskError),
    /// A certificate cannot be made as the plan wants it.
    #[error(transparent)]
    Content(#[from] AuthorityError),
    /// A signature did not fit.
    #[error("the {role} certificate cannot be completed")]
    Complete {
        /// Which certificate.
        role: Role,
        /// Why.
        #[source]
        source: CompleteError,
    },
    /// A certificate, or a key, is not where it belongs.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// There is a certificate in this role, and the plan says nothing of a successor.
    #[error(
        "the ledger has a {role} certificate already: {certificate}; a successor takes `successor = true`"
    )]
    Exists {
        /// The role.
        role: Role,
        /// SHA-256 of the certificate.
        certificate: String,
    },
    /// What is on record was made by another plan.
    #[error("the {role} certificate {certificate} on record is not that of this plan: {}", .differences.join("; "))]
    OtherPlan {
        /// The role.
        role: Role,
        /// SHA-256 of the certificate.
        certificate: String,
        /// What it has otherwise; never empty.
        differences: Vec<String>,
    },
    /// A successor has to have one that it follows.
    #[error("the ledger has no {0} certificate that a successor could follow")]
    NoPredecessor(Role),
    /// A successor has to be told from what it follows.
    #[error("an issuing CA of the name {0:?} is on record; its successor needs another")]
    NameTaken(String),
    /// The key is there, and the plan does not say that it may be used.
    #[error("key {0} is in the HSM already; `existing-keys = true` in the plan lets it be used")]
    KeyThere(String),
    /// Something hangs on the key.
    #[error("key {label} is that of the {role} certificate {certificate}")]
    KeyTaken {
        /// Its label.
        label: String,
        /// What it is for.
        role: Role,
        /// SHA-256 of the certificate.
        certificate: String,
    },
    /// An offline root is not the one on record.
    #[error("the root of the plan is {given}, the one on record is {known}")]
    RootOther {
        /// SHA-256 of the certificate that the plan names.
        given: String,
        /// SHA-256 of the one in the ledger.
        known: String,
    },
    /// Certificates came back that are not what was asked for.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Returned(Vec<ReturnedError>),
    /// No certificate came back for a key.
    #[error("none of the certificates given is for the {role} key {label}")]
    NotReturned {
        /// What it is for.
        role: Role,
        /// The key's label.
        label: String,
    },
    /// The people cannot be asked.
    #[error("nobody can be asked")]
    Person(#[source] io::Error),
    /// There are no random bytes.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// A rehearsal has no place of its own.
    #[error("no room for the rehearsal's ledger")]
    Room(#[source] io::Error),
}

impl Coded for CeremonyError {
    fn code(&self) -> FaultCode {
        match self {
            Self::Ledger(source) => source.code(),
            Self::OnRecord(_) => FaultCode::LedgerBroken,
            Self::Hsm(source) => source.code(),
            Self::Sign(source) => source.code(),
            Self::Content(source) => source.code(),
            Self::Complete { source, .. } => source.code(),
            Self::Chain(source) => source.code(),
            Self::Exists { .. } | Self::OtherPlan { .. } | Self::NameTaken(_) => FaultCode::AuthorityExists,
            Self::NoPredecessor(_) => FaultCode::AuthorityMissing,
            Self::KeyThere(_) | Self::KeyTaken { .. } => FaultCode::HsmKeyAmbiguous,
            Self::RootOther { .. } | Self::Returned(_) | Self::NotReturned { .. } => {
                FaultCode::AuthorityMismatch
            }
            Self::Person(_) => FaultCode::OperatorMissing,
            Self::Random(_) => FaultCode::Bug,
            Self::Room(_) => FaultCode::FileWrite,
        }
    }
}
