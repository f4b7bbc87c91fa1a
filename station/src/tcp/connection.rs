//! A connection on which every wait has an end.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::Address;

/// An open connection to a device.
#[derive(Debug)]
pub(crate) struct Connection {
    address: Address,
    stream: TcpStream,
    patience: Duration,
}

/// What a device answered.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The bytes, at least one.
    pub(crate) bytes: Vec<u8>,
    /// Why there are no more.
    pub(crate) ending: Ending,
}

/// Why an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// It is all there.
    Complete,
    /// The device closed the connection before it was.
    Closed,
    /// The deadline passed before it was.
    Overdue,
    /// It grew past what an answer can be.
    TooLong,
}

impl Connection {
    /// Connects, and waits at most `patience` for that and for each operation afterwards.
    pub(crate) async fn open(address: &Address, patience: Duration) -> Result<Self, TcpError> {
        match timeout(patience, TcpStream::connect(address.endpoint())).await {
            Ok(Ok(stream)) => {
                // Requests are small and each waits for its answer. Where it cannot be set, they
                // are merely slower.
                let _ = stream.set_nodelay(true);
                Ok(Self { address: address.clone(), stream, patience })
            }
            Ok(Err(source)) => Err(TcpError::Connect { address: address.clone(), source }),
            Err(_) => Err(TcpError::ConnectOverdue { address: address.clone(), deadline: patience }),
        }
    }

    /// Sends all of `bytes`.
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> Result<(), TcpError> {
        match timeout(self.patience, self.stream.write_all(bytes)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(source)) => Err(TcpError::Send { address: self.address.clone(), source }),
            Err(_) => Err(TcpError::SendOverdue { address: self.address.clone(), deadline: self.patience }),
        }
    }

    /// Receives until `is_complete` says so of all bytes so far, but not much more than `limit` bytes.
    pub(crate) async fn receive(
        &mut self,
        limit: usize,
        is_complete: impl Fn(&[u8]) -> bool,
    ) -> Result<Answer, TcpError> {
        let mut bytes = Vec::new();
        let filling = async {
            loop {
                if self.stream.read_buf(&mut bytes).await? == 0 {
                    return Ok(Ending::Closed);
                }
                if is_complete(&bytes) {
                    return Ok(Ending::Complete);
                }
                if bytes.len() > limit {
                    return Ok(Ending::TooLong);
                }
            }
        };
        let ending = match timeout(self.patience, filling).await {
            Ok(Ok(ending)) => ending,
            Ok(Err(source)) => return Err(TcpError::Receive { address: self.address.clone(), source }),
            Err(_) => Ending::Overdue,
        };
        match ending {
            Ending::Closed if bytes.is_empty() => Err(TcpError::Closed { address: self.address.clone() }),
            Ending::Overdue if bytes.is_empty() => {
                Err(TcpError::Silent { address: self.address.clone(), deadline: self.patience })
            }
            Ending::Closed | Ending::Complete | Ending::Overdue | Ending::TooLong => {
                Ok(Answer { bytes, ending })
            }
        }
    }
}

/// Why a device cannot be reached.
#[derive(Debug, thiserror::Error)]
pub enum TcpError {
    /// It closed the connection instead of answering.
    #[error("{address} closed the connection without an answer")]
    Closed {
        /// Which device.
        address: Address,
    },
    /// The connection was refused, or there is no way to the device.
    #[error("cannot connect to {address}")]
    Connect {
        /// Which device.
        address: Address,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// Nothing took up the connection.
    #[error("no connection to {address} within {} ms", deadline.as_millis())]
    ConnectOverdue {
        /// Which device.
        address: Address,
        /// How long it had.
        deadline: Duration,
    },
    /// The connection broke while an answer was awaited.
    #[error("lost the connection to {address} while waiting for its answer")]
    Receive {
        /// Which device.
        address: Address,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// The connection broke while something was sent.
    #[error("lost the connection to {address} while sending")]
    Send {
        /// Which device.
        address: Address,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// The device did not take what was sent.
    #[error("{address} did not take what was sent within {} ms", deadline.as_millis())]
    SendOverdue {
        /// Which device.
        address: Address,
        /// How long it had.
        deadline: Duration,
    },
    /// It is connected and says nothing.
    #[error("{address} did not answer within {} ms", deadline.as_millis())]
    Silent {
        /// Which device.
        address: Address,
        /// How long it had.
        deadline: Duration,
    },
}
