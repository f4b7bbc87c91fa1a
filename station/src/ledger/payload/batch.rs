//! What is recorded of orders and batches.

use serde::{Deserialize, Serialize};
use wire::Uid;

use super::payload;
use crate::ledger::id::{BatchId, Digest, OrderId, Reason};
use crate::ledger::text;

payload! {
    /// A work order was opened, and is the one being worked on until another is opened.
    /// Opening an order again, word for word, takes it up again.
    pub struct OrderOpened {
        /// The order's id.
        pub order: OrderId,
        /// The name of the product.
        pub product: String,
        /// Who the modules ship to.
        pub customer: String,
        /// How many modules are to pass.
        pub quantity: u32,
        /// How many certificates may be reserved for it, modules that do not pass included. Orders of
        /// the first ledgers have no such limit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub certificates: Option<u32>,
        /// How the customer binds modules to an account: `pre-registration` or `late-binding`.
        pub flow: String,
        /// The order and its product, whole, as they were read.
        pub definition: serde_json::Value,
    }

    /// An order may have more certificates than it was opened with: too many of its modules did not
    /// pass, and somebody answers for going on.
    pub struct QuotaRaised {
        /// The order.
        pub order: OrderId,
        /// How many more.
        pub more: u32,
        /// Why.
        pub reason: Reason,
    }

    /// A batch was made up: these modules, and no others, are in it.
    pub struct BatchClosed {
        /// The batch's id.
        pub batch: BatchId,
        /// The order it is made for.
        pub order: OrderId,
        /// Its number among the batches to this customer: 1 for the first, then without a gap.
        pub sequence: u64,
        /// The digest of the customer's batch before this one.
        pub previous: Option<Digest>,
        /// When it was made up, to the second: the time in its manifest.
        #[serde(with = "time::serde::rfc3339")]
        pub created: time::OffsetDateTime,
        /// The digest by which the next batch names this one.
        pub digest: Digest,
        /// Its modules, passed and void, in the order of the manifest.
        pub entries: Vec<BatchEntry>,
    }

    /// A file was made of a batch.
    pub struct BatchExported {
        /// The batch.
        pub batch: BatchId,
        /// What it discloses: `pre-registration` or `late-binding`.
        pub flavour: String,
        /// The file's name, without its directory.
        pub file_name: String,
        /// SHA-256 of the file.
        pub sha256: Digest,
    }

    /// A module in a batch.
    pub struct BatchEntry {
        /// The module.
        #[serde(with = "text::uid")]
        pub uid: Uid,
        /// Whether it ships as a good module or is reported as void.
        pub fate: Fate,
    }
}

/// What became of a module in a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It passed, and ships.
    Passed,
    /// It was voided, and its certificate must not be accepted.
    Void,
    /// An earlier batch named it as passed, and it no longer is: it came back.
    Withdrawn,
}

impl Fate {
    /// What becomes of a module that is due in a batch.
    pub(in crate::ledger) const fn of(voided: bool, passed: bool) -> Self {
        match (voided, passed) {
            (true, _) => Self::Void,
            (false, true) => Self::Passed,
            (false, false) => Self::Withdrawn,
        }
    }
}
