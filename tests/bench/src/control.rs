//! Steering a running bench: requests and answers on `DIR/control.sock`, one JSON object a line.

pub mod client;
mod server;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub(crate) use self::server::{Desk, serve};
use crate::fault::Fault;

/// What a bench can be asked to do. Slots are named as in the station's configuration: `1`, `2`, ….
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Request {
    /// Take the module out of a slot.
    Take {
        /// The slot's name.
        slot: String,
    },
    /// Put a module into an empty slot: the one named, else the one that was in it last, else a blank one.
    Put {
        /// The slot's name.
        slot: String,
        /// A new blank module.
        #[serde(default)]
        fresh: bool,
        /// A module outside any slot.
        #[serde(default)]
        module: Option<String>,
    },
    /// Make something go wrong until it is cleared.
    Fault {
        /// The slot's name.
        slot: String,
        /// What goes wrong.
        fault: Fault,
    },
    /// Make everything in a slot work again.
    Clear {
        /// The slot's name.
        slot: String,
    },
    /// Write flash and UICR of the module in a slot to a file: 256 KB of flash, then 256 bytes of UICR. This
    /// goes past read-back protection, for tests that look for secrets.
    Dump {
        /// The slot's name.
        slot: String,
        /// The file, absolute or relative to the bench's directory.
        file: PathBuf,
    },
    /// Tell the state of everything.
    Status,
    /// End the bench.
    Down,
}

/// What the bench answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Answer {
    /// Done.
    Done,
    /// Done with this module.
    Module {
        /// Its name.
        module: String,
    },
    /// The state of everything.
    Status(Status),
    /// Not done.
    Refused {
        /// Why, outermost first.
        reason: String,
    },
}

/// The state of the bench.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// What all that looks random follows from: `up --seed` with it gives the same bench again.
    pub seed: u64,
    /// All slots in order.
    pub slots: Vec<SlotStatus>,
    /// All modules the bench has had, in order.
    pub modules: Vec<ModuleStatus>,
}

/// The state of one slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotStatus {
    /// The slot's name.
    pub slot: String,
    /// The module in it.
    pub module: Option<String>,
    /// What that module's core does: `running`, `halted`, `locked-up` or `in-reset`.
    pub core: Option<String>,
    /// The probe's selector for probe-rs.
    pub probe: String,
    /// The serial port.
    pub port: PathBuf,
    /// The printer's address.
    pub printer: String,
    /// The scanner's address.
    pub scanner: String,
    /// What is made to go wrong.
    pub faults: Vec<Fault>,
}

/// The state of one module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleStatus {
    /// The module's name.
    pub module: String,
    /// How many labels were stuck on it.
    pub labels: usize,
    /// The picture of the last one.
    pub label: Option<PathBuf>,
}

/// The control socket of the bench in `directory`.
pub(crate) fn socket(directory: &Path) -> PathBuf {
    directory.join("control.sock")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_as_a_script_writes_them() {
        let parse = |line: &str| serde_json::from_str::<Request>(line);
        let put = Request::Put { slot: "1".to_owned(), fresh: false, module: None };
        assert_eq!(parse(r#"{"do":"put","slot":"1"}"#).unwrap(), put);
        let fault = Request::Fault { slot: "2".to_owned(), fault: Fault::PaperOut };
        assert_eq!(parse(r#"{"do":"fault","slot":"2","fault":{"kind":"paper-out"}}"#).unwrap(), fault);
        assert_eq!(parse(r#"{"do":"status"}"#).unwrap(), Request::Status);
        assert!(parse(r#"{"do":"put","slot":"1","colour":"red"}"#).is_err());
    }
}
