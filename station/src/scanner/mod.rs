//! The scanner that reads a label back.
//!
//! | module | what it holds |
//! |---|---|
//! | [`keyboard`] | a hand scanner that is a keyboard to the terminal |
//! | [`tcp`] | a fixed-mount code reader on the network |

pub mod keyboard;
pub mod tcp;

pub use keyboard::{KeyboardScanner, Scans};
pub use tcp::TcpScanner;

use std::fmt::Debug;
use std::pin::Pin;

use crate::fault::{Coded, FaultCode};
use crate::tcp::TcpError;

/// What a scanner's methods return.
pub type ScannerFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, ScannerError>> + Send + 'a>>;

/// A code reader.
pub trait Scanner: Send + Sync + Debug {
    /// Whether the scanner can be reached. Starts no read.
    ///
    /// # Errors
    /// When it cannot.
    fn reach(&self) -> ScannerFuture<'_, ()>;

    /// Whether [`reach`](Self::reach) tells anything. One that is a keyboard cannot be asked.
    fn can_be_asked(&self) -> bool {
        true
    }

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
    #[error("{scanner} gave no whole answer: {answer}")]
    Answer {
        /// Which scanner.
        scanner: String,
        /// What it answered, with control characters escaped.
        answer: String,
    },
    /// It saw no code.
    #[error("{scanner} read no code")]
    NoRead {
        /// Which scanner.
        scanner: String,
    },
    /// It read a code that is not one of ours, whose payloads are all ASCII.
    #[error("{scanner} read a code that is no text: {answer}")]
    NotText {
        /// Which scanner.
        scanner: String,
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
