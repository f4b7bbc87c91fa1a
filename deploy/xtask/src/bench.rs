//! Measurements: what the line takes, and what of that is the station's own.

use anyhow::{Context, Result, ensure};

use crate::cli::{BenchCommand, LineOptions};
use crate::exit::Exit;
use crate::firmware;
use crate::process::shown;
use crate::screen::Screen;
use crate::setup::{self, Needs};
use crate::workspace::Workspace;

/// Sets up, builds and measures.
pub(crate) fn run(screen: &Screen, workspace: &Workspace, command: &BenchCommand) -> Result<Exit> {
    let BenchCommand::Line(LineOptions { rounds, json }) = command;
    let compiler = setup::run(screen, workspace, &Needs::everything())?;
    screen.heading("\nBuild");
    firmware::build(workspace, &compiler)?;
    // The selection that the tests build, so that nothing is built twice.
    let mut build = workspace.cargo_on_host("build");
    build.args(["--lib", "--bins", "--tests"]);
    let status = build.status().with_context(|| format!("start `{}`", shown(&build)))?;
    ensure!(status.success(), "`{}` failed", shown(&build));
    screen.heading("\nStation and bare program in turn, with 1, 2 and 4 slots; takes minutes");
    let mut bench = std::process::Command::new(workspace.target.join("debug/bench-line"));
    bench.arg(rounds.to_string()).args(json.then_some("--json"));
    let status = bench.status().with_context(|| format!("start `{}`", shown(&bench)))?;
    Ok(if status.success() { Exit::Success } else { Exit::Failed })
}
