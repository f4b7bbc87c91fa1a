//! From the ledger to a batch manifest.
//!
//! A manifest is a pure function of the ledger: the same batch gives the same header, however often
//! it is exported. The next batch to the customer names this one by the digest of its header.

use std::collections::HashMap;

use batch::{
    Batch, Delivery, Firmware, Module, Note, NoteEvent, Notes, Passed, PrepareError, Timestamp, Unsigned,
    Void, Withdrawn,
};
use time::OffsetDateTime;
use wire::Uid;

use crate::config::{Flow, Order};
use crate::fault::{Coded, FaultCode};
use crate::ledger::{
    AuthorityRecord, AuthorityRole, BatchEntry, BatchId, Deed, DeedKind, Digest, Fate, LedgerError, OrderId,
    Reader,
};
use crate::order;

/// Why no manifest can be made.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The ledger cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Something the manifest needs is not in the ledger.
    #[error("the ledger has no {what}")]
    Missing {
        /// What is missing.
        what: String,
    },
    /// An order in the ledger does not parse.
    #[error(transparent)]
    Order(order::Unreadable),
    /// A certificate in the ledger does not parse.
    #[error("{whose} certificate does not parse")]
    Certificate {
        /// Whose certificate.
        whose: String,
        /// What the parser said.
        #[source]
        source: batch::CertificateError,
    },
    /// A receiver would refuse the manifest.
    #[error("the manifest would not hold")]
    Prepare(#[source] PrepareError),
}

impl Coded for ManifestError {
    fn code(&self) -> FaultCode {
        match self {
            Self::Ledger(error) => error.code(),
            Self::Missing { .. } | Self::Order(_) | Self::Certificate { .. } | Self::Prepare(_) => {
                FaultCode::BatchState
            }
        }
    }
}

/// What a manifest is made of, besides what the ledger knows of its modules.
#[derive(Clone, Debug)]
pub struct Contents<'a> {
    /// The order.
    pub order: &'a Order,
    /// The station's name.
    pub station: &'a str,
    /// The batch, once it is closed; what was done to its modules after that is the next one's.
    pub batch: Option<&'a BatchId>,
    /// What the receiver is to learn.
    pub flavour: Flow,
    /// Number of the batch among those to the customer.
    pub sequence: u64,
    /// The digest of the customer's batch before.
    pub previous: Option<Digest>,
    /// When the batch was closed, to the second.
    pub created: OffsetDateTime,
    /// The modules.
    pub entries: &'a [BatchEntry],
}

/// Makes everything of a manifest but its signature. `read` is told how many modules were read from the ledger
/// so far; with the last of them some work is still to be done.
///
/// # Errors
/// The ledger lacks something, or what it has does not make a manifest that a receiver would accept.
pub fn prepare(
    ledger: &Reader,
    contents: &Contents<'_>,
    mut read: impl FnMut(usize),
) -> Result<Unsigned, ManifestError> {
    let mut firmwares = Firmwares::default();
    read(0);
    let modules = (1..)
        .zip(contents.entries)
        .map(|(number, entry)| {
            let module = module(ledger, contents, &mut firmwares, entry)?;
            read(number);
            Ok(module)
        })
        .collect::<Result<_, ManifestError>>()?;
    let mut issuers = issuers(ledger, contents)?.into_iter();
    let root = active(ledger, AuthorityRole::Root, contents.batch)?;
    let ca_chain = issuers.next().iter().chain([&root]).map(certificate).collect::<Result<_, _>>()?;
    let batch = Batch {
        order: contents.order.id.clone(),
        customer: contents.order.customer.clone(),
        product: contents.order.product.name.clone(),
        station: contents.station.to_owned(),
        delivery: match contents.flavour {
            Flow::PreRegistration => Delivery::PreRegistration,
            Flow::LateBinding => Delivery::LateBinding { endpoint: contents.order.endpoint.clone() },
        },
        sequence: u32::try_from(contents.sequence)
            .map_err(|_| ManifestError::Missing { what: "further batch number".to_owned() })?,
        previous: contents.previous.map(|digest| batch::Digest::from_bytes(*digest.as_bytes())),
        created: timestamp(contents.created)?,
        ca_chain,
        further_issuers: issuers.map(|issuer| certificate(&issuer)).collect::<Result<_, _>>()?,
        signer: certificate(&signer(ledger, contents.batch)?)?,
        modules,
    };
    batch.prepare().map_err(ManifestError::Prepare)
}

fn module(
    ledger: &Reader,
    contents: &Contents<'_>,
    firmwares: &mut Firmwares,
    entry: &BatchEntry,
) -> Result<Module, ManifestError> {
    let missing = |what: &str| ManifestError::Missing { what: format!("{what} {}", entry.uid) };
    let record = ledger.module(&entry.uid)?.ok_or_else(|| missing("module"))?;
    let der = ledger.certificate(&entry.uid)?;
    let digest = der.as_deref().map(batch::Digest::of);
    let uid = batch::Uid::from_bytes(*entry.uid.as_bytes());
    let deeds = ledger.deeds(&entry.uid, contents.batch)?;
    let notes = deeds.iter().map(|deed| note(deed, contents.created)).collect::<Result<Notes, _>>()?;
    Ok(match entry.fate {
        Fate::Passed => {
            let der = der.ok_or_else(|| missing("certificate of"))?;
            let order = record.order.ok_or_else(|| missing("order of"))?;
            Module::Passed(Passed {
                uid,
                certificate: parse(&entry.uid.to_string(), &der)?,
                sealed_at: timestamp(sealed_at(ledger, &entry.uid)?.min(contents.created))?,
                firmware: firmwares.of(ledger, &order)?,
                notes,
            })
        }
        Fate::Void => {
            let reason = record.void_reason.ok_or_else(|| missing("reason to void"))?;
            Module::Void(Void { uid, reason, certificate: digest, notes })
        }
        Fate::Withdrawn => {
            let taken_back = |deed: &&Deed| matches!(deed.kind, DeedKind::Rework | DeedKind::Return);
            let deed = deeds.iter().rfind(taken_back).ok_or_else(|| missing("reason to withdraw"))?;
            let reason = deed.reason.to_string();
            Module::Withdrawn(Withdrawn { uid, reason, certificate: digest, notes })
        }
    })
}

