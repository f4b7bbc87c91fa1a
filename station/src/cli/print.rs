//! What goes to standard output and standard error.

use std::io::{ErrorKind, Write as _};

use serde::Serialize;

use crate::fault::{Fault, FaultCode};

/// One line on standard output.
pub(super) fn line(text: impl AsRef<str>) -> Result<(), Fault> {
    match writeln!(std::io::stdout(), "{}", text.as_ref()) {
        // Whoever reads has read enough, as `head` does.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(|error| unwritable(&error)),
    }
}

/// A value as JSON, on standard output.
pub(super) fn json(value: &impl Serialize) -> Result<(), Fault> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Fault::new(FaultCode::Bug, format!("no JSON: {error}")))?;
    line(text)
}

/// A fault on standard error: code and title, what to do, the causes.
pub(super) fn fault(fault: &Fault) {
    let mut text = format!("{fault}\n");
    for remedy in fault.code.entry().remedy {
        text.push_str("  -> ");
        text.push_str(remedy);
        text.push('\n');
    }
    for cause in fault.chain.links() {
        text.push_str("  ");
        text.push_str(cause);
        text.push('\n');
    }
    // If standard error is gone there is nobody left to tell.
    let _ = std::io::stderr().write_all(text.as_bytes());
}

fn unwritable(error: &std::io::Error) -> Fault {
    Fault::new(FaultCode::FileWrite, format!("cannot write to standard output: {error}"))
}
