//! What is recorded of people's dealings with a module, outside its runs.

use serde::{Deserialize, Serialize};
use wire::Uid;

use super::payload;
use crate::ledger::id::Reason;
use crate::ledger::text;

payload! {
    /// The module will never be used. Final.
    pub struct ModuleVoided {
        /// The module.
        #[serde(with = "text::uid")]
        pub uid: Uid,
        /// Why.
        pub reason: Reason,
    }

    /// The module's hardware is destroyed. Its certificate is void with it. Final.
    pub struct ModuleScrapped {
        /// The module.
        #[serde(with = "text::uid")]
        pub uid: Uid,
        /// Why.
        pub reason: Reason,
    }

    /// The module may go through the line again, with the identity it has. If it had passed, it has
    /// to pass anew.
    pub struct ModuleReworked {
        /// The module.
        #[serde(with = "text::uid")]
        pub uid: Uid,
        /// Why.
        pub reason: Reason,
    }

    /// The customer sent the module back: its pass no longer counts, and it is set apart.
    pub struct ModuleReturned {
        /// The module.
        #[serde(with = "text::uid")]
        pub uid: Uid,
        /// Why.
        pub reason: Reason,
    }

    /// The module's label was printed once more, outside a run.
    pub struct LabelReprinted {
        /// The module.
        #[serde(with = "text::uid")]
        pub uid: Uid,
        /// The text in the label's code: that of the label it has.
        pub payload: String,
        /// Why.
        pub reason: Reason,
    }
}
