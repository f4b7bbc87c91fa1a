//! The steps, in the order they happen, and what the engine has to know of each.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One step of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepId {
    /// Write and verify the firmware.
    Flash,
    /// Ask the module who it is and how far it has come.
    Greet,
    /// Have the module test itself.
    SelfTest,
    /// Have the module make its UID and key.
    Keygen,
    /// Reserve, sign and record the birth certificate.
    Issue,
    /// Give the module its certificate and read it back.
    Install,
    /// Have the module prove its key, and check its standard settings.
    Prove,
    /// Lock the module for ever, and check that it is locked.
    Seal,
    /// Print the label.
    Label,
    /// Read the printed label back.
    Scan,
    /// Put the PASS on disk.
    Pass,
}

impl StepId {
    /// All steps, in order. Seating comes before them: it is what starts a run.
    pub const ALL: [Self; 11] = [
        Self::Flash,
        Self::Greet,
        Self::SelfTest,
        Self::Keygen,
        Self::Issue,
        Self::Install,
        Self::Prove,
        Self::Seal,
        Self::Label,
        Self::Scan,
        Self::Pass,
    ];

    /// The step's name, on screen and in the ledger.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Flash => "flash",
            Self::Greet => "greet",
            Self::SelfTest => "self-test",
            Self::Keygen => "keygen",
            Self::Issue => "issue",
            Self::Install => "install",
            Self::Prove => "prove",
            Self::Seal => "seal",
            Self::Label => "label",
            Self::Scan => "scan",
            Self::Pass => "pass",
        }
    }

    /// The step of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.name() == name)
    }

    /// Its place among the steps, from 1.
    pub fn number(self) -> usize {
        Self::ALL.iter().position(|step| *step == self).map_or(0, |index| index + 1)
    }
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_numbered_in_order_and_stored_by_name() {
        for (index, step) in StepId::ALL.into_iter().enumerate() {
            assert_eq!(step.number(), index + 1);
            assert_eq!(serde_json::to_value(step).expect("serialises"), step.name());
            assert_eq!(StepId::named(step.name()), Some(step));
        }
        assert_eq!(StepId::named("Flash"), None);
        assert!(StepId::ALL.is_sorted());
    }
}
