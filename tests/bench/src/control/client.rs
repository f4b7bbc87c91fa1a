//! The client's side of the control socket. It blocks; a request takes as long as the bench takes.

use std::{
    io::{self, BufRead, BufReader, Write},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
};

use super::{Answer, Request, Status, socket};
use crate::fault::Fault;

/// Why a request to the bench failed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No bench answers in the directory.
    #[error("connecting to the bench at {}", socket.display())]
    Connect {
        /// Its control socket.
        socket: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The connection broke.
    #[error("talking to the bench")]
    Broken(#[source] io::Error),
    /// The bench said something that is no answer, or not to this request.
    #[error("the bench's answer does not fit the request: {answer}")]
    Answer {
        /// What it said.
        answer: String,
    },
    /// The bench did not do it.
    #[error("{reason}")]
    Refused {
        /// The bench's reason.
        reason: String,
    },
}

/// A connection to a running bench.
#[derive(Debug)]
pub struct Client {
    reader: BufReader<UnixStream>,
    writer: UnixStream,
}

impl Client {
    /// Connects to the bench that was started in `directory`.
    ///
    /// # Errors
    ///
    /// When no bench listens there.
    pub fn connect(directory: &Path) -> Result<Self, ClientError> {
        let socket = socket(directory);
        let connected = UnixStream::connect(&socket).and_then(|writer| Ok((writer.try_clone()?, writer)));
        let (reader, writer) = connected.map_err(|source| ClientError::Connect { socket, source })?;
        Ok(Self { reader: BufReader::new(reader), writer })
    }

    /// Takes the module out of `slot` and returns its name.
    ///
    /// # Errors
    ///
    /// As for [`Client::request`].
    pub fn take(&mut self, slot: &str) -> Result<String, ClientError> {
        self.module(&Request::Take { slot: slot.to_owned() })
    }

    /// Puts back the module that was in `slot` last, or a blank one if there was none. Returns its name.
    ///
    /// # Errors
    ///
    /// As for [`Client::request`].
    pub fn put(&mut self, slot: &str) -> Result<String, ClientError> {
        self.module(&Request::Put { slot: slot.to_owned(), fresh: false, module: None })
    }

    /// Puts a new blank module into `slot` and returns its name.
    ///
    /// # Errors
    ///
    /// As for [`Client::request`].
    pub fn put_fresh(&mut self, slot: &str) -> Result<String, ClientError> {
        self.module(&Request::Put { slot: slot.to_owned(), fresh: true, module: None })
    }

    /// Puts `module` into `slot`.
    ///
    /// # Errors
    ///
    /// As for [`Client::request`].
    pub fn put_module(&mut self, slot: &str, module: &str) -> Result<String, ClientError> {
        self.module(&Request::Put { slot: slot.to_owned(), fresh: false, module: Some(module.to_owned()) })
    }

    /// Makes something go wrong in `slot`.
    ///
    /// # Errors
    ///
    /// As for [`Client::request`].
    pub fn fault(&mut self, slot: &str, fault: Fault) -> Result<(), ClientError> {
        self.done(&Request::Fault { slot: slot.to_owned(), fault })
    }

    /// Makes everything in `slot` work again.
    ///
    /// # Errors
    ///
    /// As for [`Client::request`].
    pub fn clear(&mut self, slot: &str) -> Result<(), ClientError> {
        self.done(&Request::Clear { slot: slot.to_owned() })
    }

    /// Writes flash (256 KB) and UICR (256 bytes) of the module in `slot` to `file`, past its protection.
    ///
    /// # Errors
    ///
    /// As for [`Client::request`].
    pub fn dump(&mut self, slot: &str, file: &Path) -> Result<(), ClientError> {
        self.done(&Request::Dump { slot: slot.to_owned(), file: file.to_owned() })
    }

    /// The state of everything.
    ///
    /// # Errors
    ///
    /// As for [`Client::request`].
    pub fn status(&mut self) -> Result<Status, ClientError> {
        match self.request(&Request::Status)? {
            Answer::Status(status) => Ok(status),
            other => Err(misfit(&other)),
        }
    }

    /// Ends the bench. Returns when it has agreed to.
    ///
    /// # Errors
    ///
    /// As for [`Client::request`].
    pub fn down(&mut self) -> Result<(), ClientError> {
        self.done(&Request::Down)
    }

    /// Sends a request and waits for its answer; a refusal is an error.
    ///
    /// # Errors
    ///
    /// When the connection breaks, or the bench refuses.
    pub fn request(&mut self, request: &Request) -> Result<Answer, ClientError> {
        let mut line = serde_json::to_string(request).map_err(|error| ClientError::Broken(error.into()))?;
        line.push('\n');
        self.writer.write_all(line.as_bytes()).map_err(ClientError::Broken)?;
        let mut answer = String::new();
        if self.reader.read_line(&mut answer).map_err(ClientError::Broken)? == 0 {
            return Err(ClientError::Broken(io::ErrorKind::UnexpectedEof.into()));
        }
        match serde_json::from_str(&answer) {
            Ok(Answer::Refused { reason }) => Err(ClientError::Refused { reason }),
            Ok(answer) => Ok(answer),
            Err(_) => Err(ClientError::Answer { answer: answer.trim().to_owned() }),
        }
    }

    fn module(&mut self, request: &Request) -> Result<String, ClientError> {
        match self.request(request)? {
            Answer::Module { module } => Ok(module),
            other => Err(misfit(&other)),
        }
    }

    fn done(&mut self, request: &Request) -> Result<(), ClientError> {
        match self.request(request)? {
            Answer::Done => Ok(()),
            other => Err(misfit(&other)),
        }
    }
}

fn misfit(answer: &Answer) -> ClientError {
    ClientError::Answer { answer: format!("{answer:?}") }
}
