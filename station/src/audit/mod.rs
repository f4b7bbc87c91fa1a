//! The HSM's own record of its signatures, compared with the ledger.
//!
//! Nothing is signed but what the ledger announced before (see [`gate`](crate::gate)). So a signature in
//! the HSM's log that the ledger does not know was made for somebody else: an alarm. One that was
//! announced and is not on record as made was lost on its way; that happens when a cable is pulled, and is
//! none. And what the ledger has and the log lacks says that the log was cut.
//!
//! | module | what it holds |
//! |---|---|
//! | `log` | [`Log`]: reads a log, whichever form it has |
//! | `lines` | the form of one JSON object for each signature, with the digest that was signed |
//! | `yubihsm` | what `yubihsm-shell` prints of a YubiHSM's log: commands and keys, chained, without digests |
//! | `compare` | the comparison |
//! | `watch` | [`Watch`]: the comparison made again and again while the line runs |

mod compare;
mod lines;
mod log;
mod watch;
mod yubihsm;

pub use compare::{Comparison, KeyComparison, Names, UnknownSignature};
pub use log::{Log, LogError, LoggedSignature};
pub use watch::{Alarm, AuditError, Checked, Watch};
