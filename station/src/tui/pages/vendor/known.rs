//! What the page is told of the CA, its record and the HSM.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::fault::Fault;
use crate::hsm::{PinTries, Usage};

/// What ledger and station know, at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Known {
    /// The CA that issues.
    pub issuing: Ca,
    /// The CA that is announced to take its place.
    pub successor: Option<Ca>,
    /// For how long and how many certificates the officer opened it.
    pub opening: Opened,
    /// How many certificates the order may have; as many as it takes, if there is no limit.
    pub certificates: Option<u32>,
    /// How many it has, or has reserved.
    pub reserved: u32,
    /// The last comparison with the HSM's own log.
    pub audit: Audit,
    /// The last checkpoint.
    pub checkpoint: Option<Vouched>,
}

/// A CA.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Ca {
    /// Its name, as its certificate has it.
    pub name: String,
    /// When its certificate ends.
    #[serde(with = "time::serde::rfc3339")]
    pub not_after: OffsetDateTime,
    /// The label of its key on the HSM.
    pub key: String,
    /// SHA-256 of its certificate, as hexadecimal digits.
    pub sha256: String,
}

/// An opening of the CA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Opened {
    /// When it closes by itself.
    #[serde(with = "time::serde::rfc3339")]
    pub until: OffsetDateTime,
    /// For how many certificates.
    pub most: u32,
    /// How many were signed.
    pub signed: u32,
    /// Whether it is still in force.
    pub standing: Standing,
}

/// Whether an opening is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// There may be more certificates.
    Open,
    /// All certificates it was opened for are signed.
    Spent,
    /// Its time is over, or it was closed.
    Closed,
}

/// What the last comparison of the HSM's log with the ledger said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Audit {
    /// The settings name no log.
    NoLog,
    /// There was none yet.
    NotYet,
    /// They were compared.
    Compared {
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
        /// What is wrong; nothing, if they agree.
        fault: Option<Fault>,
    },
}

/// Up to where the ledger was vouched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Vouched {
    /// The place of the event.
    pub upto: i64,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// What the HSM says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Token {
    /// Its label.
    pub label: String,
    /// Who made it.
    pub manufacturer: String,
    /// Which model.
    pub model: String,
    /// Its serial number.
    pub serial: String,
    /// The tries at the PIN that remain.
    pub tries: PinTries,
    /// How much the key was used, where the HSM counts.
    pub usage: Option<Usage>,
}