/// What runs on the modules of each order: a batch may hold some of an older order of the customer.
#[derive(Default)]
struct Firmwares(HashMap<OrderId, Firmware>);

impl Firmwares {
    fn of(&mut self, ledger: &Reader, id: &OrderId) -> Result<Firmware, ManifestError> {
        if let Some(firmware) = self.0.get(id) {
            return Ok(firmware.clone());
        }
        let record =
            ledger.order(id)?.ok_or_else(|| ManifestError::Missing { what: format!("order {id}") })?;
        let Order { product, .. } = order::of(&record).map_err(ManifestError::Order)?;
        let firmware = Firmware {
            sha256: batch::Digest::from_bytes(product.firmware.sha256),
            version: product.firmware.version,
        };
        self.0.insert(id.clone(), firmware.clone());
        Ok(firmware)
    }
}

/// A deed that was recorded while the clock was ahead happened before the batch was closed all the same.
fn note(deed: &Deed, created: OffsetDateTime) -> Result<Note, ManifestError> {
    let event = match deed.kind {
        DeedKind::Void => NoteEvent::Void,
        DeedKind::Scrap => NoteEvent::Scrap,
        DeedKind::Rework => NoteEvent::Rework,
        DeedKind::Reprint => NoteEvent::Reprint,
        DeedKind::Return => NoteEvent::Return,
    };
    Ok(Note { at: timestamp(deed.time.min(created))?, event, reason: deed.reason.to_string() })
}

/// When the ledger recorded first that the module was sealed.
fn sealed_at(ledger: &Reader, uid: &Uid) -> Result<OffsetDateTime, ManifestError> {
    ledger
        .first_sealed(uid)?
        .ok_or_else(|| ManifestError::Missing { what: format!("record that {uid} was sealed") })
}

/// The signer of a batch's manifest: the one that was active when the batch was closed, or is now.
///
/// # Errors
/// There is none, or the ledger cannot be read.
pub fn signer(ledger: &Reader, batch: Option<&BatchId>) -> Result<AuthorityRecord, ManifestError> {
    active(ledger, AuthorityRole::Manifest, batch)
}

/// The authority that was active in a role when the batch was closed, or is now. What comes later must not
/// change what a batch that was closed comes out as.
fn active(
    ledger: &Reader,
    role: AuthorityRole,
    batch: Option<&BatchId>,
) -> Result<AuthorityRecord, ManifestError> {
    let missing = |what: String| ManifestError::Missing { what };
    let found = match batch {
        Some(id) => {
            let closed = ledger.batch(id)?.ok_or_else(|| missing(format!("batch {id}")))?.seq;
            ledger.authority_as_of(role, closed)?
        }
        None => ledger.authority(role)?,
    };
    found.ok_or_else(|| missing(format!("{role:?} certificate")))
}

/// The CAs that issued the certificates of the modules that passed, the oldest first. Several, while one
/// follows another. Where none passed, the one that was active.
fn issuers(ledger: &Reader, contents: &Contents<'_>) -> Result<Vec<AuthorityRecord>, ManifestError> {
    let mut issuers: Vec<AuthorityRecord> = Vec::new();
    for entry in contents.entries.iter().filter(|entry| entry.fate == Fate::Passed) {
        let missing = |what: &str| ManifestError::Missing { what: format!("{what} {}", entry.uid) };
        let issuer =
            ledger.reservation(&entry.uid)?.ok_or_else(|| missing("reserved certificate of"))?.issuer;
        if issuers.iter().all(|known| known.sha256 != issuer) {
            let record = ledger.authority_with(&issuer)?.ok_or_else(|| missing("issuing CA of"))?;
            issuers.push(record);
        }
    }
    if issuers.is_empty() {
        issuers.push(active(ledger, AuthorityRole::Issuing, contents.batch)?);
    }
    issuers.sort_by_key(|issuer| issuer.seq);
    Ok(issuers)
}

fn certificate(record: &AuthorityRecord) -> Result<batch::Certificate, ManifestError> {
    parse(&format!("{:?}", record.role), &record.certificate)
}

fn parse(whose: &str, der: &[u8]) -> Result<batch::Certificate, ManifestError> {
    batch::Certificate::from_der(der)
        .map_err(|source| ManifestError::Certificate { whose: whose.to_owned(), source })
}

fn timestamp(time: OffsetDateTime) -> Result<Timestamp, ManifestError> {
    u64::try_from(time.unix_timestamp())
        .ok()
        .and_then(Timestamp::from_unix_seconds)
        .ok_or_else(|| ManifestError::Missing { what: format!("time a manifest can hold: {time}") })
}
