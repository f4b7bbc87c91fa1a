//! Does a batch follow the one that the receiver had before it?

use super::{Report, find, read_header, verify};
use crate::archive;
use crate::certificate::Certificate;
use crate::contents;
use crate::digest::Digest;
use crate::header::Header;
use crate::problem::Problem;

/// Checks a manifest as [`verify`] does, and that it follows `previous`, the batch received before it.
///
/// Of `previous` only its header counts: if it hashes to the digest in the signed header of the new
/// batch, it is the right one, whatever else may be wrong with that file.
pub fn verify_successor(bytes: &[u8], trust: &[Certificate], previous: &[u8]) -> Report {
    let mut report = verify(bytes, trust);
    if let Some(header) = &report.header
        && let Some(reason) = mismatch(header, previous)
    {
        report.problems.push(Problem::NotTheSuccessor { reason });
    }
    report
}

fn mismatch(header: &Header, previous: &[u8]) -> Option<&'static str> {
    let files = archive::read(previous, &mut Vec::new());
    let Some(bytes) = find(&files, contents::HEADER) else {
        return Some("the previous file is no manifest");
    };
    let Some(before) = read_header(bytes, &mut Vec::new()) else {
        return Some("the header of the previous manifest cannot be read");
    };
    if before.customer != header.customer {
        return Some("they are for different customers");
    }
    if before.sequence.checked_add(1) != Some(header.sequence) {
        return Some("their numbers do not follow each other");
    }
    if header.previous != Some(Digest::of(bytes)) {
        return Some("it names another header as the one before it");
    }
    (before.created > header.created).then_some("it was closed earlier than the previous")
}
