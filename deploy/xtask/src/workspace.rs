//! Where the project and its build products lie, and how cargo is called.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::process::shown;

/// The firmware image's package: it builds for the module's chip alone, so every command for this machine leaves it out.
pub(crate) const FIRMWARE_PACKAGE: &str = "module-nrf51";

/// The project on this disk.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// The directory of the top `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Cargo's target directory.
    pub(crate) target: PathBuf,
}

impl Workspace {
    pub(crate) fn find() -> Result<Self> {
        #[derive(Deserialize)]
        struct Metadata {
            workspace_root: PathBuf,
            target_directory: PathBuf,
        }

        let output = cargo()
            .args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"])
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
            .output()
            .context("start cargo")?;
        let text = String::from_utf8_lossy(&output.stderr);
        anyhow::ensure!(output.status.success(), "cargo metadata: {}", text.trim());
        let metadata: Metadata =
            serde_json::from_slice(&output.stdout).context("read the answer of cargo metadata")?;
        Ok(Self { root: metadata.workspace_root, target: metadata.target_directory })
    }

    /// Cargo, called in the project's top directory.
    pub(crate) fn cargo(&self, subcommand: &str) -> Command {
        let mut command = cargo();
        command.current_dir(&self.root).arg(subcommand);
        command
    }

    /// Cargo on everything that runs on this machine. The selection is always the same one: cargo unites the features
    /// of what is selected, and another selection would build the same dependencies anew.
    pub(crate) fn cargo_on_host(&self, subcommand: &str) -> Command {
        let mut command = self.cargo(subcommand);
        command.args(["--workspace", "--exclude", FIRMWARE_PACKAGE]);
        command
    }

    /// Builds what the tests build, and with it the programs that work on the virtual bench, so that nothing is built
    /// twice.
    pub(crate) fn build_for_tests(&self) -> Result<()> {
        let mut build = self.cargo_on_host("build");
        build.args(["--lib", "--bins", "--tests"]);
        let status = build.status().with_context(|| format!("start `{}`", shown(&build)))?;
        anyhow::ensure!(status.success(), "`{}` failed", shown(&build));
        Ok(())
    }
}

/// The cargo that runs this program.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // Set for what cargo runs, as it runs this program. cargo-machete takes it for a sign that cargo did not call it.
    command.env_remove("CARGO_PKG_NAME");
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_this_project() {
        let workspace = Workspace::find().unwrap();
        assert!(workspace.root.join("deploy/xtask/Cargo.toml").is_file());
        assert!(workspace.target.is_absolute());
    }
}
