//! The comparison of a log with the ledger.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;

use super::log::{Log, LoggedSignature};
use crate::ledger::{AuthorityRole, Digest, LedgerError, Reader, Seq, SigningRecord};

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
    /// How many of the ledger's are too young to be in the log.
    pub behind: u64,
    /// Signatures in the log that nobody announced.
    pub unknown: Vec<UnknownSignature>,
    /// How many more the log has than were ever announced, where it does not tell what was signed.
    pub unexplained: u64,
    /// How many of the ledger's the log lacks although it should have them.
    pub missing: u64,
}

/// A signature in the log that nobody announced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnknownSignature {
    /// The line of the log, from 1.
    pub line: u64,
    /// SHA-256 of what was signed.
    pub digest: Digest,
}

/// What the log calls the station's token and its keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// The label of the token. Signatures of another token in the same log are not this station's.
    pub token: String,
    /// Whether the log is fetched now and then, and may lack the last signatures.
    pub fetched: bool,
    /// Labels of keys, by what the log calls them in lower case, where that is not the label.
    pub keys: BTreeMap<String, String>,
}

impl KeyComparison {
    /// Whether somebody has to look into it.
    pub fn is_alarming(&self) -> bool {
        !self.unknown.is_empty() || self.unexplained > 0 || self.missing > 0
    }
}

/// Compares a log with the ledger.
///
/// The line goes on meanwhile. What the ledger had on record up to `before`, its end when the log was about
/// to be read, must be in the log, unless the log is older; what is in the log must be in the ledger as it
/// is now.
///
/// # Errors
/// When the ledger cannot be read.
pub(super) fn compare(
    log: &Log,
    names: &Names,
    before: Seq,
    ledger: &Reader,
) -> Result<Comparison, LedgerError> {
    let mut by_key: BTreeMap<String, Vec<&LoggedSignature>> =
        station_keys(ledger)?.into_iter().map(|key| (key, Vec::new())).collect();
    let mut others = 0;
    for entry in &log.signatures {
        let ours = entry.token.as_ref().is_none_or(|token| *token == names.token);
        match by_key.get_mut(names.label(&entry.key)).filter(|_| ours) {
            Some(entries) => entries.push(entry),
            None => others += 1,
        }
    }
    let keys = by_key
        .into_iter()
        .map(|(key, entries)| of_key(key, &entries, (log.complete, names.fetched), before, ledger))
        .collect::<Result<_, _>>()?;
    Ok(Comparison { keys, others })
}

/// The labels of the keys that the ledger had sign, and of the authorities' keys: one that has not signed
/// yet is as good to a thief as any.
fn station_keys(ledger: &Reader) -> Result<BTreeSet<String>, LedgerError> {
    let mut labels: BTreeSet<String> = ledger.signing_keys()?.into_iter().collect();
    for role in AuthorityRole::ALL {
        labels.extend(ledger.authorities(role)?.into_iter().map(|authority| authority.key_label));
    }
    // That of a root that is kept elsewhere has no label.
    labels.remove("");
    Ok(labels)
}

fn of_key(
    key: String,
    entries: &[&LoggedSignature],
    (complete, fetched): (bool, bool),
    before: Seq,
    ledger: &Reader,
) -> Result<KeyComparison, LedgerError> {
    let mut known: HashMap<Digest, SigningRecord> = HashMap::new();
    ledger.signings_of(&key, |digest, signing| {
        known.insert(digest, signing);
    })?;
    let mut found = KeyComparison {
        in_log: u64::try_from(entries.len()).unwrap_or(u64::MAX),
        on_record: ledger.signatures_by(&key)?,
        ..KeyComparison::default()
    };
    let mut in_log: HashMap<Digest, u64> = HashMap::new();
    let mut youngest = None;
    for entry in entries {
        let Some(digest) = entry.digest else { continue };
        *in_log.entry(digest).or_default() += 1;
        match known.get(&digest) {
            Some(signing) => youngest = youngest.max(Some(signing.announced)),
            None => found.unknown.push(UnknownSignature { line: entry.line, digest }),
        }
    }
    if entries.iter().any(|entry| entry.digest.is_none()) {
        // Nothing but numbers to go by: each thing announced may have been signed once, or as often as is on
        // record.
        let announced: u64 = known.values().map(|signing| signing.signatures.max(1)).sum();
        let accounted_for = announced + ledger.signatures_accepted(&key)?;
        found.unexplained = found.in_log.saturating_sub(accounted_for);
        found.lost = found.in_log.saturating_sub(found.on_record) - found.unexplained;
        found.behind = found.on_record.saturating_sub(found.in_log);
        return Ok(KeyComparison { key, ..found });
    }
    for (digest, signing) in &known {
        let logged = in_log.get(digest).copied().unwrap_or(0);
        found.lost += logged.saturating_sub(signing.signatures);
        let lacking = signing.signatures.saturating_sub(logged);
        let is_younger = fetched && Some(signing.announced) > youngest;
        if is_younger || signing.made.is_none_or(|made| made > before) {
            found.behind += lacking;
        } else if complete {
            found.missing += lacking;
        }
    }
    Ok(KeyComparison { key, ..found })
}

impl Names {
    /// The label of the key that the log calls so.
    fn label<'a>(&'a self, name: &'a str) -> &'a str {
        self.keys.get(&name.to_ascii_lowercase()).map_or(name, String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::clock::FixedClock;
    use crate::ledger::{
        AuthorityEstablished, Digest, Ledger, SignatureAnnounced, SignatureMade, SignaturesAccepted,
    };
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
            token: None,
            key: (*key).to_owned(),
            digest: bytes.map(Digest::of),
        };
        Log { signatures: (1..).zip(signed).map(signature).collect(), complete: true }
    }

