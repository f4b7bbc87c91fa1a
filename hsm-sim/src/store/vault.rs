//! The files of one slot, and the locks by which processes keep out of each other's way.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::StoreError;
use super::disk::{Disk, RealDisk, private_file, replace};

/// The place where one slot's token is kept.
pub(crate) struct Vault {
    token: PathBuf,
    lock: PathBuf,
    in_use: PathBuf,
    disk: Box<dyn Disk>,
}

/// Proof that this process alone may replace the token's file. Ends when dropped.
#[derive(Debug)]
pub(crate) struct WriteLock(#[expect(dead_code, reason = "the open file is the lock")] File);

/// What tells other processes that this one has sessions with the token. Ends when dropped, or with the process.
#[derive(Debug)]
pub(crate) struct Presence(#[expect(dead_code, reason = "the open file is the lock")] File);

impl Vault {
    /// The files for slot `number` in `directory`. Touches nothing yet.
    pub(crate) fn new(directory: &Path, number: u8) -> Self {
        let file = |ending| directory.join(format!("slot-{number}.{ending}"));
        Self { token: file("token"), lock: file("lock"), in_use: file("in-use"), disk: Box::new(RealDisk) }
    }

    /// The path of the token's file, for error messages.
    pub(crate) fn path(&self) -> &Path {
        &self.token
    }

    /// The bytes of the token's file; `None` when the token is not initialised.
    ///
    /// Needs no lock: the file is only ever replaced as a whole.
    pub(crate) fn read(&self) -> Result<Option<Vec<u8>>, StoreError> {
        match fs::read(&self.token) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(StoreError::Read { path: self.token.clone(), source }),
        }
    }

    /// Waits until no other process replaces the token's file.
    pub(crate) fn lock(&self) -> Result<WriteLock, StoreError> {
        let file = open(&self.lock)?;
        file.lock().map_err(|source| StoreError::Lock { path: self.lock.clone(), source })?;
        Ok(WriteLock(file))
    }

    /// Replaces the token's file, so that a crash leaves the old or the new one.
    pub(crate) fn replace(&self, bytes: &[u8], _lock: &WriteLock) -> Result<(), StoreError> {
        replace(&*self.disk, &self.token, bytes)
            .map_err(|source| StoreError::Write { path: self.token.clone(), source })
    }

    /// Tells other processes that sessions are open here. Waits while one of them initialises the token.
    pub(crate) fn join(&self) -> Result<Presence, StoreError> {
        let file = open(&self.in_use)?;
        file.lock_shared().map_err(|source| StoreError::Lock { path: self.in_use.clone(), source })?;
        Ok(Presence(file))
    }

    /// Keeps other processes from opening sessions; `None` when one of them has some already.
    pub(crate) fn exclude_others(&self) -> Result<Option<Presence>, StoreError> {
        let file = open(&self.in_use)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Presence(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(StoreError::Lock { path: self.in_use.clone(), source }),
        }
    }

    /// The same files on another disk.
    #[cfg(test)]
    pub(crate) fn on(mut self, disk: impl Disk + 'static) -> Self {
        self.disk = Box::new(disk);
        self
    }
}

fn open(path: &Path) -> Result<File, StoreError> {
    private_file().open(path).map_err(|source| StoreError::Lock { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_was_never_written_is_absent() {
        let directory = tempfile::tempdir().unwrap();
        let vault = Vault::new(directory.path(), 3);
        assert!(vault.read().unwrap().is_none());
        vault.replace(b"bytes", &vault.lock().unwrap()).unwrap();
        assert_eq!(vault.read().unwrap().unwrap(), b"bytes");
        assert!(directory.path().join("slot-3.token").exists());
    }

    #[test]
    fn sessions_elsewhere_are_noticed() {
        let directory = tempfile::tempdir().unwrap();
        let (here, there) = (Vault::new(directory.path(), 0), Vault::new(directory.path(), 0));
        let first = there.join().unwrap();
        let second = there.join().unwrap();
        assert!(here.exclude_others().unwrap().is_none());
        drop(first);
        assert!(here.exclude_others().unwrap().is_none());
        drop(second);
        assert!(here.exclude_others().unwrap().is_some());
    }
}
