//! The HSM as the station holds it: one owner thread, deadlines, and a state.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::connection::Connection;
use super::token::Token;
use super::worker::Worker;
use super::{Answer, Hsm, HsmError, Pin, State, TokenAddress, TokenDetails};
use crate::device::Owner;
use crate::pki::{PublicKey, Signature};

/// How long the HSM may take, connecting and logging in included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// To answer any question but the next.
    pub answer: Duration,
    /// To make a key pair.
    pub generate: Duration,
}

/// A token behind a PKCS#11 module.
///
/// It is connected to at the first call, not before, so that making one cannot fail.
#[derive(Clone)]
pub struct Pkcs11Hsm {
    address: TokenAddress,
    deadlines: Deadlines,
    owner: Owner<Worker, HsmError>,
    state: Arc<Mutex<State>>,
}

impl Pkcs11Hsm {
    /// A token and the PIN to log in with; without a PIN, the token must ask for none, or have its
    /// own keys to type it on.
    pub fn new(address: TokenAddress, pin: Option<Pin>) -> Self {
        Self::with_deadlines(address, pin, Deadlines::default())
    }

    /// As [`new`](Self::new), with other deadlines.
    pub fn with_deadlines(address: TokenAddress, pin: Option<Pin>, deadlines: Deadlines) -> Self {
        let token = Arc::new(Token::new(address.clone(), pin));
        // Connecting is the worker's own affair: it must be able to do it twice within a call.
        let owner = Owner::new("hsm", move || Ok(Worker::new(Arc::clone(&token))));
        Self { address, deadlines, owner, state: Arc::default() }
    }

    async fn call<T: Send + 'static>(
        &self,
        operation: &'static str,
        deadline: Duration,
        job: impl FnOnce(&mut Worker) -> Result<T, HsmError> + Send + 'static,
    ) -> Result<T, HsmError> {
        let outcome = self.owner.call(operation, deadline, job).await.map_err(HsmError::from);
        let state = match &outcome {
            Ok(_) => Some(State::Ready),
            Err(error) => error.state(),
        };
        if let Some(state) = state {
            *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
        }
        outcome
    }
}

impl Hsm for Pkcs11Hsm {
    fn open(&self) -> Answer<'_, TokenDetails> {
        Box::pin(self.call("open", self.deadlines.answer, |worker| worker.repeatable(Connection::details)))
    }

    fn sign<'a>(&'a self, key: &'a str, message: &'a [u8]) -> Answer<'a, Signature> {
        // The thread may outlive the caller, so it has copies of its own.
        let (key, message) = (key.to_owned(), message.to_vec());
        Box::pin(self.call("sign", self.deadlines.answer, move |worker| {
            worker.repeatable(|connection| connection.sign(&key, &message))
        }))
    }

    fn public_key<'a>(&'a self, key: &'a str) -> Answer<'a, PublicKey> {
        let key = key.to_owned();
        Box::pin(self.call("show a public key", self.deadlines.answer, move |worker| {
            worker.repeatable(|connection| connection.public_key(&key))
        }))
    }

    fn generate<'a>(&'a self, key: &'a str) -> Answer<'a, PublicKey> {
        let key = key.to_owned();
        Box::pin(self.call("make a key pair", self.deadlines.generate, move |worker| {
            // Repaired before, and never repeated: a broken answer may hide a key that was made.
            worker.repeatable(|connection| connection.details().map(drop))?;
            worker.once(|connection| connection.generate(&key))
        }))
    }

    fn state(&self) -> State {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Deadlines {
    fn default() -> Self {
        Self { answer: Duration::from_secs(15), generate: Duration::from_mins(1) }
    }
}

impl fmt::Debug for Pkcs11Hsm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pkcs11Hsm").field("address", &self.address).finish_non_exhaustive()
    }
}
