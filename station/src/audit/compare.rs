//! The comparison of a log with the ledger.

use std::collections::BTreeMap;

use serde::Serialize;

use super::log::{Log, LoggedSignature};
use crate::ledger::{AuthorityRole, LedgerError, Reader};

/// What log and ledger say of each key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The keys of this station, by label: those it had sign, and those of its authorities.
    pub keys: Vec<KeyComparison>,
    /// Signatures in the log by other keys. They are not this station's.
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

/// How many signatures of each of the station's keys the ledger has on record, by the keys' labels.
pub type OnRecord = BTreeMap<String, u64>;

/// How many signatures of each of the station's keys the ledger has on record now.
///
/// # Errors
/// When the ledger cannot be read.
pub fn on_record(ledger: &Reader) -> Result<OnRecord, LedgerError> {
    let mut labels = ledger.signing_keys()?;
    // A key that has not signed yet is as good to a thief as any.
    for role in AuthorityRole::ALL {
        labels.extend(ledger.authorities(role)?.into_iter().map(|authority| authority.key_label));
    }
    // That of a root that is kept elsewhere has no label.
    labels.retain(|label| !label.is_empty());
    let counted = |key: String| Ok((key.clone(), ledger.signatures_by(&key)?));
    labels.into_iter().map(counted).collect()
}

/// Compares a log with the ledger. `names` says which label a key has that the log calls otherwise.
///
/// The line goes on meanwhile. What the ledger had on record `before` the log was read must be in the log;
/// what is in the log must be in the ledger as it is now.
///
/// # Errors
/// When the ledger cannot be read.
pub fn compare(
    log: &Log,
    names: &BTreeMap<String, String>,
    before: &OnRecord,
    ledger: &Reader,
) -> Result<Comparison, LedgerError> {
    let mut keys: BTreeMap<String, KeyComparison> = BTreeMap::new();
    for (key, on_record) in on_record(ledger)? {
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
            key.missing = before.get(&key.key).map_or(0, |before| before.saturating_sub(known));
        }
    }
    Ok(Comparison { keys: keys.into_values().collect(), others })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::clock::FixedClock;
    use crate::ledger::{AuthorityEstablished, Digest, Ledger, SignatureAnnounced, SignatureMade};
    use crate::pki::purpose::Purpose;
    use tempfile::TempDir;
    use time::macros::datetime;

    fn ledger() -> (TempDir, Ledger) {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(FixedClock::new(datetime!(2026-11-23 6:00 UTC)));
        let ledger = Ledger::open(&folder.path().join("ledger.sqlite"), clock, "s".into()).expect("a ledger");
        (folder, ledger)
    }

    fn announce(ledger: &Ledger, bytes: &[u8]) {
        let (key, digest) = ("manifest".to_owned(), Digest::of(bytes));
        let announced =
            SignatureAnnounced { key, purpose: Purpose::Manifest, caller: "a test".to_owned(), digest };
        ledger.append_blocking(announced).expect("announced");
    }

    fn sign(ledger: &Ledger, bytes: &[u8]) {
        announce(ledger, bytes);
        let made = SignatureMade { key: "manifest".to_owned(), digest: Digest::of(bytes) };
        ledger.append_blocking(made).expect("made");
    }

    fn log(signed: &[(&str, Option<&[u8]>)]) -> Log {
        let signature = |(line, (key, bytes)): (u64, &(&str, Option<&[u8]>))| LoggedSignature {
            line,
            key: (*key).to_owned(),
            digest: bytes.map(Digest::of),
        };
        Log { signatures: (1..).zip(signed).map(signature).collect(), complete: true }
    }

    fn compared(log: &Log, before: &OnRecord, ledger: &Ledger) -> Comparison {
        let names = BTreeMap::from([("0x0065".to_owned(), "manifest".to_owned())]);
        compare(log, &names, before, &ledger.reader().expect("a reader")).expect("compared")
    }

    fn now(ledger: &Ledger) -> OnRecord {
        on_record(&ledger.reader().expect("a reader")).expect("counted")
    }

    #[test]
    fn what_is_signed_while_the_log_is_read_is_not_missing() {
        let (_folder, ledger) = ledger();
        sign(&ledger, b"one");
        let before = now(&ledger);
        let log = log(&[("manifest", Some(b"one"))]);
        sign(&ledger, b"two");
        let found = compared(&log, &before, &ledger);
        assert_eq!((found.keys[0].in_log, found.keys[0].on_record), (1, 2));
        assert_eq!(found.alarm(), None, "{found:?}");
        // Had it been there before, it would be.
        assert_eq!(compared(&log, &now(&ledger), &ledger).keys[0].missing, 1);
    }

    #[test]
    fn the_key_of_an_authority_is_the_station_s_before_it_has_signed() {
        let (_folder, ledger) = ledger();
        ledger
            .append_blocking(AuthorityEstablished {
                role: AuthorityRole::Issuing,
                key_label: "issuing".to_owned(),
                certificate: b"a certificate".to_vec(),
            })
            .expect("established");
        let found = compared(&log(&[("issuing", Some(b"one"))]), &now(&ledger), &ledger);
        assert_eq!((found.others, &found.keys[0].unknown[..]), (0, &[1][..]));
    }

    #[test]
    fn what_was_announced_and_not_recorded_is_lost_and_no_alarm() {
        let (_folder, ledger) = ledger();
        announce(&ledger, b"one");
        let found = compared(&log(&[("manifest", Some(b"one"))]), &now(&ledger), &ledger);
        assert_eq!((found.keys[0].lost, found.alarm()), (1, None));
    }

    #[test]
    fn what_nobody_announced_is_an_alarm_where_it_was_signed_and_where_it_is_only_counted() {
        let (_folder, ledger) = ledger();
        sign(&ledger, b"one");
        let before = now(&ledger);
        let with_digests = log(&[("manifest", Some(b"one")), ("manifest", Some(b"two"))]);
        let found = compared(&with_digests, &before, &ledger);
        assert_eq!(found.keys[0].unknown, [2]);
        assert!(found.alarm().is_some_and(|alarm| alarm.to_string().contains("the first in line 2")));
        let without = log(&[("0x0065", None), ("0x0065", None), ("0x0001", None)]);
        let found = compared(&without, &before, &ledger);
        assert_eq!((found.keys[0].unexplained, found.others), (1, 1));
        assert!(
            found.alarm().is_some_and(|alarm| alarm.to_string().ends_with("1 more than the ledger knows"))
        );
    }
}
