//! The gate before the HSM: what may be signed, by whose leave, and on which record.
//!
//! ```text
//!            Policy ── hours, weak keys           (data of the product)
//!               │
//! a step ──► Opening ── until when, how many      (the officer, with the PIN)
//!               │
//!             ledger ── the order's quota, UID and key seen before
//!               │
//!             Desk ── is the key for this? are the bytes that?  ──► HSM ──► on record
//! ```
//!
//! | module | what it holds |
//! |---|---|
//! | `policy` | [`Policy`]: what the product lets be signed |
//! | `hours` | [`Hours`]: at which times of the week |
//! | `weak` | public keys whose private key anybody knows |
//! | `authority` | [`Authority`]: the CA of a line, opened, closed and opened again, on record |
//! | `opening` | [`Opening`]: the CA is open for a time and a number; [`Permit`]: for one certificate |
//! | `issuing` | [`Issuing`]: from a module's key to its certificate on record |
//! | `desk` | [`Desk`]: the one place that has anything signed |
//!
//! Every refusal has a fault code, and comes before the HSM is asked. Nothing in the program signs past
//! the desk, and nothing that the desk had signed is missing in the ledger: each signature is announced
//! there first. That makes a signature in the HSM's own log that the ledger does not know an alarm (see
//! [`audit`](crate::audit)).

mod authority;
mod desk;
mod hours;
mod issuing;
mod opening;
mod policy;
mod weak;

pub use authority::{Authority, AuthorityError, Leave, NoOpenTime, OpenTime};
pub use desk::{Desk, DeskError, Request, Signer};
pub use hours::{ClockTime, Day, Hours, UtcOffset};
pub use issuing::{IssueError, Issuer, Issuing};
pub use opening::{Closed, Opening, Permit};
pub use policy::{Gate, Policy, PolicyError};
