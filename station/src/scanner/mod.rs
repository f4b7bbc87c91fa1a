//! The scanner that reads a label back.
//!
//! | module | what it holds |
//! |---|---|
//! | [`tcp`] | a fixed-mount code reader on the network |

pub mod tcp;

pub use tcp::TcpScanner;

use std::fmt::Debug;
use std::pin::Pin;

use crate::fault::{Coded, FaultCode};
use crate::tcp::{Address, TcpError};

/// What a scanner's methods return.
pub type ScannerFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, ScannerError>> + Send + 'a>>;

/// A code reader.
pub trait Scanner: Send + Sync + Debug {
    /// Whether the scanner can be reached. Starts no read.
    ///
    /// # Errors
    /// When it cannot.
    fn reach(&self) -> ScannerFuture<'_, ()>;

    /// Starts one read, and returns what the code in front of the scanner says. Not tried again here.
    ///
    /// # Errors
    /// When the scanner cannot be reached, sees no code, or answers what is neither.
    fn scan(&self) -> ScannerFuture<'_, String>;
}

/// Why no label was read.
#[derive(Debug, thiserror::Error)]
pub enum ScannerError {
    /// It cannot be reached.
    #[error(transparent)]
    Connection(#[from] TcpError),
    /// Its answer broke off or has no end.
    #[error("{address} gave no whole answer: {answer}")]
    Answer {
        /// Which scanner.
        address: Address,
        /// What it answered, with control characters escaped.
        answer: String,
    },
    /// It saw no code.
    #[error("{address} read no code")]
    NoRead {
        /// Which scanner.
        address: Address,
    },
    /// It read a code that is not one of ours, whose payloads are all ASCII.
    #[error("{address} read a code that is no text: {answer}")]
    NotText {
        /// Which scanner.
        address: Address,
        /// What the code says, escaped.
        answer: String,
    },
}

impl Coded for ScannerError {
    fn code(&self) -> FaultCode {
        match self {
            Self::Answer { .. } | Self::Connection(_) => FaultCode::ScannerOff,
            Self::NoRead { .. } => FaultCode::ScannerNoRead,
            Self::NotText { .. } => FaultCode::ScannerOtherLabel,
        }
    }
}
