//! What passed over the line in one run, for the engineer.

use std::sync::{Arc, Mutex, PoisonError};

use super::mask;

/// The lines of a run, in memory until the run ends. Clones share the lines.
///
/// The protocol carries no secret: the module's private key never leaves it.
#[derive(Clone, Debug, Default)]
pub struct Transcript {
    text: Arc<Mutex<String>>,
}

impl Transcript {
    /// The lines so far, their secrets masked; the transcript is empty afterwards.
    pub fn take(&self) -> String {
        mask(&std::mem::take(&mut *self.text.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    pub(super) fn sent(&self, bytes: &[u8]) {
        self.push("> ", bytes);
    }

    pub(super) fn received(&self, bytes: &[u8]) {
        self.push("< ", bytes);
    }

    pub(super) fn note(&self, what: &str) {
        self.push("! ", what.as_bytes());
    }

    fn push(&self, mark: &str, bytes: &[u8]) {
        let mut text = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        for line in bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            text.push_str(mark);
            text.extend(line.escape_ascii().map(char::from));
            text.push('\n');
        }
    }
}
