//! Building and calling the project's programs.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::hsm::{Pins, Token};
use super::place::Place;
use crate::process::shown;
use crate::screen::Screen;
use crate::workspace::Workspace;

const PACKAGES: [&str; 4] = ["station", "virtual-bench", "hsm-sim", "oem"];

/// The programs, built.
#[derive(Debug)]
pub(super) struct Programs {
    directory: PathBuf,
}

impl Programs {
    /// Builds all in one go, so that what they share is built once.
    pub(super) fn build(workspace: &Workspace) -> Result<Self> {
        let mut command = workspace.cargo("build");
        command.args(PACKAGES.iter().flat_map(|package| ["--package", package]));
        let status = command.status().with_context(|| format!("start `{}`", shown(&command)))?;
        ensure!(status.success(), "`{}` failed", shown(&command));
        Ok(Self { directory: workspace.target.join("debug") })
    }

    pub(super) fn station(&self) -> Command {
        Command::new(self.directory.join("station"))
    }

    pub(super) fn virtual_bench(&self) -> Command {
        Command::new(self.directory.join("virtual-bench"))
    }

    pub(super) fn oem(&self) -> Command {
        Command::new(self.directory.join("oem"))
    }

    /// The simulated HSM's PKCS#11 module.
    pub(super) fn hsm_sim(&self) -> PathBuf {
        self.directory.join("libhsm_sim.so")
    }
}

/// The station's program with this demo's settings.
#[derive(Debug)]
pub(super) struct Station<'a> {
    programs: &'a Programs,
    place: &'a Place,
    token: &'a Token,
}

impl<'a> Station<'a> {
    pub(super) fn new(programs: &'a Programs, place: &'a Place, token: &'a Token) -> Self {
        Self { programs, place, token }
    }

    /// A command of the station, yet to be completed.
    pub(super) fn command(&self, words: &[&str]) -> Command {
        let mut command = self.programs.station();
        command.arg("--config").arg(self.place.station_config()).args(["--operator", "demo"]).args(words);
        self.token.attach(&mut command);
        command
    }

    /// The token that the station works with.
    pub(super) fn token(&self) -> &Token {
        self.token
    }

    /// The OEM's tool.
    pub(super) fn oem(&self) -> Command {
        self.programs.oem()
    }

    /// Runs a command of the station that has to succeed. `words` name it and are shown; `pins` go with the flag by which
    /// the command takes them.
    pub(super) fn call(
        &self,
        screen: &Screen,
        words: &[&str],
        pins: Option<(&Pins, &str)>,
        arguments: &[&OsStr],
    ) -> Result<()> {
        let name = format!("station {}", words.join(" "));
        screen.line(&format!("$ {name}"));
        let mut command = self.command(words);
        command.args(arguments);
        if let Some((pins, flag)) = pins {
            pins.hand_to(&mut command, flag)?;
        }
        let status = command.status().with_context(|| format!("start `{name}`"))?;
        ensure!(status.success(), "`{}` failed ({status})", shown(&command));
        Ok(())
    }

    /// The same for a command that signs.
    pub(super) fn call_with_pin(&self, screen: &Screen, words: &[&str], arguments: &[&OsStr]) -> Result<()> {
        let pin = self.token.user_pin()?;
        self.call(screen, words, Some((&pin, "--pin-fd")), arguments)
    }
}
