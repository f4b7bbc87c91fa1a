//! Scenarios: what goes wrong, what the station makes of it, and what comes of it afterwards.
//!
//! A scenario is a file in `tests/e2e/scenarios`, named in words. It tells of one module:
//!
//! ```toml
//! title = "The probe's cable is pulled in the middle of flashing"
//!
//! # Faults of the bench, set before the module is seated.
//! [[bench]]
//! kind = "probe-vanishes"
//! after_bytes = 20000
//!
//! # Faults that come later in the run.
//! [[later]]
//! at-step = "issue"
//! fault = { kind = "printer-off" }
//!
//! # Faults of the HSM, as hsm-sim reads them.
//! [hsm]
//! faults = [{ function = "C_Sign", call = 1, times = 1, answer = "CKR_DEVICE_ERROR" }]
//! # What kind of HSM it is, as hsm-sim's settings have it.
//! settings = { session-limit = 1 }
//!
//! # How the module's run ends, and what the ledger says of it.
//! [expect]
//! verdict = "error"
//! code = "P-302"
//! step = "flash"
//! events = ["run-started"]
//! not-events = ["certificate-issued"]
//! module = { absent = true }
//!
//! # The trouble is over; the same module again. May be told more than once.
//! [[then]]
//! take-out = true
//! same-certificate = true
//! expect = { verdict = "pass" }
//! ```
//!
//! | file | what it holds |
//! |---|---|
//! | [`file`](mod@file) | the files, as Rust |
//! | [`player`] | plays a scenario on a rig |
//! | [`judge`] | whether it ended as expected |
//! | [`record`](mod@record) | what the ledger has to say, and what must hold whatever happened |
//! | [`rigs`] | rigs that scenarios take turns on |
//! | [`table()`] | all of them on one page |

pub mod file;
pub mod judge;
pub mod player;
pub mod record;
pub mod rigs;
mod table;

pub use file::Scenario;
pub use player::play;
pub use rigs::Rigs;
pub use table::table;
