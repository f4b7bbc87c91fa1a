//! A boundary as the frail station wrote it down.

use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// A moment at which something leaves the station's hands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Boundary {
    /// Its number in the run of the program, from 0.
    pub number: u64,
    /// `before` or `after`.
    pub phase: String,
    /// Which device, or the ledger.
    pub device: String,
    /// What is asked of it.
    pub operation: String,
}

impl Boundary {
    /// All boundaries in a trace, in order.
    ///
    /// # Errors
    /// The file cannot be read, or is no trace.
    pub fn read_all(trace: &Path) -> Result<Vec<Self>> {
        let text = fs::read_to_string(trace).with_context(|| format!("read {}", trace.display()))?;
        text.lines().map(|line| Self::parse(line).with_context(|| format!("no boundary: {line}"))).collect()
    }

    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split('\t');
        let boundary = Self {
            number: fields.next()?.parse().ok()?,
            phase: fields.next()?.to_owned(),
            device: fields.next()?.to_owned(),
            operation: fields.next()?.to_owned(),
        };
        fields.next().is_none().then_some(boundary)
    }
}

impl fmt::Display for Boundary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.phase, self.device, self.operation)
    }
}
