//! The rules an event can break.

use time::{Duration, OffsetDateTime};
use wire::Uid;

use super::id::{BatchId, Digest, OrderId, RunId, Seq};
use crate::clock::rfc3339;
use crate::fault::{Coded, FaultCode};

/// Why an event was refused. The ledger is as it was before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    // --- identity
    /// The UID is in the ledger with another public key.
    #[error("UID {uid} is known with another public key")]
    UidTaken {
        /// The UID.
        uid: Uid,
    },
    /// The public key is in the ledger with another UID.
    #[error("the public key of UID {uid} is already that of {holder}")]
    PublicKeyTaken {
        /// The UID it came with now.
        uid: Uid,
        /// The UID it came with before.
        holder: Uid,
    },
    /// Another run has a module with this UID and key in its slot right now.
    #[error("UID {uid} is in slot {slot} at the same time")]
    ModuleTwice {
        /// The UID.
        uid: Uid,
        /// The other slot.
        slot: String,
    },
    /// The part had another identity, which is not void.
    #[error("the part of UID {uid} is that of {holder}")]
    DeviceTaken {
        /// The UID it has now.
        uid: Uid,
        /// The UID it had before.
        holder: Uid,
    },
    /// A run has the module in its slot, and is not to be disturbed by what people do to it.
    #[error("UID {uid} is at work in slot {slot}")]
    ModuleAtWork {
        /// The UID.
        uid: Uid,
        /// The slot.
        slot: String,
    },
    /// The UID is not in the ledger.
    #[error("UID {uid} is unknown")]
    ModuleUnknown {
        /// The UID.
        uid: Uid,
    },
    /// The module was voided.
    #[error("UID {uid} is void")]
    ModuleVoid {
        /// The UID.
        uid: Uid,
    },
    /// The module was set apart, and nobody has said that it may go on.
    #[error("UID {uid} is in quarantine")]
    ModuleQuarantined {
        /// The UID.
        uid: Uid,
    },
    /// The module's hardware is destroyed.
    #[error("UID {uid} is scrapped")]
    ModuleScrapped {
        /// The UID.
        uid: Uid,
    },
    /// The module passed before.
    #[error("UID {uid} has already passed")]
    ModulePassed {
        /// The UID.
        uid: Uid,
    },

    // --- certificates
    /// The bytes of the module's certificate are fixed already.
    #[error("a certificate is already reserved for UID {uid}")]
    AlreadyReserved {
        /// The UID.
        uid: Uid,
    },
    /// The module's certificate is signed already.
    #[error("a certificate is already issued for UID {uid}")]
    AlreadyIssued {
        /// The UID.
        uid: Uid,
    },
    /// The certificate's bytes are not those of a certificate.
    #[error("the certificate of UID {uid} is malformed: {what}")]
    CertificateMalformed {
        /// The UID.
        uid: Uid,
        /// What is wrong.
        what: &'static str,
    },
    /// The serial number to be signed is not the UID.
    #[error("the serial number to be signed is not UID {uid}")]
    SerialOther {
        /// The UID.
        uid: Uid,
    },
    /// The public key to be signed is not the module's.
    #[error("the public key to be signed is not that of UID {uid}")]
    KeyOther {
        /// The UID.
        uid: Uid,
    },
    /// The issuer named is no issuing authority of this ledger.
    #[error("no issuing authority has certificate {issuer}")]
    IssuerUnknown {
        /// SHA-256 of the issuer's certificate.
        issuer: Digest,
    },
    /// What was signed is not what was reserved.
    #[error("the certificate issued for UID {uid} is not the reserved one")]
    NotReserved {
        /// The UID.
        uid: Uid,
    },
    /// An authority with this certificate was established before.
    #[error("an authority with certificate {certificate} is already established")]
    AuthorityTaken {
        /// SHA-256 of the certificate.
        certificate: Digest,
    },

    /// No authority with this certificate was established.
    #[error("no authority has certificate {certificate}")]
    AuthorityUnknown {
        /// SHA-256 of the certificate.
        certificate: Digest,
    },
    /// The authority is the active one already.
    #[error("the authority with certificate {certificate} is active already")]
    AuthorityActive {
        /// SHA-256 of the certificate.
        certificate: Digest,
    },
    /// The authority is announced, and nobody has activated it.
    #[error("the authority with certificate {certificate} is not activated")]
    AuthorityWaits {
        /// SHA-256 of the certificate.
        certificate: Digest,
    },

    // --- the way of a module
    /// Something that has to come first has not happened.
    #[error("UID {uid} cannot be {event} before it is {missing}")]
    Premature {
        /// The UID.
        uid: Uid,
        /// What was to be recorded.
        event: &'static str,
        /// What has to come first.
        missing: &'static str,
    },
    /// The label's text stands on another module's label.
    #[error("the label of UID {uid} is already that of {holder}")]
    LabelTaken {
        /// The UID it was printed for now.
        uid: Uid,
        /// The UID it was printed for before.
        holder: Uid,
    },
    /// The label that was read is not the one printed last for the module.
    #[error("the label read for UID {uid} is not the one printed for it")]
    LabelOther {
        /// The UID.
        uid: Uid,
    },

    // --- runs and orders
    /// There is no such run.
    #[error("run {run} is unknown")]
    RunUnknown {
        /// The run.
        run: RunId,
    },
    /// The run is over.
    #[error("run {run} is over")]
    RunOver {
        /// The run.
        run: RunId,
    },
    /// The run has another module, or none yet.
    #[error("run {run} is not that of UID {uid}")]
    RunOther {
        /// The run.
        run: RunId,
        /// The UID.
        uid: Uid,
    },
    /// There is no such order.
    #[error("order {order} is unknown")]
    OrderUnknown {
        /// The order.
        order: OrderId,
    },
    /// The order was opened before and read differently.
    #[error("order {order} is known with another content")]
    OrderTaken {
        /// The order.
        order: OrderId,
    },
    /// The module's certificate was made for another order.
    #[error("UID {uid} belongs to order {order}")]
    OrderOther {
        /// The UID.
        uid: Uid,
        /// The order its certificate is for.
        order: OrderId,
    },
    /// As many modules as the order asks for have passed or are under way.
    #[error("order {order} is full: {passed} of {quantity} passed, {running} under way")]
    OrderFull {
        /// The order.
        order: OrderId,
        /// How many are to pass.
        quantity: u32,
        /// How many passed.
        passed: u32,
        /// How many are under way.
        running: u32,
    },

    /// As many certificates as the order may have are reserved.
    #[error("order {order} has all {certificates} certificates that it may have")]
    OrderCertificates {
        /// The order.
        order: OrderId,
        /// How many it may have.
        certificates: u32,
    },

    // --- signatures
    /// A signature over bytes that nobody announced, or that this way of announcing is not for.
    #[error("the signature over {digest} was not announced")]
    SignatureUnannounced {
        /// SHA-256 of the bytes.
        digest: Digest,
    },
    /// The same bytes were announced for another key or purpose.
    #[error("{digest} was announced for the key {key} and another purpose")]
    SignatureOther {
        /// SHA-256 of the bytes.
        digest: Digest,
        /// The label of that key.
        key: String,
    },

    // --- batches
    /// There is no such batch.
    #[error("batch {batch} is unknown")]
    BatchUnknown {
        /// The batch.
        batch: BatchId,
    },
    /// A batch with this id exists.
    #[error("batch {batch} is already closed")]
    BatchTaken {
        /// The batch.
        batch: BatchId,
    },
    /// A batch has to have a module in it.
    #[error("batch {batch} is empty")]
    BatchEmpty {
        /// The batch.
        batch: BatchId,
    },
    /// The batch does not follow the customer's last one.
    #[error("batch {batch} has number {sequence}, the customer's next is {expected}")]
    BatchSequence {
        /// The batch.
        batch: BatchId,
        /// Its number.
        sequence: u64,
        /// The number it should have.
        expected: u64,
    },
    /// The batch names another one as the customer's last.
    #[error("batch {batch} does not name the customer's last batch")]
    BatchPrevious {
        /// The batch.
        batch: BatchId,
    },
    /// The module is not due in a batch: it has neither passed nor been voided since its last
    /// one, is named with the wrong fate, twice, or belongs to another customer.
    #[error("UID {uid} does not belong into batch {batch}")]
    BatchEntry {
        /// The batch.
        batch: BatchId,
        /// The UID.
        uid: Uid,
    },

    // --- what is vouched for
    /// A checkpoint covers events that come after it, or none.
    #[error("a checkpoint cannot cover event {upto}")]
    CheckpointAhead {
        /// The event it names.
        upto: Seq,
    },
    /// A checkpoint or a list is signed by no authority that may.
    #[error("no {role} authority has certificate {certificate}")]
    SignerUnknown {
        /// SHA-256 of the signer's certificate.
        certificate: Digest,
        /// The role it would need.
        role: &'static str,
    },
    /// A revocation list does not follow the last one of its authority.
    #[error("the revocation list has number {number}, the authority's next is {expected}")]
    RevocationListNumber {
        /// Its number.
        number: u64,
        /// The number it should have.
        expected: u64,
    },

    // --- the ledger
    /// The time of day has moved by more than time has passed since the last event.
    #[error("the clock jumped by {} s; it says {}", by.as_seconds_f64(), rfc3339(*now))]
    ClockJumped {
        /// How far: positive if ahead.
        by: Duration,
        /// What the clock says.
        now: OffsetDateTime,
    },
    /// The event would be older than the one before it.
    #[error("the clock says {}, but the last event is of {}", rfc3339(*now), rfc3339(*last))]
    ClockBehind {
        /// What the clock says.
        now: OffsetDateTime,
        /// When the last event was appended.
        last: OffsetDateTime,
    },
    /// The ledger writes this event itself, once.
    #[error("a ledger is made only once")]
    Created,
    /// The database has a uniqueness that no rule above looked for.
    #[error("the database refused the event: {constraint}")]
    Constraint {
        /// What the database said.
        constraint: String,
    },
}

