//! The table `[screen]` of `station.toml`: what the operator's screen begins with.

use std::time::Duration;

use super::reader::Reader;
use crate::tui::text::Language;

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
}

impl Default for Screen {
    fn default() -> Self {
        Self { language: Language::default(), bell_pass: true, bell_fail: true, sign_out_after: None }
    }
}

impl Screen {
    pub(super) fn read(section: &mut Reader) -> Option<Self> {
        let default = Self::default();
        let minutes = section.optional::<u64>("sign-out-minutes");
        if minutes == Some(0) {
            section.problem("sign-out-minutes", "must be at least 1");
        }
        Some(Self {
            language: section.optional("language").unwrap_or(default.language),
            bell_pass: section.optional("bell-pass").unwrap_or(default.bell_pass),
            bell_fail: section.optional("bell-fail").unwrap_or(default.bell_fail),
            sign_out_after: minutes.map(|minutes| Duration::from_secs(minutes.saturating_mul(60))),
        })
    }
}
