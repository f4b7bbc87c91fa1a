//! Initialising a token, its PINs, and who is logged in.
//!
//! A wrong PIN is counted on disk before it is answered, under the token's lock: no number of processes and no power
//! cut gives an extra try. The count starts anew with the right PIN.

use cryptoki_sys as ck;

use super::{Login, Token};
use crate::entropy;
use crate::refusal::{Answer, Refusal};
use crate::store::document::{Document, Holder};
use crate::store::seal::MasterKey;
use crate::store::vault::WriteLock;

/// The shortest PIN, in bytes.
pub(crate) const PIN_MIN: usize = 6;
/// The longest PIN, in bytes.
pub(crate) const PIN_MAX: usize = 64;

impl Token {
    /// Makes the token anew: another serial number, no objects, no user PIN. A token that was initialised before wants its
    /// security officer's PIN; a new one takes `so_pin` for it.
    ///
    /// # Errors
    /// [`Refusal::SessionExists`] while this or any other process has a session.
    pub(crate) fn initialise(&mut self, label: &str, so_pin: &[u8]) -> Answer<()> {
        if self.sessions.count() > 0 {
            return Err(Refusal::SessionExists);
        }
        let _others = self.vault.exclude_others()?.ok_or(Refusal::SessionExists)?;
        let lock = self.vault.lock()?;
        self.refresh()?;
        if self.file.is_some() {
            self.check_pin(Holder::SecurityOfficer, so_pin, &lock)?;
        } else if !length_fits(so_pin) {
            // PKCS#11 lists no CKR_PIN_LEN_RANGE for C_InitToken.
            return Err(Refusal::PinIncorrect);
        }
        let serial = hex::encode(entropy::array::<8>()?);
        self.commit(Document::new(serial, label.to_owned(), so_pin)?, &lock)
    }

    /// Sets the user's PIN, for the logged-in security officer. Also the way out of a lock-out.
    pub(crate) fn initialise_user_pin(&mut self, pin: &[u8]) -> Answer<()> {
        let lock = self.vault.lock()?;
        self.refresh()?;
        let Login::SecurityOfficer(master) = &self.login else { return Err(Refusal::UserNotLoggedIn) };
        if !length_fits(pin) {
            return Err(Refusal::PinLengthRange);
        }
        let mut document = self.document()?.clone();
        document.set_pin(Holder::User, pin, master)?;
        self.commit(document, &lock)
    }

    /// Changes a PIN: the security officer's if that is who is logged in, otherwise the user's.
    pub(crate) fn change_pin(&mut self, old: &[u8], new: &[u8]) -> Answer<()> {
        let lock = self.vault.lock()?;
        self.refresh()?;
        let holder = match self.login {
            Login::SecurityOfficer(_) => Holder::SecurityOfficer,
            Login::User(_) | Login::Public => Holder::User,
        };
        if !length_fits(new) {
            return Err(Refusal::PinLengthRange);
        }
        let master = self.check_pin(holder, old, &lock)?;
        let mut document = self.document()?.clone();
        document.set_pin(holder, new, &master)?;
        self.commit(document, &lock)
    }

    /// Logs in, for all sessions of the process.
    pub(crate) fn login(&mut self, holder: Holder, pin: &[u8]) -> Answer<()> {
        let lock = self.vault.lock()?;
        self.refresh()?;
        match (&self.login, holder) {
            (Login::Public, _) => {}
            (Login::User(_), Holder::User) | (Login::SecurityOfficer(_), Holder::SecurityOfficer) => {
                return Err(Refusal::UserAlreadyLoggedIn);
            }
            _ => return Err(Refusal::UserAnotherAlreadyLoggedIn),
        }
        if holder == Holder::SecurityOfficer && self.sessions.read_only > 0 {
            return Err(Refusal::SessionReadOnlyExists);
        }
        let master = self.check_pin(holder, pin, &lock)?;
        self.login = match holder {
            Holder::SecurityOfficer => Login::SecurityOfficer(master),
            Holder::User => Login::User(master),
        };
        self.sync_contents()
    }

