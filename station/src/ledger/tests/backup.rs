//! Copies of a ledger, and events from a point on.

use std::fs;

use time::Duration;

use super::fixture::{Fixture, TestModule, open};
use crate::ledger::{LedgerError, Since, StationStarted, VerifyError, backup, verify};

fn started() -> StationStarted {
    StationStarted { program: "0.1.0".into() }
}

#[test]
fn a_copy_made_while_the_ledger_grows_is_sound_and_can_take_its_place() {
    let fixture = Fixture::with_orders();
    let directory = tempfile::tempdir().unwrap();
    let copies = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for number in 0..100 {
                fixture.pass(&TestModule::new(number), "1", "B");
            }
        });
        let mut copies = 0;
        while !writer.is_finished() {
            let copy = directory.path().join(format!("{copies}.sqlite"));
            backup(&fixture.path(), &copy).unwrap();
            verify(&copy).unwrap();
            copies += 1;
        }
        copies
    });
    assert!(copies > 0);
    let copy = directory.path().join("last.sqlite");
    backup(&fixture.path(), &copy).unwrap();
    let head = fixture.ledger.reader().unwrap().head().unwrap();
    assert_eq!(verify(&copy).unwrap().head, head);
    // Nothing but the one file is needed.
    let alone = directory.path().join("alone").join("ledger.db");
    fs::create_dir(alone.parent().unwrap()).unwrap();
    fs::copy(&copy, &alone).unwrap();
    let ledger = open(&alone, &fixture.clock).unwrap();
    assert_eq!(ledger.append_blocking(started()).unwrap().seq.number(), head.seq.number() + 1);
}

#[test]
fn a_copy_is_written_over_nothing() {
    let fixture = Fixture::new();
    let directory = tempfile::tempdir().unwrap();
    let there = directory.path().join("there");
    fs::write(&there, b"precious").unwrap();
    let open = |error| matches!(error, VerifyError::Open(LedgerError::Open { .. }));
    assert!(open(backup(&fixture.path(), &there).unwrap_err()));
    assert_eq!(fs::read(&there).unwrap(), b"precious");
    let nowhere = directory.path().join("nowhere").join("copy");
    assert!(backup(&fixture.path(), &nowhere).is_err());
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "an unfinished copy is left");
}

#[test]
fn events_are_found_from_a_number_or_a_time_on() {
    let fixture = Fixture::with_orders();
    let last = fixture.append(started());
    fixture.clock.set(last.time + Duration::HOUR);
    let later = fixture.append(started());
    let reader = fixture.ledger.reader().unwrap();
    assert_eq!(reader.place(Since::Event(last.seq)).unwrap(), last.seq);
    assert_eq!(reader.place(Since::Time(last.time + Duration::SECOND)).unwrap(), later.seq);
    let past = reader.place(Since::Time(later.time + Duration::SECOND)).unwrap();
    assert_eq!(past.number(), later.seq.number() + 1);
    let mut seen = Vec::new();
    reader
        .events::<LedgerError>(later.seq, |stored| {
            seen.push(stored.seq);
            Ok(())
        })
        .unwrap();
    assert_eq!(seen, [later.seq]);
}

#[test]
fn a_copy_of_a_ledger_that_is_not_sound_is_kept_under_another_name() {
    let (directory, path) = Fixture::with_orders().tampered(|connection| {
        connection.execute("UPDATE orders SET quantity = 7", []).unwrap();
    });
    let copy = directory.path().join("copy");
    assert!(matches!(backup(&path, &copy).unwrap_err(), VerifyError::Projection { .. }));
    assert!(!copy.exists());
    assert!(verify(&directory.path().join("copy.unsound")).is_err());
}
