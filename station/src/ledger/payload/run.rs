//! What is recorded of a run: each thing that the module has come through, and how it ended.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wire::Uid;

use super::payload;
use crate::fault::{Chain, Fault, FaultCode};
use crate::ledger::id::{Digest, OrderId, RunId};
use crate::ledger::text;
use crate::probe::DeviceId;

payload! {
    /// A slot began a run. The event's place is the run's id.
    pub struct RunStarted {
        /// The slot's name.
        pub slot: String,
        /// The order it works for.
        pub order: OrderId,
    }

    /// The module in the slot said who it is, and proved that it holds its private key.
    pub struct ModuleIdentified {
        /// The run that saw it.
        pub run: RunId,
        /// The UID it goes by.
        #[serde(with = "text::uid")]
        pub uid: Uid,
        /// Its public key: `SubjectPublicKeyInfo`, DER.
        #[serde(with = "text::base64")]
        pub public_key: Vec<u8>,
        /// The version of the firmware in it.
        pub firmware: String,
    }

    /// The module runs on this part: the debugger read it, so it does not hang on what the module says.
    /// A part has one identity at a time; another one only after the one before is void.
    pub struct DeviceRecognised {
        /// The run that saw it.
        pub run: RunId,
        /// The module.
        #[serde(with = "text::uid")]
        pub uid: Uid,
        /// The part.
        pub device: DeviceId,
    }

    /// The bytes of the module's certificate were fixed. From here on they are the only ones
    /// ever signed for this UID.
    pub struct CertificateReserved {
        /// The run that reserved.
        pub run: RunId,
        /// Whose certificate it is.
        #[serde(with = "text::uid")]
        pub uid: Uid,
        /// SHA-256 of the certificate of the issuing authority that is to sign.
        pub issuer: Digest,
        /// The `TBSCertificate`, DER.
        #[serde(with = "text::base64")]
        pub tbs: Vec<u8>,
    }

    /// The reserved bytes were signed.
    pub struct CertificateIssued {
        /// The run that had them signed.
        pub run: RunId,
        /// Whose certificate it is.
        #[serde(with = "text::uid")]
        pub uid: Uid,
        /// The certificate, DER.
        #[serde(with = "text::base64")]
        pub certificate: Vec<u8>,
    }

    /// The module holds its certificate: it was read back and is the same.
    pub struct CertificateInstalled {
        /// The run that installed.
        pub run: RunId,
        /// The module.
        #[serde(with = "text::uid")]
        pub uid: Uid,
    }

    /// The module signed a fresh challenge with the certified key.
    pub struct ModuleProved {
        /// The run that asked.
        pub run: RunId,
        /// The module.
        #[serde(with = "text::uid")]
        pub uid: Uid,
        /// The challenge, as the module got it.
        #[serde(with = "text::hexadecimal")]
        pub challenge: [u8; 32],
        /// The signature, r and s.
        #[serde(with = "text::hexadecimal")]
        pub signature: [u8; 64],
    }

    /// The module is sealed, and was seen to be.
    pub struct ModuleSealed {
        /// The run that sealed it, or found it sealed.
        pub run: RunId,
        /// The module.
        #[serde(with = "text::uid")]
        pub uid: Uid,
    }

    /// A label was printed for the module.
    pub struct LabelPrinted {
        /// The run that printed.
        pub run: RunId,
        /// The module.
        #[serde(with = "text::uid")]
        pub uid: Uid,
        /// The text in the label's code.
        pub payload: String,
    }

    /// The label on the module was read, and is the one printed last for it.
    pub struct LabelScanned {
        /// The run that read.
        pub run: RunId,
        /// The module.
        #[serde(with = "text::uid")]
        pub uid: Uid,
        /// The text that was read.
        pub payload: String,
    }

    /// A step of a run came to its end, other than by a fault.
    pub struct StepFinished {
        /// The run.
        pub run: RunId,
        /// The step's name.
        pub step: String,
        /// How it ended.
        pub outcome: StepOutcome,
        /// How long it took.
        pub elapsed_ms: u64,
    }

    /// The module is good, and the run over.
    pub struct RunPassed {
        /// The run.
        pub run: RunId,
        /// The module.
        #[serde(with = "text::uid")]
        pub uid: Uid,
    }

    /// The run is over, and the module did not pass.
    pub struct RunFaulted {
        /// The run.
        pub run: RunId,
        /// The module, as far as it is known. It may be one that the ledger refused.
        #[serde(with = "text::optional_uid")]
        pub uid: Option<Uid>,
        /// The step that was under way.
        pub step: Option<String>,
        /// What went wrong.
        pub code: FaultCode,
        /// The error and its causes.
        pub chain: Chain,
        /// What else an engineer should know, by name. No secrets.
        pub facts: BTreeMap<String, String>,
    }

    /// The module in the slot was set apart: no run takes it up until somebody has looked at it and
    /// says so by [`ModuleReworked`](super::ModuleReworked).
    pub struct ModuleQuarantined {
        /// The run that found something.
        pub run: RunId,
        /// The module.
        #[serde(with = "text::uid")]
        pub uid: Uid,
        /// What it found.
        pub code: FaultCode,
    }
}

impl RunFaulted {
    /// The event for a fault, with no facts beside it.
    pub fn new(run: RunId, uid: Option<Uid>, step: Option<String>, fault: Fault) -> Self {
        Self { run, uid, step, code: fault.code, chain: fault.chain, facts: BTreeMap::new() }
    }
}

/// How a step ended that did not fail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum StepOutcome {
    /// It was carried out.
    Done,
    /// There was nothing to do.
    Skipped {
        /// Why, in a sentence.
        reason: String,
    },
}
