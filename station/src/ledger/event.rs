//! The kinds of event, and how they are stored.

use serde::Serialize;
use wire::Uid;

use super::id::RunId;
use super::payload::{
    AuthorityActivated, AuthorityClosed, AuthorityEstablished, AuthorityOpened, BatchClosed, BatchExported,
    CertificateInstalled, CertificateIssued, CertificateReserved, CheckpointSigned, ClockAccepted,
    DeviceRecognised, LabelPrinted, LabelReprinted, LabelScanned, LedgerCreated, ModuleIdentified,
    ModuleProved, ModuleQuarantined, ModuleReturned, ModuleReworked, ModuleScrapped, ModuleSealed,
    ModuleVoided, OperatorSignedIn, OperatorSignedOut, OrderOpened, QuotaRaised, RevocationListIssued,
    RunFaulted, RunPassed, RunStarted, SignatureAnnounced, SignatureMade, SignaturesAccepted, StationStarted,
    StepFinished,
};

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident = $kind:literal, $version:literal;)+) => {
        /// Something that happened.
        ///
        /// In the ledger an event is its kind, the version of that kind's payload, and the payload
        /// as JSON. Kinds are never renamed; a kind whose payload must change gets a new version,
        /// and the old one stays readable.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
        #[serde(tag = "kind", content = "payload")]
        pub enum Event {
            $(
                $(#[$doc])*
                #[serde(rename = $kind)]
                $name($name),
            )+
        }

        impl Event {
            /// The name of the kind, as stored.
            pub const fn kind(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => $kind,)+
                }
            }

            /// The version of the kind's payload that this program writes.
            pub const fn version(&self) -> u32 {
                match self {
                    $(Self::$name(_) => $version,)+
                }
            }

            /// The payload as JSON: fields in the order of their declaration, no white space.
            pub(super) fn encode(&self) -> Result<String, serde_json::Error> {
                match self {
                    $(Self::$name(payload) => serde_json::to_string(payload),)+
                }
            }

            /// Reads an event back.
            pub(super) fn decode(kind: &str, version: u32, payload: &str) -> Result<Self, DecodeError> {
                match (kind, version) {
                    $(($kind, $version) => serde_json::from_str(payload).map(Self::$name),)+
                    _ => return Err(DecodeError::Unknown { kind: kind.to_owned(), version }),
                }
                .map_err(|source| DecodeError::Payload { kind: kind.to_owned(), source })
            }
        }

        $(
            impl From<$name> for Event {
                fn from(payload: $name) -> Self {
                    Self::$name(payload)
                }
            }
        )+
    };
}

