//! What people do to modules: void, scrap, rework, return, reprint. Each is recorded with who and why.

use std::sync::Arc;

use wire::Uid;

use super::{Invocation, Outcome, print};
use crate::cli::station::Station;
use crate::engine::SlotDevices;
use crate::fault::{Fault, FaultCode};
use crate::label::{Fields, Label, zpl};
use crate::ledger::{Event, LabelReprinted, Ledger, ModuleReworked, OrderId, Reason};
use crate::printer::Printer;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// Its UID: 32 hexadecimal digits, or a UUID.
    uid: String,
    /// Why, for the record and for the customer: up to 200 characters.
    #[arg(long)]
    reason: Reason,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Reprint {
    #[command(flatten)]
    arguments: Arguments,
    /// Whose printer to use; the first slot's, if not given.
    #[arg(long, value_name = "NAME")]
    slot: Option<String>,
}

pub(super) async fn rework(
    invocation: &Invocation,
    station: &Station,
    arguments: Arguments,
) -> Result<Outcome, Fault> {
    let uid = super::parse(&arguments.uid)?;
    let done = record(invocation, station, arguments, "may go through the line again", |uid, reason| {
        ModuleReworked { uid, reason }.into()
    })
    .await?;
    let reader = station.reader()?;
    let module = reader.module(&uid).map_err(|error| Fault::of(&error))?;
    if let Some(order) = module.and_then(|module| module.order)
        && let Some(progress) = reader.order_progress(&order).map_err(|error| Fault::of(&error))?
        && progress.left() == 0
    {
        print::line(format!(
            "but order {order} is complete, and has no place for it until one of its modules is void or reworked"
        ))?;
    }
    Ok(done)
}

/// The record comes first: a second label that nobody knows of must not be in the world.
pub(super) async fn reprint(
    invocation: &Invocation,
    station: &Station,
    Reprint { arguments, slot }: Reprint,
) -> Result<Outcome, Fault> {
    let (ledger, uid, reason) = begin(invocation, station, arguments)?;
    let module = ledger.query(move |reader| reader.module(&uid)).await.map_err(|error| Fault::of(&error))?;
    let module = module
        .ok_or_else(|| Fault::new(FaultCode::ModuleUnknown, format!("the ledger does not know {uid}")))?;
    let (Some(payload), Some(order)) = (module.label, module.order) else {
        return Err(Fault::new(FaultCode::LedgerRefused, format!("{uid} has no label yet")));
    };
    let commands = label(station, &ledger, &order, uid, &payload).await?;
    let printer = printer(station, slot.as_deref())?;
    ledger.append(LabelReprinted { uid, payload, reason }).await.map_err(|error| Fault::of(&error))?;
    printer.print(&commands).await.map_err(|error| Fault::of(&error))?;
    print::line(format!("the label of {uid} is printed"))?;
    Ok(Outcome::Well)
}

/// The label's commands; it has to say what the one before it said.
async fn label(
    station: &Station,
    ledger: &Ledger,
    order: &OrderId,
    uid: Uid,
    payload: &str,
) -> Result<String, Fault> {
    let order = station.order(ledger, order).await?;
    let fields = Fields { uid, order: &order.id, product: &order.product.name };
    let label = Label::new(&fields, &order.label, &order.product.label).map_err(|error| Fault::of(&error))?;
    if label.payload() != payload {
        let what = format!("the order makes {:?}, the label says {payload:?}", label.payload());
        return Err(Fault::new(FaultCode::LabelContent, what));
    }
    Ok(zpl::render(&label))
}

fn printer(station: &Station, slot: Option<&str>) -> Result<Arc<dyn Printer>, Fault> {
    SlotDevices::all(&station.config.slots)
        .into_iter()
        .find(|devices| slot.is_none_or(|slot| devices.name == slot))
        .map(|devices| devices.printer)
        .ok_or_else(|| {
            let what = format!("there is no slot {}", slot.unwrap_or_default());
            Fault::new(FaultCode::Configuration, what)
        })
}

/// Records a deed that is nothing but its record, and says what came of it.
pub(super) async fn record(
    invocation: &Invocation,
    station: &Station,
    arguments: Arguments,
    outcome: &str,
    event: impl FnOnce(Uid, Reason) -> Event,
) -> Result<Outcome, Fault> {
    let (ledger, uid, reason) = begin(invocation, station, arguments)?;
    ledger.append(event(uid, reason)).await.map_err(|error| Fault::of(&error))?;
    print::line(format!("{uid} {outcome}"))?;
    Ok(Outcome::Well)
}

fn begin(
    invocation: &Invocation,
    station: &Station,
    Arguments { uid, reason }: Arguments,
) -> Result<(Ledger, Uid, Reason), Fault> {
    let operator = invocation.named_operator()?;
    let uid = super::parse(&uid)?;
    Ok((station.ledger(invocation)?.with_operator(operator.as_str()), uid, reason))
}
