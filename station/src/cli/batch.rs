//! `station batch …`.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Subcommand, ValueEnum};

use super::pin::PinSource;
use super::station::{OpenOrder, Station};
use super::{Invocation, Outcome, print};
use crate::batches::{BatchError, Closed, Packing, Wanted};
use crate::checkpoint;
use crate::config::Flow;
use crate::fault::Fault;
use crate::gate::Desk;
use crate::hsm::Pkcs11Hsm;
use crate::ledger::BatchId;

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
            close(&station, &packing(&station, hsm, invocation)?).await
        }
        Command::Export { pin, batch, flavour, out } => {
            let flavour = flavour.map(|flavour| match flavour {
                Flavour::PreRegistration => Flow::PreRegistration,
                Flavour::LateBinding => Flow::LateBinding,
            });
            let hsm = pin.open(&station).await?;
            let packing = packing(&station, hsm, invocation)?;
            let batch = match batch {
                Some(id) => BatchId::new(id),
                None => last(&station, &packing).await?,
            };
            export(&packing, batch, flavour, out).await
        }
    }
}

fn packing(station: &Station, hsm: Pkcs11Hsm, invocation: &Invocation) -> Result<Packing, Fault> {
    Ok(Packing {
        desk: Desk::new(Arc::new(hsm), station.ledger(invocation)?),
        files: station.files.clone(),
        station: station.config.name.clone(),
        clock: Arc::clone(&station.clock),
    })
}

async fn close(station: &Station, packing: &Packing) -> Result<Outcome, Fault> {
    let OpenOrder { order, .. } = station.open_order(packing.desk.ledger()).await?;
    let Closed { batch, modules } = packing.close(&order, |_| ()).await?;
    print::line(format!("batch {batch}: {modules} modules for {}", order.customer))?;
    let made = checkpoint::make(&packing.desk, &packing.files).await;
    let Err(error) = made else { return Ok(Outcome::Well) };
    // The batch is closed, whatever became of this; the next checkpoint covers it as well.
    print::fault(&Fault::of(&error));
    Ok(Outcome::NotWell)
}

async fn export(
    packing: &Packing,
    batch: BatchId,
    flavour: Option<Flow>,
    out: Option<PathBuf>,
) -> Result<Outcome, Fault> {
    let exported = packing.export(Wanted { batch, flavour, out }, |_| ()).await?;
    print::line(format!("{}", exported.file.display()))?;
    Ok(Outcome::Well)
}

/// The last batch to the open order's customer.
async fn last(station: &Station, packing: &Packing) -> Result<BatchId, Fault> {
    let ledger = packing.desk.ledger();
    let OpenOrder { order, .. } = station.open_order(ledger).await?;
    let last = ledger.query(move |reader| reader.last_batch(&order.customer)).await?;
    Ok(last.ok_or(BatchError::Unknown)?.id)
}
