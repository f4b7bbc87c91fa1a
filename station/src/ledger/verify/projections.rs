//! The stored projections against those that the events make.

use std::cmp::Ordering;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};

use super::{RowFlaw, VerifyError};
use crate::ledger::error::LedgerError;
use crate::ledger::schema::{self, PROJECTIONS, Projection};

/// The page cache of the temporary database, in KiB. Ten million events are verified as fast with
/// it as with sixteen times as much: what does not fit, the operating system has.
const CACHE_KIB: i64 = 4096;

/// A database for the rebuilt projections: a nameless file that SQLite deletes when it is closed.
///
/// It need not survive anything. Its tables have the columns of the real ones, but no constraints
/// and no indexes other than those the rules look rows up by: what is unique was checked in the
/// stored tables, and a rebuilt one with a row more is found to differ.
pub(super) fn temporary() -> rusqlite::Result<Connection> {
    let mut model = Connection::open_in_memory()?;
    schema::migrate(&mut model, 0)?;
    let connection = Connection::open("")?;
    connection.pragma_update_and_check(None, "journal_mode", "OFF", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.set_prepared_statement_cache_capacity(64);
    for Projection { table, key, found_by } in PROJECTIONS {
        let columns = model
            .prepare("SELECT name || ' ' || type FROM pragma_table_info(?)")?
            .query_map([table], |row| row.get(0))?
            .collect::<rusqlite::Result<Vec<String>>>()?
            .join(", ");
        connection.execute_batch(&format!("CREATE TABLE {table} ({columns}, PRIMARY KEY ({key}))"))?;
        if found_by != key {
            connection.execute_batch(&format!("CREATE INDEX {table}_found ON {table} ({found_by})"))?;
        }
    }
    // One transaction around everything, instead of one around each row.
    connection.execute_batch("BEGIN")?;
    Ok(connection)
}

/// Compares the tables, indexes and triggers of a ledger with those this program makes.
pub(super) fn compare_schemas(stored: &Connection) -> Result<(), VerifyError> {
    let mut fresh = Connection::open_in_memory().map_err(VerifyError::Rebuild)?;
    schema::migrate(&mut fresh, 0).map_err(VerifyError::Rebuild)?;
    let stored = objects(stored).map_err(|source| LedgerError::Read { what: "the schema", source })?;
    let fresh = objects(&fresh).map_err(VerifyError::Rebuild)?;
    let differing = stored
        .iter()
        .find(|object| !fresh.contains(object))
        .or_else(|| fresh.iter().find(|object| !stored.contains(object)));
    match differing {
        Some((name, _)) => Err(VerifyError::Schema { name: name.clone() }),
        None => Ok(()),
    }
}

/// Compares every projection, row by row.
pub(super) fn compare(stored: &Connection, rebuilt: &Connection) -> Result<(), VerifyError> {
    for projection in PROJECTIONS {
        check_table(stored, projection.table)?;
        compare_table(stored, rebuilt, *projection)?;
    }
    Ok(())
}

/// The objects of a schema: name and definition.
fn objects(connection: &Connection) -> rusqlite::Result<Vec<(String, Option<String>)>> {
    connection
        .prepare("SELECT name, sql FROM sqlite_schema ORDER BY name")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// Lets the database check that a table's indexes and constraints hold.
fn check_table(stored: &Connection, table: &'static str) -> Result<(), VerifyError> {
    let what: String = stored
        .query_row(&format!("PRAGMA integrity_check({table})"), [], |row| row.get(0))
        .map_err(|source| LedgerError::Read { what: table, source })?;
    if what == "ok" { Ok(()) } else { Err(VerifyError::Table { table, what }) }
}

/// Walks through a stored and a rebuilt table side by side.
fn compare_table(
    stored: &Connection,
    rebuilt: &Connection,
    Projection { table, key, .. }: Projection,
) -> Result<(), VerifyError> {
    let read = |source| LedgerError::Read { what: table, source };
    let sql = format!("SELECT * FROM {table} ORDER BY {key}");
    let mut stored = stored.prepare(&sql).map_err(read)?;
    let mut rebuilt = rebuilt.prepare(&sql).map_err(VerifyError::Rebuild)?;
    let names: Vec<String> = rebuilt.column_names().map(str::to_owned).collect();
    let keys: Vec<usize> =
        (0..names.len()).filter(|index| key.split(", ").any(|key| key == names[*index])).collect();
    let bad = |row: &Row<'_>, flaw| -> Result<(), VerifyError> {
        let row = keys.iter().map(|index| Ok(shown(row.get_ref(*index)?))).collect::<Result<Vec<_>, _>>();
        Err(VerifyError::Projection { table, row: row.map_err(VerifyError::Rebuild)?.join(", "), flaw })
    };

    let mut stored = stored.query([]).map_err(read)?;
    let mut rebuilt = rebuilt.query([]).map_err(VerifyError::Rebuild)?;
    loop {
        match (stored.next().map_err(read)?, rebuilt.next().map_err(VerifyError::Rebuild)?) {
            (None, None) => return Ok(()),
            (Some(stored), None) => return bad(stored, RowFlaw::Extra),
            (None, Some(rebuilt)) => return bad(rebuilt, RowFlaw::Missing),
            (Some(stored), Some(rebuilt)) => {
                for index in keys.iter().copied().chain(0..names.len()) {
                    let left = stored.get_ref(index).map_err(read)?;
                    let right = rebuilt.get_ref(index).map_err(VerifyError::Rebuild)?;
                    if left == right {
                        continue;
                    }
                    return match (keys.contains(&index), order(left, right)) {
                        (true, Ordering::Less) => bad(stored, RowFlaw::Extra),
                        (true, _) => bad(rebuilt, RowFlaw::Missing),
                        (false, _) => bad(
                            stored,
                            RowFlaw::Differs {
                                column: names[index].clone(),
                                stored: shown(left),
                                rebuilt: shown(right),
                            },
                        ),
                    };
                }
            }
        }
    }
}

/// The order in which SQLite sorts values of one type.
fn order(left: ValueRef<'_>, right: ValueRef<'_>) -> Ordering {
    match (left, right) {
        (ValueRef::Integer(left), ValueRef::Integer(right)) => left.cmp(&right),
        (ValueRef::Text(left), ValueRef::Text(right)) | (ValueRef::Blob(left), ValueRef::Blob(right)) => {
            left.cmp(right)
        }
        _ => Ordering::Equal,
    }
}

fn shown(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "nothing".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => hex::encode(bytes),
    }
}
