//! Scripted faults: a real HSM hangs, is pulled out and answers errors; this one does so on demand.
//!
//! The script is the file `faults.toml` in the store's directory. Without it there are no faults.
//!
//! ```toml
//! # The third certificate is signed, and its signature is lost on the way back.
//! [[fault]]
//! function = "C_Sign"
//! call = 3
//! answer = "CKR_DEVICE_ERROR"
//! carried-out = true
//!
//! # From now on each login takes its time.
//! [[fault]]
//! function = "C_Login"
//! times = 0
//! delay-ms = 80
//! ```
//!
//! | key | meaning |
//! |---|---|
//! | `function` | which function of PKCS#11 it strikes; any that this module offers, but `C_GetFunctionList` |
//! | `call` | the first call that it strikes, counted from 1 since the script was read; 1 if not said |
//! | `times` | how many calls it strikes from there on; 0 for all; 1 if not said |
//!
//! And exactly one effect:
//!
//! | effect | what becomes of the call |
//! |---|---|
//! | `answer = "CKR_…"` | it is not carried out, and answers this; an operation ends as by any error |
//! | … with `carried-out = true` | it is carried out, and answers this all the same |
//! | `delay-ms = 80` | it is carried out after that time |
//! | `hang = true` | it does not return until the fault is lifted; then it is carried out |
//! | `remove-token = true` | all tokens leave their slots before it, and stay away until the fault is lifted |
//! | … with `slot = 1` | the token in that slot alone leaves |
//! | … with `away-for = 20` | they are back after so many further calls of the process, of any function, or when the fault is lifted |
//! | `drop-sessions = true` | all sessions of the process are closed before it |
//! | `log-out = true` | the login of the process ends before it, and all operations under way as by `C_Logout` |
//! | `wrong-signature = true` | `C_Sign`, `C_SignFinal`: the signature has a bit flipped |
//!
//! Several faults can strike one call; they do so in the order of the file.
//!
//! # Calls
//! A `C_Sign`, `C_SignFinal`, `C_Digest` or `C_DigestFinal` that only asks for the length of its result is not counted and never
//! struck: some callers ask first and some do not. Each process counts its own calls.
//!
//! # Changing it
//! A script is lifted by removing it or its entry, while callers run. It is read anew when its file is another one, or has
//! another length or time of change; then all counts begin anew. What hangs, and a token that was removed, wait for the
//! end of their own entry: one that is still there, word for word, stays in force. [`set`] and [`lift`] replace the file as a whole.
//! By hand, write another file and rename it; one that is read half written can be malformed.
//!
//! A malformed script, or one that names what does not exist, makes every call answer `CKR_GENERAL_ERROR`, `C_Initialize` included.
//!
//! # A removed token
//! It is as PKCS#11 2.40 base has it, section 5.1: the call in which it leaves answers `CKR_DEVICE_REMOVED` if it was made in a session.
//! All sessions are closed then, so later calls in them answer `CKR_SESSION_HANDLE_INVALID`, and calls that name
//! the slot `CKR_TOKEN_NOT_PRESENT`. When the token is back, nobody is logged in. It stays away over `C_Finalize` and
//! `C_Initialize`, but is gone in this process alone.
//!
//! Another token may come back in its place: replace `slot-N.token` by that of another slot or store while it is away. It may have the same
//! label, and has another serial number and other keys.
//!
//! # What can be answered
//! Every value that this module gives by itself, and those that others give: `CKR_DEVICE_ERROR`, `CKR_DEVICE_MEMORY`,
//! `CKR_DEVICE_REMOVED`, `CKR_FUNCTION_CANCELED`, `CKR_FUNCTION_FAILED`, `CKR_GENERAL_ERROR`, `CKR_HOST_MEMORY`, `CKR_KEY_HANDLE_INVALID`,
//! `CKR_OPERATION_NOT_INITIALIZED`, `CKR_PIN_EXPIRED`, `CKR_PIN_INCORRECT`, `CKR_PIN_LOCKED`, `CKR_SESSION_CLOSED`, `CKR_SESSION_COUNT`,
//! `CKR_SESSION_HANDLE_INVALID`, `CKR_TOKEN_NOT_PRESENT`, `CKR_TOKEN_NOT_RECOGNIZED`, `CKR_USER_NOT_LOGGED_IN` and so on; the whole list is in
//! `refusal.rs`.
//!
//! # What it costs
//! Each call asks the system for the file's time, about a microsecond. A signature takes fifty.

mod entry;
mod function;
mod script;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::store::disk::{RealDisk, replace};
pub(crate) use entry::{Effect, Fault, Removal};
pub(crate) use function::Function;
pub(crate) use script::Script;

/// The name of the script inside a store's directory.
pub const FILE: &str = "faults.toml";

/// Puts a script in force, in place of any that is.
///
/// # Errors
/// When the script makes no sense, or cannot be written.
pub fn set(directory: &Path, script: &str) -> Result<(), FaultError> {
    let path = directory.join(FILE);
    if let Err(source) = script::parse(script) {
        return Err(FaultError::Malformed { path, source });
    }
    replace(&RealDisk, &path, script.as_bytes()).map_err(|source| FaultError::Write { path, source })
}

/// Lifts all faults.
///
/// # Errors
/// When the script cannot be removed.
pub fn lift(directory: &Path) -> Result<(), FaultError> {
    let path = directory.join(FILE);
    match fs::remove_file(&path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(FaultError::Write { path, source }),
        _ => Ok(()),
    }
}

/// Why a script cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FaultError {
    /// The script makes no sense.
    #[error("parse the faults in {}", path.display())]
    Malformed {
        /// The script.
        path: PathBuf,
        /// Where and why.
        source: toml::de::Error,
    },
    /// The script cannot be read.
    #[error("read {}", path.display())]
    Read {
        /// The script.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The script cannot be put in place or removed.
    #[error("write {}", path.display())]
    Write {
        /// The script.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}
