//! One token: where it is, whether it is the one it was, and what is known of its keys.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use cryptoki::context::Pkcs11;
use cryptoki::error::Error as CryptokiError;
use cryptoki::slot::{Slot, TokenInfo};
use cryptoki::types::UtcTime;
use serde::{Deserialize, Serialize};
use time::{Date, Duration, Month, OffsetDateTime};

use super::state::Lights;
use super::tries::Tries;
use super::{HsmError, Pin, Settings};
use crate::clock::Clock;
use crate::pki::PublicKey;

/// How far the token's clock may be from the station's.
const CLOCKS_APART: Duration = Duration::minutes(5);

/// Which token in which PKCS#11 module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenAddress {
    /// The file of the module.
    pub module: PathBuf,
    /// The label of the token.
    pub token: String,
}

/// What a token says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenDetails {
    /// Its label.
    pub label: String,
    /// Who made it.
    pub manufacturer: String,
    /// Which model.
    pub model: String,
    /// Its serial number.
    pub serial: String,
    /// Whether it digests itself (`CKM_ECDSA_SHA256`) or signs a digest (`CKM_ECDSA`).
    pub digests: bool,
    /// The tries at the PIN that remain.
    pub tries: PinTries,
}

/// What a token says of the tries at the user's PIN that remain. PKCS#11 has flags for it and no
/// number (2.40 base, section 3.2, `CK_TOKEN_INFO`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PinTries {
    /// No flag: as many as the token allows, or it does not tell.
    NotLow,
    /// `CKF_USER_PIN_COUNT_LOW`: a wrong PIN was given since the last right one.
    Low,
    /// `CKF_USER_PIN_FINAL_TRY`: the next wrong PIN locks.
    Last,
    /// `CKF_USER_PIN_LOCKED`.
    None,
}

/// What all sessions with a token share.
#[derive(Debug)]
pub(super) struct Token {
    address: TokenAddress,
    pub(super) settings: Settings,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) lights: Lights,
    pub(super) tries: Tries,
    /// Until the station's part in this is over.
    pin: Mutex<Option<Pin>>,
    closed: AtomicBool,
    /// Whether somebody has given the PIN anew, and it was not tried yet.
    given_anew: AtomicBool,
    /// The serial number of the token that let us in first.
    serial: Arc<OnceLock<String>>,
    known: Arc<Mutex<BTreeMap<String, PublicKey>>>,
}

impl Token {
    pub(super) fn new(
        address: TokenAddress,
        pin: Option<Pin>,
        settings: Settings,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            address,
            settings,
            lights: Lights::new(Arc::clone(&clock), settings.sessions.get().into()),
            tries: Tries::new(Arc::clone(&clock)),
            clock,
            pin: Mutex::new(pin),
            closed: AtomicBool::new(false),
            given_anew: AtomicBool::new(false),
            serial: Arc::default(),
            known: Arc::default(),
        }
    }

    /// The same token with a PIN that somebody has given anew. It has to be the one it was, with the keys
    /// it had.
    pub(super) fn anew(&self, pin: Pin) -> Self {
        Self {
            address: self.address.clone(),
            settings: self.settings,
            lights: Lights::unseen(Arc::clone(&self.clock), self.settings.sessions.get().into()),
            tries: Tries::new(Arc::clone(&self.clock)),
            clock: Arc::clone(&self.clock),
            pin: Mutex::new(Some(pin)),
            closed: AtomicBool::new(false),
            given_anew: AtomicBool::new(true),
            serial: Arc::clone(&self.serial),
            known: Arc::clone(&self.known),
        }
    }

    /// Whether the PIN was given anew and is about to be tried for the first time. Says so once.
    pub(super) fn tries_anew(&self) -> bool {
        self.given_anew.swap(false, Ordering::SeqCst)
    }

    /// Where it is.
    pub(super) fn address(&self) -> &TokenAddress {
        &self.address
    }

    /// Its label.
    pub(super) fn label(&self) -> &str {
        &self.address.token
    }

    /// The PIN, while there is one.
    pub(super) fn pin(&self) -> MutexGuard<'_, Option<Pin>> {
        // Replaced whole, so a poisoned lock holds no half-made state.
        self.pin.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets the PIN; nothing connects any more.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        *self.pin() = None;
    }

    /// Whether it was closed.
    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    /// Whether a connection may be tried, or the last try is not long enough ago.
    pub(super) fn may_be_tried(&self) -> Result<(), HsmError> {
        self.tries.may().map_err(|(wait, source)| HsmError::TriedLately {
            token: self.label().to_owned(),
            wait,
            source,
        })
    }

    /// The slot in which the token is now. It must be the token that was there before, if there was
    /// one; another is asked for nothing.
    pub(super) fn find(&self, pkcs11: &Pkcs11) -> Result<(Slot, TokenInfo), HsmError> {
        let label = || self.label().to_owned();
        let Some(serial) = self.serial.get() else {
            let found = find_slot(pkcs11, self.label())?;
            self.check_clock(&found.1)?;
            return Ok(found);
        };
        let mut here = slots_with(pkcs11, self.label())?;
        match here.iter().position(|(_, info)| info.serial_number() == serial) {
            Some(place) => {
                let found = here.swap_remove(place);
                self.check_clock(&found.1)?;
                Ok(found)
            }
            None => Err(match here.pop() {
                Some((_, other)) => HsmError::TokenOther {
                    token: label(),
                    expected: serial.clone(),
                    found: other.serial_number().to_owned(),
                },
                None => HsmError::TokenGone { token: label() },
            }),
        }
    }

    /// Takes note that this token let us in.
    pub(super) fn remember(&self, info: &TokenInfo) {
        // Only the first: `find` lets no other pass afterwards.
        self.serial.get_or_init(|| info.serial_number().to_owned());
    }

    /// A token without a clock has nothing to be compared.
    fn check_clock(&self, info: &TokenInfo) -> Result<(), HsmError> {
        let Some(shown) = info.utc_time() else { return Ok(()) };
        let station = self.clock.now();
        match utc(shown) {
            Some(time) if (time - station).abs() <= CLOCKS_APART => Ok(()),
            _ => Err(HsmError::ClockOff {
                token: self.label().to_owned(),
                shown: shown.as_iso8601_string(),
                station,
            }),
        }
    }

    /// Takes note of a key's public key, or refuses it when it is another than before.
    pub(super) fn recognise(&self, key: &str, public_key: PublicKey) -> Result<(), HsmError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(key) {
            Some(before) if *before != public_key => {
                Err(HsmError::KeyChanged { token: self.label().to_owned(), key: key.to_owned() })
            }
            Some(_) => Ok(()),
            None => {
                known.insert(key.to_owned(), public_key);
                Ok(())
            }
        }
    }

    /// The error for something that the token refused.
    pub(super) fn refused(&self, operation: &'static str, error: CryptokiError) -> HsmError {
        HsmError::Refused { token: self.label().to_owned(), operation, source: error.into() }
    }
}

