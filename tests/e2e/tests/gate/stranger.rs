//! Somebody who has the PIN, and uses the HSM with a program of their own.

use std::fs;
use std::process::{Command, Output};

use anyhow::{Context as _, Result, ensure};
use e2e::rig::{USER_PIN, text};
use e2e::{Rig, programs};

use crate::line::signed;

/// Somebody uses a key with a program of their own.
pub(crate) fn command(rig: &Rig, arguments: &[&str]) -> Result<Output> {
    let output = Command::new("pkcs11-tool")
        .arg("--module")
        .arg(programs::hsm_module()?)
        .args(["--token-label", "bench-ca", "--login", "--pin", USER_PIN])
        .args(arguments)
        .env("HSM_SIM_DIR", rig.path().join("tokens"))
        .output()?;
    ensure!(output.status.success(), "{}", text(&output));
    Ok(output)
}

/// Somebody has a key sign something. Gives the line of the log that tells of it.
pub(crate) fn strange_signature(rig: &Rig, id: &str) -> Result<usize> {
    sign(rig, id, b"a certificate of their own")?;
    Ok(signed(rig)?.len())
}

/// Has a key sign something: r and s, 32 bytes each. The key is named by its id: pkcs11-tool does not look at
/// the label when it signs.
pub(crate) fn sign(rig: &Rig, id: &str, message: &[u8]) -> Result<Vec<u8>> {
    let (input, output) = (rig.path().join("message"), rig.path().join("signature"));
    fs::write(&input, message)?;
    let (from, to) = (input.display().to_string(), output.display().to_string());
    let files = ["--input-file", &from, "--output-file", &to];
    command(rig, &[&["--sign", "--id", id, "--mechanism", "ECDSA-SHA256"][..], &files].concat())?;
    Ok(fs::read(output)?)
}

/// `CKA_ID` of a key, in hex.
pub(crate) fn id_of(rig: &Rig, key: &str) -> Result<String> {
    let listed = String::from_utf8(command(rig, &["--list-objects", "--type", "pubkey"])?.stdout)?;
    let field = |line: &str, name| line.trim().strip_prefix(name).map(|value| value.trim().to_owned());
    // All keys are listed; of each the label, and then the id.
    let mut lines = listed.lines().skip_while(|line| field(line, "label:").as_deref() != Some(key));
    lines.find_map(|line| field(line, "ID:")).with_context(|| format!("{key} is not in {listed}"))
}