events! {
    /// See [`LedgerCreated`].
    LedgerCreated = "ledger-created", 1;
    /// See [`StationStarted`].
    StationStarted = "station-started", 1;
    /// See [`AuthorityEstablished`].
    AuthorityEstablished = "authority-established", 1;
    /// See [`AuthorityActivated`].
    AuthorityActivated = "authority-activated", 1;
    /// See [`OrderOpened`].
    OrderOpened = "order-opened", 1;
    /// See [`QuotaRaised`].
    QuotaRaised = "quota-raised", 1;
    /// See [`AuthorityOpened`].
    AuthorityOpened = "authority-opened", 1;
    /// See [`AuthorityClosed`].
    AuthorityClosed = "authority-closed", 1;
    /// See [`SignatureAnnounced`].
    SignatureAnnounced = "signature-announced", 1;
    /// See [`SignatureMade`].
    SignatureMade = "signature-made", 1;
    /// See [`SignaturesAccepted`].
    SignaturesAccepted = "signatures-accepted", 1;
    /// See [`OperatorSignedIn`].
    OperatorSignedIn = "operator-signed-in", 1;
    /// See [`OperatorSignedOut`].
    OperatorSignedOut = "operator-signed-out", 1;
    /// See [`RunStarted`].
    RunStarted = "run-started", 1;
    /// See [`ModuleIdentified`].
    ModuleIdentified = "module-identified", 1;
    /// See [`DeviceRecognised`].
    DeviceRecognised = "device-recognised", 1;
    /// See [`CertificateReserved`].
    CertificateReserved = "certificate-reserved", 1;
    /// See [`CertificateIssued`].
    CertificateIssued = "certificate-issued", 1;
    /// See [`CertificateInstalled`].
    CertificateInstalled = "certificate-installed", 1;
    /// See [`ModuleProved`].
    ModuleProved = "module-proved", 1;
    /// See [`ModuleSealed`].
    ModuleSealed = "module-sealed", 1;
    /// See [`LabelPrinted`].
    LabelPrinted = "label-printed", 1;
    /// See [`LabelScanned`].
    LabelScanned = "label-scanned", 1;
    /// See [`StepFinished`].
    StepFinished = "step-finished", 1;
    /// See [`RunPassed`].
    RunPassed = "run-passed", 1;
    /// See [`RunFaulted`].
    RunFaulted = "run-faulted", 1;
    /// See [`ModuleVoided`].
    ModuleVoided = "module-voided", 1;
    /// See [`ModuleQuarantined`].
    ModuleQuarantined = "module-quarantined", 1;
    /// See [`ModuleScrapped`].
    ModuleScrapped = "module-scrapped", 1;
    /// See [`ModuleReworked`].
    ModuleReworked = "module-reworked", 1;
    /// See [`ModuleReturned`].
    ModuleReturned = "module-returned", 1;
    /// See [`LabelReprinted`].
    LabelReprinted = "label-reprinted", 1;
    /// See [`CheckpointSigned`].
    CheckpointSigned = "checkpoint-signed", 1;
    /// See [`RevocationListIssued`].
    RevocationListIssued = "revocation-list-issued", 1;
    /// See [`ClockAccepted`].
    ClockAccepted = "clock-accepted", 1;
    /// See [`BatchClosed`].
    BatchClosed = "batch-closed", 1;
    /// See [`BatchExported`].
    BatchExported = "batch-exported", 1;
}

impl Event {
    /// The run it belongs to. The event that started a run has none: its place is the run.
    pub const fn run(&self) -> Option<RunId> {
        match self {
            Self::ModuleIdentified(event) => Some(event.run),
            Self::DeviceRecognised(event) => Some(event.run),
            Self::CertificateReserved(event) => Some(event.run),
            Self::CertificateIssued(event) => Some(event.run),
            Self::CertificateInstalled(event) => Some(event.run),
            Self::ModuleProved(event) => Some(event.run),
            Self::ModuleSealed(event) => Some(event.run),
            Self::LabelPrinted(event) => Some(event.run),
            Self::LabelScanned(event) => Some(event.run),
            Self::StepFinished(event) => Some(event.run),
            Self::RunPassed(event) => Some(event.run),
            Self::RunFaulted(event) => Some(event.run),
            Self::ModuleQuarantined(event) => Some(event.run),
            Self::LedgerCreated(_)
            | Self::StationStarted(_)
            | Self::AuthorityEstablished(_)
            | Self::AuthorityActivated(_)
            | Self::OrderOpened(_)
            | Self::QuotaRaised(_)
            | Self::AuthorityOpened(_)
            | Self::AuthorityClosed(_)
            | Self::SignatureAnnounced(_)
            | Self::SignatureMade(_)
            | Self::SignaturesAccepted(_)
            | Self::OperatorSignedIn(_)
            | Self::OperatorSignedOut(_)
            | Self::RunStarted(_)
            | Self::ModuleVoided(_)
            | Self::ModuleScrapped(_)
            | Self::ModuleReworked(_)
            | Self::ModuleReturned(_)
            | Self::LabelReprinted(_)
            | Self::CheckpointSigned(_)
            | Self::RevocationListIssued(_)
            | Self::ClockAccepted(_)
            | Self::BatchClosed(_)
            | Self::BatchExported(_) => None,
        }
    }

    /// Whether it tells of something that cannot be undone and has to be on record, whatever the clock
    /// says.
    pub(super) const fn is_done_already(&self) -> bool {
        matches!(self, Self::CertificateIssued(_) | Self::SignatureMade(_))
    }

