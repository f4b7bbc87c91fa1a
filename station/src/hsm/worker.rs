//! What lives on a thread of the pool: a connection, made when needed and mended when broken.

use std::sync::Arc;

use super::HsmError;
use super::connection::{Connection, Purpose};
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

    /// Does something once, in a session that may write, which is closed afterwards.
    pub(super) fn writing<T>(
        &mut self,
        job: impl FnOnce(&mut Connection) -> Result<T, HsmError>,
    ) -> Result<T, HsmError> {
        let opened = match Connection::open(&self.token, Purpose::Write) {
            // The token gives as many sessions as there are: this worker's own makes room.
            Err(HsmError::NoSession { .. }) if self.connection.take().is_some() => {
                Connection::open(&self.token, Purpose::Write)
            }
            opened => opened,
        };
        let mut connection = opened?;
        let outcome = job(&mut connection);
        drop(damage_of(&outcome).settle(connection));
        outcome
    }

    /// Uses the session, if there is one, so that the token does not drop it.
    pub(super) fn keep_alive(&mut self) -> Result<(), HsmError> {
        match self.connection {
            Some(_) => self.repeatable(Connection::keep_alive),
            None => Ok(()),
        }
    }

    /// Does something once. A connection that breaks is let go, so that the next job has a new one.
    fn once<T>(&mut self, job: impl FnOnce(&mut Connection) -> Result<T, HsmError>) -> Result<T, HsmError> {
        let mut connection = match self.connection.take() {
            Some(connection) if connection.is_ours() => connection,
            Some(superseded) => {
                superseded.abandon();
                Connection::open(&self.token, Purpose::Use)?
            }
            None => Connection::open(&self.token, Purpose::Use)?,
        };
        let outcome = job(&mut connection);
        self.connection = damage_of(&outcome).settle(connection);
        outcome
    }
}

fn damage_of<T>(outcome: &Result<T, HsmError>) -> Damage {
    outcome.as_ref().err().map_or(Damage::None, HsmError::damage)
}
