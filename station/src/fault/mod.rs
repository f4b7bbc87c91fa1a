//! What went wrong, as the operator, the engineer and the ledger each need it.
//!
//! A leaf error says which operation failed on what, and knows its [`FaultCode`] ([`Coded`]).
//! The engine alone turns errors into a [`Fault`]. What an operator reads stands in the
//! [catalogue](FaultCode::entry) and is never stored: it can be improved later and an old
//! fault shown again in the better words. What an engineer needs, the [`Chain`] of causes and
//! the facts, is stored beside the code.

mod catalogue;
mod chain;
mod codes;

pub use catalogue::Entry;
pub use chain::Chain;
pub use codes::FaultCode;

use std::fmt;

use serde::{Deserialize, Serialize};

/// An error that knows its place in the catalogue.
pub trait Coded: std::error::Error {
    /// The code under which the operator finds it.
    fn code(&self) -> FaultCode;
}

/// What becomes of the module and of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disposition {
    /// The same module may be tried again at once.
    Retry,
    /// The module goes to the rework bin.
    Rework,
    /// The module is set apart; nobody reworks it before an engineer has looked.
    Quarantine,
    /// Nothing is wrong with the module: it is done already, and goes to the finished ones.
    Finished,
    /// The line waits until somebody has mended the station.
    StopStation,
}

/// Whose fault it is, read off the code's letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Blame {
    /// M: the module failed.
    Module,
    /// L: the serial link between station and module.
    Link,
    /// P: the debug probe.
    Probe,
    /// H: the HSM, or the certificate authority in it.
    Hsm,
    /// F: what the line is fed with: files, orders, labels.
    Feed,
    /// R: the record, that is the ledger and its disk.
    Record,
    /// S: the station itself.
    Station,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The module is good, and the ledger has it on disk.
    Pass,
    /// The module is at fault.
    Fail,
    /// The station, its devices or its material are at fault; says nothing about the module.
    Error,
}

/// Why a module did not pass, as the station knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What the operator reads out.
    pub code: FaultCode,
    /// What happened, then each cause, outermost first.
    pub chain: Chain,
}

impl Fault {
    /// The fault that an error is.
    pub fn of<E: Coded + 'static>(error: &E) -> Self {
        Self { code: error.code(), chain: Chain::of(error) }
    }

    /// The fault that an error is in this place, whatever it may be in others.
    pub fn because(code: FaultCode, error: &(dyn std::error::Error + 'static)) -> Self {
        Self { code, chain: Chain::of(error) }
    }

    /// A fault that no other error caused.
    pub fn new(code: FaultCode, what: impl Into<String>) -> Self {
        Self { code, chain: Chain::from_message(what) }
    }

    /// The verdict of a run that ended so.
    pub fn verdict(&self) -> Verdict {
        match self.code.blame() {
            Blame::Module => Verdict::Fail,
            Blame::Link | Blame::Probe | Blame::Hsm | Blame::Feed | Blame::Record | Blame::Station => {
                Verdict::Error
            }
        }
    }
}

impl<E: Coded + 'static> From<E> for Fault {
    fn from(error: E) -> Self {
        Self::of(&error)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.code.entry().title)
    }
}
