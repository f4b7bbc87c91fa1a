//! The label printer.
//!
//! A label counts as printed when the printer says that nothing is left to print. The printer is
//! asked before, so that nothing is sent to one that cannot print, and afterwards until it is done
//! or in trouble; what it could not print then is cancelled, so that no label comes out later, when
//! its module has left the slot.
//!
//! | module | what it holds |
//! |---|---|
//! | [`status`] | what the printer says of itself |
//! | [`tcp`] | a ZPL printer on the network |

pub mod status;
pub mod tcp;

pub use status::{Status, Trouble};
pub use tcp::TcpPrinter;

use std::fmt::Debug;
use std::pin::Pin;
use std::time::Duration;

use crate::fault::{Coded, FaultCode};
use crate::tcp::{Address, TcpError};
use status::InvalidStatus;

/// What a printer's methods return.
pub type PrinterFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, PrinterError>> + Send + 'a>>;

/// A label printer. Slots that share one share the object, which lets one print at a time.
pub trait Printer: Send + Sync + Debug {
    /// Prints what is written in the printer's language, and waits until it is printed.
    ///
    /// # Errors
    /// When the printer cannot be reached, cannot print, or is not done in time. The label may be
    /// printed nonetheless when the connection broke after it was sent; printing it again is safe,
    /// since both are the same.
    fn print<'a>(&'a self, zpl: &'a str) -> PrinterFuture<'a, ()>;

    /// What the printer says of itself.
    ///
    /// # Errors
    /// When the printer cannot be reached or answers what is no status. Trouble that it reports is
    /// no error here; see [`Status::trouble`].
    fn status(&self) -> PrinterFuture<'_, Status>;
}

/// Why a label was not printed.
#[derive(Debug, thiserror::Error)]
pub enum PrinterError {
    /// What it answers is no status.
    #[error("{address} answered {answer} when asked for its status")]
    Answer {
        /// Which printer.
        address: Address,
        /// What it answered, with control characters escaped.
        answer: String,
        /// What is wrong with that.
        #[source]
        source: InvalidStatus,
    },
    /// It cannot be reached.
    #[error(transparent)]
    Connection(#[from] TcpError),
    /// It reports no trouble, and is not done either.
    #[error("{address} has not printed within {} ms", deadline.as_millis())]
    NotPrinted {
        /// Which printer.
        address: Address,
        /// How long it had.
        deadline: Duration,
    },
    /// It reports why it does not print.
    #[error("{address} cannot print: {trouble}")]
    Trouble {
        /// Which printer.
        address: Address,
        /// What it reports.
        trouble: Trouble,
    },
}

impl Coded for PrinterError {
    fn code(&self) -> FaultCode {
        match self {
            Self::Answer { .. } => FaultCode::PrinterAnswer,
            Self::Connection(_) | Self::NotPrinted { .. } => FaultCode::PrinterOff,
            Self::Trouble { trouble, .. } => trouble.code(),
        }
    }
}
