//! Exit codes, and how an error becomes one.

use std::fmt;
use std::process::ExitCode;

use crate::demo::Interrupted;
use crate::screen::Screen;

/// How a command ended. The numbers are part of the interface: scripts and CI read them.
/// Number 2 is taken by the command-line parser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All that was asked for was done.
    Success = 0,
    /// A test, a check or a program failed.
    Failed = 1,
    /// Something is missing that only a human can install here; the command for it was printed.
    Missing = 3,
    /// Somebody wanted it to end: 128 and the number of SIGINT, as shells have it.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// The error for what cannot be installed from here.
#[derive(Debug)]
pub(crate) struct Missing {
    /// What is missing, in words.
    pub(crate) what: String,
    /// Commands that install it, one a line, ready to be pasted into a shell.
    pub(crate) commands: Vec<String>,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "missing: {}", self.what)
    }
}

impl std::error::Error for Missing {}

/// Prints an error with all its causes and, where there is one, the way out.
pub(crate) fn report(screen: &Screen, error: &anyhow::Error) -> Exit {
    if error.is::<Interrupted>() {
        screen.line("Interrupted; everything that was started has been ended.");
        return Exit::Interrupted;
    }
    screen.failure(&format!("{error:#}"));
    let Some(missing) = error.downcast_ref::<Missing>() else { return Exit::Failed };
    if !missing.commands.is_empty() {
        screen.line("Please run this, then start again:");
        for command in &missing.commands {
            screen.line(&format!("    {command}"));
        }
    }
    Exit::Missing
}

#[cfg(test)]
mod tests {
    use anyhow::{Context, anyhow};

    use super::*;

    #[test]
    fn missing_is_recognised_below_its_context() {
        let missing = Missing { what: "qemu".into(), commands: vec!["apt-get install qemu".into()] };
        let error = anyhow::Error::new(missing).context("set-up");
        let (screen, text) = Screen::for_test();
        assert_eq!(report(&screen, &error), Exit::Missing);
        assert_eq!(
            text.take(),
            "error: set-up: missing: qemu\nPlease run this, then start again:\n    apt-get install qemu\n"
        );
    }

    #[test]
    fn other_errors_fail_with_their_causes() {
        let error = Err::<(), _>(anyhow!("disk full")).context("write the order").unwrap_err();
        let (screen, text) = Screen::for_test();
        assert_eq!(report(&screen, &error), Exit::Failed);
        assert_eq!(text.take(), "error: write the order: disk full\n");
    }
}
