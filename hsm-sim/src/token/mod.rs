//! The token in one slot, as this process sees it.
//!
//! | file | what it does |
//! |---|---|
//! | `mod` | the token, in step with its file; sessions counted, information |
//! | `pins` | initialising, PINs, login and logout, tries and lock-out |
//! | `objects` | what sessions do with objects: who sees and who changes what |
//! | `contents` | the objects in memory under their handles |
//!
//! Other processes may use the same token. Its file is read again at every login, search, and change, and before information
//! is given; changes are made under a lock, to what the file holds at that moment. Signing reads nothing: a key that
//! another process destroyed can sign here until the next search, as on an HSM with caching sessions.

mod contents;
mod objects;
mod pins;

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use cryptoki_sys as ck;

use crate::clock;
use crate::refusal::{Answer, Refusal};
use crate::store::Settings;
use crate::store::document::Document;
use crate::store::seal::MasterKey;
use crate::store::vault::{Presence, Vault, WriteLock};
use contents::Contents;
pub(crate) use pins::{PIN_MAX, PIN_MIN};

/// The token in one slot.
pub(crate) struct Token {
    vault: Vault,
    settings: Settings,
    file: Option<File>,
    login: Login,
    sessions: Sessions,
    contents: Contents,
}

/// Who asks: a session, and what it was opened for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller {
    /// The session's handle.
    pub(crate) session: ck::CK_SESSION_HANDLE,
    /// Whether the session may change the token.
    pub(crate) read_write: bool,
}

/// What `C_GetTokenInfo` tells, apart from constants.
#[derive(Debug)]
pub(crate) struct TokenInfo {
    /// Without padding; empty when the token is not initialised.
    pub(crate) label: String,
    /// 16 hex digits; empty when the token is not initialised.
    pub(crate) serial: String,
    /// `CKF_…`.
    pub(crate) flags: ck::CK_FLAGS,
    /// How many sessions this process may have; 0 for no limit (`CK_EFFECTIVELY_INFINITE`).
    pub(crate) session_limit: usize,
    /// How many sessions this process has.
    pub(crate) sessions: usize,
    /// How many of them are read-write.
    pub(crate) read_write_sessions: usize,
    /// 16 digits, if the token has a clock.
    pub(crate) time: Option<String>,
}

/// Who is logged in. All sessions of the process with this token share it.
enum Login {
    Public,
    SecurityOfficer(MasterKey),
    User(MasterKey),
}

/// The token's file, as it was last read or written.
struct File {
    bytes: Vec<u8>,
    document: Document,
}

/// The sessions of this process with the token.
#[derive(Default)]
struct Sessions {
    read_only: usize,
    read_write: usize,
    presence: Option<Presence>,
}

impl Sessions {
    fn count(&self) -> usize {
        self.read_only + self.read_write
    }
}

impl Token {
    /// The token behind `vault`. Handles of objects are drawn from `next_handle`, which all tokens of the process share,
    /// so that a handle used with the wrong token names nothing.
    pub(crate) fn new(vault: Vault, settings: Settings, next_handle: Arc<AtomicUsize>) -> Self {
        Self {
            vault,
            settings,
            file: None,
            login: Login::Public,
            sessions: Sessions::default(),
            contents: Contents::new(next_handle),
        }
    }

    /// What the token says of itself.
    pub(crate) fn info(&mut self) -> Answer<TokenInfo> {
        self.refresh()?;
        let mut flags = ck::CKF_RNG | ck::CKF_LOGIN_REQUIRED | self.pin_flags();
        if self.file.is_some() {
            flags |= ck::CKF_TOKEN_INITIALIZED;
        }
        if self.settings.clock {
            flags |= ck::CKF_CLOCK_ON_TOKEN;
        }
        let document = self.file.as_ref().map(|file| &file.document);
        Ok(TokenInfo {
            label: document.map(|document| document.label.clone()).unwrap_or_default(),
            serial: document.map(|document| document.serial.clone()).unwrap_or_default(),
            flags,
            session_limit: self.settings.session_limit.map_or(0, usize::from),
            sessions: self.sessions.count(),
            read_write_sessions: self.sessions.read_write,
            time: self
                .settings
                .clock
                .then(|| clock::token_time(self.settings.clock_skew_s.unwrap_or_default())),
        })
    }

