//! The handle through which the station writes and reads its ledger.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, mpsc};
use std::thread::JoinHandle;

use time::OffsetDateTime;
use tokio::sync::oneshot;

use super::error::LedgerError;
use super::event::{Awaited, Event};
use super::id::{Digest, RunId, Seq, StationName};
use super::reader::Reader;
use super::writer::{Only, Request, Writer, encode};
use crate::clock::Clock;

/// The ledger, open for writing. Clones share it; when the last one is dropped, what waits is
/// written and the file is let go of.
#[derive(Clone, Debug)]
pub struct Ledger {
    shared: Arc<Shared>,
    /// What goes into the operator's column. Read for every event, and held only while one is handed to the
    /// writer; changed once a shift.
    operator: Arc<RwLock<Arc<str>>>,
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

struct Shared {
    path: PathBuf,
    /// Readers that nobody uses at the moment.
    idle: Mutex<Vec<Reader>>,
    /// Held for writing while a batch is made up, for reading by what would change it meanwhile.
    batches: tokio::sync::RwLock<()>,
    /// Held for writing while a batch is made up for the last time, for reading by what else would change it.
    passes: tokio::sync::RwLock<()>,
    /// Present until the last handle is dropped.
    writer: Option<(mpsc::Sender<Request>, JoinHandle<()>)>,
}

impl Ledger {
    /// Opens the ledger at `path` for writing, and makes it if there is none. Its directory has to
    /// exist.
    ///
    /// # Errors
    /// When another process has it open for writing, when it is from a newer program, is no
    /// ledger, or cannot be opened.
    pub fn open(path: &Path, clock: Arc<dyn Clock>, station: StationName) -> Result<Self, LedgerError> {
        Self::start(Writer::open(path, clock, station)?, path)
    }

    /// Gives the writer its thread.
    pub(super) fn start(writer: Writer, path: &Path) -> Result<Self, LedgerError> {
        let (sender, requests) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || writer.run(&requests))
            .map_err(LedgerError::Thread)?;
        let shared = Shared {
            path: path.to_owned(),
            idle: Mutex::default(),
            batches: tokio::sync::RwLock::default(),
            passes: tokio::sync::RwLock::default(),
            writer: Some((sender, thread)),
        };
        Ok(Self { shared: Arc::new(shared), operator: named("") })
    }

    /// The same ledger, with another name in the operator's column. Clones of the new handle have it too.
    #[must_use]
    pub fn with_operator(&self, operator: &str) -> Self {
        Self { shared: Arc::clone(&self.shared), operator: named(operator) }
    }

    /// Appends an event under another name, which this handle and all its clones have from then on: of what
    /// they append, all that comes before the event has the old name, and all that comes after it the new.
    ///
    /// # Errors
    /// As [`append`](Self::append). The old name stays.
    pub async fn hand_over(
        &self,
        operator: &str,
        event: impl Into<Event> + Send,
    ) -> Result<Receipt, LedgerError> {
        let event = event.into();
        let payload = encode(&event)?;
        let name: Arc<str> = operator.into();
        let (before, answer) = {
            // While this is held nobody else hands anything to the writer.
            let mut column = self.operator.write().unwrap_or_else(PoisonError::into_inner);
            let answer = self.send(Arc::clone(&name), event, payload, Only::Always)?;
            (std::mem::replace(&mut *column, Arc::clone(&name)), answer)
        };
        let receipt = answer.await.map_err(|_| LedgerError::NoWriter).flatten();
        if receipt.is_err() {
            let mut column = self.operator.write().unwrap_or_else(PoisonError::into_inner);
            if Arc::ptr_eq(&column, &name) {
                *column = before;
            }
        }
        receipt
    }

