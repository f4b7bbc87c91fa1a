//! One ledger, one writer.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use super::error::LedgerError;

/// The right to write to a ledger; held until dropped, or until the process ends in whatever way.
///
/// It is a lock on a file of its own, `….lock` beside the ledger. SQLite's own locks do not do:
/// held for good they shut out readers too. Nor may the ledger file itself be opened to lock it,
/// since closing it again would let go of SQLite's locks (they belong to the process, not to the
/// open file).
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the right to write to the ledger at `path`.
    pub(super) fn take(path: &Path) -> Result<Self, LedgerError> {
        let open = |source| LedgerError::Open { path: path.to_owned(), source };
        // Whatever name a ledger goes by, its lock is the same.
        let target = match path.canonicalize() {
            Ok(target) => target,
            Err(_) => path.to_owned(),
        };
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(beside(&target))
            .map_err(open)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(LedgerError::Locked { path: path.to_owned() }),
            Err(TryLockError::Error(source)) => Err(open(source)),
        }
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}