    /// What it has to wait for, because it changes what a batch comes out as that is being made up.
    pub(super) const fn waits_for(&self) -> Option<Awaited> {
        match self {
            Self::AuthorityEstablished(_)
            | Self::AuthorityActivated(_)
            | Self::ModuleVoided(_)
            | Self::ModuleScrapped(_)
            | Self::ModuleReworked(_)
            | Self::ModuleReturned(_)
            | Self::LabelReprinted(_) => Some(Awaited::Batch),
            Self::RunPassed(_) => Some(Awaited::LastLook),
            Self::LedgerCreated(_)
            | Self::StationStarted(_)
            | Self::OperatorSignedIn(_)
            | Self::OperatorSignedOut(_)
            | Self::OrderOpened(_)
            | Self::QuotaRaised(_)
            | Self::AuthorityOpened(_)
            | Self::AuthorityClosed(_)
            | Self::SignatureAnnounced(_)
            | Self::SignatureMade(_)
            | Self::SignaturesAccepted(_)
            | Self::RunStarted(_)
            | Self::ModuleIdentified(_)
            | Self::DeviceRecognised(_)
            | Self::CertificateReserved(_)
            | Self::CertificateIssued(_)
            | Self::CertificateInstalled(_)
            | Self::ModuleProved(_)
            | Self::ModuleSealed(_)
            | Self::LabelPrinted(_)
            | Self::LabelScanned(_)
            | Self::StepFinished(_)
            | Self::RunFaulted(_)
            | Self::ModuleQuarantined(_)
            | Self::CheckpointSigned(_)
            | Self::RevocationListIssued(_)
            | Self::ClockAccepted(_)
            | Self::BatchClosed(_)
            | Self::BatchExported(_) => None,
        }
    }

    /// The one module it names.
    pub const fn uid(&self) -> Option<Uid> {
        match self {
            Self::ModuleIdentified(event) => Some(event.uid),
            Self::DeviceRecognised(event) => Some(event.uid),
            Self::CertificateReserved(event) => Some(event.uid),
            Self::CertificateIssued(event) => Some(event.uid),
            Self::CertificateInstalled(event) => Some(event.uid),
            Self::ModuleProved(event) => Some(event.uid),
            Self::ModuleSealed(event) => Some(event.uid),
            Self::LabelPrinted(event) => Some(event.uid),
            Self::LabelScanned(event) => Some(event.uid),
            Self::RunPassed(event) => Some(event.uid),
            Self::ModuleVoided(event) => Some(event.uid),
            Self::ModuleQuarantined(event) => Some(event.uid),
            Self::ModuleScrapped(event) => Some(event.uid),
            Self::ModuleReworked(event) => Some(event.uid),
            Self::ModuleReturned(event) => Some(event.uid),
            Self::LabelReprinted(event) => Some(event.uid),
            Self::RunFaulted(event) => event.uid,
            Self::LedgerCreated(_)
            | Self::StationStarted(_)
            | Self::AuthorityEstablished(_)
            | Self::AuthorityActivated(_)
            | Self::OrderOpened(_)
            | Self::QuotaRaised(_)
            | Self::AuthorityOpened(_)
            | Self::AuthorityClosed(_)
            | Self::SignatureAnnounced(_)
            | Self::SignatureMade(_)
            | Self::SignaturesAccepted(_)
            | Self::OperatorSignedIn(_)
            | Self::OperatorSignedOut(_)
            | Self::RunStarted(_)
            | Self::StepFinished(_)
            | Self::CheckpointSigned(_)
            | Self::RevocationListIssued(_)
            | Self::ClockAccepted(_)
            | Self::BatchClosed(_)
            | Self::BatchExported(_) => None,
        }
    }
}

/// What an event waits for before it is appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Awaited {
    /// That no batch is being made up, see [`hold_batches`](super::Ledger::hold_batches).
    Batch,
    /// That no batch is being made up for the last time, see [`hold_passes`](super::Ledger::hold_passes).
    LastLook,
}

/// Why a stored event could not be read.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// A kind, or a version of one, that this program does not know.
    #[error("unknown event {kind}, version {version}")]
    Unknown {
        /// The kind.
        kind: String,
        /// The version.
        version: u32,
    },
    /// The payload is not what its kind says.
    #[error("payload of a {kind} event does not parse")]
    Payload {
        /// The kind.
        kind: String,
        /// What the parser said.
        #[source]
        source: serde_json::Error,
    },
}
