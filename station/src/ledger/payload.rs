//! What each kind of event says.
//!
//! The shape of a payload never changes once a ledger holds it: a field more or less is a new
//! version of its kind (see [`Event`](super::Event)). Unknown fields are refused, so that nothing
//! in a ledger goes unread.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wire::Uid;

use super::id::{BatchId, Digest, OrderId, Reason, RunId, Seq};
use super::text;
use crate::fault::{Chain, Fault, FaultCode};
use crate::pki::purpose::Purpose;
use crate::probe::DeviceId;

macro_rules! payload {
    ($($(#[$meta:meta])* pub struct $name:ident { $($body:tt)* })+) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields, rename_all = "kebab-case")]
            pub struct $name { $($body)* }
        )+
    };
}

payload! {
    /// The ledger was made. Always the first event, and written by the ledger itself.
    pub struct LedgerCreated {
        /// 16 random bytes that tell this ledger from every other.
        #[serde(with = "text::hexadecimal")]
        pub ledger: [u8; 16],
    }

    /// The station program started. Ends every run that an earlier start left open.
    pub struct StationStarted {
        /// The program's version.
        pub program: String,
    }

    /// A certificate authority, or the key that signs batches or lists of void certificates, was set up
    /// on the HSM. The first in a role is active at once. A later one waits for [`AuthorityActivated`], so
    /// that customers can come to know it first.
    pub struct AuthorityEstablished {
        /// What it signs.
        pub role: AuthorityRole,
        /// The label of its key on the HSM; empty for a root that is kept elsewhere.
        pub key_label: String,
        /// Its certificate, DER.
        #[serde(with = "text::base64")]
        pub certificate: Vec<u8>,
    }

    /// An authority takes the place of the one that was active in its role.
    pub struct AuthorityActivated {
        /// SHA-256 of its certificate.
        pub certificate: Digest,
        /// Why now.
        pub reason: Reason,
    }

    /// A work order was opened, and is the one being worked on until another is opened.
    /// Opening an order again, word for word, takes it up again.
    pub struct OrderOpened {
        /// The order's id.
        pub order: OrderId,
        /// The name of the product.
        pub product: String,
        /// Who the modules ship to.
        pub customer: String,
        /// How many modules are to pass.
        pub quantity: u32,
        /// How many certificates may be reserved for it, modules that do not pass included. Orders of
        /// the first ledgers have no such limit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub certificates: Option<u32>,
        /// How the customer binds modules to an account: `pre-registration` or `late-binding`.
        pub flow: String,
        /// The order and its product, whole, as they were read.
        pub definition: serde_json::Value,
    }

    /// An order may have more certificates than it was opened with: too many of its modules did not
    /// pass, and somebody answers for going on.
    pub struct QuotaRaised {
        /// The order.
        pub order: OrderId,
        /// How many more.
        pub more: u32,
        /// Why.
        pub reason: Reason,
    }

    /// The security officer opened the issuing authority: the station may have certificates signed
    /// until a time, and so many. Recorded under the officer's name.
    pub struct AuthorityOpened {
        /// SHA-256 of the issuing authority's certificate.
        pub authority: Digest,
        /// The serial number of the HSM's token.
        pub token: String,
        /// When it closes by itself.
        #[serde(with = "time::serde::rfc3339")]
        pub until: time::OffsetDateTime,
        /// How many certificates may be signed.
        pub certificates: u32,
        /// How many signatures the HSM says the key has made, if it counts them.
        pub usage: Option<u64>,
    }

    /// The issuing authority was closed: no PIN is in memory any more.
    pub struct AuthorityClosed {
        /// SHA-256 of the issuing authority's certificate.
        pub authority: Digest,
        /// How many certificates were signed while it was open.
        pub certificates: u32,
        /// How many signatures the HSM says the key has made, if it counts them.
        pub usage: Option<u64>,
    }

    /// The HSM is about to be asked for a signature that is not a birth certificate's. (For that one
    /// [`CertificateReserved`] says so.) A signature in the HSM's audit log that was never announced is
    /// somebody else's.
    pub struct SignatureAnnounced {
        /// The label of the key on the HSM.
        pub key: String,
        /// What the signature is for.
        pub purpose: Purpose,
        /// Which part of the station asks, in words.
        pub caller: String,
        /// SHA-256 of what is signed.
        pub digest: Digest,
    }

    /// The HSM signed what was announced, and the signature verified.
    pub struct SignatureMade {
        /// The label of the key on the HSM.
        pub key: String,
        /// SHA-256 of what was signed.
        pub digest: Digest,
    }

    /// Signatures that stand in the HSM's own log and were never announced, and that somebody answers for:
    /// made before the ledger kept such a record, or by other hands with leave.
    pub struct SignaturesAccepted {
        /// The label of the key on the HSM.
        pub key: String,
        /// SHA-256 of what was signed, where the log tells it.
        pub digests: Vec<Digest>,
        /// How many they are, where it does not.
        pub number: u64,
        /// Why they are none of an attacker's.
        pub reason: Reason,
    }

    /// Somebody began to work at the line, before its screen. Their name stands in the operator's column of
    /// this event and of those that follow. A line without a screen is worked by whoever started it.
    pub struct OperatorSignedIn {
        /// How they said who they are.
        pub by: SignInBy,
    }

    /// Whoever worked at the line left it: no further module is taken up until somebody signs in. Runs
    /// under way end under this name.
    pub struct OperatorSignedOut {
        /// Why.
        pub because: SignOutBecause,
    }

    /// A slot began a run. The event's place is the run's id.
    pub struct RunStarted {
        /// The slot's name.
        pub slot: String,
        /// The order it works for.
        pub order: OrderId,
    }

    /// The module in the slot said who it is, and proved that it holds its private key.
    pub struct ModuleIdentified {
        /// The run that saw it.
        pub run: RunId,
        /// The UID it goes by.
        #[serde(with = "text::uid")]
        pub uid: Uid,
        /// Its public key: `SubjectPublicKeyInfo`, DER.
        #[serde(with = "text::base64")]
        pub public_key: Vec<u8>,
        /// The version of the firmware in it.
        pub firmware: String,
    }

    /// The module runs on this part: the debugger read it, so it does not hang on what the module says.
    /// A part has one identity at a time; another one only after the one before is void.
    pub struct DeviceRecognised {
        /// The run that saw it.
        pub run: RunId,
        /// The module.
        #[serde(with = "text::uid")]
        pub uid: Uid,
        /// The part.
        pub device: DeviceId,
    }

    /// The bytes of the module's certificate were fixed. From here on they are the only ones
    /// ever signed for this UID.
    pub struct CertificateReserved {
        /// The run that reserved.
        pub run: RunId,
        /// Whose certificate it is.
        #[serde(with = "text::uid")]
        pub uid: Uid,
        /// SHA-256 of the certificate of the issuing authority that is to sign.
        pub issuer: Digest,
        /// The `TBSCertificate`, DER.
        #[serde(with = "text::base64")]
        pub tbs: Vec<u8>,
    }

    /// The reserved bytes were signed.
    pub struct CertificateIssued {
        /// The run that had them signed.
        pub run: RunId,
        /// Whose certificate it is.
        #[serde(with = "text::uid")]
        pub uid: Uid,
        /// The certificate, DER.
        #[serde(with = "text::base64")]
        pub certificate: Vec<u8>,
    }

    /// The module holds its certificate: it was read back and is the same.
    pub struct CertificateInstalled {
        /// The run that installed.
        pub run: RunId,
        /// The module.
        #[serde(with = "text::uid")]
        pub uid: Uid,
    }

    /// The module signed a fresh challenge with the certified key.
    pub struct ModuleProved {
        /// The run that asked.
        pub run: RunId,
        /// The module.
        #[serde(with = "text::uid")]
        pub uid: Uid,
        /// The challenge, as the module got it.
        #[serde(with = "text::hexadecimal")]
        pub challenge: [u8; 32],
        /// The signature, r and s.
        #[serde(with = "text::hexadecimal")]
        pub signature: [u8; 64],
    }

    /// The module is sealed, and was seen to be.
    pub struct ModuleSealed {
        /// The run that sealed it, or found it sealed.
        pub run: RunId,
        /// The module.
        #[serde(with = "text::uid")]
        pub uid: Uid,
    }

    /// A label was printed for the module.
    pub struct LabelPrinted {
        /// The run that printed.
        pub run: RunId,
        /// The module.
        #[serde(with = "text::uid")]
        pub uid: Uid,
        /// The text in the label's code.
        pub payload: String,
    }

    /// The label on the module was read, and is the one printed last for it.
    pub struct LabelScanned {
        /// The run that read.
        pub run: RunId,
        /// The module.
        #[serde(with = "text::uid")]
        pub uid: Uid,
        /// The text that was read.
        pub payload: String,
    }

    /// A step of a run came to its end, other than by a fault.
    pub struct StepFinished {
        /// The run.
        pub run: RunId,
        /// The step's name.
        pub step: String,
        /// How it ended.
        pub outcome: StepOutcome,
        /// How long it took.
        pub elapsed_ms: u64,
    }

    /// The module is good, and the run over.
    pub struct RunPassed {
        /// The run.
        pub run: RunId,
        /// The module.
        #[serde(with = "text::uid")]
        pub uid: Uid,
    }

    /// The run is over, and the module did not pass.
    pub struct RunFaulted {
        /// The run.
        pub run: RunId,
        /// The module, as far as it is known. It may be one that the ledger refused.
        #[serde(with = "text::optional_uid")]
        pub uid: Option<Uid>,
        /// The step that was under way.
        pub step: Option<String>,
        /// What went wrong.
        pub code: FaultCode,
        /// The error and its causes.
        pub chain: Chain,
        /// What else an engineer should know, by name. No secrets.
        pub facts: BTreeMap<String, String>,
    }

    /// The module will never be used. Final.
    pub struct ModuleVoided {
        /// The module.
        #[serde(with = "text::uid")]
        pub uid: Uid,
        /// Why.
        pub reason: Reason,
    }

    /// The module in the slot was set apart: no run takes it up until somebody has looked at it and
    /// says so by [`ModuleReworked`].
    pub struct ModuleQuarantined {
        /// The run that found something.
        pub run: RunId,
        /// The module.
        #[serde(with = "text::uid")]
        pub uid: Uid,
        /// What it found.
        pub code: FaultCode,
    }

    /// The module's hardware is destroyed. Its certificate is void with it. Final.
    pub struct ModuleScrapped {
        /// The module.
        #[serde(with = "text::uid")]
        pub uid: Uid,
        /// Why.
        pub reason: Reason,
    }

    /// The module may go through the line again, with the identity it has. If it had passed, it has
    /// to pass anew.
    pub struct ModuleReworked {
        /// The module.
        #[serde(with = "text::uid")]
        pub uid: Uid,
        /// Why.
        pub reason: Reason,
    }

    /// The customer sent the module back: its pass no longer counts, and it is set apart.
    pub struct ModuleReturned {
        /// The module.
        #[serde(with = "text::uid")]
        pub uid: Uid,
        /// Why.
        pub reason: Reason,
    }

    /// The module's label was printed once more, outside a run.
    pub struct LabelReprinted {
        /// The module.
        #[serde(with = "text::uid")]
        pub uid: Uid,
        /// The text in the label's code: that of the label it has.
        pub payload: String,
        /// Why.
        pub reason: Reason,
    }

    /// All events up to one were vouched for with a key outside the ledger, so that a chain that is
    /// rewritten afterwards shows. What is signed, see [`checkpoint`](super::checkpoint).
    pub struct CheckpointSigned {
        /// The last event it covers.
        pub upto: Seq,
        /// That event's hash.
        pub hash: Digest,
        /// SHA-256 of the certificate of the manifest key that signed.
        pub signer: Digest,
        /// ECDSA on P-256 with SHA-256: r and s, 32 bytes each, big-endian.
        #[serde(with = "text::hexadecimal")]
        pub signature: [u8; 64],
    }

    /// A list of the certificates that are void was signed (RFC 5280, section 5).
    pub struct RevocationListIssued {
        /// SHA-256 of the certificate of the issuing authority whose certificates it lists. That authority
        /// signed it, or a key certified under the same name to sign such lists.
        pub issuer: Digest,
        /// Its number: 1 for the authority's first, then without a gap.
        pub number: u64,
        /// When it was made, to the second.
        #[serde(with = "time::serde::rfc3339")]
        pub this_update: time::OffsetDateTime,
        /// When the next one is due.
        #[serde(with = "time::serde::rfc3339")]
        pub next_update: time::OffsetDateTime,
        /// How many certificates it names.
        pub certificates: u64,
        /// SHA-256 of the list, DER.
        pub sha256: Digest,
    }

    /// Somebody says that the clock is right although it is behind the ledger's last event.
    pub struct ClockAccepted {
        /// How far it is behind.
        pub behind_ms: u64,
        /// Why.
        pub reason: Reason,
    }

    /// A batch was made up: these modules, and no others, are in it.
    pub struct BatchClosed {
        /// The batch's id.
        pub batch: BatchId,
        /// The order it is made for.
        pub order: OrderId,
        /// Its number among the batches to this customer: 1 for the first, then without a gap.
        pub sequence: u64,
        /// The digest of the customer's batch before this one.
        pub previous: Option<Digest>,
        /// When it was made up, to the second: the time in its manifest.
        #[serde(with = "time::serde::rfc3339")]
        pub created: time::OffsetDateTime,
        /// The digest by which the next batch names this one.
        pub digest: Digest,
        /// Its modules, passed and void, in the order of the manifest.
        pub entries: Vec<BatchEntry>,
    }

    /// A file was made of a batch.
    pub struct BatchExported {
        /// The batch.
        pub batch: BatchId,
        /// What it discloses: `pre-registration` or `late-binding`.
        pub flavour: String,
        /// The file's name, without its directory.
        pub file_name: String,
        /// SHA-256 of the file.
        pub sha256: Digest,
    }

    /// A module in a batch.
    pub struct BatchEntry {
        /// The module.
        #[serde(with = "text::uid")]
        pub uid: Uid,
        /// Whether it ships as a good module or is reported as void.
        pub fate: Fate,
    }
}

impl RunFaulted {
    /// The event for a fault, with no facts beside it.
    pub fn new(run: RunId, uid: Option<Uid>, step: Option<String>, fault: Fault) -> Self {
        Self { run, uid, step, code: fault.code, chain: fault.chain, facts: BTreeMap::new() }
    }
}

/// How an operator said who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignInBy {
    /// By a badge that the settings know.
    Badge,
    /// On the command line.
    Command,
    /// By a name.
    Name,
}

