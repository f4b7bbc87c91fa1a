//! The factory commands: `AT+DIAG {VERB} [argument]`.
//!
//! | line | allowed in | reply |
//! |---|---|---|
//! | `AT+DIAG INFO` | every state | `OK` and [`Info`] |
//! | `AT+DIAG SELFTEST` | all but sealed | `OK` and [`SelfTest`] |
//! | `AT+DIAG KEYGEN` | blank | `OK {uid}`, 32 digits |
//! | `AT+DIAG CSR` | keyed, certified | `OK{n} pem`, then `n` lines of PKCS #10 |
//! | `AT+DIAG CERTIFICATE {pem}` | keyed; certified, with the same certificate | `OK` |
//! | `AT+DIAG PROVE {challenge}` | certified, sealed | `OK` and [`Proof`] |
//! | `AT+DIAG SEAL` | certified | `OK` |
//! | `AT+DIAG MEMORY` | all but sealed | `OK` and [`Memory`] |
//!
//! A verb in the wrong state is answered by `ERR25`, an unknown verb or a wrong argument by `ERR4`. A
//! certificate the module refuses is `ERR26 INVALID CERTIFICATE {`[`CertificateFlaw`]`}`, hardware that fails
//! is `ERR28 CONFIGURATION ERROR {`[`HardwareFault`]`}`.
//!
//! The station formats a [`Request`], the module parses it; the module displays a typed reply, the station
//! parses it.

mod failure;
mod lifecycle;
mod proof;
mod reply;
mod request;

pub use failure::{CertificateFlaw, HardwareFault};
pub use lifecycle::Lifecycle;
pub use proof::{PROOF_DOMAIN, PROOF_MESSAGE_LENGTH, Proof, proof_message};
pub use reply::{Info, InvalidReply, Memory, SelfTest};
pub use request::{CHALLENGE_LENGTH, Request, Verb};

/// The name of the command that carries the verbs.
pub const COMMAND: &str = "DIAG";

/// The factory value of the configuration key `Endpoint`: while it holds, the module is in staging.
pub const STAGING_ENDPOINT: &str = "staging.module-vendor.example";
