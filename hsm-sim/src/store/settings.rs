//! The marker file: without it the module refuses to start, so that it can never stand in for a real HSM by mistake.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::StoreError;
use crate::fault::Function;

/// The name of the marker file inside a store's directory.
pub const MARKER: &str = "hsm-sim.toml";

/// What can be set in the marker file. Every field has a default, so an empty marker is valid; unknown fields are refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// How many slots there are, 1 to 64. Each holds a token, which may be uninitialised.
    pub slots: u8,
    /// How many wrong PINs in a row lock the user out, 1 to 100.
    pub user_pin_tries: u32,
    /// How many wrong PINs in a row lock the security officer out, 1 to 100. Such a token is lost.
    pub so_pin_tries: u32,
    /// How many sessions a process may have open with one token; absent for as many as it likes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_limit: Option<u16>,
    /// After how many milliseconds without a call a session is gone, and with the last one the login; absent for never. A session in
    /// which a call is under way is not idle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle_timeout_ms: Option<u64>,
    /// How many objects a token holds at most, keys of a pair counted singly; absent for as many as the disk takes. What would go beyond
    /// is refused with `CKR_DEVICE_MEMORY`. Objects of sessions are not counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_limit: Option<u32>,
    /// How many signatures each private key makes at most; absent for any number. Then `C_SignInit` answers
    /// `CKR_KEY_FUNCTION_NOT_PERMITTED`. A signature counts before it is made, on disk and for all processes together. See
    /// [`KEY_USES`](super::KEY_USES).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature_limit: Option<u64>,
    /// Whether the tokens have a clock: `CKF_CLOCK_ON_TOKEN`, and the time in `CK_TOKEN_INFO`.
    pub clock: bool,
    /// By how many seconds that clock is ahead of the computer's, or behind it if negative.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_skew_s: Option<i64>,
    /// Whether the device does one thing at a time: calls with a latency then wait for each other, in all sessions of all processes, and
    /// their latencies add up. Without it each call takes its time by itself.
    pub one_at_a_time: bool,
    /// Whether each signature is put on record in [`AUDIT`](super::AUDIT), with the label of its key, which is otherwise sealed.
    /// Costs a file opened, locked and appended to with each signature.
    pub audit: bool,
    /// How many milliseconds a function takes in addition, at most an hour: a table of names such as `C_Sign` and numbers. A call that only
    /// asks for the length of its result takes none.
    // Last, because TOML wants tables after plain values.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub latency_ms: BTreeMap<String, u64>,
}

impl Settings {
    /// Reads the marker in `directory`.
    pub(crate) fn read(directory: &Path) -> Result<Self, StoreError> {
        let path = directory.join(MARKER);
        let text =
            fs::read_to_string(&path).map_err(|source| StoreError::Read { path: path.clone(), source })?;
        let settings: Self = toml::from_str(&text)
            .map_err(|source| StoreError::SettingsMalformed { path: path.clone(), source })?;
        match settings.out_of_range() {
            Some((name, range)) => Err(StoreError::SettingsRange { path, name, range }),
            None => Ok(settings),
        }
    }

    /// Writes the marker into `directory`.
    pub(super) fn write(&self, directory: &Path) -> Result<(), StoreError> {
        let path = directory.join(MARKER);
        // A few plain fields always serialise; an empty marker would be as valid.
        let text = toml::to_string(self).unwrap_or_default();
        fs::write(&path, format!("{HEADER}{text}")).map_err(|source| StoreError::Write { path, source })
    }

    /// How long each function takes in addition.
    pub(crate) fn latencies(&self) -> BTreeMap<Function, Duration> {
        let known = self.latency_ms.iter().filter_map(|(name, ms)| Some((Function::from_name(name)?, *ms)));
        known.map(|(function, ms)| (function, Duration::from_millis(ms))).collect()
    }

