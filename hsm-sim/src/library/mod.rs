//! The module between `C_Initialize` and `C_Finalize`: its slots and sessions.
//!
//! | file | what it does |
//! |---|---|
//! | `mod` | starting, stopping, slots, opening and closing sessions |
//! | `session` | one session and the calls made in it |
//! | `operation` | searching, signing, verifying, digesting: what a session is in the middle of |
//! | `mechanism` | the mechanisms and what is said of them |
//! | `hash` | digests |
//! | `books` | what is kept of signatures |
//! | `device` | how long calls take |
//! | `faults` | scripted faults, which every call passes first |
//!
//! Locks are taken in one order: the faults in force, the table of sessions, a session's operation, a token. The table is never held while
//! waiting for one of the others.

pub(crate) mod books;
mod device;
pub(crate) mod faults;
mod hash;
pub(crate) mod mechanism;
pub(crate) mod operation;
pub(crate) mod session;

use std::collections::HashMap;
use std::env;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use cryptoki_sys as ck;

use crate::fault::Function;
use crate::refusal::{Answer, Refusal};
use crate::store::vault::Vault;
use crate::store::{Settings, StoreError};
use crate::token::Token;
use books::Books;
use device::Device;
use session::Session;

/// The environment variable that names the directory of the tokens.
const DIRECTORY_VARIABLE: &str = "HSM_SIM_DIR";

static LIBRARY: RwLock<Option<Arc<Library>>> = RwLock::new(None);

/// `C_Initialize`: opens the store that `HSM_SIM_DIR` names.
pub(crate) fn start() -> Answer<()> {
    let mut library = LIBRARY.write().unwrap_or_else(PoisonError::into_inner);
    // A forked child inherits the parent's state, and PKCS#11 wants it to start on its own.
    if library.as_ref().is_some_and(|library| library.is_of_this_process()) {
        return Err(Refusal::CryptokiAlreadyInitialized);
    }
    let opened = Library::open(&directory()?).map_err(|_| Refusal::GeneralError)?;
    let _busy = opened.device.take_time(Function::Initialize)?;
    *library = Some(Arc::new(opened));
    Ok(())
}

/// `C_Finalize`: forgets everything. Calls under way in other threads end first.
pub(crate) fn stop() -> Answer<()> {
    current()?;
    *LIBRARY.write().unwrap_or_else(PoisonError::into_inner) = None;
    Ok(())
}

/// The module, if it is initialised.
pub(crate) fn current() -> Answer<Arc<Library>> {
    let library = LIBRARY.read().unwrap_or_else(PoisonError::into_inner);
    match &*library {
        Some(library) if library.is_of_this_process() => Ok(Arc::clone(library)),
        _ => Err(Refusal::CryptokiNotInitialized),
    }
}

/// The directory of the tokens, for `C_Initialize` alone.
fn directory() -> Answer<PathBuf> {
    env::var_os(DIRECTORY_VARIABLE).map(PathBuf::from).ok_or(Refusal::GeneralError)
}

/// All that lives between `C_Initialize` and `C_Finalize`.
pub(crate) struct Library {
    process: u32,
    slots: Vec<Arc<Slot>>,
    sessions: RwLock<HashMap<ck::CK_SESSION_HANDLE, Arc<Session>>>,
    next_session: AtomicUsize,
    idle_timeout: Option<Duration>,
    device: Device,
}

/// A session while a call is made in it: it is not idle before this is dropped.
pub(crate) struct SessionInUse(Arc<Session>);

impl SessionInUse {
    fn new(session: &Arc<Session>) -> Self {
        session.call_begins();
        Self(Arc::clone(session))
    }
}

impl Deref for SessionInUse {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.0
    }
}

impl Drop for SessionInUse {
    fn drop(&mut self) {
        self.0.call_ends();
    }
}

/// A slot with its token. A token is present, if perhaps not initialised, unless a scripted fault removes it.
pub(crate) struct Slot {
    id: ck::CK_SLOT_ID,
    token: Mutex<Token>,
    books: Books,
}

impl Slot {
    /// The token, for this thread alone.
    ///
    /// # Errors
    /// [`Refusal::TokenNotPresent`] while a fault keeps it away. [`Refusal::GeneralError`] for ever after a defect of this
    /// module: the token's state may be half changed.
    pub(crate) fn token(&self) -> Answer<MutexGuard<'_, Token>> {
        if faults::token_is_present(self.id) { self.token_wherever() } else { Err(Refusal::TokenNotPresent) }
    }

    /// The same, be it in the slot or not: sessions leave it also when it is gone.
    fn token_wherever(&self) -> Answer<MutexGuard<'_, Token>> {
        self.token.lock().map_err(|_| Refusal::GeneralError)
    }

    /// The slot's number.
    pub(crate) fn id(&self) -> ck::CK_SLOT_ID {
        self.id
    }
}

