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

/// How many signatures of each key the ledger has on record.
pub(super) type OnRecord = BTreeMap<String, u64>;

/// How many signatures of each key the ledger has on record now.
///
/// # Errors
/// When the ledger cannot be read.
pub(super) fn on_record(ledger: &Reader) -> Result<OnRecord, LedgerError> {
    ledger
        .signing_keys()?
        .into_iter()
        .map(|key| ledger.signatures_by(&key).map(|signatures| (key, signatures)))
        .collect()
}

/// Compares a log with the ledger. `names` says which label a key has that the log calls otherwise.
///
/// `before` is what was on record before the log was read: all of it should be in the log. What the ledger
/// has by now may be more, since a line that runs goes on signing.
///
/// # Errors
/// When the ledger cannot be read.
pub(super) fn compare(
    log: &Log,
    names: &BTreeMap<String, String>,
    before: &OnRecord,
    ledger: &Reader,
) -> Result<Comparison, LedgerError> {
    let mut keys: BTreeMap<String, KeyComparison> = on_record(ledger)?
        .into_iter()
        .map(|(key, on_record)| (key.clone(), KeyComparison { key, on_record, ..KeyComparison::default() }))
        .collect();
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
            key.missing = before.get(&key.key).copied().unwrap_or(0).saturating_sub(known);
        }
    }
    Ok(Comparison { keys: keys.into_values().collect(), others })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::FixedClock;
    use crate::ledger::{Digest, Ledger, SignatureAnnounced, SignatureMade, StationName};
    use crate::pki::purpose::Purpose;
    use std::sync::Arc;
    use time::macros::datetime;

    /// A ledger that had a key sign, by what was signed and whether that is on record.
    fn ledger(signed: &[(&str, &[u8], bool)]) -> (tempfile::TempDir, Reader) {
        let directory = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(FixedClock::new(datetime!(2026-11-23 6:00 UTC)));
        let path = directory.path().join("ledger.sqlite");
        let ledger = Ledger::open(&path, clock, StationName::new("test")).expect("a ledger");
        for (key, bytes, made) in signed {
            let (key, digest) = ((*key).to_owned(), Digest::of(bytes));
            let announced = SignatureAnnounced {
                key: key.clone(),
                purpose: Purpose::Checkpoint,
                caller: "a test".to_owned(),
                digest,
            };
            ledger.append_blocking(announced).expect("announced");
            if *made {
                ledger.append_blocking(SignatureMade { key, digest }).expect("made");
            }
        }
        let reader = ledger.reader().expect("a reader");
        (directory, reader)
    }

    fn log(entries: &[(&str, Option<&[u8]>)], complete: bool) -> Log {
        let signatures = (1..)
            .zip(entries)
            .map(|(line, (key, bytes))| LoggedSignature {
                line,
                key: (*key).to_owned(),
                digest: bytes.map(Digest::of),
            })
            .collect();
        Log { signatures, complete }
    }

    fn compared(log: &Log, ledger: &Reader) -> Comparison {
        let names = [("0x0064".to_owned(), "manifest".to_owned())].into();
        compare(log, &names, &on_record(ledger).expect("read"), ledger).expect("compared")
    }

    #[test]
    fn what_both_know_is_no_alarm_and_neither_is_what_was_lost() {
        let (_directory, ledger) = ledger(&[("manifest", b"one", true), ("manifest", b"two", false)]);
        let log =
            log(&[("manifest", Some(b"one")), ("manifest", Some(b"two")), ("another", Some(b"x"))], true);
        let comparison = compared(&log, &ledger);
        assert_eq!(comparison.alarm(), None);
        assert_eq!(comparison.others, 1);
        assert_eq!(
            (comparison.keys[0].in_log, comparison.keys[0].on_record, comparison.keys[0].lost),
            (2, 1, 1)
        );
    }

    #[test]
    fn what_nobody_announced_is_an_alarm() {
        let (_directory, ledger) = ledger(&[("manifest", b"one", true), ("issuing", b"two", true)]);
        for bytes in [&b"three"[..], b"two"] {
            let log = log(
                &[("manifest", Some(b"one")), ("manifest", Some(bytes)), ("issuing", Some(b"two"))],
                true,
            );
            let alarm = compared(&log, &ledger).alarm().expect("an alarm");
            let expected = "the HSM's log has signatures of the key \"manifest\": \
                            1 that nobody announced, the first in line 2";
            assert_eq!(alarm.to_string(), expected);
        }
    }

    #[test]
    fn a_log_that_was_cut_is_an_alarm_if_it_should_be_whole() {
        let (_directory, ledger) = ledger(&[("manifest", b"one", true), ("manifest", b"two", true)]);
        let entries = [("manifest", Some(&b"two"[..]))];
        let alarm = compared(&log(&entries, true), &ledger).alarm().expect("an alarm");
        assert!(alarm.to_string().ends_with("1 of the ledger's are not in it"), "{alarm}");
        assert_eq!(compared(&log(&entries, false), &ledger).alarm(), None);
    }

    #[test]
    fn a_log_that_only_counts_must_not_count_more() {
        let (_directory, ledger) = ledger(&[("manifest", b"one", true), ("manifest", b"two", true)]);
        assert_eq!(compared(&log(&[("0x0064", None); 2], true), &ledger).alarm(), None);
        let alarm = compared(&log(&[("0x0064", None); 3], true), &ledger).alarm().expect("an alarm");
        assert!(alarm.to_string().ends_with("1 more than the ledger knows"), "{alarm}");
    }
}
