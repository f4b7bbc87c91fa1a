//! What each kind of event says.
//!
//! The shape of a payload never changes once a ledger holds it: a field more or less is a new
//! version of its kind (see [`Event`](super::Event)). Unknown fields are refused, so that nothing
//! in a ledger goes unread.
//!
//! | file | what it is about |
//! |---|---|
//! | `authority` | the vendor's keys and every signature by them |
//! | `batch` | orders and batches |
//! | `hand` | what people do to a module, outside its runs |
//! | `run` | a run, and each thing that a module comes through in it |
//! | `station` | the ledger, the program, the clock, and who works at the station |

mod authority;
mod batch;
mod hand;
mod run;
mod station;

pub use authority::{
    AuthorityActivated, AuthorityClosed, AuthorityEstablished, AuthorityOpened, AuthorityRole,
    RevocationListIssued, SignatureAnnounced, SignatureMade, SignaturesAccepted,
};
pub use batch::{BatchClosed, BatchEntry, BatchExported, Fate, OrderOpened, QuotaRaised};
pub use hand::{LabelReprinted, ModuleReturned, ModuleReworked, ModuleScrapped, ModuleVoided};
pub use run::{
    CertificateInstalled, CertificateIssued, CertificateReserved, DeviceRecognised, LabelPrinted,
    LabelScanned, ModuleIdentified, ModuleProved, ModuleQuarantined, ModuleSealed, RunFaulted, RunPassed,
    RunStarted, StepFinished, StepOutcome,
};
pub use station::{
    CheckpointSigned, ClockAccepted, LedgerCreated, OperatorSignedIn, OperatorSignedOut, SignInBy,
    SignOutBecause, StationStarted,
};

/// The structs of payloads: JSON objects whose every field is known.
macro_rules! payload {
    ($($(#[$meta:meta])* pub struct $name:ident { $($body:tt)* })+) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields, rename_all = "kebab-case")]
            pub struct $name { $($body)* }
        )+
    };
}

use payload;
