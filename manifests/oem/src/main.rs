//! The OEM's tool for batch manifests: is the batch that arrived whole, and from the vendor?
//!
//! | module | concern |
//! |---|---|
//! | [`cli`] | commands, options, help |
//! | [`verify`], [`inspect`] | one command each |
//! | [`advice`] | what to do about a problem |
//! | [`input`] | files from disk |
//! | [`output`] | lines for people, safe for a terminal |
//! | [`outcome`] | exit codes |

mod advice;
mod cli;
mod input;
mod inspect;
mod outcome;
mod output;
mod verify;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use thiserror::Error;

use crate::cli::{Cli, Command};
use crate::input::InputError;
use crate::outcome::Outcome;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut out = io::stdout().lock();
    let result = match &cli.command {
        Command::Inspect(options) => inspect::run(options, &mut out),
        Command::Verify(options) => verify::run(options, &mut out),
    };
    let outcome = result.and_then(|outcome| out.flush().map(|()| outcome).map_err(Error::Output));
    outcome.unwrap_or_else(|error| explain(&error)).into()
}

/// Why a command could not do its work.
#[derive(Debug, Error)]
enum Error {
    /// A file given on the command line cannot be used.
    #[error("{hint}")]
    Input {
        /// What to do.
        hint: &'static str,
        #[source]
        source: InputError,
    },
    /// The answer cannot be written.
    #[error("write the answer")]
    Output(#[source] io::Error),
}

impl From<InputError> for Error {
    fn from(source: InputError) -> Self {
        Self::Input { hint: source.hint(), source }
    }
}

/// Tells what went wrong and what to do about it, on the error stream.
fn explain(error: &Error) -> Outcome {
    let mut lines = Vec::new();
    match error {
        // Whoever closed the pipe has seen enough.
        Error::Output(source) if source.kind() == io::ErrorKind::BrokenPipe => {}
        Error::Output(source) => lines.push(format!("oem: write the answer: {source}")),
        Error::Input { hint, source } => {
            lines.push(format!("oem: {}", output::chain(source)));
            lines.push(format!("  {hint}"));
        }
    }
    let mut err = io::stderr().lock();
    for line in lines {
        // Nobody is left to tell when the error stream is gone too; the exit code still says it.
        let _ = writeln!(err, "{}", output::plain(&line));
    }
    Outcome::Failed
}
