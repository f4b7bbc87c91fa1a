//! Tokens at rest: a directory with a marker, and one file for each initialised token.
//!
//! ```text
//! hsm-sim.toml      the marker, and the settings; may be empty
//! slot-0.token      the token in slot 0; absent while it is not initialised
//! slot-0.lock       held while slot-0.token is replaced
//! slot-0.in-use     held, shared, by each process that has a session with the token
//! audit.ndjson      a line for each signature, if the settings want that
//! key-uses.json     how often each key signed, if the settings limit that
//! key-uses.lock     held while key-uses.json is replaced
//! device.lock       held by the call under way, if the settings say that the device does one thing at a time
//! faults.toml       scripted faults, see [`fault`](crate::fault)
//! ```
//!
//! | file | what it does |
//! |---|---|
//! | `settings` | the marker file, and what can be set in it |
//! | `audit` | the audit log |
//! | `uses` | how often each key signed |
//! | `document` | what a token file holds |
//! | `seal` | encryption under the token's master key, and the PINs that wrap this key |
//! | `vault` | the files of one slot: reading, locking, replacing |
//! | `disk` | how a file is replaced so that a power cut leaves the old or the new one |

pub(crate) mod audit;
pub(crate) mod disk;
pub(crate) mod document;
pub(crate) mod seal;
mod settings;
pub(crate) mod uses;
pub(crate) mod vault;

use std::io;
use std::path::{Path, PathBuf};

pub use audit::{AUDIT, SignatureRecord, audit};
pub use settings::{MARKER, Settings};
pub use uses::KEY_USES;

/// Makes `directory` a store of tokens: creates it with its parents, and puts the marker there
/// with the default [`Settings`]. A store that exists already is left as it is.
///
/// Without this crate at hand, the same is `mkdir -p DIR && touch DIR/hsm-sim.toml`.
///
/// # Errors
/// When the directory or the marker cannot be created.
pub fn create(directory: &Path) -> Result<(), StoreError> {
    if directory.join(MARKER).exists() {
        return Ok(());
    }
    configure(directory, &Settings::default())
}

/// Like [`create`], with settings of your own, which replace those of an existing store.
///
/// # Errors
/// When the directory or the marker cannot be written.
pub fn configure(directory: &Path, settings: &Settings) -> Result<(), StoreError> {
    std::fs::create_dir_all(directory)
        .map_err(|source| StoreError::Write { path: directory.to_owned(), source })?;
    settings.write(directory)
}

/// Why a store of tokens cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The audit log is not one of ours, or was damaged.
    #[error("read the audit log {}", path.display())]
    AuditMalformed {
        /// The log.
        path: PathBuf,
        /// Where and why.
        source: serde_json::Error,
    },
    /// A lock file cannot be opened or locked.
    #[error("lock {}", path.display())]
    Lock {
        /// The lock file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file cannot be read. A missing marker ends here, too.
    #[error("read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The marker file is no valid settings file.
    #[error("parse the settings in {}", path.display())]
    SettingsMalformed {
        /// The marker file.
        path: PathBuf,
        /// Where and why.
        source: toml::de::Error,
    },
    /// A setting has a value outside its range.
    #[error("{name} in {} is outside {range}", path.display())]
    SettingsRange {
        /// The marker file.
        path: PathBuf,
        /// The setting's name.
        name: &'static str,
        /// The values that are possible.
        range: &'static str,
    },
    /// A token file is not one of ours, or was damaged.
    #[error("read the token in {}", path.display())]
    TokenMalformed {
        /// The token file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The counts of signatures are not ours, or were damaged.
    #[error("read the counts of signatures in {}", path.display())]
    UsesMalformed {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: serde_json::Error,
    },
    /// A file cannot be written.
    #[error("write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl StoreError {
    /// Whether there is no room left for what was to be written.
    pub(crate) fn is_full(&self) -> bool {
        let Self::Write { source, .. } = self else { return false };
        matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
    }
}
