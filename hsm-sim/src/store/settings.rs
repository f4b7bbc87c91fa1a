//! The marker file: without it the module refuses to start, so that it can never stand in for a real HSM by mistake.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::StoreError;

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
    /// Whether each signature is put on record in [`AUDIT`](super::AUDIT), with the label of its key, which is otherwise sealed.
    /// Costs a file opened, locked and appended to with each signature.
    pub audit: bool,
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
        None
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self { slots: 2, user_pin_tries: 5, so_pin_tries: 10, session_limit: None, audit: false }
    }
}

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
        assert!(matches!(read("session-limit = 0"), Err(StoreError::SettingsRange { .. })));
    }

    #[test]
    fn what_is_written_is_read_back() {
        let directory = tempfile::tempdir().unwrap();
        let settings =
            Settings { slots: 7, user_pin_tries: 3, so_pin_tries: 4, session_limit: Some(16), audit: true };
        super::super::configure(directory.path(), &settings).unwrap();
        assert_eq!(Settings::read(directory.path()).unwrap(), settings);
        super::super::create(directory.path()).unwrap();
        assert_eq!(Settings::read(directory.path()).unwrap(), settings, "create leaves a store as it is");
    }
}
