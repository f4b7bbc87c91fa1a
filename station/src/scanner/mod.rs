//! The scanner that reads a label back.
//!
//! | module | what it holds |
//! |---|---|
//! | [`hand`] | a hand scanner, as a slot knows it that waits for its label |
//! | [`serial`] | one on a serial port |
//! | [`tcp`] | a fixed-mount code reader on the network |
//!
//! A hand scanner on the keyboard is told from typing by the screen: `tui::wedge`.

pub mod hand;
mod reading;
pub mod serial;
pub mod tcp;

pub use hand::{HandReader, HandScanner, Scans};
pub use reading::{Hand, Reading, SHORTEST_TYPED};
pub use serial::SerialReader;
pub use tcp::TcpScanner;

use std::fmt::Debug;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

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

    /// What [`reach`](Self::reach) tells, where it has no fault.
    fn sign(&self) -> Sign;

    /// Starts one read, and returns what the code in front of the scanner says. Not tried again here.
    ///
    /// # Errors
    /// When the scanner cannot be reached, sees no code, or answers what is neither.
    fn scan(&self) -> ScannerFuture<'_, String>;
}

/// What is known of a scanner that can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// It has answered.
    Answers,
    /// Its port is there and can be read; it says nothing until somebody pulls its trigger.
    Opens,
    /// Nothing: one that is a keyboard cannot be asked.
    None,
}

/// Why no label was read.
#[derive(Debug, thiserror::Error)]
pub enum ScannerError {
    /// It cannot be reached.
    #[error(transparent)]
    Connection(#[from] TcpError),
    /// Its serial port is not there, another program has it, or it broke off.
    #[error("the scanner's serial port {} cannot be read", port.display())]
    Port {
        /// The port.
        port: PathBuf,
        /// Why.
        #[source]
        source: Arc<serialport::Error>,
    },
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
            Self::Answer { .. } | Self::Connection(_) | Self::Port { .. } => FaultCode::ScannerOff,
            Self::NoRead { .. } => FaultCode::ScannerNoRead,
            Self::NotText { .. } => FaultCode::ScannerOtherLabel,
        }
    }
}
