//! What lives on the HSM's thread: a connection that is made when needed and mended when broken.

use std::sync::Arc;

use super::HsmError;
use super::connection::Connection;
use super::refusal::Damage;
use super::token::Token;

/// A token, and a connection to it while there is one.
#[derive(Debug)]
pub(super) struct Worker {
    token: Arc<Token>,
    connection: Option<Connection>,
}

impl Worker {
    pub(super) fn new(token: Arc<Token>) -> Self {
        Self { token, connection: None }
    }

    /// Does something that may be done twice: when session, token or login turn out to be lost, it
    /// is done once more on a new connection.
    pub(super) fn repeatable<T>(
        &mut self,
        job: impl Fn(&mut Connection) -> Result<T, HsmError>,
    ) -> Result<T, HsmError> {
        match self.once(&job) {
            Err(error) if error.damage() != Damage::None => self.once(&job),
            outcome => outcome,
        }
    }

    /// Does something once. A connection that breaks is let go, so that the next job has a new one.
    pub(super) fn once<T>(
        &mut self,
        job: impl FnOnce(&mut Connection) -> Result<T, HsmError>,
    ) -> Result<T, HsmError> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => Connection::open(Arc::clone(&self.token))?,
        };
        let outcome = job(&mut connection);
        let damage = outcome.as_ref().err().map_or(Damage::None, HsmError::damage);
        self.connection = damage.settle(connection);
        outcome
    }
}
