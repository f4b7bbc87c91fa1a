//! A log, read.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use super::{lines, yubihsm};
use crate::fault::{Coded, FaultCode};
use crate::ledger::Digest;

/// What an HSM says it signed, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// The signatures.
    pub signatures: Vec<LoggedSignature>,
    /// Whether it begins with the HSM's first signature, so that nothing may be missing.
    pub complete: bool,
}

/// One signature in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedSignature {
    /// Where it stands: the line of the file, from 1.
    pub line: u64,
    /// The label of the token, if the log has those of several.
    pub token: Option<String>,
    /// What the log calls the key: its label, or the number of the object as `0x` and four hex digits.
    pub key: String,
    /// SHA-256 of what was signed, if the HSM notes it.
    pub digest: Option<Digest>,
}

/// Why a log tells nothing, or tells of tampering.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// It cannot be read.
    #[error("cannot read the HSM's log {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// A line is in none of the forms that are known.
    #[error("line {line} of the HSM's log is not understood: {what}")]
    Malformed {
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        what: String,
    },
    /// An entry does not follow the one before.
    #[error("the entry in line {line} of the HSM's log does not follow the one before: {what}")]
    Broken {
        /// The line, from 1.
        line: u64,
        /// What does not fit.
        what: &'static str,
    },
}

impl Coded for LogError {
    fn code(&self) -> FaultCode {
        match self {
            Self::Read { .. } | Self::Malformed { .. } => FaultCode::Configuration,
            Self::Broken { .. } => FaultCode::SignatureUnknown,
        }
    }
}

impl Log {
    /// Reads a log. One that is not there is an error, one without a line is empty.
    ///
    /// # Errors
    /// A file that cannot be read, a line that is not understood, an entry out of order.
    pub fn read(path: &Path) -> Result<Self, LogError> {
        let failed = |source| LogError::Read { path: path.to_owned(), source };
        let mut file = BufReader::new(File::open(path).map_err(failed)?);
        let first = file.fill_buf().map_err(failed)?.iter().find(|byte| !byte.is_ascii_whitespace()).copied();
        // A JSON object begins with a brace, and nothing that yubihsm-shell prints does.
        if first == Some(b'{') { lines::read(file, failed) } else { yubihsm::read(file, failed) }
    }
}

/// The lines of a file with their numbers, blank ones left out.
pub(super) fn numbered(
    file: impl BufRead,
    failed: impl Fn(io::Error) -> LogError,
) -> impl Iterator<Item = Result<(u64, String), LogError>> {
    (1..)
        .zip(file.lines())
        .map(move |(number, line)| Ok((number, line.map_err(&failed)?)))
        .filter(|line| !line.as_ref().is_ok_and(|(_, line)| line.trim().is_empty()))
}
