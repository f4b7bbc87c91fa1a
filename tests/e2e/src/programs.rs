//! Where the built programs and the firmware are, and how one is run with an input.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, Result, ensure};

/// A program of this workspace, built beside the test.
///
/// # Errors
/// It is not built.
pub fn program(name: &str) -> Result<PathBuf> {
    existing(profile_directory()?.join(name))
}

/// Runs a program with this on its standard input, and waits for its end.
///
/// # Errors
/// It cannot be run.
pub fn fed(command: &mut Command, input: &str) -> Result<Output> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    // A program that ends before it has read its input is judged by how it ended.
    let _ = child.stdin.take().context("no input")?.write_all(input.as_bytes());
    Ok(child.wait_with_output()?)
}

/// The PKCS#11 module of hsm-sim.
///
/// # Errors
/// It is not built.
pub fn hsm_module() -> Result<PathBuf> {
    existing(profile_directory()?.join("libhsm_sim.so"))
}

/// The module's firmware, an ELF file.
///
/// # Errors
/// It is not built.
pub fn firmware() -> Result<PathBuf> {
    let target = profile_directory()?.parent().context("no target directory")?.to_owned();
    existing(target.join("thumbv6m-none-eabi/firmware/module-nrf51"))
}

/// `target/debug` or `target/release`: where the tests run from.
fn profile_directory() -> Result<PathBuf> {
    let test = std::env::current_exe()?;
    let deps = test.parent().context("the test has no directory")?;
    let directory = if deps.ends_with("deps") { deps.parent().context("deps has no parent")? } else { deps };
    Ok(directory.to_owned())
}

fn existing(path: PathBuf) -> Result<PathBuf> {
    ensure!(path.exists(), "{} is not built: run `cargo xtask test`", path.display());
    Ok(path)
}
