//! Has the HSM vouch for the ledger.
//!
//! What a checkpoint is, see [`ledger::checkpoint`](crate::ledger::checkpoint). One is made when a
//! batch is closed, every hour while the line runs, and when it stops; each is also written to a file
//! beside the ledger, to be carried away.

use std::path::PathBuf;
use std::time::Duration;

use crate::fault::{Coded, FaultCode};
use crate::files::Files;
use crate::gate::{Desk, DeskError, Request, Signer};
use crate::ledger::checkpoint::KeptCheckpoint;
use crate::ledger::{AuthorityRecord, AuthorityRole, LedgerError};
use crate::pki::purpose::Purpose;
use crate::pki::{Certificate, CertificateError};

/// How often the running line has its ledger vouched for.
pub const EVERY: Duration = Duration::from_hours(1);

/// Why there is no checkpoint.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The ledger cannot be read, or did not take it.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// There is no manifest key yet.
    #[error("the ledger has no manifest certificate")]
    NoSigner,
    /// The manifest key's certificate does not parse.
    #[error("the manifest certificate does not parse")]
    Signer(#[source] CertificateError),
    /// The HSM did not sign.
    #[error("the checkpoint was not signed")]
    Sign(#[source] DeskError),
    /// The HSM signed with another key.
    #[error("the signature over the checkpoint does not verify")]
    Signature,
    /// The file was not written. The ledger has the checkpoint.
    #[error("cannot write {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
}

impl Coded for CheckpointError {
    fn code(&self) -> FaultCode {
        match self {
            Self::Ledger(error) => error.code(),
            Self::NoSigner => FaultCode::AuthorityMissing,
            Self::Signer(_) => FaultCode::LedgerBroken,
            Self::Sign(error) => error.code(),
            Self::Signature => FaultCode::HsmSignatureWrong,
            Self::File { .. } => FaultCode::FileWrite,
        }
    }
}

/// Has the manifest key in the HSM sign the end of the ledger's chain, and records it.
///
/// # Errors
/// The HSM does not sign, or ledger or disk fail.
pub async fn make(desk: &Desk, files: &Files) -> Result<KeptCheckpoint, CheckpointError> {
    let ledger = desk.ledger();
    let (checkpoint, signer) = ledger
        .query(|reader| Ok((reader.next_checkpoint()?, reader.authority(AuthorityRole::Manifest)?)))
        .await?;
    let AuthorityRecord { certificate, key_label, .. } = signer.ok_or(CheckpointError::NoSigner)?;
    let signer = Certificate::from_der(&certificate).map_err(CheckpointError::Signer)?;
    let message = checkpoint.message();
    let request = Request {
        key: &key_label,
        signer: Signer::Certified(&signer),
        purpose: Purpose::Checkpoint,
        caller: "checkpoint of the ledger",
        message: &message,
    };
    let signature = desk.sign(request).await.map_err(CheckpointError::Sign)?;
    let event = checkpoint.signed(&signer, &signature).ok_or(CheckpointError::Signature)?;
    let kept = KeptCheckpoint::new(checkpoint.ledger, &event);
    ledger.append(event).await?;
    let path = files.checkpoint(kept.upto);
    // Plain fields always serialise.
    let text = serde_json::to_string_pretty(&kept).unwrap_or_default() + "\n";
    files.write(&path, text.as_bytes()).await.map_err(|source| CheckpointError::File { path, source })?;
    Ok(kept)
}

/// As [`make`], unless nothing of importance was recorded since the last one.
///
/// # Errors
/// As `make`.
pub async fn make_if_due(desk: &Desk, files: &Files) -> Result<(), CheckpointError> {
    let due = desk
        .ledger()
        .query(|reader| {
            // The checkpoint itself, and its signature announced and made, are events, and need none of
            // their own.
            let head = reader.head()?.seq.number();
            Ok(reader.last_checkpoint()?.is_none_or(|last| head > last.upto.number() + 3))
        })
        .await?;
    if due {
        make(desk, files).await?;
    }
    Ok(())
}