impl Library {
    /// The module on the store in `directory`.
    fn open(directory: &Path) -> Result<Self, StoreError> {
        let settings = Settings::read(directory)?;
        let next_object = Arc::new(AtomicUsize::new(1));
        let books = Books::new(directory, &settings);
        let slot = |number: u8| {
            let vault = Vault::new(directory, number);
            let token = Token::new(vault, settings.clone(), Arc::clone(&next_object));
            Arc::new(Slot {
                id: ck::CK_SLOT_ID::from(number),
                token: Mutex::new(token),
                books: books.clone(),
            })
        };
        Ok(Self {
            process: std::process::id(),
            slots: (0..settings.slots).map(slot).collect(),
            sessions: RwLock::default(),
            next_session: AtomicUsize::new(1),
            idle_timeout: settings.idle_timeout_ms.map(Duration::from_millis),
            device: Device::new(directory, &settings),
        })
    }

    /// The numbers of all slots.
    pub(crate) fn slot_ids(&self) -> Vec<ck::CK_SLOT_ID> {
        self.slots.iter().map(|slot| slot.id).collect()
    }

    /// The slot with this number.
    pub(crate) fn slot(&self, id: ck::CK_SLOT_ID) -> Answer<&Arc<Slot>> {
        self.slots.iter().find(|slot| slot.id == id).ok_or(Refusal::SlotIdInvalid)
    }

    /// The session with this handle.
    pub(crate) fn session(&self, handle: ck::CK_SESSION_HANDLE) -> Answer<SessionInUse> {
        self.close_idle_sessions()?;
        let sessions = self.sessions.read().map_err(|_| Refusal::GeneralError)?;
        sessions.get(&handle).map(SessionInUse::new).ok_or(Refusal::SessionHandleInvalid)
    }

    /// Closes the sessions that were idle too long, before anybody sees them. Nobody else looks after them, so this is part of every call
    /// that could tell.
    pub(crate) fn close_idle_sessions(&self) -> Answer<()> {
        let Some(timeout) = self.idle_timeout else { return Ok(()) };
        let mut sessions = self.sessions.write().map_err(|_| Refusal::GeneralError)?;
        // A call begins under the same lock, so none begins in what is taken out here.
        let idle: Vec<Arc<Session>> = sessions
            .extract_if(|_, session| session.is_idle_for(timeout))
            .map(|(_, session)| session)
            .collect();
        drop(sessions);
        idle.iter().try_for_each(|session| session.close())
    }

    /// Opens a session with the token in a slot.
    pub(crate) fn open_session(
        &self,
        slot: ck::CK_SLOT_ID,
        read_write: bool,
    ) -> Answer<ck::CK_SESSION_HANDLE> {
        self.close_idle_sessions()?;
        let slot = self.slot(slot)?;
        slot.token()?.attach(read_write)?;
        let handle = self.next_session.fetch_add(1, Ordering::Relaxed) as ck::CK_SESSION_HANDLE;
        let session = Arc::new(Session::new(handle, Arc::clone(slot), read_write));
        self.sessions.write().map_err(|_| Refusal::GeneralError)?.insert(handle, session);
        Ok(handle)
    }

    /// Closes a session; with the last one of its token the login ends.
    pub(crate) fn close_session(&self, handle: ck::CK_SESSION_HANDLE) -> Answer<()> {
        self.close_idle_sessions()?;
        let mut sessions = self.sessions.write().map_err(|_| Refusal::GeneralError)?;
        let session = sessions.remove(&handle).ok_or(Refusal::SessionHandleInvalid)?;
        drop(sessions);
        session.close()
    }

    /// Closes all sessions with the token in a slot.
    pub(crate) fn close_all_sessions(&self, slot: ck::CK_SLOT_ID) -> Answer<()> {
        let slot = self.slot(slot)?.id;
        for session in self.sessions_with(slot)? {
            match self.close_session(session.handle()) {
                // Another thread was faster.
                Ok(()) | Err(Refusal::SessionHandleInvalid) => {}
                Err(refusal) => return Err(refusal),
            }
        }
        Ok(())
    }

    /// Ends the login of all sessions with a token, and whatever they are in the middle of.
    pub(crate) fn logout(&self, handle: ck::CK_SESSION_HANDLE) -> Answer<()> {
        self.log_out_of(self.session(handle)?.slot().id)
    }

    /// The same, for the token in a slot.
    fn log_out_of(&self, slot: ck::CK_SLOT_ID) -> Answer<()> {
        self.slot(slot)?.token()?.logout()?;
        for session in self.sessions_with(slot)? {
            session.cancel()?;
        }
        Ok(())
    }

    fn sessions_with(&self, slot: ck::CK_SLOT_ID) -> Answer<Vec<Arc<Session>>> {
        let sessions = self.sessions.read().map_err(|_| Refusal::GeneralError)?;
        Ok(sessions.values().filter(|session| session.slot().id == slot).cloned().collect())
    }

    fn is_of_this_process(&self) -> bool {
        self.process == std::process::id()
    }
}
