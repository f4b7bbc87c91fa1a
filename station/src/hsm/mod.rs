//! The HSM that holds the vendor's keys, through PKCS#11 and nothing else.
//!
//! The station sees the trait [`Hsm`]; [`Pkcs11Hsm`] is the real thing. A YubiHSM, a Luna,
//! `CloudHSM` and SoftHSM2 are all the same to it.
//!
//! | module | what it holds |
//! |---|---|
//! | `client` | [`Pkcs11Hsm`]: the owner thread, deadlines, state |
//! | `worker` | what lives on that thread: a connection, repaired when it breaks |
//! | `connection` | one session, logged in: find, sign, generate |
//! | `token` | which token, the PIN, what is known of its keys; how a connection is made |
//! | `library` | the PKCS#11 modules of this process: each loaded once, and which PINs were refused |
//! | `init` | a new token for a bench |
//! | `pin` | [`Pin`], and the places it may come from |
//! | [`conformance`] | what an HSM can do, found out by trying |
//! | `error`, `refusal` | what can go wrong, in our words and in PKCS#11's |
//!
//! Three rules:
//!
//! - **A signature is a function of key and bytes.** [`Hsm::sign`] keeps nothing between calls, so
//!   the bytes in the ledger can be signed again after any failure or crash, and are.
//! - **A PIN that was refused is never tried again** by this process; nor is the last try before
//!   the token locks.
//! - **A key keeps its public key.** It is found by label after every reconnect, and refused if
//!   the public key is not the one seen before.
//!
//! Loss of session, token or login is repaired once within the call. The repair happens on the
//! thread that owns the session, because a handle that died may be given out again: closing it
//! late, from elsewhere, could close a stranger's session.

mod client;
pub mod conformance;
mod connection;
mod error;
mod init;
mod library;
mod pin;
mod refusal;
mod token;
mod worker;

pub use client::{Deadlines, Pkcs11Hsm};
pub use error::HsmError;
pub use init::init;
pub use pin::{Pin, PinError};
pub use refusal::Refusal;
pub use token::{TokenAddress, TokenDetails};

use std::fmt;
use std::pin::Pin as Pinned;

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

    /// How things stood after the last call.
    fn state(&self) -> State;
}

/// Whether the HSM can be used, for a light on the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Not asked yet.
    #[default]
    Closed,
    /// Logged in, and the last call was answered.
    Ready,
    /// Not to be reached; the next call tries again.
    Lost,
    /// The PIN was refused, is locked or is missing. Nothing is tried again.
    Locked,
}