impl Coded for Refusal {
    fn code(&self) -> FaultCode {
        match self {
            Self::UidTaken { .. } | Self::ModuleTwice { .. } => FaultCode::UidTaken,
            Self::AuthorityUnknown { .. } => FaultCode::AuthorityMissing,
            Self::PublicKeyTaken { .. } => FaultCode::PublicKeyTaken,
            Self::DeviceTaken { .. } => FaultCode::IdentityLost,
            Self::ModuleVoid { .. } | Self::ModuleScrapped { .. } => FaultCode::CertificateVoided,
            Self::ModuleQuarantined { .. } => FaultCode::ModuleQuarantined,
            Self::ClockBehind { .. } => FaultCode::ClockBehind,
            Self::ClockJumped { .. } => FaultCode::ClockJumped,
            Self::ModulePassed { .. } => FaultCode::ModuleFinished,
            Self::ModuleAtWork { .. } => FaultCode::ModuleAtWork,
            Self::ModuleUnknown { .. } => FaultCode::ModuleUnknown,
            Self::LabelTaken { .. } => FaultCode::LabelContent,
            Self::LabelOther { .. } => FaultCode::ScannerOtherLabel,
            Self::OrderUnknown { .. } => FaultCode::OrderMissing,
            Self::OrderTaken { .. } => FaultCode::OrderFile,
            Self::OrderOther { .. } => FaultCode::OrderOther,
            Self::OrderFull { .. } => FaultCode::OrderComplete,
            Self::OrderCertificates { .. } => FaultCode::OrderCertificates,
            Self::BatchUnknown { .. }
            | Self::BatchTaken { .. }
            | Self::BatchEmpty { .. }
            | Self::BatchSequence { .. }
            | Self::BatchPrevious { .. }
            | Self::BatchEntry { .. } => FaultCode::BatchState,
            Self::AlreadyReserved { .. }
            | Self::AlreadyIssued { .. }
            | Self::CertificateMalformed { .. }
            | Self::SerialOther { .. }
            | Self::KeyOther { .. }
            | Self::IssuerUnknown { .. }
            | Self::NotReserved { .. }
            | Self::AuthorityTaken { .. }
            | Self::AuthorityActive { .. }
            | Self::AuthorityWaits { .. }
            | Self::Premature { .. }
            | Self::RunUnknown { .. }
            | Self::RunOver { .. }
            | Self::RunOther { .. }
            | Self::CheckpointAhead { .. }
            | Self::SignerUnknown { .. }
            | Self::RevocationListNumber { .. }
            | Self::SignatureUnannounced { .. }
            | Self::SignatureOther { .. }
            | Self::Created
            | Self::Constraint { .. } => FaultCode::LedgerRefused,
        }
    }
}