impl TokenDetails {
    pub(super) fn new(info: &TokenInfo, digests: bool) -> Self {
        Self {
            label: info.label().to_owned(),
            manufacturer: info.manufacturer_id().to_owned(),
            model: info.model().to_owned(),
            serial: info.serial_number().to_owned(),
            digests,
            tries: PinTries::of(info),
        }
    }
}

impl PinTries {
    pub(super) fn of(info: &TokenInfo) -> Self {
        // The worst first: tokens that lock leave the other flags as they like.
        if info.user_pin_locked() {
            Self::None
        } else if info.user_pin_final_try() {
            Self::Last
        } else if info.user_pin_count_low() {
            Self::Low
        } else {
            Self::NotLow
        }
    }
}

impl fmt::Display for PinTries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotLow => "no wrong PIN counted",
            Self::Low => "a wrong PIN counted since the last right one",
            Self::Last => "one try left before it locks",
            Self::None => "no try left",
        })
    }
}

impl fmt::Display for TokenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.token, self.module.display())
    }
}

/// The one slot whose token has this label.
pub(super) fn find_slot(pkcs11: &Pkcs11, label: &str) -> Result<(Slot, TokenInfo), HsmError> {
    let mut found = slots_with(pkcs11, label)?;
    match (found.pop(), found.len()) {
        (Some(only), 0) => Ok(only),
        (Some(_), more) => Err(HsmError::TokenAmbiguous { token: label.to_owned(), count: more + 1 }),
        (None, _) => Err(HsmError::TokenMissing { token: label.to_owned() }),
    }
}

/// All slots whose tokens have this label.
fn slots_with(pkcs11: &Pkcs11, label: &str) -> Result<Vec<(Slot, TokenInfo)>, HsmError> {
    let refused = |error: CryptokiError| HsmError::Refused {
        token: label.to_owned(),
        operation: "list its slots",
        source: error.into(),
    };
    Ok(pkcs11
        .get_slots_with_token()
        .map_err(refused)?
        .into_iter()
        // A token that goes away between the two questions is one that is not there.
        .filter_map(|slot| Some((slot, pkcs11.get_token_info(slot).ok()?)))
        .filter(|(_, info)| info.token_initialized() && info.label() == label)
        .collect())
}

/// The time on a token's clock, unless it shows a day or an hour that there is not.
fn utc(shown: UtcTime) -> Option<OffsetDateTime> {
    let month = Month::try_from(shown.month).ok()?;
    let date = Date::from_calendar_date(shown.year.into(), month, shown.day).ok()?;
    Some(date.with_hms(shown.hour, shown.minute, shown.second).ok()?.assume_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_clock_that_shows_no_time_is_told_from_one_that_does() {
        let leap = UtcTime { year: 2028, month: 2, day: 29, hour: 23, minute: 59, second: 59 };
        assert_eq!(utc(leap), Some(datetime!(2028-02-29 23:59:59 UTC)));
        assert_eq!(utc(UtcTime { year: 2027, ..leap }), None);
        assert_eq!(utc(UtcTime { month: 0, ..leap }), None);
        assert_eq!(utc(UtcTime { hour: 24, ..leap }), None);
    }
}
