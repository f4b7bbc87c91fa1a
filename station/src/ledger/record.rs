//! What the queries answer.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use wire::Uid;

use super::event::Event;
use super::id::{BatchId, Digest, OrderId, Reason, RunId, Seq};
use super::payload::{AuthorityRole, BatchEntry, Fate};
use super::text;

/// An event as the ledger holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StoredEvent {
    /// Its place.
    pub seq: Seq,
    /// When it was appended, UTC, to the millisecond.
    #[serde(with = "time::serde::rfc3339")]
    pub time: OffsetDateTime,
    /// Who was working at the station; empty if nobody had signed in.
    pub operator: String,
    /// The station's name.
    pub station: String,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
    /// The hash of the event before; zeros for the first.
    pub previous: Digest,
    /// The hash of this event: its link in the chain.
    pub hash: Digest,
}

/// How far a module has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModuleState {
    /// Its UID and key are known.
    Identified,
    /// The bytes of its certificate are fixed.
    Reserved,
    /// Its certificate is signed.
    Issued,
    /// It holds its certificate.
    Installed,
    /// It proved its key.
    Proved,
    /// It is sealed.
    Sealed,
    /// Its label is printed.
    Labelled,
    /// Its label was read back.
    Scanned,
    /// It is good.
    Passed,
    /// It will never be used.
    Void,
}

impl ModuleState {
    /// The states, in the order a module goes through them.
    pub const ALL: [Self; 10] = [
        Self::Identified,
        Self::Reserved,
        Self::Issued,
        Self::Installed,
        Self::Proved,
        Self::Sealed,
        Self::Labelled,
        Self::Scanned,
        Self::Passed,
        Self::Void,
    ];

    /// The state's name, as in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identified => "identified",
            Self::Reserved => "reserved",
            Self::Issued => "issued",
            Self::Installed => "installed",
            Self::Proved => "proved",
            Self::Sealed => "sealed",
            Self::Labelled => "labelled",
            Self::Scanned => "scanned",
            Self::Passed => "passed",
            Self::Void => "void",
        }
    }

    /// The state of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// What the ledger knows of a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ModuleRecord {
    /// Its UID.
    #[serde(with = "text::uid")]
    pub uid: Uid,
    /// How far it has come.
    pub state: ModuleState,
    /// SHA-256 of its `SubjectPublicKeyInfo`.
    pub public_key: Digest,
    /// The order it was certified for; none before its certificate is reserved.
    pub order: Option<OrderId>,
    /// The last run that identified it.
    pub run: RunId,
    /// When it was first seen.
    #[serde(with = "time::serde::rfc3339")]
    pub first_seen: OffsetDateTime,
    /// SHA-256 of its certificate, once signed.
    pub certificate: Option<Digest>,
    /// The text of the label printed last for it.
    pub label: Option<String>,
    /// Why it is void.
    pub void_reason: Option<String>,
    /// Whether it is set apart.
    pub quarantined: bool,
    /// Whether its hardware is destroyed.
    pub scrapped: bool,
    /// The last batch it was in.
    pub batch: Option<BatchId>,
}

/// Something that was done to a module by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Deed {
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub time: OffsetDateTime,
    /// What.
    pub kind: DeedKind,
    /// Why.
    pub reason: Reason,
}

/// What can be done to a module by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeedKind {
    /// It was voided.
    Void,
    /// Its hardware was destroyed.
    Scrap,
    /// It was let onto the line again.
    Rework,
    /// Its label was printed again.
    Reprint,
    /// The customer sent it back.
    Return,
}

impl DeedKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Void, Self::Scrap, Self::Rework, Self::Reprint, Self::Return];
}

/// Which modules to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModuleFilter {
    /// Only those certified for this order.
    pub order: Option<OrderId>,
    /// Only those that have come exactly so far.
    pub state: Option<ModuleState>,
    /// At most so many; all if absent.
    pub limit: Option<u32>,
}

/// The fixed bytes of a module's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// The run that reserved.
    pub run: RunId,
    /// The order the certificate is for.
    pub order: OrderId,
    /// SHA-256 of the certificate of the authority that is to sign.
    pub issuer: Digest,
    /// The `TBSCertificate`, DER.
    pub tbs: Vec<u8>,
}

