//! `station batch …`.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Subcommand, ValueEnum};
use time::OffsetDateTime;

use super::pin::PinSource;
use super::station::{OpenOrder, Station};
use super::{Invocation, Outcome, print};
use crate::checkpoint;
use crate::config::{Flow, Order};
use crate::fault::{Fault, FaultCode};
use crate::gate::{Desk, Request, Signer};
use crate::ledger::{
    AuthorityRecord, BatchClosed, BatchEntry, BatchExported, BatchId, BatchRecord, Digest, Ledger,
};
use crate::manifest::{self, Contents};
use crate::pki::purpose::Purpose;
use crate::pki::{Certificate, Signature};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Put the open order's modules that have passed into a batch, and have the ledger vouched for.
    Close {
        #[command(flatten)]
        pin: PinSource,
    },
    /// Make the signed file of a batch.
    Export {
        #[command(flatten)]
        pin: PinSource,
        /// Which batch; the last one to the open order's customer, if not given.
        #[arg(long, value_name = "ID")]
        batch: Option<String>,
        /// What the file discloses; what the order asks for, if not given.
        #[arg(long, value_enum)]
        flavour: Option<Flavour>,
        /// Where the file goes; into the station's data directory, if not given.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// What a file discloses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Flavour {
    /// Certificates, for a customer who registers every module.
    PreRegistration,
    /// Digests only, for end users who claim theirs.
    LateBinding,
}

pub(super) async fn run(invocation: &Invocation, command: Command) -> Result<Outcome, Fault> {
    let station = Station::load(invocation)?;
    match command {
        Command::Close { pin } => {
            // The PIN first: whoever is still looking for it must not keep the line from starting.
            let hsm = pin.open(&station).await?;
            close(&station, &Desk::new(Arc::new(hsm), station.ledger(invocation)?)).await
        }
        Command::Export { pin, batch, flavour, out } => {
            let flavour = flavour.map(|flavour| match flavour {
                Flavour::PreRegistration => Flow::PreRegistration,
                Flavour::LateBinding => Flow::LateBinding,
            });
            let hsm = pin.open(&station).await?;
            let desk = Desk::new(Arc::new(hsm), station.ledger(invocation)?);
            export(&station, &desk, batch, flavour, out).await
        }
    }
}

async fn close(station: &Station, desk: &Desk) -> Result<Outcome, Fault> {
    let ledger = desk.ledger();
    let OpenOrder { order, .. } = station.open_order(ledger).await?;
    let created = to_seconds(station.clock.now());
    let (order_id, customer) = (order.id.as_str().into(), order.customer.clone());
    let (unbatched, last) = ledger
        .query(move |reader| Ok((reader.unbatched(&order_id)?, reader.last_batch(&customer)?)))
        .await
        .map_err(|error| Fault::of(&error))?;
    if unbatched.is_empty() {
        let what = format!("no module of order {} waits for a batch", order.id);
        return Err(Fault::new(FaultCode::BatchState, what));
    }
    let entries: Vec<BatchEntry> =
        unbatched.iter().map(|module| BatchEntry { uid: module.uid, fate: module.fate }).collect();
    let sequence = last.as_ref().map_or(1, |last| last.sequence + 1);
    let closed = BatchClosed {
        batch: BatchId::new(format!("{}-{sequence}", order.id)),
        order: order.id.as_str().into(),
        sequence,
        previous: last.map(|last| last.digest),
        created,
        digest: Digest::of(&[]),
        entries,
    };
    let digest = header_digest(station, ledger, &order, &closed)?;
    let closed = BatchClosed { digest, ..closed };
    let told = format!("batch {}: {} modules for {}", closed.batch, closed.entries.len(), order.customer);
    ledger.append(closed).await.map_err(|error| Fault::of(&error))?;
    print::line(told)?;
    let made = checkpoint::make(desk, &station.files).await;
    let Err(error) = made else { return Ok(Outcome::Well) };
    // The batch is closed, whatever became of this; the next checkpoint covers it as well.
    print::fault(&Fault::of(&error));
    Ok(Outcome::NotWell)
}

