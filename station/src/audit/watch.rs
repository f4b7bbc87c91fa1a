//! The comparison, made again and again while the line runs.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;

use super::compare::{Comparison, KeyComparison, Names, compare};
use super::log::{Log, LogError};
use crate::clock::Clock;
use crate::config::AuditLog;
use crate::fault::{Coded, Fault, FaultCode};
use crate::ledger::{Ledger, LedgerError, Reader};

/// How long a signature may be on its way from the HSM to the disk.
const SETTLING: Duration = Duration::from_secs(3);

/// Where the log is, and what it calls token and keys. Clones share what was found last.
#[derive(Clone, Debug)]
pub struct Watch {
    log: PathBuf,
    names: Names,
    clock: Arc<dyn Clock>,
    last: Arc<Mutex<Option<Checked>>>,
}

/// What a [check](Watch::check) found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// When it was made.
    pub at: OffsetDateTime,
    /// Why log and ledger could not be compared, or that they differ; nothing, if they agree.
    pub fault: Option<Fault>,
}

/// What somebody has to look into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm(Vec<KeyComparison>);

/// Why log and ledger could not be compared, or differ.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// They do not tell the same story.
    #[error("{0}")]
    Alarm(Alarm),
}

impl Coded for AuditError {
    fn code(&self) -> FaultCode {
        match self {
            Self::Log(error) => error.code(),
            Self::Ledger(error) => error.code(),
            Self::Alarm(_) => FaultCode::SignatureUnknown,
        }
    }
}

impl Watch {
    /// Over the log that the settings name, for the keys of a token.
    pub fn new(token: &str, settings: &AuditLog, clock: Arc<dyn Clock>) -> Self {
        let keys = settings.names.iter().map(|(label, name)| (name.to_ascii_lowercase(), label.clone()));
        Self {
            log: settings.log.clone(),
            names: Names { token: token.to_owned(), fetched: settings.fetched, keys: keys.collect() },
            clock,
            last: Arc::default(),
        }
    }

    /// What the last check found; nothing before the first.
    pub fn last(&self) -> Option<Checked> {
        // Replaced whole, so a poisoned lock holds no half-made finding.
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Compares the log as it is now with the ledger as it is now.
    ///
    /// # Errors
    /// A log or a ledger that cannot be read.
    pub fn compare(&self, ledger: &Reader) -> Result<(Log, Comparison), AuditError> {
        // Looked at before and after the log: what is signed in between is in one of the two, as it happens.
        let before = ledger.head()?.seq;
        let log = Log::read(&self.log)?;
        let comparison = compare(&log, &self.names, before, ledger)?;
        Ok((log, comparison))
    }

    /// Compares beside the async runtime.
    ///
    /// # Errors
    /// As [`compare`](Self::compare); and an alarm.
    pub async fn check(&self, ledger: &Ledger) -> Result<(), AuditError> {
        let found = self.find(ledger).await;
        let checked = Checked { at: self.clock.now(), fault: found.as_ref().err().map(Fault::of) };
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(checked);
        found
    }

    async fn find(&self, ledger: &Ledger) -> Result<(), AuditError> {
        if self.alarm(ledger).await?.is_none() {
            return Ok(());
        }
        // A signature that was being made may be in a log that only counts, and not on record yet.
        tokio::time::sleep(SETTLING).await;
        self.alarm(ledger).await?.map_or(Ok(()), |alarm| Err(AuditError::Alarm(alarm)))
    }

    async fn alarm(&self, ledger: &Ledger) -> Result<Option<Alarm>, AuditError> {
        let (watch, ledger) = (self.clone(), ledger.clone());
        let compared = tokio::task::spawn_blocking(move || watch.compare(&ledger.reader()?)).await;
        match compared {
            Ok(compared) => Ok(compared?.1.alarm()),
            Err(failed) => match failed.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The runtime is being shut down.
                Err(_) => Ok(None),
            },
        }
    }
}

impl Comparison {
    /// What somebody has to look into; none if log and ledger agree.
    pub fn alarm(&self) -> Option<Alarm> {
        let keys: Vec<_> = self.keys.iter().filter(|key| key.is_alarming()).cloned().collect();
        (!keys.is_empty()).then_some(Alarm(keys))
    }
}

impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, key) in self.0.iter().enumerate() {
            let mut parts = Vec::new();
            if let Some(first) = key.unknown.first() {
                parts.push(format!(
                    "{} that nobody announced, the first in line {}",
                    key.unknown.len(),
                    first.line
                ));
            }
            if key.unexplained > 0 {
                parts.push(format!("{} more than the ledger knows", key.unexplained));
            }
            if key.missing > 0 {
                parts.push(format!("{} of the ledger's are not in it", key.missing));
            }
            let before = if index == 0 { "the HSM's log has" } else { "; it has" };
            write!(f, "{before} signatures of the key {:?}: {}", key.key, parts.join(", "))?;
        }
        Ok(())
    }
}
