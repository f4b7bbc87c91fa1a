//! The batch: closed, exported in both flavours, and verified as its receiver would: with the OEM's tool, and with
//! nothing but OpenSSL.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::material::Order;
use super::place::Place;
use super::programs::Station;
use crate::process::shown;
use crate::screen::Screen;

const FLAVOURS: [&str; 2] = ["pre-registration", "late-binding"];

/// A batch that has been made.
#[derive(Debug)]
pub(super) struct Batch {
    /// One file for each flavour.
    pub(super) files: Vec<PathBuf>,
    /// Whether all checks of all files succeeded.
    pub(super) good: bool,
}

/// Puts an order's modules into a batch and checks what the customer will get.
pub(super) fn deliver(screen: &Screen, place: &Place, station: &Station<'_>, order: &Order) -> Result<Batch> {
    station.call_with_pin(screen, &["batch", "close"], &[])?;
    let mut batch = Batch { files: Vec::new(), good: true };
    for flavour in FLAVOURS {
        let file = place.batches().join(format!("{}-{flavour}.zip", order.id));
        let words = ["batch", "export", "--flavour", flavour];
        station.call_with_pin(screen, &words, &["--out".as_ref(), file.as_os_str()])?;
        let root = place.authority("root");
        let mut oem = station.oem();
        oem.arg("verify").arg(&file).arg("--ca").arg(&root);
        batch.good &= succeeds(screen, &mut oem)?;
        batch.good &=
            openssl_accepts(screen, &file, &root, &place.batches().join(format!("{}-{flavour}", order.id)))?;
        batch.files.push(file);
    }
    Ok(batch)
}

/// Unpacks header and signature, and lets OpenSSL check them against the vendor's root.
fn openssl_accepts(screen: &Screen, file: &Path, root: &Path, into: &Path) -> Result<bool> {
    std::fs::create_dir_all(into).with_context(|| format!("create {}", into.display()))?;
    for name in ["header.json", "header.cms"] {
        let path = into.join(name);
        let output = File::create(&path).with_context(|| format!("create {}", path.display()))?;
        let mut unzip = Command::new("unzip");
        unzip.arg("-p").arg(file).arg(name).stdout(output);
        let status = unzip.status().with_context(|| format!("start `{}`", shown(&unzip)))?;
        ensure!(status.success(), "`{}` failed", shown(&unzip));
    }
    let mut openssl = Command::new("openssl");
    openssl.args(["cms", "-verify", "-inform", "DER", "-in"]).arg(into.join("header.cms"));
    openssl.arg("-content").arg(into.join("header.json")).arg("-CAfile").arg(root);
    openssl.args(["-out", "/dev/null"]).stdin(Stdio::null());
    succeeds(screen, &mut openssl)
}

fn succeeds(screen: &Screen, command: &mut Command) -> Result<bool> {
    let text = shown(command);
    screen.line(&format!("$ {text}"));
    let status = command.status().with_context(|| format!("start `{text}`"))?;
    if !status.success() {
        screen.failure(&format!("`{text}` failed ({status})"));
    }
    Ok(status.success())
}
