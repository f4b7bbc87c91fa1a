//! The record of all that happened: append-only, chained by hashes, on disk before the world.

mod certificate;
mod chain;
mod error;
mod event;
mod handle;
mod id;
mod lock;
mod payload;
mod query;
mod reader;
mod record;
mod refusal;
mod row;
mod rules;
mod schema;
mod shelf;
mod tables;
mod text;
mod verify;
mod writer;

#[cfg(test)]
mod tests;

pub use error::LedgerError;
pub use event::{DecodeError, Event};
pub use handle::{Ledger, Receipt};
pub use id::{BatchId, Digest, OrderId, RunId, Seq, StationName};
pub use payload::{
    AuthorityEstablished, AuthorityRole, BatchClosed, BatchEntry, BatchExported, CertificateInstalled,
    CertificateIssued, CertificateReserved, Fate, LabelPrinted, LabelScanned, LedgerCreated,
    ModuleIdentified, ModuleProved, ModuleSealed, ModuleVoided, OrderOpened, RunFaulted, RunPassed,
    RunStarted, StationStarted, StepFinished, StepOutcome,
};
pub use reader::Reader;
pub use record::{
    AuthorityRecord, BatchExport, BatchRecord, Head, ModuleFilter, ModuleRecord, ModuleState, OrderProgress,
    OrderRecord, Reservation, StoredEvent, Unbatched,
};
pub use refusal::Refusal;
pub use verify::{Flaw, RowFlaw, Summary, VerifyError, verify};
