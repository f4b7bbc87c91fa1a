//! Every device and setting looked at, all problems told, each as it is found.
//!
//! | file | what it holds |
//! |---|---|
//! | `finding` | [`Finding`]: what was looked at, and what was found of it |
//! | `paper` | what needs no device: clock, order, firmware, label, certificates, room on the disk |
//! | `devices` | the HSM and its keys, and the devices of the slots |
//!
//! The command `station check` and the screen's page of that name say the same, because both come from
//! here. On a running line nothing is disturbed: the devices of a slot that is at work are not looked at,
//! and said to be at work.

mod devices;
mod finding;
mod paper;

pub use devices::devices;
pub use finding::{Detail, Finding, Found, Part, Subject};
pub use paper::{Key, free, paper, room, settings};

use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::config;
use crate::fault::Fault;
use crate::files::Files;

/// What is told while things are looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seen {
    /// This is being looked at now.
    Looking(Subject),
    /// This was found.
    Found(Finding),
}

/// The station that is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// Its settings.
    pub config: &'a config::Station,
    /// The files beside its ledger.
    pub files: &'a Files,
    /// Its time.
    pub clock: &'a dyn Clock,
}

/// Tells what is seen, and passes on what the next look needs.
pub struct Teller<'a>(&'a mut (dyn FnMut(Seen) + Send));

impl std::fmt::Debug for Teller<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Teller").finish_non_exhaustive()
    }
}

impl<'a> Teller<'a> {
    /// Tells this listener.
    pub fn new(listener: &'a mut (dyn FnMut(Seen) + Send)) -> Self {
        Self(listener)
    }

    /// Says what is being looked at.
    fn looking(&mut self, subject: &Subject) {
        (self.0)(Seen::Looking(subject.clone()));
    }

    /// Says how a look went, and gives its result to the next one.
    fn note<T>(
        &mut self,
        subject: Subject,
        result: Result<T, Fault>,
        detail: impl FnOnce(&T) -> Detail,
    ) -> Option<T> {
        let (value, found) = match result {
            Ok(value) => {
                let detail = detail(&value);
                (Some(value), Found::Well(detail))
            }
            Err(fault) => (None, Found::Wrong(fault)),
        };
        self.found(subject, found);
        value
    }

    fn found(&mut self, subject: Subject, found: Found) {
        (self.0)(Seen::Found(Finding { subject, found }));
    }
}
