//! `station hsm …`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Subcommand;

use super::pin::{self, PinSource};
use super::station::Station;
use super::{Invocation, Outcome, print};
use crate::fault::{Fault, FaultCode};
use crate::hsm::conformance::{self, Plan};
use crate::hsm::{self, Pin, TokenAddress};

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
    /// Try whether the station can work with an HSM: makes a key pair of its own, signs, measures, and removes it again.
    /// Needs no settings. Exit code 0 if it can, 1 if it cannot.
    Test(TestArguments),
}

#[derive(Debug, clap::Args)]
pub(super) struct TestArguments {
    /// The HSM's PKCS#11 module, a shared library.
    #[arg(long, value_name = "FILE")]
    module: PathBuf,
    /// The label of the token.
    #[arg(long, value_name = "LABEL")]
    token: String,
    /// Write the report to this file and not to standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Leave a session alone for so long, to see whether it survives.
    #[arg(long, value_name = "SECONDS")]
    idle: Option<u64>,
    /// Count signatures for so long, for each number of sessions.
    #[arg(long, value_name = "SECONDS", default_value_t = 3)]
    rate: u64,
    /// How long the HSM may take for one check.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    deadline: u64,
    #[command(flatten)]
    pin: PinSource,
}

pub(super) async fn run(invocation: &Invocation, command: Command) -> Result<Outcome, Fault> {
    match command {
        Command::Init { pins_fd } => init(invocation, pins_fd).await,
        Command::Audit(arguments) => super::audit::run(invocation, arguments).await,
        Command::Test(arguments) => test(invocation, arguments).await,
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

async fn test(invocation: &Invocation, arguments: TestArguments) -> Result<Outcome, Fault> {
    let pin = arguments.pin.read()?;
    let plan = Plan {
        address: TokenAddress { module: arguments.module, token: arguments.token },
        pin,
        idle: arguments.idle.map(Duration::from_secs),
        rate: Duration::from_secs(arguments.rate),
        deadline: Duration::from_secs(arguments.deadline),
    };
    let report = tokio::task::spawn_blocking(|| conformance::test(plan))
        .await
        .map_err(|error| Fault::new(FaultCode::Bug, format!("the test of the HSM ended early: {error}")))?;
    let text = if invocation.json {
        serde_json::to_string_pretty(&report)
            .map_err(|error| Fault::new(FaultCode::Bug, format!("no JSON: {error}")))?
    } else {
        report.markdown()
    };
    match &arguments.out {
        Some(file) => std::fs::write(file, format!("{}\n", text.trim_end())).map_err(|error| {
            Fault::new(FaultCode::FileWrite, format!("cannot write {}: {error}", file.display()))
        })?,
        None => print::line(text.trim_end())?,
    }
    Ok(if report.usable { Outcome::Well } else { Outcome::NotWell })
}
