//! The ceremony: makes the vendor's keys and certificates, step by step, before witnesses.
//!
//! What is made here is trusted for decades, and nobody can look afterwards whether it was made right. So
//! it follows a plan that was written and read beforehand, says before each step what is about to happen,
//! waits for the people present, and puts every fact into a transcript that they sign.
//!
//! ```text
//! root here      root key, root certificate ── for each other key: key, certificate by the root, ledger
//! root offline   for each key: key, request ── carried to the root and back ── checked, ledger
//! ```
//!
//! | file | what it holds |
//! |---|---|
//! | `plan` | [`Plan`]: what is to be made, from a file |
//! | `walk` | [`hold`]: the steps, in order, and what ends them |
//! | `step` | one key, one certificate, one request |
//! | `person` | [`Person`]: whoever is asked before each step |
//! | `transcript` | [`Transcript`]: what happened, to be printed and signed |
//! | `rehearsal` | all of it on a token that is thrown away |
//! | `error` | what can go wrong |
//!
//! A ceremony that was interrupted is held again by the same plan. Certificates on record are not made
//! twice; a key that is there is used if nothing hangs on it and the plan allows it.

mod error;
mod person;
mod plan;
mod rehearsal;
mod step;
mod transcript;
mod walk;

pub use error::CeremonyError;
pub use person::{Consent, Person};
pub use plan::{AuthorityPlan, Plan, PlanProblem, RootPlace};
pub use rehearsal::{Rehearsal, rehearse};
pub use transcript::Transcript;
pub use walk::{Ceremony, Ending, Made, RequestMade, hold};
