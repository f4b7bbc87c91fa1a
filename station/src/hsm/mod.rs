//! The HSM that holds the vendor's keys, through PKCS#11 and nothing else.
//!
//! The station sees the trait [`Hsm`]; [`Pkcs11Hsm`] is the real thing. A YubiHSM, a Luna,
//! `CloudHSM` and SoftHSM2 are all the same to it.
//!
//! | module | what it holds |
//! |---|---|
//! | `client` | [`Pkcs11Hsm`]: what can be asked, and when it ends |
//! | `pool` | sessions on threads of their own, and the work spread over them; deadlines |
//! | `keeper` | keeps idle sessions alive, and finds a token again that was gone |
//! | `worker` | what lives on such a thread: a connection, repaired when it breaks |
//! | `connection` | one session, logged in: sign, generate |
//! | `keys` | keys found by label, their certificates, and how much they were used |
//! | `login` | logging in, and the guard of the PIN |
//! | `token` | which token, whether it is still that one, what is known of its keys |
//! | `tries` | how tries at a token that is gone are spaced |
//! | `state` | [`State`], as everybody tells it, for the screen and the log |
//! | `library` | the PKCS#11 modules of this process: each loaded once, and which PINs were refused |
//! | `module_file` | for which machine a module is built, when it cannot be loaded |
//! | `turn` | one at a time, without waiting for ever |
//! | `settings` | [`Settings`]: sessions, deadlines, a vendor's attributes |
//! | `init` | a new token for a bench |
//! | `pin` | [`Pin`], and the places it may come from |
//! | `prompt` | asks for a PIN on the terminal |
//! | [`conformance`] | what an HSM can do, found out by trying |
//! | `error`, `refusal` | what can go wrong, in our words and in PKCS#11's |
//!
//! Three rules:
//!
//! - **A signature is a function of key and bytes.** [`Hsm::sign`] keeps nothing between calls, so
//!   the bytes in the ledger can be signed again after any failure or crash, and are.
//! - **A PIN that was refused is never tried again** by this process, unless a person gives one anew
//!   ([`Hsm::reopen`]), which is tried once; the last try before the token locks never is.
//! - **A key keeps its public key, and a token its serial number.** Both are found by label after
//!   every reconnect, and refused if they are not the ones seen before.
//!
//! Loss of session, token or login is repaired once within the call, so the token may have been
//! asked twice for a signature that comes back once, or not at all. The repair happens on the
//! thread that owns the session, because a handle that died may be given out again: closing it
//! late, from elsewhere, could close a stranger's session.
//!
//! A token that is gone is tried again less and less often, by whoever calls and by itself; calls
//! in between fail at once with the reason of the last try. What becomes of each kind of trouble is
//! in `deploy/docs/hsm-fault-matrix.md`.

mod client;
pub mod conformance;
mod connection;
mod error;
mod init;
mod keeper;
mod keys;
mod library;
mod login;
mod module_file;
mod pin;
mod pool;
mod prompt;
mod refusal;
mod settings;
mod state;
mod token;
mod tries;
mod turn;
mod worker;

pub use client::Pkcs11Hsm;
pub use error::HsmError;
pub use init::init;
pub use keys::Usage;
pub use module_file::Machine;
pub(crate) use pin::LONGEST as LONGEST_PIN;
pub use pin::{Pin, PinError};
pub use refusal::Refusal;
pub use settings::{Deadlines, Settings, UsageAttributes};
pub use state::{Cause, State};
pub use token::{PinTries, TokenAddress, TokenDetails};

use std::fmt;
use std::pin::Pin as Pinned;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::pki::{PublicKey, Signature};

/// What a call to the HSM gives: a future that can be sent between threads.
pub type Answer<'a, T> = Pinned<Box<dyn Future<Output = Result<T, HsmError>> + Send + 'a>>;

/// Where the vendor's keys are. Keys are P-256 and known by label.
pub trait Hsm: Send + Sync + fmt::Debug {
    /// Connects and logs in, unless that is done, and tells what the token says of itself.
    fn open(&self) -> Answer<'_, TokenDetails>;

    /// Signs the SHA-256 of `message` with ECDSA.
    ///
    /// The signature is not verified here: whoever knows the certificate does that. Calling again
    /// with the same arguments is always allowed and gives another, equally good, signature.
    fn sign<'a>(&'a self, key: &'a str, message: &'a [u8]) -> Answer<'a, Signature>;

    /// The public key with this label.
    fn public_key<'a>(&'a self, key: &'a str) -> Answer<'a, PublicKey>;

    /// Makes a key pair that cannot leave the token.
    ///
    /// A label that is taken is an error, so asking again after a failure cannot make a second key:
    /// ask for [`public_key`](Self::public_key) first.
    fn generate<'a>(&'a self, key: &'a str) -> Answer<'a, PublicKey>;

    /// How often the key has signed and may sign, as the token counts; `None` where it does not, or
    /// the settings do not say in which attributes ([`UsageAttributes`]).
    fn usage<'a>(&'a self, key: &'a str) -> Answer<'a, Option<Usage>>;

    /// How things stand.
    fn state(&self) -> State;

    /// How things stand, and every change of it.
    fn watch(&self) -> watch::Receiver<State>;

    /// Opens what was closed with a PIN that somebody has just given, or closes and opens it: the same
    /// token, with the keys it had. Whoever [watches](Self::watch) goes on watching.
    ///
    /// When it fails, it is closed and the PIN is forgotten.
    fn reopen(&self, pin: Pin) -> Answer<'_, TokenDetails>;

    /// Forgets the PIN, logs out and closes the sessions. From then on every call ends with
    /// [`HsmError::Closed`], until it is opened anew.
    ///
    /// Does not wait: a call that is under way is let finish, though not repeated, and its session is
    /// closed after it. The last session logs out.
    fn close(&self);

    /// [Closes](Self::close) at this time, unless another is set before. Time in which the machine
    /// sleeps does not count.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    fn close_at(&self, when: Instant);
}
