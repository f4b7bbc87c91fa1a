//! The power is cut at every write and every sync of the ledger's life: what was acknowledged is there, and all is sound.

use std::fmt::Display;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result, bail, ensure};
use e2e::disk::cut::Kind;
use e2e::disk::model::{Disk, Fate};
use e2e::disk::recording::{Entry, Step};
use e2e::disk::sweep::Sweep;
use e2e::disk::{Recording, careless, ledger};
use e2e::{long, programs};

const NAME: &str = "ledger.db";

#[test]
fn a_power_cut_at_any_moment_loses_nothing_that_was_acknowledged() -> Result<()> {
    let _alone = alone();
    sweep(&record("ledger", "1")?, if long::is_wanted() { 1 } else { 13 })
}

/// As above, with a log that grows until it is folded in while the station works, and is then written over from its beginning.
#[test]
fn nor_does_one_while_the_log_is_folded_in_and_begun_again() -> Result<()> {
    let _alone = alone();
    if !long::is_wanted() {
        show(&"left out, for it takes minutes; LONG_SWEEP=1 has it done");
        return Ok(());
    }
    // How much the slots' records share commits, and so how long the log grows, is up to the machine.
    for amount in ["8", "16", "32"] {
        let recording = record("ledger", amount)?;
        if recording.begins_again() {
            return sweep(&recording, 97);
        }
    }
    bail!("the log did not grow long enough")
}

fn sweep(recording: &Recording, stride: usize) -> Result<()> {
    let report = Sweep { recording, name: NAME, stride, survivors: ledger::survivors }.run()?;
    show(&report);
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
    show(&report);
    ensure!(report.lost() > 0, "{report}");
    Ok(())
}

/// The ledger again, with one sync left out at a time: each that an acknowledgement follows brings events that are not there without it.
///
/// The acknowledgement need not be of one of them: slots share syncs, and one of them may be slow to speak.
#[test]
fn every_sync_before_an_acknowledgement_is_needed() -> Result<()> {
    let _alone = alone();
    let recording = record("ledger", "1")?;
    let mut needed = 0;
    for (index, pair) in recording.steps.windows(2).enumerate() {
        let [Step::Sync { .. }, Step::Said { place }] = pair else { continue };
        let without = durable(&recording.steps[..index])?;
        let with = durable(&recording.steps[..=index])?;
        // What is there may be a ledger without events, which gets a first one of its own when it is opened.
        ensure!(with.iter().any(|event| !without.contains(event)), "no event needs step {index}");
        let event = Entry { place: *place, hash: recording.history[place].clone() };
        ensure!(with.contains(&event), "event {place} was said to be on disk after step {index}");
        needed += 1;
    }
    ensure!(needed > 10, "only {needed} syncs were followed by an acknowledgement");
    Ok(())
}

/// The events that are there when all that was not synced in these steps is lost.
fn durable(steps: &[Step]) -> Result<Vec<Entry>> {
    let mut disk = Disk::default();
    for step in steps {
        disk.step(step);
    }
    let found = tempfile::tempdir()?;
    disk.image(|_| Fate::Lost, |_| true).write(found.path())?;
    ledger::survivors(&found.path().join(NAME))
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

/// Says something to whoever runs the tests, past libtest, which keeps what passing tests print to itself.
fn show(what: &dyn Display) {
    // A reader who is gone misses nothing that decides.
    let _ = writeln!(std::io::stderr(), "{what}");
}

/// One test at a time: a program that is being started holds every open file for a moment, and with it the lock of a ledger.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}
