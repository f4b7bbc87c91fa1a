//! `station unit …`.

use clap::Subcommand;
use wire::Uid;

use super::station::Station;
use super::{Invocation, Outcome, print};
use crate::fault::{Fault, FaultCode};
use crate::ledger::{ModuleFilter, ModuleState, StoredEvent};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List modules, the last seen first.
    List {
        /// Only those of this order.
        #[arg(long)]
        order: Option<String>,
        /// At most so many.
        #[arg(long)]
        limit: Option<u32>,
    },
    /// Tell the whole story of one module.
    Show {
        /// Its UID: 32 hexadecimal digits, or a UUID.
        uid: String,
    },
}

pub(super) fn run(invocation: &Invocation, command: Command) -> Result<Outcome, Fault> {
    let reader = Station::load(invocation)?.reader()?;
    match command {
        Command::List { order, limit } => {
            let filter = ModuleFilter { order: order.map(Into::into), limit, ..ModuleFilter::default() };
            let modules = reader.modules(&filter).map_err(|error| Fault::of(&error))?;
            if invocation.json {
                print::json(&modules)?;
            } else {
                for module in modules {
                    let order = module.order.map(|order| order.to_string()).unwrap_or_default();
                    let label = module.label.unwrap_or_default();
                    print::line(format!("{}  {:<10}  {order:<12}  {label}", module.uid, word(module.state)))?;
                }
            }
        }
        Command::Show { uid } => {
            let uid: Uid = uid.trim().parse().map_err(|error| {
                Fault::new(FaultCode::Configuration, format!("{uid:?} is no UID: {error}"))
            })?;
            let story = reader.story(&uid).map_err(|error| Fault::of(&error))?;
            if invocation.json {
                print::json(&story)?;
            } else {
                if story.is_empty() {
                    print::line(format!("the ledger does not know {uid}"))?;
                    return Ok(Outcome::NotWell);
                }
                for stored in story {
                    print::line(told(&stored)?)?;
                }
            }
        }
    }
    Ok(Outcome::Well)
}

/// A state as the ledger writes it.
fn word(state: ModuleState) -> String {
    serde_json::to_value(state).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// One line of a story: when, who, what.
fn told(stored: &StoredEvent) -> Result<String, Fault> {
    let value = serde_json::to_value(stored)
        .map_err(|error| Fault::new(FaultCode::Bug, format!("no JSON of an event: {error}")))?;
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    Ok(format!(
        "{:>7}  {}  {:<12}  {:<22}  {}",
        stored.seq,
        text("time"),
        stored.operator,
        text("kind"),
        value["payload"]
    ))
}
