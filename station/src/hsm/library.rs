//! The PKCS#11 modules of this process.
//!
//! A module can be initialised once per process (`C_Initialize`), and its login state belongs to
//! the process too. So each is loaded at its first use and kept to the end, and with it the memory
//! of PINs that were refused, and of who has which session.

use std::collections::BTreeMap;
use std::ffi::c_ulong;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error as CryptokiError, RvError};
use cryptoki::session::Session;

use super::HsmError;
use super::module_file;
use super::turn::{Held, Turn};

/// A module that was loaded and initialised.
#[derive(Debug)]
pub(super) struct Library {
    pub(super) pkcs11: Pkcs11,
    log_in: Turn,
    refused: Mutex<BTreeMap<String, PinFate>>,
    sessions: Mutex<Sessions>,
}

/// What became of a PIN that was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PinFate {
    /// It is wrong.
    Wrong,
    /// It is locked.
    Locked,
}

/// Who has which session.
#[derive(Debug, Default)]
struct Sessions {
    owners: BTreeMap<c_ulong, u64>,
    claims: u64,
}

/// A session's handle as one owner's own.
///
/// Modules give out the handle of a session that is gone to the next one. Whoever still has it from
/// before would speak in a stranger's session, so the last to be given a handle is its only owner.
#[derive(Debug)]
pub(super) struct Claim {
    library: Arc<Library>,
    handle: c_ulong,
    number: u64,
}

/// Where one module is, or will be once somebody has loaded it.
#[derive(Debug, Default)]
struct Place {
    load: Turn,
    library: OnceLock<Arc<Library>>,
}

static PLACES: Mutex<BTreeMap<PathBuf, Arc<Place>>> = Mutex::new(BTreeMap::new());

impl Library {
    /// The module in this file, loaded and initialised if it is not yet. While another thread does
    /// that, it is waited for, at most so long.
    pub(super) fn load(path: &Path, patience: Duration) -> Result<Arc<Self>, HsmError> {
        // Two names for one file must not become two modules.
        let file = path
            .canonicalize()
            .map_err(|source| HsmError::ModuleMissing { path: path.to_owned(), source })?;
        let place = Arc::clone(lock(&PLACES).entry(file.clone()).or_default());
        if let Some(library) = place.library.get() {
            return Ok(Arc::clone(library));
        }
        // Only this module's place is held while it loads: one that hangs does not stop another.
        let _turn = place
            .load
            .take(patience)
            .ok_or(HsmError::Overdue { operation: "be loaded", deadline: patience })?;
        if let Some(library) = place.library.get() {
            return Ok(Arc::clone(library));
        }
        let unusable = |error: CryptokiError| match error {
            CryptokiError::LibraryLoading(_) => module_file::why_not(&file, error),
            error => HsmError::ModuleUnusable { path: file.clone(), source: error.into() },
        };
        let pkcs11 = Pkcs11::new(&file).map_err(unusable)?;
        match pkcs11.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            Ok(()) | Err(CryptokiError::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(unusable(error)),
        }
        let library =
            Self { pkcs11, log_in: Turn::default(), refused: Mutex::default(), sessions: Mutex::default() };
        Ok(Arc::clone(place.library.get_or_init(|| Arc::new(library))))
    }

    /// The turn to open a session and log in, waited for at most so long. Two sessions must not try
    /// the same wrong PIN at the same time.
    pub(super) fn turn(&self, patience: Duration) -> Result<Held<'_>, HsmError> {
        self.log_in
            .take(patience)
            .ok_or(HsmError::Overdue { operation: "log another session in", deadline: patience })
    }

    /// What became of PINs that were refused, by the labels of their tokens.
    pub(super) fn refused(&self) -> MutexGuard<'_, BTreeMap<String, PinFate>> {
        lock(&self.refused)
    }

    /// Makes a session that was just opened its caller's own.
    pub(super) fn claim(self: &Arc<Self>, session: &Session) -> Claim {
        let handle = session.handle();
        let mut sessions = lock(&self.sessions);
        sessions.claims += 1;
        let number = sessions.claims;
        sessions.owners.insert(handle, number);
        Claim { library: Arc::clone(self), handle, number }
    }
}

impl Claim {
    /// Whether the handle was not given to somebody else since.
    pub(super) fn holds(&self) -> bool {
        lock(&self.library.sessions).owners.get(&self.handle) == Some(&self.number)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut sessions = lock(&self.library.sessions);
        if sessions.owners.get(&self.handle) == Some(&self.number) {
            sessions.owners.remove(&self.handle);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each change is a single insertion or removal, so a poisoned lock holds no half-made state.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_there_is_told_from_one_that_is_no_module() {
        let folder = tempfile::tempdir().expect("a folder");
        let absent = folder.path().join("absent.so");
        assert!(matches!(Library::load(&absent, Duration::ZERO), Err(HsmError::ModuleMissing { .. })));

        let text = folder.path().join("text.so");
        std::fs::write(&text, "not a library").expect("written");
        let error = Library::load(&text, Duration::ZERO).expect_err("not a library");
        assert!(matches!(error, HsmError::ModuleNoLibrary { .. }), "{error:?}");
        let chain = crate::fault::Chain::of(&error).to_string();
        assert!(chain.contains("is no library: the file cannot be loaded as a library: "), "{chain}");
    }
}
