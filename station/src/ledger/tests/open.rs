//! Opening, and what must not be opened.

use std::fs;
use std::sync::Arc;

use rusqlite::Connection;
use time::macros::datetime;

use super::fixture::{Fixture, open, order};
use crate::clock::FixedClock;
use crate::fault::{Coded, FaultCode};
use crate::ledger::{LedgerError, Reader, Seq, verify};

fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock::new(datetime!(2026-03-01 12:00 UTC)))
}

#[test]
fn a_second_station_is_shut_out_and_readers_are_not() {
    let fixture = Fixture::new();
    let error = open(&fixture.path(), &fixture.clock).unwrap_err();
    assert_eq!(error.code(), FaultCode::LedgerLocked);
    Reader::open(&fixture.path()).unwrap().head().unwrap();
    // Whatever name it goes by.
    let alias = fixture.path().with_file_name("alias.db");
    std::os::unix::fs::symlink(fixture.path(), &alias).unwrap();
    assert!(matches!(open(&alias, &fixture.clock), Err(LedgerError::Locked { .. })));

    let path = fixture.path();
    let (_directory, clock) = fixture.close();
    open(&path, &clock).unwrap();
}

#[test]
fn what_is_no_ledger_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let clock = clock();

    let text = directory.path().join("text");
    fs::write(&text, "this is not a database, and long enough to be seen as none at all").unwrap();
    assert!(matches!(open(&text, &clock), Err(LedgerError::NotALedger { .. })));

    let foreign = directory.path().join("foreign");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    assert!(matches!(open(&foreign, &clock), Err(LedgerError::NotALedger { .. })));

    let error = open(&directory.path().join("absent/ledger.db"), &clock).unwrap_err();
    assert_eq!(error.code(), FaultCode::LedgerOpen);
    assert!(Reader::open(&directory.path().join("absent")).is_err());
}

#[test]
fn a_newer_ledger_is_left_alone() {
    let (_directory, path) = Fixture::new().tampered(|connection| {
        connection.pragma_update(None, "user_version", 7).unwrap();
    });
    let clock = clock();
    let error = open(&path, &clock).unwrap_err();
    assert!(matches!(error, LedgerError::Newer { found: 7, known: 3, .. }));
    assert_eq!(error.code(), FaultCode::LedgerVersion);
    assert!(matches!(Reader::open(&path), Err(LedgerError::Newer { .. })));
}

#[test]
fn times_are_those_of_the_clock() {
    let fixture = Fixture::new();
    fixture.clock.set(datetime!(2027-01-02 03:04:05 UTC));
    let receipt = fixture.ledger.with_operator("Zoë").append_blocking(order("A", "Acme", 1)).unwrap();
    assert_eq!(receipt.time, datetime!(2027-01-02 03:04:05 UTC));
    let reader = fixture.ledger.reader().unwrap();
    assert_eq!(reader.last_event_time().unwrap(), receipt.time);
    let mut seen = Vec::new();
    reader
        .events::<LedgerError>(Seq(3), |event| {
            seen.push((event.operator, event.station, event.hash));
            Ok(())
        })
        .unwrap();
    assert_eq!(seen, [("Zoë".to_owned(), "line 1".to_owned(), receipt.hash)]);
}

#[test]
fn a_ledger_of_the_first_schema_becomes_one_of_today() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.db");
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch(include_str!("../schema/0001.sql")).unwrap();
    connection.pragma_update(None, "application_id", crate::ledger::schema::APPLICATION_ID).unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
    connection.close().unwrap();
    assert!(matches!(Reader::open(&path).unwrap_err(), LedgerError::Older { found: 1, .. }));
    drop(open(&path, &clock()).unwrap());
    verify(&path).unwrap();
}
