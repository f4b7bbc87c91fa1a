//! A ZPL printer that listens on a TCP port, mostly 9100.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{sleep, timeout};

use super::status::InvalidStatus;
use super::{Printer, PrinterError, PrinterFuture, Status};
use crate::tcp::{Address, Connection, Ending};

/// Asks for the host status.
const HOST_STATUS: &[u8] = b"~HS\r\n";

/// Cancels all labels that are not yet printed.
const CANCEL_ALL: &[u8] = b"~JA\r\n";

/// More than this is no host status.
const LONGEST_ANSWER: usize = 512;

/// How long to wait for a printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For a connection, and for each answer.
    pub answer: Duration,
    /// For a label to be printed, with whatever the printer still had to print before.
    pub label: Duration,
    /// Between two questions whether it is printed.
    pub poll: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(3),
            label: Duration::from_secs(20),
            poll: Duration::from_millis(50),
        }
    }
}

/// A printer on the network. It is connected for one job at a time, so that it can be switched off
/// and on between two.
#[derive(Debug)]
pub struct TcpPrinter {
    address: Address,
    patience: Patience,
    /// Held by whoever talks to the printer.
    turn: Mutex<()>,
}

impl TcpPrinter {
    /// The printer at `address`, which is not contacted yet.
    pub fn new(address: Address, patience: Patience) -> Self {
        Self { address, patience, turn: Mutex::new(()) }
    }

    async fn print(&self, zpl: &str) -> Result<(), PrinterError> {
        let _turn = self.turn.lock().await;
        let mut connection = Connection::open(&self.address, self.patience.answer).await?;
        let mut sent = false;
        let job = async {
            // What an earlier, interrupted job left behind comes out first, not between.
            self.finish(&mut connection).await?;
            sent = true;
            connection.send(zpl.as_bytes()).await?;
            self.finish(&mut connection).await
        };
        let outcome = timeout(self.patience.label, job).await.unwrap_or_else(|_| {
            Err(PrinterError::NotPrinted { address: self.address.clone(), deadline: self.patience.label })
        });
        if outcome.is_err() && sent {
            // The fault that is being reported says more than a failure to cancel would.
            let _ = connection.send(CANCEL_ALL).await;
        }
        outcome
    }

    /// Waits until the printer has nothing left to print, or is in trouble.
    async fn finish(&self, connection: &mut Connection) -> Result<(), PrinterError> {
        loop {
            let status = self.ask(connection).await?;
            if let Some(trouble) = status.trouble() {
                return Err(PrinterError::Trouble { address: self.address.clone(), trouble });
            }
            if status.is_idle() {
                return Ok(());
            }
            sleep(self.patience.poll).await;
        }
    }

    async fn ask(&self, connection: &mut Connection) -> Result<Status, PrinterError> {
        connection.send(HOST_STATUS).await?;
        let answer = connection.receive(LONGEST_ANSWER, Status::is_whole).await?;
        let status = match answer.ending {
            Ending::Complete => Status::parse(&answer.bytes),
            Ending::TooLong => Err(InvalidStatus::Framing),
            Ending::Closed | Ending::Overdue => Err(InvalidStatus::CutOff),
        };
        status.map_err(|source| PrinterError::Answer {
            address: self.address.clone(),
            answer: answer.bytes.escape_ascii().to_string(),
            source,
        })
    }
}

impl Printer for TcpPrinter {
    fn print<'a>(&'a self, zpl: &'a str) -> PrinterFuture<'a, ()> {
        Box::pin(self.print(zpl))
    }

    fn status(&self) -> PrinterFuture<'_, Status> {
        Box::pin(async {
            let _turn = self.turn.lock().await;
            let mut connection = Connection::open(&self.address, self.patience.answer).await?;
            self.ask(&mut connection).await
        })
    }
}
