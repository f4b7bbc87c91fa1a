//! What the ledger has to say of a scenario, and what must hold whatever happened.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use station::ledger::{LedgerError, Reader, Seq};
use wire::Uid;

use crate::Rig;
use crate::rig::{SO_PIN, USER_PIN};

/// The ledger of a rig, from a moment on.
#[derive(Debug)]
pub struct Record {
    reader: Reader,
    /// The last event before that moment.
    from: Seq,
}

impl Record {
    /// From now on.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn from_now(rig: &Rig) -> Result<Self> {
        let reader = Reader::open(&rig.data_path().join("ledger.sqlite"))?;
        let from = reader.head()?.seq;
        Ok(Self { reader, from })
    }

    /// Kinds of the events of a run that began since, in order.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn kinds_of_run(&self, run: &Value) -> Result<Vec<String>> {
        let mut kinds = Vec::new();
        for event in self.events()? {
            let began = event["kind"] == "run-started" && event["seq"] == *run;
            if began || event["payload"]["run"] == *run {
                kinds.push(event["kind"].as_str().unwrap_or_default().to_owned());
            }
        }
        Ok(kinds)
    }

    /// Runs that passed since.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn passed_runs(&self) -> Result<Vec<Value>> {
        let passed = self.events()?.into_iter().filter(|event| event["kind"] == "run-passed");
        Ok(passed.map(|event| event["payload"]["run"].clone()).collect())
    }

    /// How far a module has come; none if the ledger does not know it.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn state(&self, uid: Uid) -> Result<Option<String>> {
        let Some(module) = self.reader.module(&uid)? else { return Ok(None) };
        Ok(serde_json::to_value(module.state)?.as_str().map(str::to_owned))
    }

    /// The certificate that was issued for a module. There is never a second one, signed or only reserved.
    ///
    /// # Errors
    /// There is one, or the ledger cannot be read.
    pub fn certificate(&self, uid: Uid) -> Result<Option<Vec<u8>>> {
        let story = serde_json::to_value(self.reader.story(&uid)?)?;
        let story = story.as_array().context("a story")?;
        for kind in ["certificate-reserved", "certificate-issued"] {
            let count = story.iter().filter(|event| event["kind"] == kind).count();
            ensure!(count <= 1, "{uid} has {count} times {kind}");
        }
        Ok(self.reader.certificate(&uid)?)
    }

    fn events(&self) -> Result<Vec<Value>> {
        let mut events = Vec::new();
        self.reader.events(self.from, |event| {
            if event.seq > self.from {
                events.push(serde_json::to_value(event));
            }
            Ok::<(), LedgerError>(())
        })?;
        Ok(events.into_iter().collect::<Result<_, _>>()?)
    }
}

/// Checks what must hold whatever happened: the ledger is whole, and no file that a run leaves behind tells
/// a PIN.
///
/// # Errors
/// It does not.
pub fn check_traces(rig: &Rig) -> Result<()> {
    rig.succeed(&["ledger", "verify"], "")?;
    tells_no_pin(&rig.path().join("run.log"))?;
    tells_no_pin(&rig.path().join("events.ndjson"))?;
    tells_no_pin(&rig.data_path())
}

fn tells_no_pin(path: &Path) -> Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            tells_no_pin(&entry?.path())?;
        }
    } else if path.is_file() {
        let content = fs::read(path)?;
        let content = String::from_utf8_lossy(&content);
        for pin in [USER_PIN, SO_PIN] {
            ensure!(!content.contains(pin), "{} tells a PIN", path.display());
        }
    }
    Ok(())
}