/// A work order and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrderRecord {
    /// Its id.
    pub id: OrderId,
    /// The name of the product.
    pub product: String,
    /// Who the modules ship to.
    pub customer: String,
    /// `pre-registration` or `late-binding`.
    pub flow: String,
    /// The order and its product, whole.
    pub definition: serde_json::Value,
    /// When it was first opened.
    #[serde(with = "time::serde::rfc3339")]
    pub opened: OffsetDateTime,
    /// How far it has come.
    pub progress: OrderProgress,
}

/// The counts of an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OrderProgress {
    /// Modules that are to pass.
    pub quantity: u32,
    /// Modules that passed, less those voided afterwards.
    pub passed: u32,
    /// Runs under way.
    pub running: u32,
    /// Runs that ended with the module at fault.
    pub failed: u32,
    /// Runs that ended with the station at fault, or were interrupted.
    pub errors: u32,
    /// Modules certified for this order and voided.
    pub voided: u32,
    /// How many certificates the order may have; as many as it takes, if there is no limit.
    pub certificates: Option<u32>,
    /// How many it has, or has reserved.
    pub reserved: u32,
}

impl OrderProgress {
    /// Modules that have still to be started: the quantity less what passed or is under way.
    pub const fn left(&self) -> u32 {
        self.quantity.saturating_sub(self.passed).saturating_sub(self.running)
    }
}

/// A module that belongs into the next batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unbatched {
    /// The module.
    pub uid: Uid,
    /// Whether it ships, is reported as void, or is taken back.
    pub fate: Fate,
    /// Its certificate, DER; a void module may have none.
    pub certificate: Option<Vec<u8>>,
    /// The order it was certified for. Not the order asked for, when it is an older order's
    /// module that was voided after it had shipped.
    pub order: OrderId,
}

/// A batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BatchRecord {
    /// The event that closed it.
    pub seq: Seq,
    /// Its id.
    pub id: BatchId,
    /// The order it was made for.
    pub order: OrderId,
    /// Who it ships to.
    pub customer: String,
    /// Its number among the customer's batches.
    pub sequence: u64,
    /// The digest of the customer's batch before.
    pub previous: Option<Digest>,
    /// When it was made up, to the second: the time in its manifest.
    #[serde(with = "time::serde::rfc3339")]
    pub created: OffsetDateTime,
    /// The digest by which the next batch names this one.
    pub digest: Digest,
    /// The name of the station that closed it.
    pub station: String,
    /// When it was closed.
    #[serde(with = "time::serde::rfc3339")]
    pub closed: OffsetDateTime,
    /// Its modules, in the order of the manifest.
    pub entries: Vec<BatchEntry>,
    /// The files made of it, in the order they were made.
    pub exports: Vec<BatchExport>,
}

/// A file made of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchExport {
    /// `pre-registration` or `late-binding`.
    pub flavour: String,
    /// The file's name.
    pub file_name: String,
    /// SHA-256 of the file.
    pub sha256: Digest,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub exported: OffsetDateTime,
}

/// A batch in a list: what there is to say of it without its modules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchSummary {
    /// Its id.
    pub id: BatchId,
    /// The order it was made for.
    pub order: OrderId,
    /// The order's flow: `pre-registration` or `late-binding`.
    pub flow: String,
    /// Who it ships to.
    pub customer: String,
    /// How many modules are in it, passed or not.
    pub modules: u64,
    /// When it was closed.
    #[serde(with = "time::serde::rfc3339")]
    pub closed: OffsetDateTime,
    /// The last files made of it, the newest first.
    pub exports: Vec<BatchExport>,
}

/// How many modules are due in the next batch of an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueCounts {
    /// They passed, and ship.
    pub passed: u64,
    /// They are void.
    pub void: u64,
    /// They passed once, and came back.
    pub withdrawn: u64,
}

impl DueCounts {
    /// All of them.
    pub const fn total(&self) -> u64 {
        self.passed + self.void + self.withdrawn
    }
}

/// An authority in its role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorityRecord {
    /// The event that established it.
    pub seq: Seq,
    /// What it signs.
    pub role: AuthorityRole,
    /// Whether it is the one that signs now.
    pub active: bool,
    /// The event that made it active last; none while it waits.
    pub activated: Option<Seq>,
    /// The label of its key on the HSM; empty for a root that is kept elsewhere.
    pub key_label: String,
    /// Its certificate, DER.
    pub certificate: Vec<u8>,
    /// SHA-256 of the certificate, by which reservations name it.
    pub sha256: Digest,
}

/// The end of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The place of the last event.
    pub seq: Seq,
    /// Its hash.
    pub hash: Digest,
    /// When it was appended.
    pub time: OffsetDateTime,
}
