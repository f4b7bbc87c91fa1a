//! `station order …`.

use std::path::PathBuf;

use clap::Subcommand;

use super::station::{OpenOrder, Station};
use super::{Invocation, Outcome, print};
use crate::config::Order;
use crate::fault::{Fault, FaultCode};
use crate::label::Label;
use crate::ledger::{OrderId, OrderProgress, QuotaRaised, Reason};
use crate::order;
use crate::probe::Image;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Begin with an order, or take it up again.
    Open {
        /// The order file; it names the product file.
        file: PathBuf,
    },
    /// Show the open order and how far it is.
    Show,
    /// Let the open order have more certificates than its quantity and its spares: too many modules
    /// failed, and somebody answers for going on.
    Quota {
        /// How many more.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
        add: u32,
        /// Why, for the record.
        #[arg(long)]
        reason: Reason,
    },
}

pub(super) async fn run(invocation: &Invocation, command: Command) -> Result<Outcome, Fault> {
    let station = Station::load(invocation)?;
    match command {
        Command::Open { file } => open(invocation, &station, file).await,
        Command::Show => show(invocation, &station),
        Command::Quota { add, reason } => quota(invocation, &station, add, reason).await,
    }
}

async fn open(invocation: &Invocation, station: &Station, file: PathBuf) -> Result<Outcome, Fault> {
    let file = std::path::absolute(&file).unwrap_or(file);
    let order = Order::load(&file).map_err(|error| Fault::because(FaultCode::OrderFile, &error))?;
    // What would stop the first module is better found now.
    Image::load(&order.product.firmware).map_err(|error| Fault::of(&error))?;
    Label::sample(&order.id, &order.product.name, &order.label, &order.product.label)
        .map_err(|error| Fault::of(&error))?;
    let opened = order::opened(&order)
        .map_err(|error| Fault::new(FaultCode::Bug, format!("no JSON of the order: {error}")))?;
    let ledger = station.ledger(invocation)?;
    ledger.append(opened).await.map_err(|error| Fault::of(&error))?;
    print::line(format!(
        "order {}: {} x {} for {}, {}",
        order.id,
        order.quantity,
        order.product.name,
        order.customer,
        order.flow.name()
    ))?;
    Ok(Outcome::Well)
}

async fn quota(
    invocation: &Invocation,
    station: &Station,
    more: u32,
    reason: Reason,
) -> Result<Outcome, Fault> {
    invocation.named_operator()?;
    let ledger = station.ledger(invocation)?;
    let OpenOrder { order, .. } = station.open_order(&ledger).await?;
    let id = OrderId::new(&order.id);
    ledger
        .append(QuotaRaised { order: id.clone(), more, reason })
        .await
        .map_err(|error| Fault::of(&error))?;
    let progress =
        ledger.query(move |reader| reader.order_progress(&id)).await.map_err(|error| Fault::of(&error))?;
    if let Some(OrderProgress { certificates: Some(certificates), reserved, .. }) = progress {
        print::line(format!("order {}: {reserved} of {certificates} certificates are used", order.id))?;
    }
    Ok(Outcome::Well)
}

fn show(invocation: &Invocation, station: &Station) -> Result<Outcome, Fault> {
    let reader = station.reader()?;
    let record = reader.open_order().map_err(|error| Fault::of(&error))?;
    let record = record.ok_or_else(|| Fault::new(FaultCode::OrderMissing, "the ledger has no open order"))?;
    if invocation.json {
        print::json(&record)?;
    } else {
        let progress = record.progress;
        print::line(format!("order     {}", record.id))?;
        print::line(format!("product   {}", record.product))?;
        print::line(format!("customer  {}", record.customer))?;
        print::line(format!("flow      {}", record.flow))?;
        print::line(format!("passed    {} of {}", progress.passed, progress.quantity))?;
        print::line(format!("failed    {}", progress.failed))?;
        print::line(format!("errors    {}", progress.errors))?;
        let certificates =
            progress.certificates.map_or_else(|| "any number".to_owned(), |most| most.to_string());
        print::line(format!("issued    {} of {certificates}", progress.reserved))?;
    }
    Ok(Outcome::Well)
}
