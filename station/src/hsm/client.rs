//! The HSM as the station holds it: what can be asked of it, and when it ends.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
    shared: Arc<Shared>,
}

/// What clones share.
struct Shared {
    /// The sessions; others, each time it is opened anew.
    pool: Mutex<Arc<Pool>>,
    end: Mutex<Option<AbortHandle>>,
    /// One at a time opens it anew.
    opening: tokio::sync::Mutex<()>,
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
        let pool = Mutex::new(Pool::new(Arc::new(Token::new(address, pin, settings, clock))));
        Self {
            shared: Arc::new(Shared { pool, end: Mutex::default(), opening: tokio::sync::Mutex::default() }),
        }
    }

    fn pool(&self) -> Arc<Pool> {
        Arc::clone(&lock(&self.shared.pool))
    }

    async fn answer<T: Send + 'static>(
        &self,
        operation: &'static str,
        job: impl Fn(&mut Connection) -> Result<T, HsmError> + Send + Sync + 'static,
    ) -> Result<T, HsmError> {
        let pool = self.pool();
        pool.look_after();
        let deadline = pool.token.settings.deadlines.answer;
        pool.call(operation, deadline, move |worker| worker.repeatable(&job)).await
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
            let pool = self.pool();
            pool.look_after();
            let deadline = pool.token.settings.deadlines.generate;
            let job = move |worker: &mut Worker| {
                // Repaired before, and never repeated: a broken answer may hide a key that was made.
                worker.repeatable(|connection| connection.details().map(drop))?;
                worker.writing(|connection| connection.generate(&key))
            };
            pool.call("make a key pair", deadline, job).await
        })
    }

    fn state(&self) -> State {
        self.pool().token.lights.state()
    }

    fn watch(&self) -> watch::Receiver<State> {
        self.pool().token.lights.watch()
    }

    fn close(&self) {
        self.pool().close();
    }

    fn reopen(&self, pin: Pin) -> Answer<'_, TokenDetails> {
        Box::pin(async move {
            let _turn = self.shared.opening.lock().await;
            let before = self.pool();
            before.close();
            before.ended().await;
            let pool = Pool::new(Arc::new(before.token.anew(pin)));
            let deadline = pool.token.settings.deadlines.answer;
            let details = pool.call("open", deadline, |worker| worker.repeatable(Connection::details)).await;
            // What nobody could open has no place here, and keeps no PIN.
            let details = details.inspect_err(|_| pool.close())?;
            pool.token.lights.take_place_of(&before.token.lights);
            pool.look_after();
            *lock(&self.shared.pool) = pool;
            Ok(details)
        })
    }

    fn close_at(&self, when: Instant) {
        let pool = Arc::downgrade(&self.pool());
        let task = tokio::spawn(async move {
            sleep_until(when).await;
            if let Some(pool) = pool.upgrade() {
                pool.close();
            }
        });
        if let Some(before) = lock(&self.shared.end).replace(task.abort_handle()) {
            before.abort();
        }
    }
}

impl fmt::Debug for Pkcs11Hsm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pkcs11Hsm").field("address", self.pool().token.address()).finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each is only ever replaced whole, so a poisoned lock holds nothing half made.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
