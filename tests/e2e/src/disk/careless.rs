//! A database that is told not to wait for the disk. It shows that losses are found where there are some.

use std::path::Path;

use anyhow::{Result, ensure};
use rusqlite::Connection;

use super::recording::Entry;

/// Writes so many rows, each in a transaction of its own, and says of each that it is on disk.
///
/// # Errors
/// The database cannot be written, or what `say` answers.
pub fn write(file: &Path, rows: u32, say: impl Fn(i64, &str) -> Result<()>) -> Result<()> {
    let connection = Connection::open(file)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    connection.execute(CREATE, [])?;
    for row in 1..=i64::from(rows) {
        connection.execute("INSERT INTO events VALUES (?, ?)", (row, hash(row)))?;
        say(row, &hash(row))?;
    }
    Ok(())
}

/// The rows that are there.
///
/// # Errors
/// The database does not open, or is damaged.
pub fn survivors(file: &Path) -> Result<Vec<Entry>> {
    let connection = Connection::open(file)?;
    connection.execute(CREATE, [])?;
    let check: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    ensure!(check == "ok", "{check}");
    let mut statement = connection.prepare("SELECT seq, hash FROM events ORDER BY seq")?;
    let rows = statement.query_map([], |row| Ok(Entry { place: row.get(0)?, hash: row.get(1)? }))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

const CREATE: &str = "CREATE TABLE IF NOT EXISTS events (seq INTEGER PRIMARY KEY, hash TEXT NOT NULL)";

/// What stands for the hash of a row.
fn hash(row: i64) -> String {
    format!("{row:064x}")
}
