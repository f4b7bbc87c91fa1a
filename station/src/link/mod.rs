//! The serial line to the module: one command out, one reply back.
//!
//! [`Link`] is the handle the steps use. One thread owns the port; a call sends a line and reads
//! until the reply is complete or its time is over. Whatever passes is also written to the
//! [transcript](Transcript) of the run, from which secrets are [masked](mask()).

mod masking;
mod port;
mod transcript;

pub use masking::mask;
pub use transcript::Transcript;

use std::path::{Path, PathBuf};
use std::time::Duration;

use wire::ErrorNumber;
use wire::factory::{InvalidReply, Request};

use crate::device::{CallError, Owner};
use crate::fault::{Coded, FaultCode};
use port::Port;

/// Why an exchange with the module gave no reply.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The serial port cannot be opened.
    #[error("cannot open serial port {}", port.display())]
    Open {
        /// Which port.
        port: PathBuf,
        /// What the driver said.
        #[source]
        source: serialport::Error,
    },
    /// Reading or writing failed.
    #[error("serial port broke down while {operation}")]
    Io {
        /// What was going on.
        operation: &'static str,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// Not a single byte came back.
    #[error("no answer to {command} within {} ms", limit.as_millis())]
    Silent {
        /// What was asked.
        command: String,
        /// How long the module had.
        limit: Duration,
    },
    /// Bytes came back, but no reply.
    #[error("no reply to {command} can be read from {received}")]
    Garbage {
        /// What was asked.
        command: String,
        /// What came, escaped and cut.
        received: String,
    },
}

impl Coded for LinkError {
    fn code(&self) -> FaultCode {
        match self {
            Self::Open { .. } => FaultCode::LinkOpen,
            Self::Io { .. } => FaultCode::LinkLost,
            Self::Silent { .. } => FaultCode::LinkSilent,
            Self::Garbage { .. } => FaultCode::LinkGarbage,
        }
    }
}

impl Coded for CallError<LinkError> {
    fn code(&self) -> FaultCode {
        match self {
            Self::Device(error) => error.code(),
            // The driver itself hangs; the module's own silence is noticed by the exchange.
            Self::Overdue { .. } | Self::Panicked { .. } => FaultCode::LinkLost,
            Self::NoThread { .. } => FaultCode::Bug,
        }
    }
}

/// What the module said, or why nothing was understood.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The line broke, or brought no reply.
    #[error(transparent)]
    Link(#[from] CallError<LinkError>),
    /// The module answered with an error.
    #[error("the module refuses {command}: ERR{number} {detail}")]
    Refused {
        /// What was asked.
        command: String,
        /// The error's number.
        number: u32,
        /// The error's text.
        detail: String,
    },
    /// The reply does not have the form that its command promises.
    #[error("unexpected reply to {command}: {reply}")]
    Unexpected {
        /// What was asked.
        command: String,
        /// The reply, escaped and cut.
        reply: String,
    },
}

impl ExchangeError {
    /// Whether the module refused the command with this error.
    pub fn is_refusal(&self, error: ErrorNumber) -> bool {
        matches!(self, Self::Refused { number, .. } if *number == u32::from(error.number()))
    }
}

impl Coded for ExchangeError {
    fn code(&self) -> FaultCode {
        match self {
            Self::Link(error) => error.code(),
            Self::Refused { .. } => FaultCode::ModuleRefused,
            Self::Unexpected { .. } => FaultCode::LinkGarbage,
        }
    }
}

/// A successful reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What was asked, for error messages.
    command: String,
    /// What follows `OK` on its line, escapes undone.
    pub detail: String,
    /// The announced lines, each ended by LF.
    pub body: String,
}

impl Answer {
    /// Reads the detail as the type that the command promises.
    ///
    /// # Errors
    /// [`ExchangeError::Unexpected`] when it has another form.
    pub fn parse<'a, T>(
        &'a self,
        read: impl FnOnce(&'a str) -> Result<T, InvalidReply>,
    ) -> Result<T, ExchangeError> {
        read(&self.detail).map_err(|InvalidReply| self.unexpected())
    }

