//! The commands, their arguments and exit codes.
//!
//! | code | meaning |
//! |---|---|
//! | 0 | done, and all is well |
//! | 1 | done, and something is not well: a module did not pass, a check found problems |
//! | 2 | the command line is wrong |
//! | 3 | not done: a fault, with code and remedy on standard error |
//! | 4 | done as far as it goes here: requests wait for the signature of a root that is elsewhere |
//!
//! Here alone the environment is read, and the text of commands printed.

mod audit;
mod authority;
mod batch;
mod check;
mod faults;
mod hsm;
mod ledger;
mod officer;
mod opening;
mod order;
mod pin;
mod print;
mod replay;
mod revocation;
mod run;
mod station;
mod unit;

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};

use crate::clock::{Clock, SystemClock};
use crate::fault::{Fault, FaultCode};
use crate::operator::{NotAName, Operator};
use crate::tui::terminal;
use pin::PinSource;

/// The end-of-line provisioning station.
///
/// Takes blank modules through flash, key, certificate, check, seal and label, records everything, and
/// exports signed batches.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true, after_help = EXAMPLES)]
struct Arguments {
    /// The station's settings.
    #[arg(long, short, global = true, value_name = "FILE", default_value = "station.toml")]
    config: PathBuf,

    /// Who works at the station; every record carries the name.
    #[arg(long, global = true, value_name = "NAME", default_value = "", hide_default_value = true, value_parser = name_or_nothing)]
    operator: String,

    /// Print JSON instead of text, where there is something to read.
    #[arg(long, global = true)]
    json: bool,

    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  station check                                  is everything there and in order?
  station order open orders/4711.toml            begin with an order
  station run                                    provision modules until the order is complete
  station batch close && station batch export    make the file for the customer
  station --operator Ana unit rework UID --reason 'new antenna'   let it run again
  station ledger verify                          is the record as it was written?

The HSM's PIN is asked for, or read from a file descriptor (--pin-fd N) or from the systemd
credential `hsm-pin`. Exit codes: 0 all is well, 1 something is not well, 2 wrong command line,
3 a fault kept the command from its work, 4 requests wait for a signature elsewhere.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Check every device and setting, and say what to do about each problem.
    Check(PinSource),
    /// Prepare the HSM.
    #[command(subcommand)]
    Hsm(hsm::Command),
    /// The certificate authority in the HSM.
    #[command(subcommand)]
    Ca(authority::Command),
    /// Work orders.
    #[command(subcommand)]
    Order(order::Command),
    /// Provision modules: each is taken up when it is seated.
    Run(run::Arguments),
    /// Modules and their stories.
    #[command(subcommand)]
    Unit(unit::Command),
    /// Batches and their files.
    #[command(subcommand)]
    Batch(batch::Command),
    /// The record of all that happened.
    #[command(subcommand)]
    Ledger(ledger::Command),
    /// Play what the screen was told, so that a complaint can be seen again.
    Replay(replay::Arguments),
    /// List every fault code, what it means and what to do.
    Faults(faults::Arguments),
}

/// How a command ended that did its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// All is well.
    Well,
    /// Something is not: a module did not pass, a check found problems.
    NotWell,
    /// It goes on elsewhere, and comes back: requests wait for the signature of an offline root.
    Elsewhere,
}

/// What every command is told.
#[derive(Debug)]
struct Invocation {
    config: PathBuf,
    /// Who says that they do this.
    operator: Option<Operator>,
    json: bool,
    clock: Arc<dyn Clock>,
}

impl Invocation {
    /// Who does this, for what nobody may do namelessly.
    fn named_operator(&self) -> Result<&Operator, Fault> {
        let missing = || Fault::new(FaultCode::OperatorMissing, "no --operator was given");
        self.operator.as_ref().ok_or_else(missing)
    }
}

/// A name, or nothing, for those who give an empty one.
fn name_or_nothing(text: &str) -> Result<String, NotAName> {
    match text.trim() {
        "" => Ok(String::new()),
        name => name.parse().map(|name: Operator| name.into()),
    }
}

/// Runs the program, by the clock of the machine.
pub fn main() -> ExitCode {
    main_with_clock(Arc::new(SystemClock))
}

/// Runs the program, by another clock.
pub fn main_with_clock(clock: Arc<dyn Clock>) -> ExitCode {
    let Arguments { config, operator, json, command } = Arguments::parse();
    log_to_standard_error();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            print::fault(&Fault::new(FaultCode::Bug, format!("no runtime: {error}")));
            return ExitCode::from(3);
        }
    };
    let operator = operator.parse().ok();
    let result = runtime.block_on(dispatch(Invocation { config, operator, json, clock }, command));
    // A driver that hangs on its thread must not keep the program from ending.
    runtime.shutdown_background();
    match result {
        Ok(Outcome::Well) => ExitCode::SUCCESS,
        Ok(Outcome::NotWell) => ExitCode::from(1),
        Ok(Outcome::Elsewhere) => ExitCode::from(4),
        Err(fault) => {
            print::fault(&fault);
            ExitCode::from(3)
        }
    }
}

async fn dispatch(invocation: Invocation, command: Command) -> Result<Outcome, Fault> {
    match command {
        Command::Check(pin) => check::run(&invocation, &pin).await,
        Command::Hsm(command) => hsm::run(&invocation, command).await,
        Command::Ca(command) => authority::run(&invocation, command).await,
        Command::Order(command) => order::run(&invocation, command).await,
        Command::Run(arguments) => run::run(&invocation, arguments).await,
        Command::Unit(command) => unit::run(&invocation, command).await,
        Command::Batch(command) => batch::run(&invocation, command).await,
        Command::Ledger(command) => ledger::run(&invocation, command).await,
        Command::Replay(arguments) => replay::run(&invocation, &arguments),
        Command::Faults(arguments) => faults::run(&invocation, &arguments),
    }
}

/// What libraries have to say goes to standard error, and only if asked for by `STATION_LOG`.
#[expect(clippy::disallowed_methods, reason = "the command line reads the environment")]
fn log_to_standard_error() {
    let filter = std::env::var("STATION_LOG").unwrap_or_else(|_| "off".to_owned());
    // Fails only if a subscriber is set already, which then serves as well.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::new(filter))
        // While a screen is open, whatever else is written would spoil it.
        .with_writer(|| -> Box<dyn std::io::Write> {
            if terminal::is_open() && std::io::stderr().is_terminal() {
                Box::new(std::io::sink())
            } else {
                Box::new(std::io::stderr())
            }
        })
        .try_init();
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    /// Looks through the help of a command and of all below it.
    fn look(command: &mut clap::Command, at: &str) {
        let at = format!("{at} {}", command.get_name());
        let help = command.render_long_help().to_string();
        assert!(!help.contains("[default: ]") && !help.contains("[default: \"\"]"), "{at}: {help}");
        for argument in command.get_arguments() {
            assert!(argument.get_help().is_some(), "{at}: {} has no text", argument.get_id());
        }
        command.get_subcommands_mut().for_each(|command| look(command, &at));
    }

    #[test]
    fn every_argument_says_what_it_is_and_none_that_it_is_nothing() {
        let mut command = Arguments::command();
        command.build();
        look(&mut command, "");
    }
}