    /// Checks the user's PIN once more, for a key that wants it with every signature (`CKU_CONTEXT_SPECIFIC`).
    pub(crate) fn reauthenticate(&mut self, pin: &[u8]) -> Answer<()> {
        if !matches!(self.login, Login::User(_)) {
            return Err(Refusal::UserNotLoggedIn);
        }
        let lock = self.vault.lock()?;
        self.refresh()?;
        self.check_pin(Holder::User, pin, &lock).map(drop)
    }

    /// Logs out, for all sessions of the process. Private objects are gone from sight, those of sessions for good.
    pub(crate) fn logout(&mut self) -> Answer<()> {
        if matches!(self.login, Login::Public) {
            return Err(Refusal::UserNotLoggedIn);
        }
        self.forget_login();
        Ok(())
    }

    /// What is known of the PINs, as `CKF_…`.
    pub(super) fn pin_flags(&self) -> ck::CK_FLAGS {
        let Ok(document) = self.document() else { return 0 };
        let mut flags = tries_flags(document.so_pin.failed, self.tries(Holder::SecurityOfficer), &SO_FLAGS);
        if let Some(pin) = &document.user_pin {
            flags |= ck::CKF_USER_PIN_INITIALIZED;
            flags |= tries_flags(pin.failed, self.tries(Holder::User), &USER_FLAGS);
        }
        flags
    }

    pub(super) fn forget_login(&mut self) {
        self.login = Login::Public;
        self.contents.remove_private();
    }

    /// The master key if `pin` is right; otherwise a try less.
    fn check_pin(&mut self, holder: Holder, pin: &[u8], lock: &WriteLock) -> Answer<MasterKey> {
        let document = self.document()?;
        let failed = document.pin(holder).ok_or(Refusal::UserPinNotInitialized)?.failed;
        if failed >= self.tries(holder) {
            return Err(Refusal::PinLocked);
        }
        let master = document.unwrap(holder, pin);
        let failed_now = if master.is_ok() { 0 } else { failed + 1 };
        if failed_now != failed {
            let mut document = document.clone();
            if let Some(record) = document.pin_mut(holder) {
                record.failed = failed_now;
            }
            self.commit(document, lock)?;
        }
        master.map_err(|_| Refusal::PinIncorrect)
    }

    fn tries(&self, holder: Holder) -> u32 {
        match holder {
            Holder::SecurityOfficer => self.settings.so_pin_tries,
            Holder::User => self.settings.user_pin_tries,
        }
    }
}

/// The flags of one PIN: a try was wasted, one is left, none is left.
struct PinFlags {
    low: ck::CK_FLAGS,
    final_try: ck::CK_FLAGS,
    locked: ck::CK_FLAGS,
}

fn tries_flags(failed: u32, tries: u32, flags: &PinFlags) -> ck::CK_FLAGS {
    match tries.saturating_sub(failed) {
        0 => flags.locked,
        1 if failed > 0 => flags.low | flags.final_try,
        1 => flags.final_try,
        _ if failed > 0 => flags.low,
        _ => 0,
    }
}

fn length_fits(pin: &[u8]) -> bool {
    (PIN_MIN..=PIN_MAX).contains(&pin.len())
}

const SO_FLAGS: PinFlags = PinFlags {
    low: ck::CKF_SO_PIN_COUNT_LOW,
    final_try: ck::CKF_SO_PIN_FINAL_TRY,
    locked: ck::CKF_SO_PIN_LOCKED,
};
const USER_FLAGS: PinFlags = PinFlags {
    low: ck::CKF_USER_PIN_COUNT_LOW,
    final_try: ck::CKF_USER_PIN_FINAL_TRY,
    locked: ck::CKF_USER_PIN_LOCKED,
};
