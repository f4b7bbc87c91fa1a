//! Why the ledger did not do what it was asked.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::event::DecodeError;
use super::id::Seq;
use super::refusal::Refusal;
use crate::fault::{Coded, FaultCode};
use crate::random::RandomError;

/// Why the ledger did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The event would break a rule of the ledger. Nothing was written.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The file, or the lock beside it, cannot be opened.
    #[error("cannot open the ledger {}", path.display())]
    Open {
        /// The ledger.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// The file was opened, but is no database, or cannot be prepared as a ledger.
    #[error("cannot prepare the ledger {}", path.display())]
    Prepare {
        /// The ledger.
        path: PathBuf,
        /// What the database said.
        #[source]
        source: rusqlite::Error,
    },
    /// The file is a database of some other program.
    #[error("{} is not a ledger", path.display())]
    NotALedger {
        /// The file.
        path: PathBuf,
    },
    /// The file system cannot do what the ledger's safety rests on: share memory for a
    /// write-ahead log. Network file systems cannot.
    #[error("the file system of {} is not fit for a ledger", path.display())]
    FileSystem {
        /// The ledger.
        path: PathBuf,
    },
    /// Another process has the ledger open for writing.
    #[error("another station uses the ledger {}", path.display())]
    Locked {
        /// The ledger.
        path: PathBuf,
    },
    /// The ledger was written by a later version of this program.
    #[error("ledger {} has schema version {found}, this program knows {known}", path.display())]
    Newer {
        /// The ledger.
        path: PathBuf,
        /// The version in the file.
        found: u32,
        /// The version this program knows.
        known: u32,
    },
    /// The ledger is of an earlier version, and was opened for reading only. Opening it for
    /// writing brings it up to date.
    #[error("ledger {} still has schema version {found}, this program reads {known}", path.display())]
    Older {
        /// The ledger.
        path: PathBuf,
        /// The version in the file.
        found: u32,
        /// The version this program reads.
        known: u32,
    },
    /// No id could be drawn for a new ledger.
    #[error("cannot draw an id for the new ledger")]
    Id(#[source] RandomError),
    /// The writer's thread could not be started.
    #[error("cannot start the ledger's thread")]
    Thread(#[source] io::Error),
    /// A payload cannot be put into JSON.
    #[error("cannot encode a {kind} event")]
    Encode {
        /// The kind.
        kind: &'static str,
        /// What the encoder said.
        #[source]
        source: serde_json::Error,
    },
    /// Writing failed. The event may or may not be found in the ledger when it is next opened;
    /// until then it takes no more.
    #[error("cannot write to the ledger ({operation})")]
    Write {
        /// What was being done.
        operation: &'static str,
        /// What the database said. Shared by all events that waited for the same commit.
        #[source]
        source: Arc<rusqlite::Error>,
    },
    /// An earlier write failed, and since then the ledger takes no events.
    #[error("the ledger takes no events since an earlier write failed")]
    Stopped(#[source] Arc<rusqlite::Error>),
    /// The writer's thread is gone.
    #[error("the ledger's thread has ended")]
    NoWriter,
    /// Reading failed.
    #[error("cannot read {what} from the ledger")]
    Read {
        /// What was asked for.
        what: &'static str,
        /// What the database said.
        #[source]
        source: rusqlite::Error,
    },
    /// A stored event does not make sense.
    #[error("event {seq} of the ledger cannot be read")]
    Event {
        /// Its place.
        seq: Seq,
        /// What is wrong with it.
        #[source]
        source: DecodeError,
    },
    /// A column holds what the ledger never puts there, or points to a row that is not there.
    #[error("{what} in the ledger cannot be right")]
    Inconsistent {
        /// What is wrong.
        what: &'static str,
    },
}

impl Coded for LedgerError {
    fn code(&self) -> FaultCode {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Open { .. }
            | Self::Prepare { .. }
            | Self::NotALedger { .. }
            | Self::FileSystem { .. }
            | Self::Id(_)
            | Self::Thread(_)
            | Self::Read { .. } => FaultCode::LedgerOpen,
            Self::Locked { .. } => FaultCode::LedgerLocked,
            Self::Newer { .. } | Self::Older { .. } => FaultCode::LedgerVersion,
            Self::Write { .. } | Self::Stopped(_) => FaultCode::LedgerWrite,
            Self::Event { .. } | Self::Inconsistent { .. } => FaultCode::LedgerBroken,
            Self::Encode { .. } | Self::NoWriter => FaultCode::Bug,
        }
    }
}
