//! Where the PIN is: in the memory of a station that holds it, and nowhere once that has let go.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::memory::{forgotten, places};
use e2e::programs;

/// How long the sessions of a closed HSM may take to end.
const LIMIT: Duration = Duration::from_secs(30);
/// Where Debian puts SoftHSM2.
const SOFTHSM: &str = "/usr/lib/softhsm/libsofthsm2.so";

#[test]
fn a_closed_hsm_leaves_no_pin_in_memory() -> Result<()> {
    let folder = tempfile::tempdir()?;
    hsm_sim::store::create(folder.path())?;
    check(&programs::hsm_module()?, folder.path())
}

#[test]
fn a_closed_softhsm_leaves_no_pin_in_memory() -> Result<()> {
    let folder = tempfile::tempdir()?;
    fs::write(
        folder.path().join("softhsm2.conf"),
        format!("directories.tokendir = {}\nobjectstore.backend = file\n", folder.path().display()),
    )?;
    check(Path::new(SOFTHSM), folder.path())
}

fn check(module: &Path, folder: &Path) -> Result<()> {
    // As no other text in any program.
    let pin = hex::encode(station::random::bytes::<12>()?);
    let mut init = start("init", module, folder)?;
    init.stdin.take().context("no input")?.write_all(format!("officer-{pin}\n{pin}\n").as_bytes())?;
    ensure!(init.wait()?.success(), "no token");

    let mut holder = start("hold", module, folder)?;
    let outcome = watch(&mut holder, &pin);
    // Whatever came of it; one that has ended already is as good.
    let _ = holder.kill();
    holder.wait()?;
    outcome
}

fn watch(holder: &mut Child, pin: &str) -> Result<()> {
    let mut input = holder.stdin.take().context("no input")?;
    let mut said = BufReader::new(holder.stdout.take().context("no output")?).lines();
    writeln!(input, "{pin}")?;
    ensure!(said.next().context("no word")?? == "open", "not open");
    // Without this, finding nothing afterwards would prove nothing.
    ensure!(!places(holder.id(), pin)?.is_empty(), "the PIN is not where it must be");
    writeln!(input)?;
    ensure!(said.next().context("no word")?? == "closed", "not closed");
    forgotten(holder.id(), pin, LIMIT)
}

fn start(command: &str, module: &Path, folder: &Path) -> Result<Child> {
    Ok(Command::new(programs::program("pin-holder")?)
        .arg(command)
        .arg(module)
        .env("HSM_SIM_DIR", folder)
        .env("SOFTHSM2_CONF", folder.join("softhsm2.conf"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?)
}
