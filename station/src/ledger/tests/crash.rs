//! Power cuts, kills and full disks.

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use time::macros::datetime;

use super::fixture::{Fixture, TestModule, open, order};
use crate::clock::FixedClock;
use crate::fault::{Coded, FaultCode};
use crate::ledger::{Ledger, LedgerError, Reader, RunStarted, Seq, StationStarted, verify};

fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock::new(datetime!(2026-03-01 12:00 UTC)))
}

fn started() -> StationStarted {
    StationStarted { program: "0.1.0".into() }
}

#[test]
fn what_was_acknowledged_is_in_the_files() {
    let fixture = Fixture::with_orders();
    let module = TestModule::new(1);
    let run = fixture.start("1", "A");
    for event in module.way(run) {
        let receipt = fixture.append(event);
        // The writer still has the ledger open; only what it wrote is copied.
        let (_copy, path) = fixture.copy();
        let ledger = open(&path, &clock()).unwrap();
        let head = ledger.reader().unwrap().head().unwrap();
        assert_eq!((head.seq, head.hash), (receipt.seq, receipt.hash));
        ledger.append_blocking(started()).unwrap();
        drop(ledger);
        verify(&path).unwrap();
    }
}

#[test]
fn a_write_cut_short_leaves_the_events_before_it() {
    let fixture = Fixture::with_orders();
    let (_copy, path) = fixture.copy();
    let before = Reader::open(&path).unwrap().head().unwrap();
    let log = |path: &Path| path.with_file_name("ledger.db-wal");
    let kept = fs::metadata(log(&fixture.path())).unwrap().len();
    let after = fixture.append(RunStarted { slot: "1".into(), order: "A".into() });
    let whole = fs::metadata(log(&fixture.path())).unwrap().len();
    assert!(whole > kept);

    for length in (kept..whole).step_by(331).chain([whole - 1, whole]) {
        let (_copy, path) = fixture.copy();
        OpenOptions::new().write(true).open(log(&path)).unwrap().set_len(length).unwrap();
        let ledger = open(&path, &clock()).unwrap();
        let head = ledger.reader().unwrap().head().unwrap();
        assert_eq!(head.seq, if length == whole { after.seq } else { before.seq }, "cut at {length}");
        ledger.append_blocking(started()).unwrap();
        drop(ledger);
        verify(&path).unwrap();
    }
}

#[test]
fn a_full_disk_stops_the_ledger_at_any_page() {
    for spare in 0..24 {
        let fixture = Fixture::limited(|connection| {
            let pages: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
            // Two for the authority that every fixture has.
            connection
                .pragma_update_and_check(None, "max_page_count", pages + 2 + spare, |_| Ok(()))
                .unwrap();
        });
        let mut last = fixture.ledger.reader().unwrap().head().unwrap().seq;
        let error = (0..).find_map(|number: u32| {
            match fixture.ledger.append_blocking(order(&number.to_string(), &"Acme".repeat(200), 1)) {
                Ok(receipt) => {
                    last = receipt.seq;
                    None
                }
                Err(error) => Some(error),
            }
        });
        let error = error.unwrap();
        assert!(matches!(error, LedgerError::Write { .. }), "{error:?}");
        assert_eq!(error.code(), FaultCode::LedgerWrite);

        // Nothing more is taken, whether it would fit or not; reading goes on.
        for _ in 0..2 {
            let error = fixture.ledger.append_blocking(started()).unwrap_err();
            assert!(matches!(error, LedgerError::Stopped(_)), "{error:?}");
            assert_eq!(error.code(), FaultCode::LedgerWrite);
        }
        assert_eq!(fixture.ledger.reader().unwrap().head().unwrap().seq, last);

        // With room again, the station goes on after a new start.
        let path = fixture.path();
        let (_directory, clock) = fixture.close();
        let ledger = open_again(&path, &clock);
        assert_eq!(ledger.append_blocking(started()).unwrap().seq, Seq(last.0 + 1));
        drop(ledger);
        verify(&path).unwrap();
    }
}

/// Opens a ledger that was just closed. Another test may start a program at this very moment, which holds every open
/// file, and with it the lock, until it has become that program.
fn open_again(path: &Path, clock: &Arc<FixedClock>) -> Ledger {
    (0..1_000_000)
        .find_map(|_| match open(path, clock) {
            Err(LedgerError::Locked { .. }) => {
                std::thread::yield_now();
                None
            }
            result => Some(result.unwrap()),
        })
        .unwrap()
}

#[test]
fn a_ledger_half_made_is_made_to_the_end() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.db");
    // Killed after the file was made, and after the schema was made.
    fs::write(&path, b"").unwrap();
    drop(open(&path, &clock()).unwrap());
    verify(&path).unwrap();

    let path = directory.path().join("second.db");
    let mut connection = rusqlite::Connection::open(&path).unwrap();
    crate::ledger::schema::migrate(&mut connection, 0).unwrap();
    connection.close().unwrap();
    drop(open(&path, &clock()).unwrap());
    assert_eq!(verify(&path).unwrap().head.seq, Seq(1));
}

/// The program that [`a_killed_writer_loses_nothing`] kills: appends for ever to the ledger whose
/// path it reads from its input, and names each event that is on disk.
#[test]
#[ignore = "is run, and killed, by another test"]
fn append_until_killed() {
    let mut path = String::new();
    std::io::stdin().read_line(&mut path).unwrap();
    if path.is_empty() {
        return;
    }
    let ledger = open(&PathBuf::from(path.trim_end()), &clock()).unwrap();
    let mut output = std::io::stdout();
    loop {
        let receipt = ledger.append_blocking(started()).unwrap();
        writeln!(output, "on disk: {}", receipt.seq).unwrap();
    }
}

#[test]
fn a_killed_writer_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.db");
    for lines in [1, 2, 5, 20] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "ledger::tests::crash::append_until_killed", "--ignored", "--nocapture"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        writeln!(child.stdin.take().unwrap(), "{}", path.display()).unwrap();
        let seen: Vec<i64> = BufReader::new(child.stdout.as_mut().unwrap())
            .lines()
            .filter_map(|line| Some(line.unwrap().split_once("on disk: ")?.1.parse().unwrap()))
            .take(lines)
            .collect();
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(seen.len(), lines);

        // The lock went with the process.
        let ledger = open(&path, &clock()).unwrap();
        let head = ledger.reader().unwrap().head().unwrap();
        assert!(head.seq.number() >= *seen.last().unwrap());
        drop(ledger);
        verify(&path).unwrap();
    }
}
