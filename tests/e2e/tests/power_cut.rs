//! The power is cut at every write and every sync of the ledger's life: what was acknowledged is there, and all is sound.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result, ensure};
use e2e::disk::cut::Kind;
use e2e::disk::sweep::Sweep;
use e2e::disk::{Recording, careless, ledger};
use e2e::{long, programs};

const NAME: &str = "ledger.db";

#[test]
fn a_power_cut_at_any_moment_loses_nothing_that_was_acknowledged() -> Result<()> {
    let _alone = alone();
    let (modules, stride) = if long::is_wanted() { ("4", 1) } else { ("1", 13) };
    let recording = record("ledger", modules)?;
    let report = Sweep { recording: &recording, name: NAME, stride, survivors: ledger::survivors }.run()?;
    println!("{report}");
    ensure!(report.lost() == 0 && report.unsound() == 0, "{report}");
    for kind in Kind::ALL {
        ensure!(report.cuts(kind) > 0, "no cut of the kind: {kind}");
    }
    Ok(())
}

/// The same sweep over a database that does not wait for the disk. Were nothing found here, the other test would prove nothing.
#[test]
fn losses_are_found_where_there_are_some() -> Result<()> {
    let _alone = alone();
    let recording = record("careless", "12")?;
    let report =
        Sweep { recording: &recording, name: NAME, stride: 1, survivors: careless::survivors }.run()?;
    println!("{report}");
    ensure!(report.lost() > 0, "{report}");
    Ok(())
}

/// Runs `ledger-writer` and keeps record.
fn record(mode: &str, number: &str) -> Result<Recording> {
    let directory = tempfile::tempdir()?;
    // The program's calls name the directory in full.
    let place: PathBuf = directory.path().canonicalize()?;
    let file: PathBuf = place.join(NAME);
    let text = Path::to_str(&file).context("a path")?;
    Recording::of(&programs::program("ledger-writer")?, &[mode, text, number], &file, &place.join("strace"))
}

/// One test at a time: a program that is being started holds every open file for a moment, and with it the lock of a ledger.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}
