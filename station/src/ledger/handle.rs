//! The handle through which the station writes and reads its ledger.

use std::path::Path;
use std::sync::Arc;

use time::OffsetDateTime;

use super::error::LedgerError;
use super::event::Event;
use super::id::{Digest, RunId, Seq, StationName};
use super::reader::Reader;
use crate::clock::Clock;

/// The ledger, open for writing. Clones share it; when the last one is dropped, the writer
/// finishes what waits and lets go of the file.
#[derive(Clone, Debug)]
pub struct Ledger {
    operator: Arc<str>,
}

/// The proof that an event is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its place.
    pub seq: Seq,
    /// When it was appended.
    pub time: OffsetDateTime,
    /// Its hash.
    pub hash: Digest,
}

impl Receipt {
    /// The id of the run, if the event was a [`RunStarted`](super::RunStarted).
    pub const fn run(&self) -> RunId {
        RunId(self.seq)
    }
}

impl Ledger {
    /// Opens the ledger at `path` for writing, and makes it if there is none. Its directory has to
    /// exist.
    ///
    /// # Errors
    /// When another process has it open for writing, when it is from a newer program, is no
    /// ledger, or cannot be opened.
    pub fn open(path: &Path, clock: Arc<dyn Clock>, station: StationName) -> Result<Self, LedgerError> {
        todo!()
    }

    /// The same ledger, with another name in the operator's column.
    #[must_use]
    pub fn with_operator(&self, operator: &str) -> Self {
        Self { operator: operator.into() }
    }

    /// Appends an event, and returns when it is on disk. Should the caller stop waiting, the event
    /// is appended all the same.
    ///
    /// # Errors
    /// When the event breaks a rule (nothing is written), or when writing fails (the ledger takes
    /// no events from then on).
    pub async fn append(&self, event: impl Into<Event> + Send) -> Result<Receipt, LedgerError> {
        todo!()
    }

    /// [`append`](Self::append) for code that may block. Must not be called in an async context.
    ///
    /// # Errors
    /// As `append`.
    pub fn append_blocking(&self, event: impl Into<Event>) -> Result<Receipt, LedgerError> {
        todo!()
    }

    /// Runs a query beside the async runtime, on a connection of its own that sees everything
    /// appended before the call.
    ///
    /// # Errors
    /// What the query answers; when no connection can be opened.
    pub async fn query<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Reader) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, LedgerError> {
        todo!()
    }

    /// A read-only connection of its own.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn reader(&self) -> Result<Reader, LedgerError> {
        todo!()
    }

    /// The file.
    pub fn path(&self) -> &Path {
        todo!()
    }
}
