//! The files beside the ledger: label pictures, transcripts, certificates, batches.
//!
//! ```text
//! data/
//!   ledger.sqlite
//!   ca/{root,issuing,manifest}.pem
//!   labels/{uid}.png
//!   transcripts/run-{run}.txt
//!   recordings/{time}.jsonl
//!   batches/
//!   checkpoints/{event}.json
//!   revocation/{issuer}-{number}.crl.pem
//!   ceremony/{time}.md
//! ```
//!
//! All but the ledger can be lost without losing what happened.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use wire::Uid;

use crate::disk;
use crate::fault::{Fault, FaultCode};
use crate::ledger::{RunId, Seq};

/// Where the station keeps its files.
#[derive(Clone, Debug)]
pub struct Files {
    data: PathBuf,
}

impl Files {
    /// The files below this directory.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self { data: data.into() }
    }

    /// The ledger.
    pub fn ledger(&self) -> PathBuf {
        self.data.join("ledger.sqlite")
    }

    /// The picture of a module's label.
    pub fn label(&self, uid: &Uid) -> PathBuf {
        self.data.join("labels").join(format!("{uid}.png"))
    }

    /// What passed over the serial line in a run.
    pub fn transcript(&self, run: RunId) -> PathBuf {
        self.data.join("transcripts").join(format!("run-{run}.txt"))
    }

    /// The directory of what the screen was told.
    pub fn recordings(&self) -> PathBuf {
        self.data.join("recordings")
    }

    /// The certificate of a CA or signing key, as PEM: `root`, `issuing`, `manifest` or `revocation`, and
    /// for one that is not active its name besides.
    pub fn authority(&self, name: &str) -> PathBuf {
        self.data.join("ca").join(format!("{name}.pem"))
    }

    /// What a ceremony leaves: its transcript, and the directory of its requests.
    pub fn ceremony(&self, name: &str) -> PathBuf {
        self.data.join("ceremony").join(name)
    }

    /// A batch manifest.
    pub fn batch(&self, name: &str) -> PathBuf {
        self.data.join("batches").join(name)
    }

    /// A checkpoint of the ledger, to be carried away; named by the last event it covers.
    pub fn checkpoint(&self, upto: Seq) -> PathBuf {
        self.data.join("checkpoints").join(format!("{upto}.json"))
    }

    /// A list of the void certificates of an issuing CA, which is named by the beginning of its digest.
    pub fn revocation_list(&self, issuer: &str, number: u64) -> PathBuf {
        self.data.join("revocation").join(format!("{issuer}-{number}.crl.pem"))
    }

    /// Writes a file whole or not at all, making its directory first.
    ///
    /// # Errors
    /// What the operating system said.
    pub fn write_now(&self, file: &Path, content: &[u8]) -> io::Result<()> {
        std::fs::create_dir_all(disk::directory_of(file))?;
        let unfinished = file.with_extension("unfinished");
        let mut open = std::fs::File::create(&unfinished)?;
        open.write_all(content)?;
        open.sync_all()?;
        disk::rename(&unfinished, file)
    }

    /// As [`write`](Self::write), for what must not go on without the file.
    ///
    /// # Errors
    /// The fault that it is when the file cannot be written.
    pub async fn keep(&self, file: &Path, content: &[u8]) -> Result<(), Fault> {
        self.write(file, content).await.map_err(|error| {
            Fault::new(FaultCode::FileWrite, format!("cannot write {}: {error}", file.display()))
        })
    }

    /// As [`write_now`](Self::write_now), without blocking the caller's thread.
    ///
    /// # Errors
    /// What the operating system said.
    pub async fn write(&self, file: &Path, content: &[u8]) -> io::Result<()> {
        let (files, file, content) = (self.clone(), file.to_owned(), content.to_vec());
        tokio::task::spawn_blocking(move || files.write_now(&file, &content))
            .await
            .unwrap_or_else(|error| Err(io::Error::other(error)))
    }
}
