//! Dependencies: licences, sources, duplicates, leftovers.
//!
//! Advisories are left out: they need the internet, and would make the same commit fail tomorrow.

use std::process::Command;

use anyhow::{Context, Result};

use crate::exit::{Exit, Missing};
use crate::process::{shown, succeeds};
use crate::screen::Screen;
use crate::workspace::{Workspace, cargo};

/// A tool of its own that cargo finds by its name.
struct Tool {
    subcommand: &'static str,
    arguments: &'static [&'static str],
    checks: &'static str,
}

const TOOLS: [Tool; 2] = [
    Tool {
        subcommand: "deny",
        arguments: &["check", "bans", "licenses", "sources"],
        checks: "licences, sources and bans",
    },
    Tool { subcommand: "machete", arguments: &[], checks: "dependencies nobody uses" },
];

/// Runs every tool that is installed; one that is not makes the whole incomplete ([`Exit::Missing`]).
pub(crate) fn run(screen: &Screen, workspace: &Workspace) -> Result<Exit> {
    let mut failed = Vec::new();
    let mut missing = Vec::new();
    for tool in &TOOLS {
        if !succeeds(cargo().args([tool.subcommand, "--version"])) {
            missing.push(tool.subcommand);
            continue;
        }
        screen.heading(&format!("cargo {}: {}", tool.subcommand, tool.checks));
        let mut command = command(workspace, tool);
        let status = command.status().with_context(|| format!("start `{}`", shown(&command)))?;
        if !status.success() {
            failed.push(tool.subcommand);
        }
    }
    for subcommand in &failed {
        screen.failure(&format!("cargo {subcommand} found something"));
    }
    if !missing.is_empty() {
        let missing = Missing {
            what: missing.iter().map(|tool| format!("cargo {tool}")).collect::<Vec<_>>().join(", "),
            commands: missing.iter().map(|tool| format!("cargo install --locked cargo-{tool}")).collect(),
        };
        let exit = crate::exit::report(screen, &missing.into());
        return Ok(if failed.is_empty() { exit } else { Exit::Failed });
    }
    Ok(if failed.is_empty() { Exit::Success } else { Exit::Failed })
}

fn command(workspace: &Workspace, tool: &Tool) -> Command {
    let mut command = workspace.cargo(tool.subcommand);
    command.args(tool.arguments);
    command
}
