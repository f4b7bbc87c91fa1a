//! `station hsm …`.

use clap::Subcommand;

use super::pin;
use super::station::Station;
use super::{Invocation, Outcome, print};
use crate::fault::{Fault, FaultCode};
use crate::hsm::{self, Pin};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Initialise a blank token with the configured label, and set both PINs.
    Init {
        /// Read two lines from this file descriptor: the security officer's PIN, then the user's.
        /// Without it both are asked for.
        #[arg(long, value_name = "N")]
        pins_fd: Option<u32>,
    },
    /// Compare the HSM's own log of its signatures with the ledger.
    Audit(super::audit::Arguments),
}

pub(super) async fn run(invocation: &Invocation, command: Command) -> Result<Outcome, Fault> {
    match command {
        Command::Init { pins_fd } => init(invocation, pins_fd).await,
        Command::Audit(arguments) => super::audit::run(invocation, arguments),
    }
}

async fn init(invocation: &Invocation, pins_fd: Option<u32>) -> Result<Outcome, Fault> {
    let station = Station::load(invocation)?;
    let read = |question: &str| {
        pins_fd
            .map_or_else(|| Pin::from_prompt(question), Pin::from_fd)
            .map_err(|error| Fault::because(FaultCode::HsmPinMissing, &error))
    };
    let officer = read("PIN of the security officer: ")?;
    let user = read("PIN of the user: ")?;
    hsm::init(pin::address(&station), officer, user).await.map_err(|error| Fault::of(&error))?;
    print::line(format!("token {} is ready", station.config.hsm.token))?;
    Ok(Outcome::Well)
}