/// Why an operator was signed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignOutBecause {
    /// They asked for it.
    Asked,
    /// The line ended.
    Ended,
    /// Nothing was heard of them for as long as the settings allow.
    Idle,
    /// Another one signed in.
    Relieved,
}

/// What an authority signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthorityRole {
    /// Birth certificates.
    Issuing,
    /// Batch manifests.
    Manifest,
    /// Lists of void certificates, for the issuing authority of the same name (RFC 5280, section 6.3.3).
    Revocation,
    /// The certificates of the others.
    Root,
}

impl AuthorityRole {
    /// All of them, the root first.
    pub const ALL: [Self; 4] = [Self::Root, Self::Issuing, Self::Manifest, Self::Revocation];

    /// As JSON and the database hold it.
    pub(super) const fn column(self) -> &'static str {
        match self {
            Self::Issuing => "issuing",
            Self::Manifest => "manifest",
            Self::Revocation => "revocation",
            Self::Root => "root",
        }
    }
}

/// How a step ended that did not fail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum StepOutcome {
    /// It was carried out.
    Done,
    /// There was nothing to do.
    Skipped {
        /// Why, in a sentence.
        reason: String,
    },
}

/// What became of a module in a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It passed, and ships.
    Passed,
    /// It was voided, and its certificate must not be accepted.
    Void,
    /// An earlier batch named it as passed, and it no longer is: it came back.
    Withdrawn,
}

impl Fate {
    /// What becomes of a module that is due in a batch.
    pub(super) const fn of(voided: bool, passed: bool) -> Self {
        match (voided, passed) {
            (true, _) => Self::Void,
            (false, true) => Self::Passed,
            (false, false) => Self::Withdrawn,
        }
    }
}
