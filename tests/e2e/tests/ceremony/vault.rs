//! A station that only holds ceremonies: settings, tokens, and OpenSSL beside them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, Result, ensure};
use e2e::programs;
use e2e::rig::{SO_PIN, USER_PIN, text};
use hsm_sim::store::Settings;

/// Settings, tokens and OpenSSL in a directory.
pub(crate) struct Vault {
    directory: tempfile::TempDir,
}

impl Vault {
    /// A token with PINs and no keys, and blank ones beside it.
    pub(crate) fn new() -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let settings = Settings { slots: 6, ..Settings::default() };
        hsm_sim::store::configure(&directory.path().join("tokens"), &settings)?;
        // No command of these tests speaks to a slot's devices.
        let station = format!(
            "name = 'vault'\ndata = 'data'\n\
             [hsm]\nmodule = '{}'\ntoken = 'vendor'\nroot-key = 'root'\nissuing-key = 'issuing'\n\
             manifest-key = 'manifest'\n\
             [[slot]]\nname = '1'\nprobe = '1d50:6018'\nport = 'uart'\nprinter = 'tcp://127.0.0.1:1'\n\
             scanner = 'tcp://127.0.0.1:1'\n",
            programs::hsm_module()?.display()
        );
        fs::write(directory.path().join("station.toml"), station)?;
        let vault = Self { directory };
        vault.succeed(&["hsm", "init", "--pins-fd", "0"], &format!("{SO_PIN}\n{USER_PIN}\n"))?;
        Ok(vault)
    }

    /// A file in the directory.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> Result<String> {
        fs::read_to_string(self.file(name)).with_context(|| format!("read {name}"))
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> Result<()> {
        Ok(fs::write(self.file(name), text)?)
    }

    /// Puts one of the plans of `deploy/ceremony` into the directory.
    pub(crate) fn plan(&self, name: &str) -> Result<()> {
        Ok(fs::copy(deployed(name), self.file(name)).map(drop)?)
    }

    /// Runs `station` with the PIN and further input, and waits for its end.
    pub(crate) fn station(&self, arguments: &[&str], input: &str) -> Result<Output> {
        let mut command = Command::new(programs::program("station")?);
        command
            .args(["--config", "station.toml"])
            .args(arguments)
            .current_dir(self.directory.path())
            .env("HSM_SIM_DIR", self.file("tokens"));
        programs::fed(&mut command, input)
    }

    /// Runs `station`, which must succeed, and gives its standard output.
    pub(crate) fn succeed(&self, arguments: &[&str], input: &str) -> Result<String> {
        let output = self.station(arguments, input)?;
        ensure!(output.status.success(), "station {}: {}", arguments.join(" "), text(&output));
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Holds a ceremony by a plan, without questions. The transcript of the one before goes.
    pub(crate) fn ceremony(&self, plan: &str, more: &[&str]) -> Result<Output> {
        let _ = fs::remove_file(self.file("transcript.md"));
        let mut arguments = vec!["ca", "ceremony", "--plan", plan, "--yes", "--pin-fd", "0"];
        arguments.extend(["--transcript", "transcript.md"]);
        arguments.extend(more);
        self.station(&arguments, USER_PIN)
    }

    /// Runs OpenSSL with words from a line; its output, or an error with everything it said.
    pub(crate) fn openssl(&self, line: &str) -> Result<String> {
        let output = Command::new("openssl")
            .args(line.split_whitespace())
            .current_dir(self.directory.path())
            .stdin(Stdio::null())
            .output()?;
        ensure!(output.status.success(), "openssl {line}: {}", text(&output));
        Ok(String::from_utf8(output.stdout)?)
    }

    /// The digest of the certificate in a role with this standing, as `station ca show` has it.
    pub(crate) fn digest(&self, role: &str, standing: &str) -> Result<String> {
        let shown: serde_json::Value = serde_json::from_str(&self.succeed(&["ca", "show", "--json"], "")?)?;
        let all = shown.as_array().context("a list")?;
        let found = all.iter().find(|it| it["role"] == role && it["standing"] == standing);
        Ok(found
            .and_then(|it| it["sha256"].as_str())
            .with_context(|| format!("{role} in {all:#?}"))?
            .to_owned())
    }
}

/// A file of `deploy/ceremony`.
pub(crate) fn deployed(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/ceremony").join(name)
}
