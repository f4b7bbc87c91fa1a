//! Late binding: does any file tell a UID or a certificate after all?
//!
//! A UID is looked for in every form it has on labels and in certificates, in any letter case: a text
//! that could be one is hashed and compared with the entries. So an order number that looks like a UUID
//! offends nobody, and nothing but a UID of this very batch is found.

use std::collections::HashSet;

use crate::archive::File;
use crate::certificate::Certificate;
use crate::digest::Digest;
use crate::entry::{Id, Record};
use crate::problem::Problem;
use crate::text::lower_hex;
use crate::uid::Uid;

/// Searches all files for what the entries only hint at.
pub(super) fn check(archive: &[File<'_>], records: &[Record], problems: &mut Vec<Problem>) {
    let mut uids = HashSet::new();
    let mut certificates = HashSet::new();
    for record in records {
        if let Id::Digest(digest) = record.id {
            uids.insert(digest);
        }
        certificates.extend(record.certificate());
    }
    for file in archive {
        if possible_uids(&file.content).any(|uid| uids.contains(&Digest::of_uid(uid))) {
            problems.push(Problem::Disclosure { name: file.name.clone(), what: "UID" });
        }
        let found = Certificate::list_from_pem(&file.content).unwrap_or_default();
        if found.iter().any(|certificate| certificates.contains(&certificate.sha256())) {
            problems.push(Problem::Disclosure { name: file.name.clone(), what: "certificate" });
        }
    }
}

/// A few digits of a neighbouring word may stick to a UID. Longer runs are digests, and passed over.
const LONGEST_RUN: usize = 48;

/// All the numbers that a text may spell in 32 hexadecimal digits, with or without hyphens.
fn possible_uids(text: &[u8]) -> impl Iterator<Item = Uid> {
    text.split(|byte| !byte.is_ascii_hexdigit() && *byte != b'-').flat_map(|run| {
        let digits: String = run
            .iter()
            .filter(|byte| **byte != b'-')
            .map(|byte| char::from(byte.to_ascii_lowercase()))
            .collect();
        let count = if digits.len() > LONGEST_RUN { 0 } else { (digits.len() + 1).saturating_sub(32) };
        (0..count).filter_map(move |start| lower_hex(digits.get(start..start + 32)?).map(Uid::from_bytes))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(text: &str) -> bool {
        let uid: Uid = "00aabbccddee4f0180112233445566ff".parse().unwrap();
        possible_uids(text.as_bytes()).any(|found| found == uid)
    }

    #[test]
    fn every_form_of_a_uid_is_found() {
        assert!(finds("00aabbccddee4f0180112233445566ff"));
        assert!(finds("x 00AABBCC-DDEE-4F01-8011-2233445566FF."));
        assert!(finds("https://example.com/c/00aabbccddee4f0180112233445566ff?x"));
        assert!(finds("id-00aabbccddee4f0180112233445566ff00"));
        assert!(!finds("00aabbccddee4f0180112233445566f"));
    }
}