    /// The first setting that cannot be, and what it could be.
    fn out_of_range(&self) -> Option<(&'static str, &'static str)> {
        if !(1..=64).contains(&self.slots) {
            return Some(("slots", "1 to 64"));
        }
        if !(1..=100).contains(&self.user_pin_tries) {
            return Some(("user-pin-tries", "1 to 100"));
        }
        if !(1..=100).contains(&self.so_pin_tries) {
            return Some(("so-pin-tries", "1 to 100"));
        }
        if self.session_limit == Some(0) {
            return Some(("session-limit", "1 to 65535"));
        }
        if self.idle_timeout_ms == Some(0) {
            return Some(("idle-timeout-ms", "1 and more"));
        }
        if self.clock_skew_s.is_some_and(|skew| skew.unsigned_abs() > LARGEST_SKEW_S) {
            return Some(("clock-skew-s", "ten years either way"));
        }
        if self.latency_ms.keys().any(|name| Function::from_name(name).is_none()) {
            return Some(("latency-ms", "the functions that this module offers"));
        }
        if self.latency_ms.values().any(|ms| *ms > LONGEST_LATENCY_MS) {
            return Some(("latency-ms", "0 to 3600000"));
        }
        None
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            slots: 2,
            user_pin_tries: 5,
            so_pin_tries: 10,
            session_limit: None,
            idle_timeout_ms: None,
            object_limit: None,
            signature_limit: None,
            clock: false,
            clock_skew_s: None,
            one_at_a_time: false,
            audit: false,
            latency_ms: BTreeMap::new(),
        }
    }
}

/// An hour: long enough for the slowest HSM, and short of what the clock could not add.
const LONGEST_LATENCY_MS: u64 = 60 * 60 * 1000;

/// Ten years, so that no skewed date leaves the four digits of its year.
const LARGEST_SKEW_S: u64 = 10 * 366 * 24 * 60 * 60;

const HEADER: &str = "# Tokens of hsm-sim, a simulated HSM for TESTS. Keys in here protect nothing.\n";

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Settings, StoreError> {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(MARKER), text).unwrap();
        Settings::read(directory.path())
    }

    #[test]
    fn an_empty_marker_is_enough() {
        assert_eq!(read("").unwrap(), Settings::default());
    }

    #[test]
    fn a_missing_marker_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        assert!(matches!(Settings::read(directory.path()), Err(StoreError::Read { .. })));
    }

    #[test]
    fn unknown_fields_and_impossible_values_are_refused() {
        assert!(matches!(read("slot = 1"), Err(StoreError::SettingsMalformed { .. })));
        assert!(matches!(read("slots = 0"), Err(StoreError::SettingsRange { name: "slots", .. })));
        assert!(matches!(read("slots = 65"), Err(StoreError::SettingsRange { .. })));
        assert!(matches!(read("user-pin-tries = 0"), Err(StoreError::SettingsRange { .. })));
        for text in [
            "session-limit = 0",
            "idle-timeout-ms = 0",
            "clock-skew-s = 316224001",
            "latency-ms = { C_Sing = 80 }",
            "latency-ms = { C_Sign = 3600001 }",
        ] {
            assert!(matches!(read(text), Err(StoreError::SettingsRange { .. })), "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let directory = tempfile::tempdir().unwrap();
        let settings = Settings {
            slots: 7,
            user_pin_tries: 3,
            so_pin_tries: 4,
            session_limit: Some(16),
            idle_timeout_ms: Some(30_000),
            object_limit: Some(256),
            signature_limit: Some(1000),
            clock: true,
            clock_skew_s: Some(-90),
            one_at_a_time: true,
            audit: true,
            latency_ms: BTreeMap::from([("C_Sign".to_owned(), 90), ("C_Login".to_owned(), 200)]),
        };
        super::super::configure(directory.path(), &settings).unwrap();
        assert_eq!(Settings::read(directory.path()).unwrap(), settings);
        super::super::create(directory.path()).unwrap();
        assert_eq!(Settings::read(directory.path()).unwrap(), settings, "create leaves a store as it is");
    }
}
