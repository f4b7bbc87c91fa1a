//! Tokens to start from, made once and copied for each trial.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use hsm_sim::store::Settings;
use tempfile::TempDir;

use super::play::in_child;
use super::trouble::Contents;

/// One store of tokens for each of [`Contents`].
#[derive(Debug)]
pub struct Stores {
    directory: TempDir,
}

impl Stores {
    /// Makes them.
    ///
    /// # Errors
    /// hsm-sim refuses.
    pub fn new() -> Result<Self> {
        let stores = Self { directory: tempfile::tempdir()? };
        let (bare, whole) = (stores.path(Contents::NoKey), stores.path(Contents::Whole));
        for (from, to, job) in [
            (None, Contents::NoKey, "init"),
            (Some(&bare), Contents::Whole, "key"),
            (Some(&whole), Contents::TwoKeys, "key"),
            (Some(&bare), Contents::OtherKey, "key"),
            (None, Contents::Other, "init"),
            (None, Contents::Other, "key"),
        ] {
            let directory = stores.path(to);
            hsm_sim::store::configure(&directory, &usual())?;
            if let Some(from) = from {
                exchange(from, &directory)?;
            }
            let done = in_child(&directory, &[job], "")?;
            ensure!(done.status.success(), "{job}: {}", String::from_utf8_lossy(&done.stderr));
        }
        Ok(stores)
    }

    /// The store with these contents.
    pub fn path(&self, contents: Contents) -> PathBuf {
        self.directory.path().join(format!("{contents:?}"))
    }

    /// A copy of the store with the key, with such settings.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn copy(&self, settings: &Settings) -> Result<TempDir> {
        let copy = tempfile::tempdir()?;
        hsm_sim::store::configure(copy.path(), settings)?;
        exchange(&self.path(Contents::Whole), copy.path())?;
        Ok(copy)
    }
}

/// What every trial's HSM is like.
pub fn usual() -> Settings {
    Settings { slots: 1, audit: true, ..Settings::default() }
}

/// Puts the token of one store into the place of another's.
///
/// # Errors
/// A file cannot be written.
pub fn exchange(from: &Path, to: &Path) -> Result<()> {
    const TOKEN: &str = "slot-0.token";
    // As hsm-sim does it: whole or not at all, whoever reads it meanwhile.
    let unfinished = to.join("exchanged");
    fs::copy(from.join(TOKEN), &unfinished).with_context(|| from.display().to_string())?;
    Ok(fs::rename(unfinished, to.join(TOKEN))?)
}
