//! A copy of a ledger that is being written to.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::Backup;

use super::error::LedgerError;
use super::reader::Reader;

/// Pages copied between two looks at whether a station wants to write.
const PAGES: i32 = 4096;

/// Copies the ledger at `from` to a new file, while a station may write to it. What is appended
/// during the copy is in it or not; the copy is a sound ledger of one moment either way, and on disk
/// when this returns.
///
/// # Errors
/// The copy exists, or one of the two cannot be read or written.
pub fn backup(from: &Path, to: &Path) -> Result<(), LedgerError> {
    let open = |source: io::Error| LedgerError::Open { path: to.to_owned(), source };
    let reader = Reader::open(from)?;
    // A backup must never write over another one.
    drop(OpenOptions::new().write(true).create_new(true).open(to).map_err(open)?);
    let unfinished = Unfinished(to.to_owned());
    copy(&reader, to).map_err(|source| LedgerError::Prepare { path: to.to_owned(), source })?;
    File::open(to).and_then(|file| file.sync_all()).map_err(open)?;
    let directory = match to.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => directory,
        _ => Path::new("."),
    };
    File::open(directory).and_then(|directory| directory.sync_all()).map_err(open)?;
    std::mem::forget(unfinished);
    Ok(())
}

fn copy(reader: &Reader, to: &Path) -> rusqlite::Result<()> {
    let mut copy = Connection::open(to)?;
    Backup::new(reader.connection(), &mut copy)?.run_to_completion(PAGES, Duration::ZERO, None)?;
    // The copy is read alone, so it needs no write-ahead log beside it.
    copy.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    copy.close().map_err(|(_, error)| error)
}

/// Removes a copy that was not finished.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