    /// Counts a new session in.
    pub(crate) fn attach(&mut self, read_write: bool) -> Answer<()> {
        self.refresh()?;
        if self.file.is_none() {
            return Err(Refusal::TokenNotRecognized);
        }
        if !read_write && matches!(self.login, Login::SecurityOfficer(_)) {
            return Err(Refusal::SessionReadWriteSoExists);
        }
        if self.settings.session_limit.is_some_and(|limit| self.sessions.count() >= usize::from(limit)) {
            return Err(Refusal::SessionCount);
        }
        if self.sessions.presence.is_none() {
            self.sessions.presence = Some(self.vault.join()?);
        }
        if read_write {
            self.sessions.read_write += 1;
        } else {
            self.sessions.read_only += 1;
        }
        Ok(())
    }

    /// Counts a session out: its objects go with it, and with the last session the login.
    pub(crate) fn detach(&mut self, caller: Caller) {
        let count =
            if caller.read_write { &mut self.sessions.read_write } else { &mut self.sessions.read_only };
        *count = count.saturating_sub(1);
        self.contents.remove_session(caller.session);
        if self.sessions.count() == 0 {
            self.sessions.presence = None;
            self.forget_login();
        }
    }

    /// `CKS_…`: what a session may do now.
    pub(crate) fn state(&self, read_write: bool) -> ck::CK_STATE {
        match (&self.login, read_write) {
            (Login::Public, false) => ck::CKS_RO_PUBLIC_SESSION,
            (Login::Public, true) => ck::CKS_RW_PUBLIC_SESSION,
            (Login::User(_), false) => ck::CKS_RO_USER_FUNCTIONS,
            (Login::User(_), true) => ck::CKS_RW_USER_FUNCTIONS,
            // There is no read-only session beside the security officer.
            (Login::SecurityOfficer(_), _) => ck::CKS_RW_SO_FUNCTIONS,
        }
    }

    /// Brings the token in step with its file.
    fn refresh(&mut self) -> Answer<()> {
        let bytes = self.vault.read()?;
        if self.file.as_ref().map(|file| &file.bytes) == bytes.as_ref() {
            return Ok(());
        }
        let file = match bytes {
            Some(bytes) => Some(File { document: Document::parse(&bytes, &self.vault)?, bytes }),
            None => None,
        };
        self.adopt(file)
    }

    /// Writes a changed document and goes on with it. When the write fails, nothing has changed.
    fn commit(&mut self, document: Document, lock: &WriteLock) -> Answer<()> {
        let bytes = document.to_bytes()?;
        self.vault.replace(&bytes, lock)?;
        self.adopt(Some(File { bytes, document }))
    }

    fn adopt(&mut self, file: Option<File>) -> Answer<()> {
        let serial = |file: &Option<File>| file.as_ref().map(|file| file.document.serial.clone());
        if serial(&file) != serial(&self.file) {
            // Another token under the same name: nothing of the old one holds any more.
            self.forget_login();
            self.contents.clear();
        }
        self.file = file;
        self.sync_contents()
    }

    /// Brings the objects in memory in step with the document: those gone are forgotten, new ones get handles.
    /// When a private object does not open, the token was tampered with, and nobody stays logged in.
    fn sync_contents(&mut self) -> Answer<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let master = match &self.login {
            Login::User(master) => Some(master),
            Login::Public | Login::SecurityOfficer(_) => None,
        };
        self.contents.sync(&file.document, master).inspect_err(|_| self.forget_login())
    }

    fn document(&self) -> Answer<&Document> {
        self.file.as_ref().map(|file| &file.document).ok_or(Refusal::TokenNotRecognized)
    }
}
