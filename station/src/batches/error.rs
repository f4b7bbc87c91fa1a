//! Why there is no batch, or no file of it.

use std::path::PathBuf;

use crate::fault::{Coded, FaultCode};
use crate::gate::DeskError;
use crate::ledger::{BatchId, LedgerError, OrderId};
use crate::manifest::ManifestError;
use crate::order;
use crate::pki::CertificateError;

/// Why there is no batch, or no file of it.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// The ledger cannot be read, or did not take it.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// What the ledger has makes no manifest.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// Nothing has become of the order's modules that a batch would tell.
    #[error("no module of order {order} waits for a batch")]
    Empty {
        /// The order.
        order: OrderId,
    },
    /// There is none with this id, or none to the customer.
    #[error("there is no such batch: close it first")]
    Unknown,
    /// The batch's file would say something else than was settled when it was closed.
    #[error("batch {batch} does not come out as it was closed")]
    Changed {
        /// The batch.
        batch: BatchId,
    },
    /// The ledger does not know the order.
    #[error("the ledger has no order {order}")]
    OrderUnknown {
        /// The order.
        order: OrderId,
    },
    /// The order in the ledger does not parse.
    #[error(transparent)]
    Order(order::Unreadable),
    /// The certificate of the manifest key does not parse.
    #[error(transparent)]
    Signer(CertificateError),
    /// The manifest key did not sign.
    #[error(transparent)]
    Sign(DeskError),
    /// The signature makes no file.
    #[error(transparent)]
    Pack(batch::SignError<std::convert::Infallible>),
    /// The file was not written, and the ledger has it as made.
    #[error("cannot write {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// The program is ending.
    #[error("the program is ending")]
    ShutDown,
}

impl Coded for BatchError {
    fn code(&self) -> FaultCode {
        match self {
            Self::Ledger(error) => error.code(),
            Self::Manifest(error) => error.code(),
            Self::Empty { .. } | Self::Unknown | Self::Changed { .. } => FaultCode::BatchState,
            Self::OrderUnknown { .. } => FaultCode::OrderMissing,
            Self::Order(_) | Self::Signer(_) => FaultCode::LedgerBroken,
            Self::Sign(error) => error.code(),
            Self::Pack(_) => FaultCode::HsmSignatureWrong,
            Self::File { .. } => FaultCode::FileWrite,
            Self::ShutDown => FaultCode::Bug,
        }
    }
}
