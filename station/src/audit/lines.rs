//! A log of JSON objects, one a line.
//!
//! Each has at least `label`, the label of the key, and `digest`, SHA-256 of what was signed in hex. It may
//! have `token`, the label of the token, `id`, which tells keys of one label apart, and `count`, how many
//! signatures the key made with this one. A log in any other form is brought into this one with a few lines
//! of script. A last line that ends in its middle is being written, and is left for the next time.

use std::collections::HashMap;
use std::io::{self, BufRead};

use serde::Deserialize;

use super::log::{Log, LogError, LoggedSignature, numbered};
use crate::ledger::Digest;

/// A line. What else is in it is none of ours.
#[derive(Deserialize)]
struct Line {
    token: Option<String>,
    label: String,
    id: Option<String>,
    digest: Digest,
    count: Option<u64>,
}

pub(super) fn read(file: impl BufRead, failed: impl Fn(io::Error) -> LogError) -> Result<Log, LogError> {
    let mut log = Log { signatures: Vec::new(), complete: true };
    let mut counts = HashMap::new();
    let mut lines = numbered(file, failed).peekable();
    while let Some(line) = lines.next() {
        let (number, text) = line?;
        let Line { token, label, id, digest, count } = match serde_json::from_str(&text) {
            Ok(line) => line,
            // The last one is being written just now.
            Err(error) if error.is_eof() && lines.peek().is_none() => break,
            Err(error) => return Err(LogError::Malformed { line: number, what: error.to_string() }),
        };
        let key = (token.clone(), label.clone(), id);
        match (count, counts.get(&key)) {
            (Some(count), Some(before)) if count != before + 1 => {
                return Err(LogError::Broken { line: number, what: "the key's count has a gap" });
            }
            (Some(1), None) | (Some(_), Some(_)) => {}
            // Begun later, or without counts: what came before is not known.
            (_, _) => log.complete = false,
        }
        counts.insert(key, count.unwrap_or(0));
        log.signatures.push(LoggedSignature { line: number, token, key: label, digest: Some(digest) });
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
    fn a_line_that_is_being_written_waits() {
        let whole = line("issuing", 1, Some(1));
        let text = whole.clone() + &whole[..20];
        assert_eq!(log(&text).expect("a log").signatures.len(), 1);
    }

    #[test]
    fn a_gap_is_noticed_and_so_is_nonsense() {
        let text = line("issuing", 1, Some(1)) + &line("issuing", 2, Some(3));
        assert!(matches!(log(&text), Err(LogError::Broken { line: 2, .. })));
        for text in ["{}", "{\"label\": \"a\"}", "{\"label\": \"a\", \"digest\": \"00\"}", "text"] {
            let text = format!("{text}\n{{}}\n");
            assert!(matches!(log(&text), Err(LogError::Malformed { line: 1, .. })), "{text}");
        }
    }
}
