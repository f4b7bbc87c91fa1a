//! The audit log: one line for each signature, appended before the signature is given out.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::StoreError;

/// The name of the audit log inside a store's directory.
pub const AUDIT: &str = "audit.ndjson";

/// One signature that was made, be it given out or not. In the file a JSON object in a line of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SignatureRecord {
    /// The label of the token.
    pub token: String,
    /// `CKA_LABEL` of the key.
    pub label: String,
    /// `CKA_ID` of the key, in hex.
    pub id: String,
    /// How many signatures the log holds of keys with this label and id on this token, this one included.
    pub count: u64,
    /// What was signed, in hex: the digest that was given, or the SHA-256 of the message.
    pub digest: String,
    /// `CKM_…`.
    pub mechanism: String,
    /// The process that had it signed.
    pub process: u32,
}

/// Reads the audit log of the store in `directory`, oldest line first. No log is an empty one.
///
/// # Errors
/// When it cannot be read, or was damaged.
pub fn audit(directory: &Path) -> Result<Vec<SignatureRecord>, StoreError> {
    let path = directory.join(AUDIT);
    match File::open(&path) {
        Ok(file) => read(&path, file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(source) => Err(StoreError::Read { path, source }),
    }
}

/// Appends to an audit log. Several processes may do so at the same time.
#[derive(Debug)]
pub(crate) struct Auditor {
    path: PathBuf,
    counts: Mutex<Counts>,
}

/// How often each key signed, as far as the log was read.
#[derive(Debug, Default)]
struct Counts {
    read: u64,
    by_key: HashMap<(String, String, String), u64>,
}

impl Auditor {
    /// For the log in `directory`. Touches nothing yet.
    pub(crate) fn new(directory: &Path) -> Self {
        Self { path: directory.join(AUDIT), counts: Mutex::default() }
    }

    /// Appends a line. It survives the end of this process, but is not waited for until it is on disk.
    pub(crate) fn record(
        &self,
        token: &str,
        label: &str,
        id: &[u8],
        digest: &[u8],
        mechanism: &str,
    ) -> Result<(), StoreError> {
        // What a panic leaves is read again from the file.
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let failed = |source| StoreError::Write { path: self.path.clone(), source };
        let mut file = open(&self.path).map_err(failed)?;
        // Counting and appending are one step among all processes.
        file.lock().map_err(|source| StoreError::Lock { path: self.path.clone(), source })?;
        counts.catch_up(&self.path, &mut file)?;
        let (token, label, id) = (token.to_owned(), label.to_owned(), hex::encode(id));
        let key = (token.clone(), label.clone(), id.clone());
        let count = counts.by_key.get(&key).map_or(1, |count| count + 1);
        let line = SignatureRecord {
            token,
            label,
            id,
            count,
            digest: hex::encode(digest),
            mechanism: mechanism.to_owned(),
            process: std::process::id(),
        };
        let mut line = serde_json::to_vec(&line).map_err(|error| failed(error.into()))?;
        line.push(b'\n');
        file.write_all(&line).map_err(failed)
    }
}

impl Counts {
    /// Reads what was appended since the last time, by whatever process.
    fn catch_up(&mut self, path: &Path, file: &mut File) -> Result<(), StoreError> {
        let failed = |source| StoreError::Read { path: path.to_owned(), source };
        let length = file.metadata().map_err(failed)?.len();
        if length < self.read {
            // Somebody began the log anew.
            *self = Self::default();
        }
        file.seek(SeekFrom::Start(self.read)).map_err(failed)?;
        for SignatureRecord { token, label, id, count, .. } in read(path, &*file)? {
            self.by_key.insert((token, label, id), count);
        }
        self.read = length;
        Ok(())
    }
}

fn read(path: &Path, file: impl io::Read) -> Result<Vec<SignatureRecord>, StoreError> {
    let record = |line: io::Result<String>| {
        let line = line.map_err(|source| StoreError::Read { path: path.to_owned(), source })?;
        serde_json::from_str(&line)
            .map_err(|source| StoreError::AuditMalformed { path: path.to_owned(), source })
    };
    BufReader::new(file).lines().map(record).collect()
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn each_key_is_counted_whoever_appends() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(audit(directory.path()).unwrap(), []);
        let (first, second) = (Auditor::new(directory.path()), Auditor::new(directory.path()));
        for (auditor, label) in
            [(&first, "issuing"), (&second, "issuing"), (&second, "root"), (&first, "issuing")]
        {
            auditor.record("bench", label, &[1], &[7; 32], "CKM_ECDSA").unwrap();
        }
        let lines = audit(directory.path()).unwrap();
        let counts: Vec<_> = lines.iter().map(|line| (line.label.as_str(), line.count)).collect();
        assert_eq!(counts, [("issuing", 1), ("issuing", 2), ("root", 1), ("issuing", 3)]);
    }

    #[test]
    fn a_log_that_was_removed_begins_anew() {
        let directory = tempfile::tempdir().unwrap();
        let auditor = Auditor::new(directory.path());
        for _ in 0..2 {
            auditor.record("bench", "issuing", &[1], &[7; 32], "CKM_ECDSA").unwrap();
        }
        fs::remove_file(directory.path().join(AUDIT)).unwrap();
        auditor.record("bench", "issuing", &[1], &[7; 32], "CKM_ECDSA").unwrap();
        assert_eq!(audit(directory.path()).unwrap()[0].count, 1);
    }

    #[test]
    fn a_damaged_log_is_not_appended_to() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(AUDIT), "{\"label\":\"iss").unwrap();
        let appended = Auditor::new(directory.path()).record("bench", "issuing", &[1], &[7; 32], "CKM_ECDSA");
        assert!(matches!(appended, Err(StoreError::AuditMalformed { .. })));
    }
}
