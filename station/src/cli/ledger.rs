//! `station ledger …`.

use clap::Subcommand;

use super::station::Station;
use super::{Invocation, Outcome, print};
use crate::fault::Fault;
use crate::ledger;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check every record against the chain of hashes and every table against the records.
    Verify,
}

pub(super) async fn run(invocation: &Invocation, command: Command) -> Result<Outcome, Fault> {
    let station = Station::load(invocation)?;
    match command {
        Command::Verify => {
            let summary = ledger::verify(&station.files.ledger()).map_err(|error| Fault::of(&error))?;
            if invocation.json {
                print::json(&summary)?;
            } else {
                print::line(summary.to_string())?;
            }
        }
    }
    Ok(Outcome::Well)
}
