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

pub(super) fn run(invocation: &Invocation, command: &Command) -> Result<Outcome, Fault> {
    let station = Station::load(invocation)?;
    match command {
        Command::Verify => {
            let summary = ledger::verify(&station.files.ledger()).map_err(|error| Fault::of(&error))?;
            if invocation.json {
                print::json(&serde_json::json!({
                    "events": summary.head.seq.number(),
                    "hash": summary.head.hash.to_string(),
                    "modules": summary.modules,
                    "certificates": summary.certificates,
                }))?;
            } else {
                print::line(format!(
                    "{} events, {} modules, {} certificates; last hash {}",
                    summary.head.seq, summary.modules, summary.certificates, summary.head.hash
                ))?;
            }
        }
    }
    Ok(Outcome::Well)
}
