//! rustfmt and clippy: parts of every toolchain but the minimal one.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use crate::exit::Missing;
use crate::process::{find_program, run_quietly, succeeds};
use crate::screen::Screen;
use crate::workspace::cargo;

const LIMIT: Duration = Duration::from_mins(2);

/// Makes sure that the toolchain in use has all `components`.
pub(super) fn provide(screen: &Screen, logs: &Path, components: &[&str]) -> Result<()> {
    let (here, missing): (Vec<&str>, Vec<&str>) = components.iter().copied().partition(|name| is_here(name));
    if !here.is_empty() {
        screen.fact("found", &here.join(", "));
    }
    if missing.is_empty() {
        return Ok(());
    }
    let by_hand = format!("rustup component add {}", missing.join(" "));
    let absent = || Missing { what: missing.join(", "), commands: vec![by_hand] };
    if find_program("rustup").is_none() {
        return Err(absent().into());
    }
    let busy = screen.busy(&format!("Installing {}", missing.join(", ")));
    let mut command = Command::new("rustup");
    command.args(["component", "add"]).args(&missing);
    let log = logs.join("rustup-component.log");
    if run_quietly(&mut command, LIMIT, &log)?.success() {
        busy.done("installed", &missing.join(", "));
        Ok(())
    } else {
        busy.failed(&format!("rustup; its output is in {}", log.display()));
        Err(absent().into())
    }
}

fn is_here(component: &str) -> bool {
    let subcommand = if component == "rustfmt" { "fmt" } else { component };
    succeeds(cargo().args([subcommand, "--version"]))
}
