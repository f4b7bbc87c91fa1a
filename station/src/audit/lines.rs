//! A log of JSON objects, one a line.
//!
//! Each has at least `label`, the label of the key, and `digest`, SHA-256 of what was signed in hex; it may
//! have `count`, how many signatures the key made with this one. A log in any other form is brought into
//! this one with a few lines of script.

use std::collections::HashMap;
use std::io::{self, BufRead};

use serde::Deserialize;

use super::log::{Log, LogError, LoggedSignature, numbered};
use crate::ledger::Digest;

/// A line. What else is in it is none of ours.
#[derive(Deserialize)]
struct Line {
    label: String,
    digest: Digest,
    count: Option<u64>,
}

pub(super) fn read(file: impl BufRead, failed: impl Fn(io::Error) -> LogError) -> Result<Log, LogError> {
    let mut log = Log { signatures: Vec::new(), complete: true };
    let mut counts: HashMap<String, u64> = HashMap::new();
    let mut lines = numbered(file, failed).peekable();
    while let Some(line) = lines.next() {
        let (number, text) = line?;
        let Line { label, digest, count } = match serde_json::from_str(&text) {
            Ok(line) => line,
            // The last one is being written just now, and so is not on record either.
            Err(error) if error.is_eof() && lines.peek().is_none() => break,
            Err(error) => return Err(LogError::Malformed { line: number, what: error.to_string() }),
        };
        match (count, counts.get(&label)) {
            (Some(count), Some(before)) if count != before + 1 => {
                return Err(LogError::Broken { line: number, what: "the key's count has a gap" });
            }
            (Some(1), None) | (Some(_), Some(_)) => {}
            // Begun later, or without counts: what came before is not known.
            (_, _) => log.complete = false,
        }
        counts.insert(label.clone(), count.unwrap_or(0));
        log.signatures.push(LoggedSignature { line: number, key: label, digest: Some(digest) });
    }
    Ok(log)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(label: &str, digest: u8, count: Option<u64>) -> String {
        let count = count.map(|count| format!(", \"count\": {count}")).unwrap_or_default();
        format!(
            "{{\"label\": \"{label}\", \"digest\": \"{}\"{count}, \"process\": 7}}\n",
            hex::encode([digest; 32])
        )
    }

    fn log(text: &str) -> Result<Log, LogError> {
        read(text.as_bytes(), |_| unreachable!("memory can be read"))
    }

    #[test]
    fn each_line_is_a_signature() {
        let text =
            line("issuing", 1, Some(1)) + "\n" + &line("manifest", 2, Some(1)) + &line("issuing", 3, Some(2));
        let log = log(&text).expect("a log");
        assert!(log.complete);
        let found: Vec<_> = log.signatures.iter().map(|entry| (entry.line, entry.key.as_str())).collect();
        assert_eq!(found, [(1, "issuing"), (3, "manifest"), (4, "issuing")]);
        assert_eq!(log.signatures[2].digest, Some(Digest::from_bytes([3; 32])));
    }

    #[test]
    fn a_log_that_begins_later_or_does_not_count_is_not_complete() {
        assert!(!log(&line("issuing", 1, Some(2))).expect("a log").complete);
        assert!(!log(&line("issuing", 1, None)).expect("a log").complete);
        assert!(log("").expect("a log").complete);
    }

    #[test]
    fn a_line_that_is_being_written_is_left_for_the_next_time() {
        let (first, second) = (line("issuing", 1, Some(1)), line("issuing", 2, Some(2)));
        for cut in 1..second.len() - 2 {
            let log = log(&(first.clone() + &second[..cut])).expect("a log");
            assert_eq!((log.signatures.len(), log.complete), (1, true), "{}", &second[..cut]);
        }
        let in_the_middle = first[..20].to_owned() + "\n" + &second;
        assert!(matches!(log(&in_the_middle), Err(LogError::Malformed { line: 1, .. })));
    }

    #[test]
    fn a_gap_is_noticed_and_so_is_nonsense() {
        let text = line("issuing", 1, Some(1)) + &line("issuing", 2, Some(3));
        assert!(matches!(log(&text), Err(LogError::Broken { line: 2, .. })));
        for text in ["{}", "{\"label\": \"a\"}", "{\"label\": \"a\", \"digest\": \"00\"}", "text"] {
            assert!(matches!(log(text), Err(LogError::Malformed { line: 1, .. })), "{text}");
        }
    }
}
