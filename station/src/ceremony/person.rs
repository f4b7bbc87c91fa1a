//! Whoever is asked before each step.

use std::fmt;
use std::io;

/// The people present, or a machine that says yes.
pub trait Person: Send + Sync + fmt::Debug {
    /// Tells what is about to happen, and asks whether it may.
    ///
    /// # Errors
    /// Nobody can be asked.
    fn confirm(&self, what: &str) -> io::Result<bool>;

    /// Asks for something that is typed, such as a name. Empty when nothing is.
    ///
    /// # Errors
    /// Nobody can be asked.
    fn ask(&self, question: &str) -> io::Result<String>;
}

/// Says yes to everything, for machines and for rehearsals in tests.
#[derive(Clone, Copy, Debug, Default)]
pub struct Consent;

impl Person for Consent {
    fn confirm(&self, _what: &str) -> io::Result<bool> {
        Ok(true)
    }

    fn ask(&self, _question: &str) -> io::Result<String> {
        Ok(String::new())
    }
}
