//! What the station tells: a file to which it appends one JSON object a line.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

/// What matters here of the station's events.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub(super) enum Event {
    /// A slot is empty and waits for a module.
    SlotWaiting { slot: String },
    /// A run ended, and the ledger has it.
    RunEnded { slot: String, verdict: String, uid: Option<String>, code: Option<String>, elapsed_ms: u64 },
    /// Anything else: a sign of life.
    #[serde(other)]
    Other,
}

/// The file, read as far as it has been written.
#[derive(Debug)]
pub(super) struct Events {
    path: PathBuf,
    file: Option<File>,
    /// The beginning of a line whose end has not been written yet.
    rest: Vec<u8>,
}

impl Events {
    pub(super) fn of(path: &Path) -> Self {
        Self { path: path.to_owned(), file: None, rest: Vec::new() }
    }

    /// The events since the last call.
    pub(super) fn new_ones(&mut self) -> Result<Vec<Event>> {
        let file = match &mut self.file {
            Some(file) => file,
            None => match File::open(&self.path) {
                Ok(file) => self.file.insert(file),
                // The station has not begun yet.
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
                Err(error) => return Err(error).with_context(|| format!("open {}", self.path.display())),
            },
        };
        file.read_to_end(&mut self.rest).with_context(|| format!("read {}", self.path.display()))?;
        let Some(end) = self.rest.iter().rposition(|byte| *byte == b'\n') else { return Ok(Vec::new()) };
        let lines: Vec<u8> = self.rest.drain(..=end).collect();
        lines
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| {
                serde_json::from_slice(line)
                    .with_context(|| format!("understand `{}`", String::from_utf8_lossy(line)))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn lines_are_read_when_they_are_whole() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("events");
        let mut events = Events::of(&path);
        assert_eq!(events.new_ones().unwrap(), []);
        let mut file = File::create(&path).unwrap();
        file.write_all(b"{\"event\":\"slot-waiting\",\"slot\":\"1\"}\n{\"event\":\"prog").unwrap();
        assert_eq!(events.new_ones().unwrap(), [Event::SlotWaiting { slot: "1".into() }]);
        assert_eq!(events.new_ones().unwrap(), []);
        file.write_all(b"ress\",\"slot\":\"1\",\"done\":1}\n").unwrap();
        assert_eq!(events.new_ones().unwrap(), [Event::Other]);
    }

    #[test]
    fn the_end_of_a_run_is_understood() {
        let line = br#"{"event":"run-ended","slot":"2","run":7,"verdict":"fail","uid":null,"step":"keygen","code":"M-103",
            "chain":["no key"],"elapsed-ms":1500}"#;
        let event: Event = serde_json::from_slice(line).unwrap();
        let expected = Event::RunEnded {
            slot: "2".into(),
            verdict: "fail".into(),
            uid: None,
            code: Some("M-103".into()),
            elapsed_ms: 1500,
        };
        assert_eq!(event, expected);
    }
}
