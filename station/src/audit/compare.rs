//! The comparison of a log with the ledger.

use std::collections::BTreeMap;

use serde::Serialize;

use super::log::{Log, LoggedSignature};
use crate::ledger::{LedgerError, Reader};

/// What log and ledger say of each key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The keys that the ledger had sign, by label.
    pub keys: Vec<KeyComparison>,
    /// Signatures in the log by keys that the ledger never had sign. They are not this station's.
    pub others: u64,
}

/// What log and ledger say of one key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct KeyComparison {
    /// The key's label.
    pub key: String,
    /// How many signatures the log has.
    pub in_log: u64,
    /// How many the ledger has on record.
    pub on_record: u64,
    /// How many the ledger announced and does not know to have been made: lost on their way.
    pub lost: u64,
    /// The lines of the log with signatures that nobody announced.
    pub unknown: Vec<u64>,
    /// How many more the log has than the ledger, where the log does not tell what was signed.
    pub unexplained: u64,
    /// How many of the ledger's the log lacks although it should have all.
    pub missing: u64,
}

impl KeyComparison {
    /// Whether somebody has to look into it.
    pub fn is_alarming(&self) -> bool {
        !self.unknown.is_empty() || self.unexplained > 0 || self.missing > 0
    }
}

/// Compares a log with the ledger. `names` says which label a key has that the log calls otherwise.
///
/// # Errors
/// When the ledger cannot be read.
pub fn compare(
    log: &Log,
    names: &BTreeMap<String, String>,
    ledger: &Reader,
) -> Result<Comparison, LedgerError> {
    let mut keys: BTreeMap<String, KeyComparison> = BTreeMap::new();
    for key in ledger.signing_keys()? {
        let on_record = ledger.signatures_by(&key)?;
        keys.insert(key.clone(), KeyComparison { key, on_record, ..KeyComparison::default() });
    }
    let mut others = 0;
    for LoggedSignature { line, key, digest } in &log.signatures {
        let label = names.get(key).unwrap_or(key);
        let Some(found) = keys.get_mut(label) else {
            others += 1;
            continue;
        };
        found.in_log += 1;
        if let Some(digest) = digest
            && ledger.signing(digest)?.is_none_or(|signing| signing.key != *label)
        {
            found.unknown.push(*line);
        }
    }
    let tells_what = log.signatures.iter().all(|entry| entry.digest.is_some());
    for key in keys.values_mut() {
        let known = key.in_log - u64::try_from(key.unknown.len()).unwrap_or(u64::MAX);
        let more = known.saturating_sub(key.on_record);
        if tells_what {
            key.lost = more;
        } else {
            key.unexplained = more;
        }
        if log.complete {
            key.missing = key.on_record.saturating_sub(known);
        }
    }
    Ok(Comparison { keys: keys.into_values().collect(), others })
}
