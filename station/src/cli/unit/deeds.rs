//! `station unit void`, `scrap`, `rework`, `return`, `reprint`.

use std::sync::Arc;

use wire::Uid;

use super::{Invocation, Outcome, print};
use crate::cli::station::Station;
use crate::fault::{Fault, FaultCode};
use crate::ledger::{DeedKind, Reason};
use crate::module::{Deed, Done};
use crate::printer::tcp::Patience;
use crate::printer::{Printer, TcpPrinter};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// Its UID: 32 hexadecimal digits, or a UUID.
    #[arg(value_parser = super::uid)]
    uid: Uid,
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

pub(super) async fn reprint(
    invocation: &Invocation,
    station: &Station,
    Reprint { arguments, slot }: Reprint,
) -> Result<Outcome, Fault> {
    let printer = printer(station, slot.as_deref())?;
    run(invocation, station, arguments, Deed::Reprint(printer)).await
}

fn printer(station: &Station, slot: Option<&str>) -> Result<Arc<dyn Printer>, Fault> {
    let mut slots = station.config.slots.iter();
    let known = slots.find(|known| slot.is_none_or(|slot| known.name == slot)).ok_or_else(|| {
        let what = format!("there is no slot {}", slot.unwrap_or_default());
        Fault::new(FaultCode::Configuration, what)
    })?;
    // No other device: a running line may have the scanner.
    Ok(Arc::new(TcpPrinter::new(known.printer.clone(), Patience::default())))
}

/// Does it, and says what came of it.
pub(super) async fn run(
    invocation: &Invocation,
    station: &Station,
    Arguments { uid, reason }: Arguments,
    deed: Deed,
) -> Result<Outcome, Fault> {
    let operator = invocation.named_operator()?;
    let ledger = station.ledger(invocation)?.with_operator(operator.as_str());
    let kind = deed.kind();
    let Done { no_place_in, .. } = deed.perform(&ledger, uid, reason).await?;
    print::line(match kind {
        DeedKind::Void => format!("{uid} is void for ever"),
        DeedKind::Scrap => format!("{uid} is scrapped, and void for ever"),
        DeedKind::Rework => format!("{uid} may go through the line again"),
        DeedKind::Return => format!("{uid} is back, and in quarantine"),
        DeedKind::Reprint => format!("the label of {uid} is printed"),
    })?;
    if let Some(order) = no_place_in {
        print::line(format!(
            "but order {order} is complete, and has no place for it until one of its modules is void or reworked"
        ))?;
    }
    Ok(Outcome::Well)
}