    fn compared_since(log: &Log, fetched: bool, before: Seq, ledger: &Ledger) -> Comparison {
        let keys = BTreeMap::from([("0x0065".to_owned(), "manifest".to_owned())]);
        let names = Names { token: "bench".to_owned(), fetched, keys };
        compare(log, &names, before, &ledger.reader().expect("a reader")).expect("compared")
    }

    fn compared(log: &Log, ledger: &Ledger) -> Comparison {
        compared_since(log, false, now(ledger), ledger)
    }

    fn now(ledger: &Ledger) -> Seq {
        ledger.reader().expect("a reader").head().expect("an end").seq
    }

    fn accept(ledger: &Ledger, digests: &[&[u8]], number: u64) {
        let digests = digests.iter().map(|bytes| Digest::of(bytes)).collect();
        let reason = "before the ledger".parse().expect("a reason");
        let accepted = SignaturesAccepted { key: "manifest".to_owned(), digests, number, reason };
        ledger.append_blocking(accepted).expect("accepted");
    }

    #[test]
    fn what_is_signed_while_the_log_is_read_is_not_missing() {
        let (_folder, ledger) = ledger();
        for bytes in [b"one", b"two"] {
            sign(&ledger, bytes);
        }
        let before = now(&ledger);
        let log = log(&[("manifest", Some(b"one")), ("manifest", Some(b"two"))]);
        sign(&ledger, b"three");
        let found = compared_since(&log, false, before, &ledger);
        assert_eq!((found.keys[0].in_log, found.keys[0].on_record, found.keys[0].behind), (2, 3, 1));
        assert_eq!(found.alarm(), None, "{found:?}");
    }

    #[test]
    fn a_log_that_is_fetched_now_and_then_is_behind_and_one_with_a_hole_is_not() {
        let (_folder, ledger) = ledger();
        for bytes in [&b"one"[..], b"two", b"three"] {
            sign(&ledger, bytes);
        }
        let beginning = log(&[("manifest", Some(b"one"))]);
        let behind = compared_since(&beginning, true, now(&ledger), &ledger);
        assert_eq!((behind.keys[0].behind, behind.alarm()), (2, None));
        assert_eq!(compared(&beginning, &ledger).keys[0].missing, 2, "one that the HSM writes lacks none");
        let hole = log(&[("manifest", Some(b"one")), ("manifest", Some(b"three"))]);
        let hole = compared_since(&hole, true, now(&ledger), &ledger);
        assert_eq!(hole.keys[0].missing, 1);
        assert!(
            hole.alarm().is_some_and(|alarm| alarm.to_string().ends_with("1 of the ledger's are not in it"))
        );
    }

    #[test]
    fn what_was_lost_does_not_hide_what_is_missing() {
        let (_folder, ledger) = ledger();
        for bytes in [&b"one"[..], b"two", b"three"] {
            sign(&ledger, bytes);
        }
        let log =
            log(&[("manifest", Some(b"one")), ("manifest", Some(b"one")), ("manifest", Some(b"three"))]);
        let found = compared(&log, &ledger);
        assert_eq!((found.keys[0].lost, found.keys[0].missing), (1, 1));
    }

    #[test]
    fn another_token_s_key_of_the_same_name_is_none_of_ours() {
        let (_folder, ledger) = ledger();
        sign(&ledger, b"one");
        let mut log = log(&[("manifest", Some(b"one")), ("manifest", Some(b"rehearsed"))]);
        log.signatures[0].token = Some("bench".to_owned());
        log.signatures[1].token = Some("bench-rehearsal".to_owned());
        let found = compared(&log, &ledger);
        assert_eq!((found.others, found.alarm()), (1, None));
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
        let found = compared(&log(&[("issuing", Some(b"one"))]), &ledger);
        assert_eq!((found.others, found.keys[0].unknown.len()), (0, 1));
    }

    #[test]
    fn what_was_announced_and_not_recorded_is_lost_and_no_alarm() {
        let (_folder, ledger) = ledger();
        sign(&ledger, b"one");
        announce(&ledger, b"two");
        let with_digests = log(&[("manifest", Some(b"one")), ("manifest", Some(b"two"))]);
        let without = log(&[("0x0065", None), ("0x0065", None)]);
        for log in [with_digests, without] {
            let found = compared(&log, &ledger);
            assert_eq!((found.keys[0].lost, found.alarm()), (1, None));
        }
    }

    #[test]
    fn what_nobody_announced_is_an_alarm_until_somebody_answers_for_it() {
        let (_folder, ledger) = ledger();
        sign(&ledger, b"one");
        let with_digests = log(&[("manifest", Some(b"one")), ("manifest", Some(b"two"))]);
        let found = compared(&with_digests, &ledger);
        assert_eq!(found.keys[0].unknown, [UnknownSignature { line: 2, digest: Digest::of(b"two") }]);
        assert!(found.alarm().is_some_and(|alarm| alarm.to_string().contains("the first in line 2")));
        let without = log(&[("0x0065", None), ("0x0065", None), ("0x0001", None)]);
        let found = compared(&without, &ledger);
        assert_eq!((found.keys[0].unexplained, found.others), (1, 1));
        assert!(
            found.alarm().is_some_and(|alarm| alarm.to_string().ends_with("1 more than the ledger knows"))
        );
        accept(&ledger, &[], 1);
        assert_eq!(compared(&without, &ledger).alarm(), None);
        accept(&ledger, &[b"two"], 0);
        assert_eq!(compared(&with_digests, &ledger).alarm(), None);
    }
}