    /// The name in the operator's column; empty if nobody is named.
    pub fn operator(&self) -> Arc<str> {
        Arc::clone(&self.operator.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Appends an event, and returns when it is on disk. Should the caller stop waiting, the event
    /// is appended all the same, unless it still waits for a [batch](Self::hold_batches).
    ///
    /// # Errors
    /// When the event breaks a rule (nothing is written), or when writing fails (the ledger takes
    /// no events from then on).
    pub async fn append(&self, event: impl Into<Event> + Send) -> Result<Receipt, LedgerError> {
        self.append_only(event.into(), Only::Always).await
    }

    /// As [`append`](Self::append), for what people do to a module: it is refused while a run has the module
    /// in a slot. That is judged where the event is written, in the same transaction: however long the event
    /// waited for a batch, no run that began meanwhile is disturbed.
    ///
    /// # Errors
    /// As `append`, and [`Refusal::ModuleAtWork`](super::Refusal::ModuleAtWork).
    pub async fn append_at_rest(&self, event: impl Into<Event> + Send) -> Result<Receipt, LedgerError> {
        self.append_only(event.into(), Only::AtRest).await
    }

    async fn append_only(&self, event: Event, only: Only) -> Result<Receipt, LedgerError> {
        let _until_appended = match event.waits_for() {
            Some(Awaited::Batch) => Some(self.shared.batches.read().await),
            Some(Awaited::LastLook) => Some(self.shared.passes.read().await),
            None => None,
        };
        self.submit(event, only)?.await.map_err(|_| LedgerError::NoWriter)?
    }

    /// [`append`](Self::append) for code that may block.
    ///
    /// # Panics
    /// In an async context, where blocking is not allowed.
    ///
    /// # Errors
    /// As `append`.
    pub fn append_blocking(&self, event: impl Into<Event>) -> Result<Receipt, LedgerError> {
        let event = event.into();
        let _until_appended = event.waits_for().map(|awaited| match awaited {
            Awaited::Batch => self.shared.batches.blocking_read(),
            Awaited::LastLook => self.shared.passes.blocking_read(),
        });
        self.submit(event, Only::Always)?.blocking_recv().map_err(|_| LedgerError::NoWriter)?
    }

    /// Keeps what people do to modules, and changes of authorities, from being appended until the guard is
    /// dropped. Everything else goes on, modules that pass too. Whoever makes up a batch holds it from the first
    /// look at the modules until the batch is on disk: what it is to come out as for ever is computed in between.
    /// So only one batch is made up at a time.
    pub async fn hold_batches(&self) -> tokio::sync::RwLockWriteGuard<'_, ()> {
        self.shared.batches.write().await
    }

    /// Keeps passes from being appended until the guard is dropped: runs wait with their last step. To be held
    /// besides [`hold_batches`](Self::hold_batches), by whoever makes up a batch and was overtaken by a pass
    /// once.
    pub async fn hold_passes(&self) -> tokio::sync::RwLockWriteGuard<'_, ()> {
        self.shared.passes.write().await
    }

    /// Runs a query beside the async runtime. It sees everything appended before the call.
    ///
    /// # Errors
    /// What the query answers; when no connection can be opened.
    pub async fn query<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Reader) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let ledger = self.clone();
        let task = tokio::task::spawn_blocking(move || {
            let idle = ledger.idle().pop();
            let reader = idle.map_or_else(|| ledger.reader(), Ok)?;
            let answer = query(&reader);
            ledger.idle().push(reader);
            answer
        });
        match task.await {
            Ok(answer) => answer,
            Err(failed) => match failed.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The runtime is being shut down.
                Err(_) => Err(LedgerError::NoWriter),
            },
        }
    }

    /// A connection of its own to read with.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn reader(&self) -> Result<Reader, LedgerError> {
        Reader::open(&self.shared.path)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    fn submit(
        &self,
        event: Event,
        only: Only,
    ) -> Result<oneshot::Receiver<Result<Receipt, LedgerError>>, LedgerError> {
        let payload = encode(&event)?;
        let operator = self.operator.read().unwrap_or_else(PoisonError::into_inner);
        self.send(Arc::clone(&operator), event, payload, only)
    }

    /// Hands an event to the writer. Does not wait.
    fn send(
        &self,
        operator: Arc<str>,
        event: Event,
        payload: String,
        only: Only,
    ) -> Result<oneshot::Receiver<Result<Receipt, LedgerError>>, LedgerError> {
        let (reply, answer) = oneshot::channel();
        let request = Request { operator, event, payload, only, reply };
        let (sender, _) = self.shared.writer.as_ref().ok_or(LedgerError::NoWriter)?;
        sender.send(request).map_err(|_| LedgerError::NoWriter)?;
        Ok(answer)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Reader>> {
        // Nothing but pushing and popping is done under the lock.
        self.shared.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn named(operator: &str) -> Arc<RwLock<Arc<str>>> {
    Arc::new(RwLock::new(operator.into()))
}

impl Drop for Shared {
    fn drop(&mut self) {
        // The writer has to be the last to close the database: only then does SQLite fold the
        // write-ahead log back into it.
        self.idle.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
        if let Some((sender, thread)) = self.writer.take() {
            drop(sender);
            // A writer that panicked has said so through the answers it owed.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("path", &self.path).finish_non_exhaustive()
    }
}
