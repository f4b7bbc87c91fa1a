//! Exit codes, for scripts. Documented in the help; never given another meaning.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing is wrong.
    Good,
    /// The manifest has problems, and they have been told.
    Problems,
    /// The command could not be carried out.
    Failed,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Good => 0,
            Outcome::Problems => 1,
            // The code that wrong usage gives, too.
            Outcome::Failed => 2,
        })
    }
}
