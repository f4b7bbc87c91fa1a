//! What the ledger holds of one module, as the page tells it.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use wire::Uid;

use crate::engine::StepId;
use crate::fault::FaultCode;
use crate::ledger::{DeedKind, Fate, ModuleState, text};

/// All that the page tells of one module, as the ledger had it at one time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dossier {
    /// Which module.
    #[serde(with = "text::uid")]
    pub uid: Uid,
    /// How it stands.
    pub standing: Standing,
    /// What may be done to it by hand.
    pub may: Vec<DeedKind>,
    /// The order it was certified for.
    pub order: Option<String>,
    /// The product of that order.
    pub product: Option<String>,
    /// Since when it is void, and why.
    pub void: Option<Void>,
    /// What happened to it, the first first.
    pub story: Vec<Happened>,
    /// Its certificate, once signed.
    pub certificate: Option<Certificate>,
    /// Its label.
    pub label: Label,
    /// When all this was read.
    #[serde(with = "time::serde::rfc3339")]
    pub read: OffsetDateTime,
}

/// How a module stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It is in a slot, and a run has it.
    AtWork {
        /// The slot.
        slot: String,
    },
    /// It has come so far, and waits for a run to go on.
    InWork(ModuleState),
    /// It passed, and is in no batch since.
    Passed,
    /// It passed, and is in a batch of which there is no file yet.
    Batched {
        /// The batch.
        batch: String,
    },
    /// It passed, and is in a batch of which there is a file.
    Exported {
        /// The batch.
        batch: String,
    },
    /// It is set apart.
    Quarantined,
    /// It will never be used.
    Void,
    /// Its hardware is destroyed, and it is void.
    Scrapped,
}

/// Since when a module is void, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Void {
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
    /// Why.
    pub reason: String,
}

/// Something that happened to a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happened {
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub time: OffsetDateTime,
    /// Who worked at the station; may be empty.
    pub operator: String,
    /// What.
    pub what: What,
}

/// What can happen to a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum What {
    /// A run began that has it.
    RunStarted {
        /// In this slot.
        slot: String,
        /// For this order.
        order: String,
    },
    /// It told its UID and key.
    Identified {
        /// The version of its firmware.
        firmware: String,
    },
    /// The debugger read which part it runs on.
    Recognised {
        /// The part.
        device: String,
    },
    /// The bytes of its certificate were fixed.
    Reserved,
    /// Its certificate was signed.
    Issued,
    /// It holds its certificate.
    Installed,
    /// It proved its key.
    Proved,
    /// It was sealed.
    Sealed,
    /// Its label was printed.
    Printed,
    /// Its label was read back.
    Scanned,
    /// A step ended other than by a fault.
    Step {
        /// The step; none, if this program does not have it any more.
        step: Option<StepId>,
        /// Why it was skipped, if it was.
        skipped: Option<String>,
        /// How long it took.
        elapsed_ms: u64,
    },
    /// It passed.
    Passed,
    /// Its run ended with a fault.
    Faulted {
        /// The fault.
        code: FaultCode,
        /// The error and its causes, outermost first.
        causes: Vec<String>,
    },
    /// A run set it apart.
    Quarantined {
        /// What the run found.
        code: FaultCode,
    },
    /// Somebody did something to it.
    Deed {
        /// What.
        deed: DeedKind,
        /// Why.
        reason: String,
    },
    /// It is in a batch that was closed.
    Batched {
        /// The batch.
        batch: String,
        /// What it is in the batch.
        fate: Fate,
    },
    /// A file was made of a batch that it is in.
    Exported {
        /// The batch.
        batch: String,
        /// The file.
        file: String,
    },
}

/// A certificate in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Whose it is, as RFC 4514 writes names.
    pub subject: String,
    /// Its serial number: 32 hexadecimal digits, those of the UID.
    pub serial: String,
    /// From when it is valid.
    #[serde(with = "time::serde::rfc3339")]
    pub not_before: OffsetDateTime,
    /// Until when it is valid.
    #[serde(with = "time::serde::rfc3339")]
    pub not_after: OffsetDateTime,
    /// Who signed it.
    pub issuer: String,
    /// The identifier of the certified key, in hexadecimal digits; empty if it has none.
    pub key: String,
    /// SHA-256 of the certificate, in hexadecimal digits.
    pub sha256: String,
}

/// The label of a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Label {
    /// It has none yet.
    None,
    /// How it looks.
    Drawn {
        /// What its code says.
        payload: String,
        /// Its lines of text, from top to bottom.
        lines: Vec<String>,
        /// Its code, in half blocks: two squares above each other in a cell.
        code: Vec<String>,
    },
    /// It has one that cannot be made again.
    Lost {
        /// What its code says.
        payload: String,
        /// Why.
        code: FaultCode,
    },
}
