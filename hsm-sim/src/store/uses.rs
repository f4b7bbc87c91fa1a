//! How often each private key signed, for keys that may sign only so often.
//!
//! A key is counted, and not an object: two objects with the same key share its count, and a key that was destroyed keeps it.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::StoreError;
use super::disk::{Disk, RealDisk, private_file, replace};

/// The name of the file inside a store's directory that counts signatures, if the settings limit them: a JSON object of
/// numbers by key, the key being named by the SHA-256 of its public point in hex.
pub const KEY_USES: &str = "key-uses.json";

/// Counts signatures. Several processes may do so at the same time.
pub(crate) struct UseCounter {
    counts: PathBuf,
    lock: PathBuf,
    limit: u64,
    disk: Box<dyn Disk>,
}

/// Whether a key may sign once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// It may, and that it does is on record.
    Counted,
    /// It reached its limit.
    LimitReached,
}

impl UseCounter {
    /// For the store in `directory`, where each key may sign `limit` times. Touches nothing yet.
    pub(crate) fn new(directory: &Path, limit: u64) -> Self {
        let counts = directory.join(KEY_USES);
        Self { lock: counts.with_extension("lock"), counts, limit, disk: Box::new(RealDisk) }
    }

    /// How often each key may sign.
    pub(crate) fn limit(&self) -> u64 {
        self.limit
    }

    /// How often `key` signed.
    pub(crate) fn count(&self, key: &str) -> Result<u64, StoreError> {
        Ok(self.read()?.get(key).copied().unwrap_or_default())
    }

    /// Counts a signature of `key`, if it may make one more. It is on the disk when this returns: a power cut can take the signature, but
    /// never the count.
    pub(crate) fn count_up(&self, key: &str) -> Result<Use, StoreError> {
        let failed = |source| StoreError::Lock { path: self.lock.clone(), source };
        let lock = private_file().open(&self.lock).map_err(failed)?;
        // Reading and writing are one step among all threads and processes.
        lock.lock().map_err(failed)?;
        let mut counts = self.read()?;
        let count = counts.entry(key.to_owned()).or_default();
        if *count >= self.limit {
            return Ok(Use::LimitReached);
        }
        *count += 1;
        let failed = |source| StoreError::Write { path: self.counts.clone(), source };
        let bytes = serde_json::to_vec_pretty(&counts).map_err(|error| failed(error.into()))?;
        replace(&*self.disk, &self.counts, &bytes).map_err(failed)?;
        Ok(Use::Counted)
    }

    fn read(&self) -> Result<BTreeMap<String, u64>, StoreError> {
        let path = || self.counts.clone();
        match fs::read(&self.counts) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|source| StoreError::UsesMalformed { path: path(), source }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeMap::new()),
            Err(source) => Err(StoreError::Read { path: path(), source }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::disk::tests::DyingDisk;
    use super::*;

    #[test]
    fn a_key_signs_as_often_as_it_may() {
        let directory = tempfile::tempdir().unwrap();
        let (here, there) = (UseCounter::new(directory.path(), 3), UseCounter::new(directory.path(), 3));
        for counter in [&here, &there, &here] {
            assert_eq!(counter.count_up("issuing").unwrap(), Use::Counted);
        }
        assert_eq!(there.count_up("issuing").unwrap(), Use::LimitReached);
        assert_eq!((there.count("issuing").unwrap(), there.count("root").unwrap()), (3, 0));
        assert_eq!(there.count_up("root").unwrap(), Use::Counted, "each key for itself");
    }

    #[test]
    fn threads_together_do_not_exceed_the_limit() {
        let directory = tempfile::tempdir().unwrap();
        let counter = UseCounter::new(directory.path(), 10);
        let given_out = std::thread::scope(|scope| {
            let count = || (0..5).filter(|_| counter.count_up("issuing").unwrap() == Use::Counted).count();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(count)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum::<usize>()
        });
        assert_eq!((given_out, counter.count("issuing").unwrap()), (10, 10));
    }

    #[test]
    fn a_power_cut_takes_no_count_that_was_given_out() {
        for operations in 0..=3 {
            let directory = tempfile::tempdir().unwrap();
            let before = UseCounter::new(directory.path(), 9);
            before.count_up("issuing").unwrap();
            let mut dying = UseCounter::new(directory.path(), 9);
            dying.disk = Box::new(DyingDisk::after(operations));
            let outcome = dying.count_up("issuing");
            assert_eq!(outcome.is_ok(), operations == 3, "after {operations} operations");
            let count = before.count("issuing").unwrap();
            assert!(count == 2 || (count == 1 && outcome.is_err()), "after {operations} operations");
        }
    }

    #[test]
    fn a_damaged_count_is_no_count_of_zero() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(KEY_USES), "{\"issuing\": 1").unwrap();
        let counter = UseCounter::new(directory.path(), 3);
        assert!(matches!(counter.count_up("issuing"), Err(StoreError::UsesMalformed { .. })));
    }
}
