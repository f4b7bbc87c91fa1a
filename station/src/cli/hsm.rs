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
}

pub(super) async fn run(invocation: &Invocation, command: Command) -> Result<Outcome, Fault> {
    let station = Station::load(invocation)?;
    let Command::Init { pins_fd } = command;
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
