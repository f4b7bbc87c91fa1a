//! Debian packages: installed if that may be, otherwise the exact command is printed.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use super::needs::Program;
use crate::exit::Missing;
use crate::process::{Ended, ask, find_program, run_quietly, succeeds};
use crate::screen::Screen;

/// A mirror that is out of reach must not hold anybody up for longer than this.
const UPDATE_LIMIT: Duration = Duration::from_mins(3);
/// Some hundred megabytes over a slow line.
const INSTALL_LIMIT: Duration = Duration::from_mins(20);

/// Makes sure that all `programs` are here.
pub(super) fn provide(screen: &Screen, logs: &Path, programs: &[Program]) -> Result<()> {
    let (here, missing): (Vec<Program>, Vec<Program>) = programs.iter().copied().partition(Program::is_here);
    if !here.is_empty() {
        screen.fact("found", &names(&here));
    }
    if missing.is_empty() {
        return Ok(());
    }
    for program in &missing {
        screen.notice("missing", &format!("{}: {}", program.name, program.purpose));
    }
    let packages: Vec<&str> = missing.iter().map(|program| program.package).collect();
    install(screen, logs, &packages)?;
    let still: Vec<Program> = missing.into_iter().filter(|program| !program.is_here()).collect();
    if still.is_empty() {
        return Ok(());
    }
    // The package manager is content and the program is not there: nothing that a second try would change.
    Err(Missing { what: names(&still), commands: Vec::new() }.into())
}

/// Installs packages, or fails with [`Missing`] and the command that would.
pub(super) fn install(screen: &Screen, logs: &Path, packages: &[&str]) -> Result<()> {
    let rights = Rights::of_this_user();
    let missing = |because: &str| Missing {
        what: format!("{} ({because})", packages.join(", ")),
        commands: by_hand(rights, packages),
    };
    let prefix = match rights {
        Rights::Root => &[][..],
        Rights::Sudo => &["sudo", "-n"][..],
        Rights::Neither => return Err(missing("installing packages needs root").into()),
        Rights::NoApt => return Err(missing("this machine has no apt-get").into()),
    };

    let busy = screen.busy(&format!("Installing {}", packages.join(", ")));
    let update = run_quietly(&mut apt_get(prefix, &["update"]), UPDATE_LIMIT, &logs.join("apt-update.log"))?;
    let log = logs.join("apt-install.log");
    let arguments: Vec<&str> =
        ["install", "--yes", "--no-install-recommends"].iter().chain(packages).copied().collect();
    let ended = run_quietly(&mut apt_get(prefix, &arguments), INSTALL_LIMIT, &log)?;
    if ended.success() {
        busy.done("installed", &packages.join(", "));
        return Ok(());
    }
    busy.failed(&format!("apt-get; its output is in {}", log.display()));
    if !update.success() {
        screen.notice("failed", "the package lists could not be updated before either");
    }
    Err(missing(if ended == Ended::Overdue { "apt-get did not end in time" } else { "apt-get failed" })
        .into())
}

/// Whether the package lists offer a package.
pub(super) fn offered(package: &str) -> bool {
    ask(Command::new("apt-cache").args(["policy", package])).is_some_and(|answer| has_candidate(&answer))
}

fn has_candidate(policy: &str) -> bool {
    policy
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Candidate:"))
        .any(|version| version.trim() != "(none)")
}

/// What this user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rights {
    Root,
    /// `sudo` works without asking for a password.
    Sudo,
    Neither,
    /// Not a Debian system.
    NoApt,
}

impl Rights {
    fn of_this_user() -> Self {
        Self::from(find_program("apt-get").is_some(), rustix::process::geteuid().is_root(), || {
            succeeds(Command::new("sudo").args(["-n", "true"]))
        })
    }

    fn from(apt: bool, root: bool, sudo: impl FnOnce() -> bool) -> Self {
        match (apt, root) {
            (false, _) => Self::NoApt,
            (true, true) => Self::Root,
            (true, false) if sudo() => Self::Sudo,
            (true, false) => Self::Neither,
        }
    }
}

/// The commands for a human, who can type a password.
fn by_hand(rights: Rights, packages: &[&str]) -> Vec<String> {
    let sudo = match rights {
        Rights::Root => "",
        Rights::Sudo | Rights::Neither => "sudo ",
        Rights::NoApt => return Vec::new(),
    };
    vec![format!(
        "{sudo}apt-get update && {sudo}apt-get install --yes --no-install-recommends {}",
        packages.join(" ")
    )]
}

fn apt_get(prefix: &[&str], arguments: &[&str]) -> Command {
    // `env`, since sudo does not hand the environment on.
    let mut words = prefix.iter().copied().chain(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    let mut command = Command::new(words.next().unwrap_or("env"));
    command.args(words);
    command.args([
        "-o",
        "DPkg::Lock::Timeout=60",
        "-o",
        "Acquire::Retries=2",
        "-o",
        "Acquire::http::Timeout=20",
    ]);
    command.args(arguments);
    command
}

fn names(programs: &[Program]) -> String {
    programs.iter().map(|program| program.name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::shown;

    #[test]
    fn sudo_is_tried_only_where_it_matters() {
        let never = || -> bool { panic!("sudo was asked") };
        assert_eq!(Rights::from(true, true, never), Rights::Root);
        assert_eq!(Rights::from(false, false, never), Rights::NoApt);
        assert_eq!(Rights::from(true, false, || true), Rights::Sudo);
        assert_eq!(Rights::from(true, false, || false), Rights::Neither);
    }

    #[test]
    fn command_for_a_human_is_complete() {
        let packages = ["qemu-system-arm", "softhsm2"];
        assert_eq!(
            by_hand(Rights::Neither, &packages),
            [
                "sudo apt-get update && sudo apt-get install --yes --no-install-recommends qemu-system-arm softhsm2"
            ]
        );
        assert!(by_hand(Rights::Root, &packages)[0].starts_with("apt-get update && apt-get install"));
        assert!(by_hand(Rights::NoApt, &packages).is_empty());
    }

    #[test]
    fn sudo_never_asks_for_a_password() {
        assert!(
            shown(&apt_get(&["sudo", "-n"], &["update"]))
                .starts_with("sudo -n env DEBIAN_FRONTEND=noninteractive apt-get -o")
        );
        assert!(
            shown(&apt_get(&[], &["update"])).starts_with("env DEBIAN_FRONTEND=noninteractive apt-get -o")
        );
    }

    #[test]
    fn unknown_package_is_not_offered() {
        assert!(has_candidate("lld:\n  Installed: (none)\n  Candidate: 1:14.0-55\n"));
        assert!(!has_candidate("rustc-web:\n  Installed: (none)\n  Candidate: (none)\n"));
        assert!(!has_candidate(""));
    }
}
