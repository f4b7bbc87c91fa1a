//! `station order …`.

use std::path::PathBuf;

use clap::Subcommand;

use super::station::Station;
use super::{Invocation, Outcome, print};
use crate::config::Order;
use crate::fault::{Fault, FaultCode};
use crate::label::Label;
use crate::ledger::OrderOpened;
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
}

pub(super) async fn run(invocation: &Invocation, command: Command) -> Result<Outcome, Fault> {
    let station = Station::load(invocation)?;
    match command {
        Command::Open { file } => open(invocation, &station, file).await,
        Command::Show => show(invocation, &station),
    }
}

async fn open(invocation: &Invocation, station: &Station, file: PathBuf) -> Result<Outcome, Fault> {
    let file = std::path::absolute(&file).unwrap_or(file);
    let order = Order::load(&file).map_err(|error| Fault::because(FaultCode::OrderFile, &error))?;
    // What would stop the first module is better found now.
    Image::load(&order.product.firmware).map_err(|error| Fault::of(&error))?;
    Label::sample(&order.id, &order.product.name, &order.label, &order.product.label)
        .map_err(|error| Fault::of(&error))?;
    let definition = serde_json::to_value(&order)
        .map_err(|error| Fault::new(FaultCode::Bug, format!("no JSON of the order: {error}")))?;
    let opened = OrderOpened {
        order: order.id.as_str().into(),
        product: order.product.name.clone(),
        customer: order.customer.clone(),
        quantity: order.quantity,
        flow: order.flow.name().to_owned(),
        definition,
    };
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
    }
    Ok(Outcome::Well)
}
