//! Are the entries those that were signed: all of them, once each, unchanged and in order?

use std::collections::{HashMap, HashSet};

use super::{files, find, in_words};
use crate::archive::File;
use crate::contents;
use crate::digest::Digest;
use crate::entry::{self, Fate, Id, Record};
use crate::header::{Counts, Flavour, Header};
use crate::limits;
use crate::merkle;
use crate::problem::Problem;

/// Reads the entries and compares them with the header and the signed list of leaves.
pub(super) fn check(archive: &[File<'_>], header: &Header, problems: &mut Vec<Problem>) -> Vec<Record> {
    let Some(text) = find(archive, contents::ENTRIES) else { return Vec::new() };
    let lines = split(text);
    if lines.len() > limits::ENTRIES {
        problems.push(Problem::EntriesTooMany { limit: limits::ENTRIES });
        return Vec::new();
    }
    let records = read(&lines, problems);
    check_order(&records, problems);
    check_facts(&records, header, problems);
    check_counts(&records, header, problems);
    let leaves: Vec<Digest> = lines.iter().map(|line| merkle::leaf(line)).collect();
    if merkle::root(&leaves) != header.merkle_root {
        problems.push(Problem::MerkleRoot);
    }
    check_leaves(archive, header, &lines, &records, problems);
    records.into_iter().map(|(_, record)| record).collect()
}

/// The lines without their line feeds. An unfinished last line is one more, and fails as such.
fn split(text: &[u8]) -> Vec<&[u8]> {
    let mut lines: Vec<_> = text.split(|byte| *byte == b'\n').collect();
    if lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines
}

/// The records that can be read, each with the index of its line.
fn read(lines: &[&[u8]], problems: &mut Vec<Problem>) -> Vec<(usize, Record)> {
    let mut records = Vec::with_capacity(lines.len());
    for (index, line) in lines.iter().enumerate() {
        match Record::from_line(line) {
            Ok(record) => records.push((index, record)),
            Err(error) => {
                problems.push(Problem::EntryMalformed { line: index + 1, reason: in_words(&error) });
            }
        }
    }
    records
}

fn check_order(records: &[(usize, Record)], problems: &mut Vec<Problem>) {
    let mut seen = HashSet::with_capacity(records.len());
    let mut last: Option<Id> = None;
    let mut reordered = None;
    for (_, Record { id, .. }) in records {
        if !seen.insert(*id) {
            problems.push(Problem::EntryRepeated { id: *id });
        } else if last.is_some_and(|last| last > *id) && reordered.is_none() {
            reordered = Some(*id);
        }
        last = last.max(Some(*id));
    }
    problems.extend(reordered.map(|id| Problem::EntriesReordered { id }));
}

fn check_facts(records: &[(usize, Record)], header: &Header, problems: &mut Vec<Problem>) {
    let mut certificates = HashSet::new();
    let mut keys = HashSet::new();
    for (_, record) in records {
        let id = record.id;
        let is_of_flavour = match header.flavour {
            Flavour::LateBinding => matches!(id, Id::Digest(_)),
            Flavour::PreRegistration => matches!(id, Id::Uid(_)),
        };
        if !is_of_flavour {
            problems.push(Problem::EntryFlavour { id });
        }
        if record.certificate().is_some_and(|certificate| !certificates.insert(certificate)) {
            problems.push(Problem::Shared { id, what: "certificate" });
        }
        if let Some(note) = record.notes.last()
            && note.at > header.created
        {
            problems.push(Problem::NoteLate { id, at: note.at });
        }
        match &record.fate {
            Fate::Passed(facts) => {
                if !keys.insert(facts.spki) {
                    problems.push(Problem::Shared { id, what: "key" });
                }
                if facts.sealed_at > header.created {
                    problems.push(Problem::SealedLate { id, sealed_at: facts.sealed_at });
                }
            }
            Fate::Void { .. } => {}
            Fate::Withdrawn { .. } => {
                if header.previous.is_none() {
                    problems.push(Problem::WithdrawnFirst { id });
                }
            }
        }
    }
}

fn check_counts(records: &[(usize, Record)], header: &Header, problems: &mut Vec<Problem>) {
    let entries = Counts::of(records.iter().map(|(_, record)| record));
    if entries != header.counts {
        problems.push(Problem::Counts { header: header.counts, entries });
    }
}

/// Says which entries differ from the signed ones, as far as the list of leaves is the signed one.
fn check_leaves(
    archive: &[File<'_>],
    header: &Header,
    lines: &[&[u8]],
    records: &[(usize, Record)],
    problems: &mut Vec<Problem>,
) {
    let is_signed = |file: &&File<'_>| header.files.contains(&files::describe(file));
    let Some(file) = archive.iter().find(|file| file.name == contents::LEAVES).filter(is_signed) else {
        return;
    };
    let Some(leaves) = entry::read_leaves(&file.content) else {
        let reason = "is not a list of leaf hashes and ids".to_owned();
        problems.push(Problem::FileMalformed { name: contents::LEAVES.to_owned(), reason });
        return;
    };
    let hashes: Vec<Digest> = leaves.iter().map(|(_, leaf)| *leaf).collect();
    if merkle::root(&hashes) != header.merkle_root {
        problems.push(Problem::FileDiffers { name: contents::LEAVES.to_owned() });
    }
    let signed: HashMap<&str, Digest> = leaves.iter().map(|(id, leaf)| (id.as_str(), *leaf)).collect();
    let mut seen = HashSet::with_capacity(records.len());
    for (index, Record { id, .. }) in records {
        let text = id.to_string();
        match signed.get(text.as_str()) {
            None => problems.push(Problem::EntryAdded { id: *id }),
            // A second copy has been reported as such.
            Some(leaf) if *leaf != merkle::leaf(lines[*index]) && !seen.contains(&text) => {
                problems.push(Problem::EntryChanged { id: *id });
            }
            Some(_) => {}
        }
        seen.insert(text);
    }
    let missing = leaves.iter().filter(|(id, _)| !seen.contains(id));
    problems.extend(missing.map(|(id, _)| Problem::EntryMissing { id: id.clone() }));
}
