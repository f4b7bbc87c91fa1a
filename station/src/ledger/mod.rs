//! The record of all that happened.
//!
//! The promise: for every UID at most one certificate content ever exists, every certificate that
//! was ever signed is in here, and what was acknowledged is on disk.
//!
//! # Events and projections
//!
//! An [`Event`] is what happened, in words that keep their meaning. The table `events` is the
//! truth: it only grows, and each row's hash covers the row and the hash before it. What the
//! events amount to, which modules there are and how far each has come, stands in further tables,
//! the projections. One set of rules makes them, in the transaction that appends the
//! event; [`verify()`] applies the same rules to all events again and compares. Projections hold
//! places of events, digests and counts, never evidence of their own: a certificate is read from
//! the event that issued it.
//!
//! | file | what it holds |
//! |---|---|
//! | `event`, `payload`, `text` | the kinds of event, what each says, and how that is JSON |
//! | `chain` | the hashes |
//! | `schema` | the tables, and how an older ledger becomes one of today |
//! | `rules`, `refusal`, `certificate` | what an event does, what forbids it, and the DER that takes |
//! | `row`, `tables`, `shelf` | the rows the rules read and write, in the database or in memory |
//! | `handle`, `writer`, `lock` | appending: one writer in one process, many who ask |
//! | `reader`, `query`, `record` | the questions, and what they answer |
//! | `verify` | whether all is as it was written |
//!
//! # What is unique
//!
//! The database enforces it, and the rules look first to say whose it already is:
//!
//! | what | clash |
//! |---|---|
//! | UID | [`Refusal::UidTaken`] if it comes with another key, [`Refusal::ModuleTwice`] if in two slots at once |
//! | part, by what the debugger reads of it | [`Refusal::DeviceTaken`], unless the module it was is void |
//! | public key, by its SHA-256 | [`Refusal::PublicKeyTaken`] |
//! | reserved certificate of a UID; serial number | [`Refusal::AlreadyReserved`], [`Refusal::SerialOther`] |
//! | issued certificate of a UID; its SHA-256 | [`Refusal::AlreadyIssued`], [`Refusal::NotReserved`] |
//! | label text | [`Refusal::LabelTaken`] |
//! | order, batch, number of a batch among its customer's | [`Refusal::OrderTaken`], [`Refusal::BatchTaken`], [`Refusal::BatchSequence`] |
//! | the writer | [`LedgerError::Locked`] |
//!
//! # Written before the world
//!
//! [`Ledger::append`] returns when the event is on disk; only then may the station do what follows
//! from it. Wherever the power is cut, the next run finds either the event or its absence, and in
//! both cases the one way on:
//!
//! | cut | the ledger holds | the next run |
//! |---|---|---|
//! | before `ModuleIdentified` | nothing of the module | the module tells its UID and key again |
//! | before `CertificateReserved` | UID and key | builds a certificate; none was built that anybody saw |
//! | before the HSM signs, or after it but before `CertificateIssued` | the bytes to be signed | has the same bytes signed; a signature that was made and lost certified nothing else |
//! | before the module takes it, or before `CertificateInstalled` | the certificate | sends the same certificate; the module takes it a second time |
//! | before `ModuleProved` | that it is installed | proves again, with a fresh challenge |
//! | before `ModuleSealed` | that it proved its key | finds the module sealed, or seals it |
//! | before `LabelPrinted` or `LabelScanned` | that it is sealed | prints another label with the same text |
//! | before `RunPassed` | all the rest | passes; nothing was shown as passed |
//!
//! A run that was under way ends as interrupted at the next [`StationStarted`]. While an append is
//! itself under way:
//!
//! | cut | afterwards |
//! |---|---|
//! | before the write-ahead log is synced | the event may be missing or, if the disk was quick, be there; nobody was told |
//! | after the sync, before the answer | the event is there, and nobody was told |
//! | after the answer | the event is there |
//! | while the log is folded into the database | the log is still there and is folded in again |
//!
//! A half-written log ends at its last sound commit, which SQLite tells by checksums. Events that
//! were committed together are there together.
//!
//! # Who was there
//!
//! A sign-in is under the name of whoever comes, a sign-out under that of whoever goes. Nobody is there before the
//! first, between a sign-out and the next sign-in, and from a [`StationStarted`] on: like a run, a sign-in that has no
//! sign-out ended with the program that recorded it, which was killed or lost its power. Every [`RunStarted`] of
//! a line with a screen stands between a sign-in and its end.
//!
//! # Beside a line
//!
//! What people do to a module is refused while a run has it ([`Ledger::append_at_rest`]), and waits while a batch is
//! made up ([`Ledger::hold_batches`]). Neither is a rule of the ledger: both hold for whoever appends beside a
//! running line, and [`verify()`] takes a ledger in which it was otherwise.
//!
//! # When the disk fails
//!
//! After the first write that fails, for whatever reason, nothing more is taken
//! ([`LedgerError::Stopped`]): what reached the disk is not known, and a station that goes on
//! without a record is what must not be. Reading goes on. The next start shows what is there.

mod backup;
mod certificate;
mod chain;
pub mod checkpoint;
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
pub(crate) mod text;
mod verify;
mod writer;

#[cfg(test)]
mod tests;

pub use backup::backup;
pub use error::LedgerError;
pub use event::{DecodeError, Event};
pub use handle::{Ledger, Receipt};
pub use id::{BatchId, Digest, NoReason, OrderId, Reason, RunId, Seq, StationName};
pub use payload::{
    AuthorityActivated, AuthorityClosed, AuthorityEstablished, AuthorityOpened, AuthorityRole, BatchClosed,
    BatchEntry, BatchExported, CertificateInstalled, CertificateIssued, CertificateReserved,
    CheckpointSigned, ClockAccepted, DeviceRecognised, Fate, LabelPrinted, LabelReprinted, LabelScanned,
    LedgerCreated, ModuleIdentified, ModuleProved, ModuleQuarantined, ModuleReturned, ModuleReworked,
    ModuleScrapped, ModuleSealed, ModuleVoided, OperatorSignedIn, OperatorSignedOut, OrderOpened,
    QuotaRaised, RevocationListIssued, RunFaulted, RunPassed, RunStarted, SignInBy, SignOutBecause,
    SignatureAnnounced, SignatureMade, SignaturesAccepted, StationStarted, StepFinished, StepOutcome,
};
pub use query::{Matches, NoUidPart, SigningRecord, UidPart, VoidCertificate};
pub use reader::{Reader, Since};
pub use record::{
    AuthorityRecord, BatchExport, BatchRecord, BatchSummary, Deed, DeedKind, DueCounts, Head, ModuleFilter,
    ModuleRecord, ModuleState, OrderProgress, OrderRecord, Reservation, StoredEvent, Unbatched,
};
pub use refusal::Refusal;
pub use verify::{Flaw, Outside, RowFlaw, Summary, VerifyError, verify, verify_against};
