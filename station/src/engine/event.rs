//! What the engine tells whoever shows the line: a screen, a log, another program.
//!
//! As JSON each event is one object with the field `event`; `station run --events FILE` writes one
//! a line. A passed run is told only after the ledger has it on disk.

use serde::{Deserialize, Serialize};

use super::StepId;
use crate::fault::{Chain, Fault, FaultCode, Verdict};
use crate::ledger::RunId;

/// Something that happened at a slot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Event {
    /// The slot is empty and waits for a module.
    SlotWaiting {
        /// Name of the slot.
        slot: String,
    },
    /// The slot cannot tell whether a module is there.
    SlotTrouble {
        /// Name of the slot.
        slot: String,
        /// What is wrong.
        code: FaultCode,
        /// The causes, outermost first.
        chain: Chain,
    },
    /// The slot can tell again whether a module is there. As it was before the trouble, so it is.
    SlotRecovered {
        /// Name of the slot.
        slot: String,
    },
    /// A module was seated and its run begins.
    RunStarted {
        /// Name of the slot.
        slot: String,
        /// Number of the run.
        run: RunId,
    },
    /// A step begins.
    StepStarted {
        /// Name of the slot.
        slot: String,
        /// Number of the run.
        run: RunId,
        /// Which step.
        step: StepId,
    },
    /// A step has come this far.
    Progress {
        /// Name of the slot.
        slot: String,
        /// Number of the run.
        run: RunId,
        /// Which step.
        step: StepId,
        /// Bytes done.
        done: u64,
        /// Bytes in all.
        total: u64,
    },
    /// A step ended well.
    StepEnded {
        /// Name of the slot.
        slot: String,
        /// Number of the run.
        run: RunId,
        /// Which step.
        step: StepId,
        /// Why it was skipped, if it was.
        skipped: Option<String>,
        /// How long it took.
        elapsed_ms: u64,
    },
    /// A run ended; the ledger has it on disk.
    RunEnded {
        /// Name of the slot.
        slot: String,
        /// Number of the run.
        run: RunId,
        /// Pass, fail or error.
        verdict: Verdict,
        /// The module, once it has said who it is: 32 hexadecimal digits.
        uid: Option<String>,
        /// Where it ended, unless it passed.
        step: Option<StepId>,
        /// Why it ended, unless it passed.
        code: Option<FaultCode>,
        /// The causes, outermost first, unless it passed.
        chain: Option<Chain>,
        /// How long the run took.
        elapsed_ms: u64,
    },
    /// The ledger could not be vouched for. The line goes on; it is tried again.
    CheckpointMissed {
        /// What is wrong.
        code: FaultCode,
        /// The causes, outermost first.
        chain: Chain,
    },
    /// The HSM's own log could not be compared with the ledger. The line goes on; it is tried again.
    AuditMissed {
        /// What is wrong.
        code: FaultCode,
        /// The causes, outermost first.
        chain: Chain,
    },
    /// After a miss, the ledger is vouched for again.
    CheckpointMade,
    /// After a miss, the HSM's own log was compared with the ledger again, and agrees.
    AuditMade,
    /// The whole line stops: it could not keep its promise if it went on.
    LineStopped {
        /// What is wrong.
        code: FaultCode,
        /// The causes, outermost first.
        chain: Chain,
    },
}

impl Event {
    /// The trouble a fault means for a slot.
    pub fn trouble(slot: &str, fault: &Fault) -> Self {
        Self::SlotTrouble { slot: slot.to_owned(), code: fault.code, chain: fault.chain.clone() }
    }
}
