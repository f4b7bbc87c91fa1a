//! Whether a ledger is what it was when it was written.

use std::path::Path;

use super::error::LedgerError;
use super::record::Head;

/// What a sound ledger holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The end of the chain.
    pub head: Head,
    /// The modules in it.
    pub modules: u64,
    /// The certificates signed.
    pub certificates: u64,
}

/// Verifies the ledger at `path`.
///
/// # Errors
/// The first bad row, and what is wrong with it; or that the ledger cannot be read.
pub fn verify(path: &Path) -> Result<Summary, LedgerError> {
    todo!()
}
