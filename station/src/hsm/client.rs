//! The HSM as the station holds it: what can be asked of it, and when it ends.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until};

use super::connection::Connection;
use super::pool::Pool;
use super::token::Token;
use super::worker::Worker;
use super::{Answer, Hsm, HsmError, Pin, Settings, State, TokenAddress, TokenDetails, Usage};
use crate::clock::{Clock, SystemClock};
use crate::pki::{PublicKey, Signature};

/// A token behind a PKCS#11 module.
///
/// It is connected to at the first call, not before, so that making one cannot fail. Clones share
/// the sessions. Calls need a tokio runtime, whose timers keep the deadlines.
#[derive(Clone)]
pub struct Pkcs11Hsm {
    pool: Arc<Pool>,
    end: Arc<Mutex<Option<AbortHandle>>>,
}

impl Pkcs11Hsm {
    /// A token and the PIN to log in with; without a PIN, the token must ask for none, or have its
    /// own keys to type it on.
    pub fn new(address: TokenAddress, pin: Option<Pin>) -> Self {
        Self::with_settings(address, pin, Settings::default(), Arc::new(SystemClock))
    }

    /// As [`new`](Self::new), with other settings and another clock. The clock is what the token's
    /// own clock is compared with, and spaces the tries at a token that is gone.
    pub fn with_settings(
        address: TokenAddress,
        pin: Option<Pin>,
        settings: Settings,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let pool = Pool::new(Arc::new(Token::new(address, pin, settings, clock)));
        Self { pool, end: Arc::default() }
    }

    async fn answer<T: Send + 'static>(
        &self,
        operation: &'static str,
        job: impl Fn(&mut Connection) -> Result<T, HsmError> + Send + Sync + 'static,
    ) -> Result<T, HsmError> {
        self.pool.look_after();
        let deadline = self.pool.token.settings.deadlines.answer;
        self.pool.call(operation, deadline, move |worker| worker.repeatable(&job)).await
    }
}

impl Hsm for Pkcs11Hsm {
    fn open(&self) -> Answer<'_, TokenDetails> {
        Box::pin(self.answer("open", Connection::details))
    }

    fn sign<'a>(&'a self, key: &'a str, message: &'a [u8]) -> Answer<'a, Signature> {
        // The thread may outlive the caller, so it has copies of its own.
        let (key, message) = (key.to_owned(), message.to_vec());
        Box::pin(self.answer("sign", move |connection| connection.sign(&key, &message)))
    }

    fn public_key<'a>(&'a self, key: &'a str) -> Answer<'a, PublicKey> {
        let key = key.to_owned();
        Box::pin(self.answer("show a public key", move |connection| connection.public_key(&key)))
    }

    fn usage<'a>(&'a self, key: &'a str) -> Answer<'a, Option<Usage>> {
        let key = key.to_owned();
        Box::pin(self.answer("tell how much a key was used", move |connection| connection.usage(&key)))
    }

    fn generate<'a>(&'a self, key: &'a str) -> Answer<'a, PublicKey> {
        let key = key.to_owned();
        Box::pin(async move {
            self.pool.look_after();
            let deadline = self.pool.token.settings.deadlines.generate;
            let job = move |worker: &mut Worker| {
                // Repaired before, and never repeated: a broken answer may hide a key that was made.
                worker.repeatable(|connection| connection.details().map(drop))?;
                worker.writing(|connection| connection.generate(&key))
            };
            self.pool.call("make a key pair", deadline, job).await
        })
    }

    fn state(&self) -> State {
        self.pool.token.lights.state()
    }

    fn watch(&self) -> watch::Receiver<State> {
        self.pool.token.lights.watch()
    }

    fn close(&self) {
        self.pool.close();
    }

    fn close_at(&self, when: Instant) {
        let pool = Arc::downgrade(&self.pool);
        let task = tokio::spawn(async move {
            sleep_until(when).await;
            if let Some(pool) = pool.upgrade() {
                pool.close();
            }
        });
        let mut end = self.end.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = end.replace(task.abort_handle()) {
            before.abort();
        }
    }
}

impl fmt::Debug for Pkcs11Hsm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pkcs11Hsm").field("address", self.pool.token.address()).finish_non_exhaustive()
    }
}
