//! What a manifest is made from.

use crate::certificate::Certificate;
use crate::digest::Digest;
use crate::entry::Firmware;
use crate::note::Notes;
use crate::timestamp::Timestamp;
use crate::uid::Uid;

/// All that a manifest is made from.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The work order.
    pub order: String,
    /// Who receives the batch.
    pub customer: String,
    /// The product the modules are.
    pub product: String,
    /// The station that closes the batch.
    pub station: String,
    /// What the receiver learns of each module.
    pub delivery: Delivery,
    /// Running number of the batch to this customer, from 1.
    pub sequence: u32,
    /// [`Manifest::header_sha256`](crate::Manifest::header_sha256) of the previous batch to this customer; `None` for the first.
    pub previous: Option<Digest>,
    /// When the batch is closed; also the signing time.
    pub created: Timestamp,
    /// The CA that issued the birth certificates, then the CAs above it, up to the root.
    pub ca_chain: Vec<Certificate>,
    /// Further CAs that issued birth certificates of the batch, under the same CAs above. Empty but while one
    /// CA follows another.
    pub further_issuers: Vec<Certificate>,
    /// The certificate of the manifest key, issued by one of `ca_chain`.
    pub signer: Certificate,
    /// The modules, in any order.
    pub modules: Vec<Module>,
}

/// What the receiver learns of each module, with what only one flavour needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// See [`Flavour::LateBinding`](crate::Flavour::LateBinding).
    LateBinding {
        /// The endpoint that shall own the modules, for `claim/message.json`. Without one, the receiver
        /// fills it in.
        endpoint: Option<String>,
    },
    /// See [`Flavour::PreRegistration`](crate::Flavour::PreRegistration).
    PreRegistration,
}

/// A module of the batch.
#[derive(Clone, Debug)]
pub enum Module {
    /// It passed and ships.
    Passed(Passed),
    /// It does not ship, and its UID is never used again.
    Void(Void),
    /// An earlier batch to this customer named it as passed, and that no longer holds.
    Withdrawn(Withdrawn),
}

/// A module that passed.
#[derive(Clone, Debug)]
pub struct Passed {
    /// Its unique id.
    pub uid: Uid,
    /// Its birth certificate.
    pub certificate: Certificate,
    /// When it was sealed.
    pub sealed_at: Timestamp,
    /// What runs on it.
    pub firmware: Firmware,
    /// What was done to it by hand.
    pub notes: Notes,
}

/// A module that does not ship.
#[derive(Clone, Debug)]
pub struct Void {
    /// Its unique id.
    pub uid: Uid,
    /// Why, in words: up to 200 characters, one line.
    pub reason: String,
    /// Digest of the birth certificate, if it was given one.
    pub certificate: Option<Digest>,
    /// What was done to it by hand.
    pub notes: Notes,
}

/// A module that an earlier batch named as passed, and that came back: for rework, or for good.
///
/// The customer must not accept it until a later batch names it as passed again.
#[derive(Clone, Debug)]
pub struct Withdrawn {
    /// Its unique id.
    pub uid: Uid,
    /// Why, in words: up to 200 characters, one line.
    pub reason: String,
    /// Digest of the birth certificate, for the customer to refuse.
    pub certificate: Option<Digest>,
    /// What was done to it by hand.
    pub notes: Notes,
}
