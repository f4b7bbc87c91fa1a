//! The table `[screen]` of `station.toml`: what the operator's screen begins with.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::reader::Reader;
use crate::clock::Zone;
use crate::tui::msg::Key;
use crate::tui::text::Language;

/// The key with which a scanner on the keyboard closes what it reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScanEnd {
    /// Enter, as most scanners come.
    #[default]
    Enter,
    /// Tab.
    Tab,
}

impl ScanEnd {
    /// The key.
    pub const fn key(self) -> Key {
        match self {
            Self::Enter => Key::Enter,
            Self::Tab => Key::Tab,
        }
    }
}

/// What the operator's screen begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Screen {
    /// What it speaks.
    pub language: Language,
    /// Whether the bell rings at a pass.
    pub bell_pass: bool,
    /// Whether the bell rings at a fault.
    pub bell_fail: bool,
    /// After how long without a key and without a module the operator is signed out; never, if not given.
    pub sign_out_after: Option<Duration>,
    /// How a scanner on the keyboard closes what it reads.
    pub scan_end: ScanEnd,
    /// Where the clock on the wall hangs; where the machine thinks it stands, if not given.
    pub zone: Option<Zone>,
}

impl Default for Screen {
    fn default() -> Self {
        Self {
            language: Language::default(),
            bell_pass: true,
            bell_fail: true,
            sign_out_after: None,
            scan_end: ScanEnd::default(),
            zone: None,
        }
    }
}

impl Screen {
    pub(super) fn read(section: &mut Reader) -> Self {
        let default = Self::default();
        let minutes = section.optional::<u64>("sign-out-minutes");
        if minutes == Some(0) {
            section.problem("sign-out-minutes", "must be at least 1");
        }
        let zone = section.optional::<String>("time-zone").map(|name| Zone::named(&name)).transpose();
        if let Err(error) = &zone {
            section.problem("time-zone", &error.to_string());
        }
        Self {
            language: section.optional("language").unwrap_or(default.language),
            bell_pass: section.optional("bell-pass").unwrap_or(default.bell_pass),
            bell_fail: section.optional("bell-fail").unwrap_or(default.bell_fail),
            sign_out_after: minutes.map(|minutes| Duration::from_secs(minutes.saturating_mul(60))),
            scan_end: section.optional("scan-end").unwrap_or(default.scan_end),
            zone: zone.ok().flatten(),
        }
    }
}