    /// The error that this answer is when it is not what was expected.
    pub fn unexpected(&self) -> ExchangeError {
        ExchangeError::Unexpected {
            command: self.command.clone(),
            reply: excerpt(format!("{} {}", self.detail, self.body).as_bytes()),
        }
    }
}

/// A handle on the serial line of a slot. Clones share the line.
#[derive(Clone, Debug)]
pub struct Link {
    owner: Owner<Port, LinkError>,
    transcript: Transcript,
}

/// How long a standard command that reads or writes a setting may take.
const STANDARD: Duration = Duration::from_secs(5);

/// What the thread may need beyond the module's own time, before it is given up.
const GRACE: Duration = Duration::from_secs(3);

impl Link {
    /// The line at this port; it is opened at the first command.
    pub fn new(slot: &str, port: &Path) -> Self {
        let port = port.to_owned();
        Self {
            owner: Owner::new(format!("serial port {slot}"), move || Port::open(&port)),
            transcript: Transcript::default(),
        }
    }

    /// What passes over the line.
    pub fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// Sends a factory command and waits for its answer.
    ///
    /// # Errors
    /// The line broke, the module was silent or not understood, or it refused.
    pub async fn factory(&self, request: Request<'_>) -> Result<Answer, ExchangeError> {
        let verb = request.verb();
        let name = format!("AT+{} {}", wire::factory::COMMAND, verb.word());
        self.exchange(verb.word(), name, request.bytes().collect(), verb.time_limit()).await
    }

    /// Sends a standard command, `AT+{name} {parameter}`, and waits for its answer.
    ///
    /// # Errors
    /// As [`factory`](Self::factory).
    pub async fn standard(&self, name: &'static str, parameter: &str) -> Result<Answer, ExchangeError> {
        let bytes = wire::Command::new(name, parameter.as_bytes()).bytes().collect();
        let shown = format!("AT+{name} {parameter}");
        self.exchange(name, shown.trim_end().to_owned(), bytes, STANDARD).await
    }

    /// Opens the port, unless it is open.
    ///
    /// # Errors
    /// The port cannot be opened.
    pub async fn open(&self) -> Result<(), CallError<LinkError>> {
        self.owner.call("opening", GRACE, |_| Ok(())).await
    }

    /// Closes the port, so that the next command opens it anew.
    pub fn close(&self) {
        self.owner.close();
    }

    async fn exchange(
        &self,
        operation: &'static str,
        command: String,
        bytes: Vec<u8>,
        limit: Duration,
    ) -> Result<Answer, ExchangeError> {
        self.transcript.sent(&bytes);
        let name = command.clone();
        let job = move |port: &mut Port| port.exchange(&name, &bytes, limit);
        let result = self.owner.call(operation, limit + GRACE, job).await;
        let reply = match result {
            Ok(reply) => reply,
            Err(error) => {
                self.transcript.note(&error.to_string());
                // A port that broke, or a thread that hangs, is opened anew next time.
                if !matches!(error, CallError::Device(LinkError::Silent { .. } | LinkError::Garbage { .. })) {
                    self.owner.close();
                }
                return Err(error.into());
            }
        };
        self.transcript.received(&reply.raw);
        match reply.outcome {
            wire::Outcome::Ok => Ok(Answer { command, detail: reply.detail, body: reply.body }),
            wire::Outcome::Error(number) => {
                Err(ExchangeError::Refused { command, number, detail: reply.detail })
            }
        }
    }
}

/// Bytes as text for a message: escaped, and cut to a line.
fn excerpt(bytes: &[u8]) -> String {
    const LONGEST: usize = 60;
    let cut = bytes.get(..LONGEST).unwrap_or(bytes);
    let dots = if bytes.len() > LONGEST { "…" } else { "" };
    format!("\"{}{dots}\"", cut.escape_ascii())
}
