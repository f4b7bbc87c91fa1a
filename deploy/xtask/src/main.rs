//! The project's own commands: `cargo xtask setup`, `demo`, `test`, `bench`, `screenshots`, `lint`.
//!
//! | module | what it does |
//! |---|---|
//! | [`cli`] | the commands and their flags |
//! | [`exit`] | the exit codes and what each of them promises |
//! | [`screen`] | every line that is printed, with and without a terminal |
//! | [`process`] | other programs, run under a time limit |
//! | [`workspace`] | where the project and its build products lie, and how cargo is called |
//! | [`setup`] | what a machine lacks, and how it gets it |
//! | [`firmware`] | the module's image: building it and holding it to its budgets |
//! | [`demo`] | the whole line on this machine |
//! | [`mod@test`] | the stages of `cargo xtask test` |
//! | [`mod@bench`] | measurements |
//! | [`screenshots`] | pictures of the operator's screen |
//! | [`lint`] | dependencies: licences, sources, duplicates, leftovers |

mod bench;
mod cli;
mod demo;
mod exit;
mod firmware;
mod lint;
#[cfg(test)]
mod pages;
mod process;
mod screen;
mod screenshots;
mod setup;
mod test;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use cli::{Cli, Command};
use exit::Exit;
use screen::Screen;
use workspace::Workspace;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let screen = Screen::of_this_terminal();
    let exit = run(&cli, &screen).unwrap_or_else(|error| exit::report(&screen, &error));
    exit.into()
}

fn run(cli: &Cli, screen: &Screen) -> Result<Exit> {
    let workspace = Workspace::find()?;
    match &cli.command {
        Command::Setup => setup::run(screen, &workspace, &setup::Needs::everything()).map(|_| Exit::Success),
        Command::Demo(options) => demo::run(screen, &workspace, options),
        Command::Test(options) => test::run(screen, &workspace, options),
        Command::Bench(command) => bench::run(screen, &workspace, command),
        Command::Screenshots(options) => screenshots::run(screen, &workspace, options),
        Command::Lint => lint::run(screen, &workspace),
    }
}
