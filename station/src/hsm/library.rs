//! The PKCS#11 modules of this process.
//!
//! A module can be initialised once per process (`C_Initialize`), and its login state belongs to
//! the process too. So each is loaded at its first use and kept to the end, and with it the memory
//! of PINs that were refused.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error as CryptokiError, RvError};

use super::HsmError;

/// A module that was loaded and initialised.
#[derive(Debug)]
pub(super) struct Library {
    pub(super) pkcs11: Pkcs11,
    refused: Mutex<BTreeSet<String>>,
}

/// Where one module is, or will be once somebody has loaded it.
type Place = Arc<Mutex<Option<Arc<Library>>>>;

static LIBRARIES: Mutex<BTreeMap<PathBuf, Place>> = Mutex::new(BTreeMap::new());

impl Library {
    /// The module in this file, loaded and initialised if it is not yet.
    pub(super) fn load(path: &Path) -> Result<Arc<Self>, HsmError> {
        // Two names for one file must not become two modules.
        let file = path
            .canonicalize()
            .map_err(|source| HsmError::ModuleMissing { path: path.to_owned(), source })?;
        // Only this module's place is held while it loads: one that hangs does not stop another.
        let place = Arc::clone(lock(&LIBRARIES).entry(file.clone()).or_default());
        let mut place = lock(&place);
        if let Some(library) = &*place {
            return Ok(Arc::clone(library));
        }
        let unusable =
            |error: CryptokiError| HsmError::ModuleUnusable { path: file.clone(), source: error.into() };
        let pkcs11 = Pkcs11::new(&file).map_err(unusable)?;
        match pkcs11.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            Ok(()) | Err(CryptokiError::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(unusable(error)),
        }
        let library = Arc::new(Self { pkcs11, refused: Mutex::default() });
        *place = Some(Arc::clone(&library));
        Ok(library)
    }

    /// The labels of tokens that refused a PIN. Whoever tries a PIN holds this meanwhile, so that
    /// two sessions cannot try the same wrong PIN at the same time.
    pub(super) fn refused(&self) -> MutexGuard<'_, BTreeSet<String>> {
        lock(&self.refused)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // The values are replaced whole, so a poisoned lock holds no half-made state.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_there_is_told_from_one_that_is_no_module() {
        let folder = tempfile::tempdir().expect("a folder");
        let absent = folder.path().join("absent.so");
        assert!(matches!(Library::load(&absent), Err(HsmError::ModuleMissing { .. })));

        let text = folder.path().join("text.so");
        std::fs::write(&text, "not a library").expect("written");
        let error = Library::load(&text).expect_err("not a library");
        assert!(matches!(error, HsmError::ModuleUnusable { .. }));
        let chain = crate::fault::Chain::of(&error).to_string();
        assert!(chain.contains("the file cannot be loaded as a library: "), "{chain}");
    }
}
