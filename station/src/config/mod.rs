//! What the station is told: itself (`station.toml`), the product (`product.toml`) and the order
//! (`order.toml`).
//!
//! Files are parsed into types that cannot hold a contradiction; whatever is wrong with a file is
//! reported at once. Paths inside a file are relative to the file.

mod order;
mod product;
pub(crate) mod reader;
mod scanner;
mod screen;
mod station;

pub use order::{Flow, Order};
pub use product::{Chip, Firmware, Identification, Product};
pub use scanner::{InvalidScanner, ScannerPlace};
pub use screen::{ScanEnd, Screen};
pub use station::{AuditLog, Hsm, Slot, Station};

use std::path::{Path, PathBuf};

use crate::fault::{Coded, FaultCode};

/// Why a file was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}", file.display())]
    Read {
        /// Which file.
        file: PathBuf,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{} is not TOML", file.display())]
    Syntax {
        /// Which file.
        file: PathBuf,
        /// Where and why.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// Fields are missing, wrong, unknown or contradict each other.
    #[error("{}: {}", file.display(), problems.join("; "))]
    Problems {
        /// Which file.
        file: PathBuf,
        /// One sentence each, beginning with the field.
        problems: Vec<String>,
    },
}

impl ConfigError {
    /// One line for each thing that is wrong.
    pub fn lines(&self) -> Vec<String> {
        match self {
            Self::Problems { file, problems } => {
                problems.iter().map(|problem| format!("{}: {problem}", file.display())).collect()
            }
            Self::Read { .. } | Self::Syntax { .. } => vec![crate::fault::Chain::of(self).to_string()],
        }
    }
}

impl Coded for ConfigError {
    fn code(&self) -> FaultCode {
        match self {
            Self::Read { .. } | Self::Syntax { .. } | Self::Problems { .. } => FaultCode::Configuration,
        }
    }
}

/// A path in a file, relative to the file's directory.
pub(crate) fn beside(file: &Path, path: impl AsRef<Path>) -> PathBuf {
    match file.parent() {
        Some(directory) => directory.join(path),
        None => path.as_ref().to_owned(),
    }
}
