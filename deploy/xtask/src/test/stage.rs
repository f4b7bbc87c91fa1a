//! The stages by name.

use std::fmt;

use clap::ValueEnum;

/// A part of `cargo xtask test`, in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StageName {
    Setup,
    Format,
    Firmware,
    Build,
    Tests,
    Demo,
    Doctests,
    Clippy,
    ClippyFirmware,
    Docs,
}

impl StageName {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        Self::value_variants().iter().copied()
    }

    /// What it does, for the heading.
    pub(crate) fn purpose(self) -> &'static str {
        match self {
            Self::Setup => "what this machine lacks",
            Self::Format => "the code is formatted",
            Self::Firmware => "the module's image, and its budgets of flash and RAM",
            Self::Build => "programs and tests for this machine",
            Self::Tests => "all tests, with those that need QEMU, SoftHSM, strace and zbar",
            Self::Demo => "the demo, and once more with the ledger that it left",
            Self::Doctests => "examples in the documentation",
            Self::Clippy => "lints, warnings denied",
            Self::ClippyFirmware => "lints of the module's image, warnings denied",
            Self::Docs => "the documentation builds, warnings denied",
        }
    }
}

impl fmt::Display for StageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The same word as on the command line.
        match self.to_possible_value() {
            Some(value) => f.write_str(value.get_name()),
            None => Ok(()),
        }
    }
}
