//! Measurements: what the line takes, and what of that is the station's own; what ledger, HSM and screen cost.

use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::cli::{BenchCommand, HsmOptions, LedgerOptions, LineOptions, ScreenOptions};
use crate::exit::Exit;
use crate::firmware;
use crate::process::shown;
use crate::screen::Screen;
use crate::setup::{self, Needs};
use crate::workspace::Workspace;

/// Sets up, builds and measures.
pub(crate) fn run(screen: &Screen, workspace: &Workspace, command: &BenchCommand) -> Result<Exit> {
    // Who reads JSON reads nothing else.
    let beside = command.json().then(Screen::beside_the_output);
    let screen = beside.as_ref().unwrap_or(screen);
    match command {
        BenchCommand::Hsm(options) => hsm(screen, workspace, options),
        BenchCommand::Ledger(options) => ledger(screen, workspace, options),
        BenchCommand::Line(options) => line(screen, workspace, options),
        BenchCommand::Screen(options) => operators_screen(screen, workspace, options),
    }
}

/// Needs nothing but Rust; without SoftHSM2 a comparison is left out.
fn hsm(screen: &Screen, workspace: &Workspace, options: &HsmOptions) -> Result<Exit> {
    let HsmOptions { rounds, json } = options;
    screen.heading("\nBuild, with optimisation");
    // The simulated HSM is loaded, not linked, so it is named beside the program.
    let mut build = workspace.cargo("build");
    build.args(["--release", "--package", "hsm-sim", "--package", "e2e", "--lib", "--bin", "bench-hsm"]);
    succeed(&mut build)?;
    screen.heading("\nThe HSM, in turn");
    let mut bench = Command::new(workspace.target.join("release/bench-hsm"));
    bench.args(["--rounds", &rounds.to_string()]).args(json.then_some("--json"));
    measure(&mut bench)
}

/// Needs nothing but Rust: no module takes part.
fn ledger(screen: &Screen, workspace: &Workspace, options: &LedgerOptions) -> Result<Exit> {
    let LedgerOptions { events, dir, keep, json } = options;
    screen.heading("\nBuild, with optimisation");
    // Only what is measured: nothing else is ever built this way.
    let mut build = workspace.cargo("build");
    build.args(["--release", "--package", "e2e", "--bin", "bench-ledger"]);
    succeed(&mut build)?;
    screen.heading("\nThe ledger, small and large in turn");
    let mut bench = Command::new(workspace.target.join("release/bench-ledger"));
    bench
        .args(["--events", &events.to_string()])
        .args(keep.then_some("--keep"))
        .args(json.then_some("--json"));
    if let Some(dir) = dir {
        bench.arg("--dir").arg(dir);
    }
    measure(&mut bench)
}

/// Frames need nothing but Rust; how idle the real program is and how soon it answers is measured on the bench.
fn operators_screen(screen: &Screen, workspace: &Workspace, options: &ScreenOptions) -> Result<Exit> {
    let ScreenOptions { json, strict } = options;
    let compiler = setup::run(screen, workspace, &Needs::everything())?;
    screen.heading("\nBuild, with optimisation");
    firmware::build(workspace, &compiler)?;
    let mut build = workspace.cargo("build");
    for package in ["e2e", "station", "virtual-bench", "hsm-sim"] {
        build.args(["--package", package]);
    }
    build.args(["--release", "--lib"]);
    for program in ["bench-screen", "station", "virtual-bench"] {
        build.args(["--bin", program]);
    }
    succeed(&mut build)?;
    screen.heading("\nFrames, an idle program, and keys while all slots flash; takes two minutes");
    let mut bench = Command::new(workspace.target.join("release/bench-screen"));
    bench.args(json.then_some("--json")).args(strict.then_some("--strict"));
    measure(&mut bench)
}

fn line(screen: &Screen, workspace: &Workspace, options: &LineOptions) -> Result<Exit> {
    let LineOptions { rounds, json } = options;
    let compiler = setup::run(screen, workspace, &Needs::everything())?;
    screen.heading("\nBuild");
    firmware::build(workspace, &compiler)?;
    workspace.build_for_tests()?;
    screen.heading("\nStation and bare program in turn, with 1, 2 and 4 slots; takes minutes");
    let mut bench = Command::new(workspace.target.join("debug/bench-line"));
    bench.arg(rounds.to_string()).args(json.then_some("--json"));
    measure(&mut bench)
}

fn succeed(build: &mut Command) -> Result<()> {
    let status = build.status().with_context(|| format!("start `{}`", shown(build)))?;
    ensure!(status.success(), "`{}` failed", shown(build));
    Ok(())
}

fn measure(bench: &mut Command) -> Result<Exit> {
    let status = bench.status().with_context(|| format!("start `{}`", shown(bench)))?;
    Ok(if status.success() { Exit::Success } else { Exit::Failed })
}
