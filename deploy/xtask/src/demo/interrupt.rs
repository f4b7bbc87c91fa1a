//! Ctrl-C: noted, so that everything that was started can be ended in order.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use signal_hook::consts::{SIGINT, SIGTERM};

/// Whether somebody wants this to end.
#[derive(Debug)]
pub(super) struct Interrupt(Arc<AtomicBool>);

/// The error of work that was given up because somebody wanted it to end.
#[derive(Debug)]
pub(crate) struct Interrupted;

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("interrupted")
    }
}

impl std::error::Error for Interrupted {}

impl Interrupt {
    /// From now on SIGINT and SIGTERM are noted and no longer end this program.
    pub(super) fn watch() -> Result<Self> {
        let noted = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            signal_hook::flag::register(signal, Arc::clone(&noted)).context("watch for signals")?;
        }
        Ok(Self(noted))
    }

    /// Whether there was a signal; asking leaves it noted.
    pub(super) fn noted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Whether there was a signal since the last call.
    pub(super) fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }

    /// Ends the work between two steps.
    pub(super) fn check(&self) -> Result<()> {
        if self.noted() { Err(Interrupted.into()) } else { Ok(()) }
    }

    /// The better explanation of an error: a child that got the same Ctrl-C has failed, too.
    pub(super) fn rather<T>(&self, error: anyhow::Error) -> Result<T> {
        self.check()?;
        Err(error)
    }
}

#[cfg(test)]
impl Interrupt {
    pub(super) fn never() -> Self {
        Self(Arc::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_is_the_better_explanation() {
        let interrupt = Interrupt::never();
        let error = interrupt.rather::<()>(anyhow::anyhow!("cargo failed")).unwrap_err();
        assert_eq!(error.to_string(), "cargo failed");
        interrupt.0.store(true, Ordering::Relaxed);
        let error = interrupt.rather::<()>(anyhow::anyhow!("cargo failed")).unwrap_err();
        assert!(error.is::<Interrupted>());
        assert!(interrupt.take());
        assert!(!interrupt.noted());
    }
}
