//! A copy of a ledger that is being written to.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::Backup;

use super::error::LedgerError;
use super::reader::Reader;
use super::verify::{Summary, VerifyError, verify};
use crate::disk;

/// All pages at once. Copied piece by piece, the copy would begin anew whenever the station writes; a
/// reader of a write-ahead log keeps nobody from writing, however long it takes.
const ALL: i32 = i32::MAX;

/// Copies the ledger at `from` to a new file, while a station may write to it, and verifies the copy:
/// a sound ledger of one moment, on disk and under its name when this returns. An unfinished copy has
/// another name, and so has one that is not sound: `….unsound`.
///
/// # Errors
/// There is a file of that name, one of the two cannot be read or written, or the copy is not sound.
pub fn backup(from: &Path, to: &Path) -> Result<Summary, VerifyError> {
    let open = |source: io::Error| LedgerError::Open { path: to.to_owned(), source };
    let reader = Reader::open(from)?;
    // A backup must never write over another one.
    if fs::exists(to).map_err(open)? {
        return Err(open(io::ErrorKind::AlreadyExists.into()).into());
    }
    let unfinished = Unfinished::beside(to);
    copy(&reader, &unfinished.0).map_err(|source| LedgerError::Prepare { path: to.to_owned(), source })?;
    let verified = verify(&unfinished.0);
    // A copy of a ledger that is not sound is what an engineer needs, but it must not pass for a backup.
    let name = if verified.is_ok() { to.to_owned() } else { beside(to, ".unsound") };
    File::open(&unfinished.0).and_then(|copy| copy.sync_all()).map_err(open)?;
    disk::rename(&unfinished.0, &name).map_err(open)?;
    verified
}

fn beside(to: &Path, ending: &str) -> PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn copy(reader: &Reader, to: &Path) -> rusqlite::Result<()> {
    let mut copy = Connection::open(to)?;
    Backup::new(reader.connection(), &mut copy)?.run_to_completion(ALL, Duration::ZERO, None)?;
    // The copy is read alone, so it needs no write-ahead log beside it.
    copy.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    copy.close().map_err(|(_, error)| error)
}

/// A copy that is not finished; removed when dropped, if it is still there.
struct Unfinished(PathBuf);

impl Unfinished {
    fn beside(to: &Path) -> Self {
        let unfinished = Self(beside(to, ".unfinished"));
        // One that a power cut left behind.
        let _ = fs::remove_file(&unfinished.0);
        unfinished
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
