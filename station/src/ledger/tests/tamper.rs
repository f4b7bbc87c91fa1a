//! A ledger that somebody changed.

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::types::{Type, Value};
use tempfile::TempDir;
use time::macros::datetime;

use super::fixture::{Fixture, ISSUING, TestModule, batch, fault};
use crate::fault::{Coded, FaultCode};
use crate::ledger::chain::{Fields, Hasher, Link};
use crate::ledger::{
    BatchExported, DeviceRecognised, Digest, Event, Fate, Flaw, LedgerCreated, ModuleVoided, Refusal,
    RevocationListIssued, RowFlaw, Seq, StationStarted, VerifyError, verify,
};
use crate::pki::testing::{Testing, sign};
use crate::probe::DeviceId;

/// A closed ledger with a row in every table.
fn closed() -> (TempDir, std::path::PathBuf) {
    let fixture = Fixture::with_orders();
    let modules: Vec<TestModule> = (0..3).map(TestModule::new).collect();
    for module in &modules {
        fixture.pass(module, "1", "B");
    }
    let last = TestModule::new(3);
    let run = fixture.start("2", "B");
    fixture.append(last.identified(run));
    fixture.append(DeviceRecognised { run, uid: last.uid, device: DeviceId::from_words(&[7]).unwrap() });
    fixture.append(fault(run, Some(last.uid), FaultCode::LinkSilent));
    fixture.append(batch("b1", "B", 1, &[(&modules[0], Fate::Passed)]));
    fixture.append(BatchExported {
        batch: "b1".into(),
        flavour: "late-binding".into(),
        file_name: "b1.zip".into(),
        sha256: Digest::of(b"file"),
    });
    fixture.append(ModuleVoided { uid: modules[1].uid, reason: "dropped".parse().unwrap() });
    let vendor = Testing::new();
    fixture.establish(&vendor);
    let checkpoint = fixture.ledger.reader().unwrap().next_checkpoint().unwrap();
    let signature = sign(&vendor.keys.manifest, &checkpoint.message());
    fixture.append(checkpoint.signed(&vendor.certificates.manifest, &signature).unwrap());
    fixture.append(RevocationListIssued {
        issuer: Digest::of(ISSUING),
        number: 1,
        this_update: datetime!(2026-03-01 12:00 UTC),
        next_update: datetime!(2026-04-01 12:00 UTC),
        certificates: 1,
        sha256: Digest::of(b"list"),
    });
    fixture.tampered(|_| ())
}