/// The digest by which the next batch will name this one: of the header in the order's own flavour.
fn header_digest(
    station: &Station,
    ledger: &Ledger,
    order: &Order,
    closed: &BatchClosed,
) -> Result<Digest, Fault> {
    let reader = ledger.reader().map_err(|error| Fault::of(&error))?;
    let contents = Contents {
        order,
        station: &station.config.name,
        batch: None,
        flavour: order.flow,
        sequence: closed.sequence,
        previous: closed.previous,
        created: closed.created,
        entries: &closed.entries,
    };
    let unsigned = manifest::prepare(&reader, &contents).map_err(|error| Fault::of(&error))?;
    Ok(Digest::from_bytes(*unsigned.header_sha256().as_bytes()))
}

async fn export(
    station: &Station,
    desk: &Desk,
    batch: Option<String>,
    flavour: Option<Flow>,
    out: Option<PathBuf>,
) -> Result<Outcome, Fault> {
    let ledger = desk.ledger();
    let record = find(station, ledger, batch).await?;
    let order = station.order(ledger, &record.order).await?;
    let flavour = flavour.unwrap_or(order.flow);
    let reader = ledger.reader().map_err(|error| Fault::of(&error))?;
    let contents = Contents {
        order: &order,
        station: &record.station,
        batch: Some(&record.id),
        flavour,
        sequence: record.sequence,
        previous: record.previous,
        created: record.created,
        entries: &record.entries,
    };
    let unsigned = manifest::prepare(&reader, &contents).map_err(|error| Fault::of(&error))?;
    drop(reader);
    if flavour == order.flow && unsigned.header_sha256().as_bytes() != record.digest.as_bytes() {
        let what = format!("batch {} does not come out as it was closed", record.id);
        return Err(Fault::new(FaultCode::BatchState, what));
    }
    let signature = sign(desk, &record.id, unsigned.message()).await?;
    let made = unsigned
        .sign(|_| Ok::<_, std::convert::Infallible>(signature.to_bytes().to_vec()))
        .map_err(|error| Fault::new(FaultCode::HsmSignatureWrong, error.to_string()))?;
    let name = format!("{}-{}.zip", record.id, flavour.name());
    let file = out.unwrap_or_else(|| station.files.batch(&name));
    let exported = BatchExported {
        batch: record.id.clone(),
        flavour: flavour.name().to_owned(),
        file_name: file.file_name().map_or(name, |name| name.to_string_lossy().into_owned()),
        sha256: Digest::of(&made.bytes),
    };
    ledger.append(exported).await.map_err(|error| Fault::of(&error))?;
    station.files.keep(&file, &made.bytes).await?;
    print::line(format!("{}", file.display()))?;
    Ok(Outcome::Well)
}

async fn sign(desk: &Desk, batch: &BatchId, message: &[u8]) -> Result<Signature, Fault> {
    let reader = desk.ledger().reader().map_err(|error| Fault::of(&error))?;
    let AuthorityRecord { certificate, key_label, .. } =
        manifest::signer(&reader, Some(batch)).map_err(|error| Fault::of(&error))?;
    let certificate = Certificate::from_der(&certificate)
        .map_err(|error| Fault::because(FaultCode::LedgerBroken, &error))?;
    let request = Request {
        key: &key_label,
        signer: Signer::Certified(&certificate),
        purpose: Purpose::Manifest,
        caller: &format!("export of batch {batch}"),
        message,
    };
    desk.sign(request).await.map_err(|error| Fault::of(&error))
}

async fn find(station: &Station, ledger: &Ledger, batch: Option<String>) -> Result<BatchRecord, Fault> {
    let found = if let Some(id) = batch {
        let id = BatchId::new(id);
        ledger.query(move |reader| reader.batch(&id)).await
    } else {
        let OpenOrder { order, .. } = station.open_order(ledger).await?;
        ledger.query(move |reader| reader.last_batch(&order.customer)).await
    };
    found
        .map_err(|error| Fault::of(&error))?
        .ok_or_else(|| Fault::new(FaultCode::BatchState, "there is no such batch: close it first"))
}

/// A manifest tells the time in whole seconds.
fn to_seconds(time: OffsetDateTime) -> OffsetDateTime {
    time.replace_nanosecond(0).unwrap_or(time)
}