/// Changes a ledger's events past the triggers that forbid it, and leaves the triggers behind.
fn change_events(path: &Path, change: impl FnOnce(&Connection)) {
    let connection = Connection::open(path).unwrap();
    let triggers: Vec<(String, String)> = connection
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    connection.pragma_update(None, "foreign_keys", false).unwrap();
    connection.pragma_update(None, "ignore_check_constraints", true).unwrap();
    for (name, _) in &triggers {
        connection.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    change(&connection);
    for (_, sql) in &triggers {
        connection.execute_batch(sql).unwrap();
    }
    connection.close().unwrap();
}

fn copy_of(path: &Path) -> (TempDir, std::path::PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let copy = directory.path().join("ledger.db");
    fs::copy(path, &copy).unwrap();
    (directory, copy)
}

#[test]
fn the_triggers_forbid_it() {
    let fixture = Fixture::new();
    let (_directory, path) = fixture.tampered(|_| ());
    let connection = Connection::open(&path).unwrap();
    for statement in [
        "UPDATE events SET operator = 'x' WHERE seq = 1",
        "DELETE FROM events WHERE seq = 2",
        "INSERT INTO events SELECT 9, time, operator, station, kind, version, payload, previous, hash FROM events WHERE seq = 1",
        "INSERT OR REPLACE INTO events (seq, time, operator, station, kind, version, payload, previous, hash)
            SELECT 1, time, operator, station, kind, version, payload, previous, hash FROM events WHERE seq = 2",
    ] {
        assert!(connection.execute(statement, []).is_err(), "{statement}");
    }
}

#[test]
fn every_column_of_an_event_is_guarded() {
    let (_directory, path) = closed();
    verify(&path).unwrap();
    for (column, value) in [
        ("time", "'2026-03-01T12:00:00.001Z'"),
        ("operator", "'somebody'"),
        ("station", "'line 2'"),
        ("kind", "'run-passed'"),
        ("version", "2"),
        ("payload", "replace(payload, 'B', 'A')"),
        ("previous", "zeroblob(32)"),
        ("hash", "zeroblob(32)"),
    ] {
        let (_copy, path) = copy_of(&path);
        change_events(&path, |connection| {
            connection.execute(&format!("UPDATE events SET {column} = {value} WHERE seq = 5"), []).unwrap();
        });
        let error = verify(&path).unwrap_err();
        assert_eq!(error.code(), FaultCode::LedgerBroken);
        match error {
            VerifyError::Event { seq: Seq(5), flaw: Flaw::Previous } => assert_eq!(column, "previous"),
            VerifyError::Event { seq: Seq(5), flaw: Flaw::Hash } => assert_ne!(column, "previous"),
            other => panic!("{column}: {other:?}"),
        }
    }
}

#[test]
fn a_missing_event_is_named() {
    let (_directory, path) = closed();
    for (statement, bad, missing) in [
        ("DELETE FROM events WHERE seq = 5", 6, 5),
        ("DELETE FROM events WHERE seq = 1", 2, 1),
        ("UPDATE events SET seq = 5000 WHERE seq = 5", 6, 5),
    ] {
        let (_copy, path) = copy_of(&path);
        change_events(&path, |connection| {
            connection.execute(statement, []).unwrap();
        });
        match verify(&path).unwrap_err() {
            VerifyError::Event { seq, flaw: Flaw::Gap { expected } } => {
                assert_eq!((seq, expected), (Seq(bad), Seq(missing)));
            }
            other => panic!("{statement}: {other:?}"),
        }
    }
}

#[test]
fn events_cut_off_leave_projections_behind() {
    let (_directory, path) = closed();
    change_events(&path, |connection| {
        connection.execute("DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)", []).unwrap();
    });
    let error = verify(&path).unwrap_err();
    assert!(matches!(error, VerifyError::Projection { .. }), "{error:?}");
}

#[test]
fn an_event_that_could_not_have_been_appended_is_named() {
    let (_directory, path) = closed();
    change_events(&path, |connection| forge(connection, &LedgerCreated { ledger: [7; 16] }.into()));
    match verify(&path).unwrap_err() {
        VerifyError::Event { flaw: Flaw::Forbidden(Refusal::Created), .. } => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_forged_event_has_to_fit_its_projections() {
    let (_directory, path) = closed();
    let uid = TestModule::new(2).uid;
    change_events(&path, |connection| {
        forge(connection, &ModuleVoided { uid, reason: "forged".parse().unwrap() }.into());
    });
    match verify(&path).unwrap_err() {
        VerifyError::Projection { table: "orders", flaw: RowFlaw::Differs { column, .. }, .. } => {
            assert_eq!(column, "passed");
        }
        other => panic!("{other:?}"),
    }
    // Without projections of its own, it is as sound as any other event.
    let (_directory, path) = closed();
    change_events(&path, |connection| forge(connection, &StationStarted { program: "0".into() }.into()));
    verify(&path).unwrap();
}

/// Puts an event at the end of a closed ledger, with a time and a hash that fits.
pub(super) fn append_forged(path: &Path, time: &str, event: &Event) {
    change_events(path, |connection| forge_at(connection, time, event));
}

/// Appends an event with a hash that fits, as the ledger itself would.
fn forge(connection: &Connection, event: &Event) {
    forge_at(connection, "2026-03-01T12:00:00.000Z", event);
}

fn forge_at(connection: &Connection, time: &str, event: &Event) {
    let last = connection
        .query_row("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1", [], |row| {
            Ok(Link { seq: row.get(0)?, hash: row.get(1)? })
        })
        .unwrap();
    let payload = event.encode().unwrap();
    let fields = Fields {
        time,
        operator: "",
        station: "line 1",
        kind: event.kind(),
        version: event.version(),
        payload: &payload,
    };
    let link = Hasher::default().link(last, &fields);
    connection
        .execute(
            "INSERT INTO events (seq, time, operator, station, kind, version, payload, previous, hash)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rusqlite::params![
                link.seq,
                fields.time,
                fields.operator,
                fields.station,
                fields.kind,
                fields.version,
                payload,
                last.hash,
                link.hash
            ],
        )
        .unwrap();
}

#[test]
fn every_column_of_a_projection_is_guarded() {
    let (_directory, path) = closed();
    let mut changed = 0;
    for projection in crate::ledger::schema::PROJECTIONS {
        let table = projection.table;
        for column in columns(&path, table) {
            let (_copy, path) = copy_of(&path);
            change_events(&path, |connection| change_last_row(connection, table, &column));
            let error = verify(&path).unwrap_err();
            match &error {
                VerifyError::Projection { table: named, .. } | VerifyError::Table { table: named, .. } => {
                    assert_eq!(*named, table, "{column}: {error}");
                }
                other => panic!("{table}.{column}: {other:?}"),
            }
            changed += 1;
        }
        let (_copy, path) = copy_of(&path);
        change_events(&path, |connection| {
            connection.execute(&format!("DELETE FROM {table}"), []).unwrap();
        });
        let error = verify(&path).unwrap_err();
        assert!(
            matches!(error, VerifyError::Projection { table: named, flaw: RowFlaw::Missing, .. } if named == table),
            "{table}: {error:?}"
        );
    }
    assert!(changed > 50, "only {changed} columns were changed");
}

fn columns(path: &Path, table: &str) -> Vec<String> {
    let connection = Connection::open(path).unwrap();
    let statement = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
    statement.column_names().map(str::to_owned).collect()
}

/// Puts another value of the same type into a column of one row.
fn change_last_row(connection: &Connection, table: &str, column: &str) {
    let sql = format!("SELECT {column} FROM {table} ORDER BY 1 DESC LIMIT 1");
    let value: Value = connection.query_row(&sql, [], |row| row.get(0)).unwrap();
    let other = match value.clone() {
        Value::Integer(number) => Value::Integer(number + 1_000),
        Value::Text(text) => Value::Text(text + "?"),
        Value::Blob(mut bytes) => {
            bytes[0] ^= 1;
            Value::Blob(bytes)
        }
        // The one kind of column that may be empty here holds places of events.
        Value::Null => Value::Integer(1),
        Value::Real(_) => panic!("no column holds {}", Type::Real),
    };
    let sql = format!("UPDATE OR ROLLBACK {table} SET {column} = ?1 WHERE {column} IS ?2");
    assert!(connection.execute(&sql, [other, value]).unwrap() > 0);
}

#[test]
fn the_schema_is_guarded() {
    for change in [
        "DROP TRIGGER events_are_kept",
        "DROP INDEX modules_due",
        "CREATE TRIGGER extra AFTER INSERT ON runs BEGIN SELECT 1; END",
        "ALTER TABLE exports ADD COLUMN extra TEXT",
    ] {
        let (_directory, path) =
            Fixture::new().tampered(|connection| connection.execute_batch(change).unwrap());
        let error = verify(&path).unwrap_err();
        assert!(matches!(error, VerifyError::Schema { .. }), "{change}: {error:?}");
    }
}

#[test]
fn a_damaged_page_is_found() {
    let (_directory, path) = closed();
    let whole = fs::read(&path).unwrap();
    // Any page but the first, whose damage leaves no database at all.
    for page in 1..whole.len() / 4096 {
        let mut damaged = whole.clone();
        damaged[page * 4096..][..64].fill(0xa5);
        fs::write(&path, &damaged).unwrap();
        assert!(verify(&path).is_err(), "page {page}");
    }
}
