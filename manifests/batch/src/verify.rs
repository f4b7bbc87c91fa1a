//! Checks a manifest of unknown origin and reports all that is wrong with it, at once.
//!
//! The order is from the outside in: the archive, the signature, the digests of the files, the CA, the
//! entries, the certificates. A failure never ends the work where something behind it can still be
//! read; but what stands on unproven ground is checked against it all the same, so the report of a
//! forged manifest says what the forger did not bother to adapt.

mod certificates;
mod disclosure;
mod entries;
mod files;
mod issuer;
mod previous;
mod signature;

use serde::Serialize;

use crate::archive::{self, File};
use crate::certificate::Certificate;
use crate::contents;
use crate::digest::Digest;
use crate::entry::Record;
use crate::header::{FORMAT, Flavour, Header};
use crate::issuers::Issuers;
use crate::json;
use crate::limits;
use crate::problem::Problem;

pub(crate) use certificates::unfitness;
pub(crate) use files::describe;
pub(crate) use issuer::check_trust;
pub use previous::verify_successor;

/// What was found in a manifest.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// All that is wrong; empty for a good manifest.
    pub problems: Vec<Problem>,
    /// The header, if it could be read. Believe it only if [`Report::is_ok`].
    pub header: Option<Header>,
    /// Digest of `header.json`, by which the next batch names this one.
    pub header_sha256: Option<Digest>,
    /// The entries that could be read. Believe them only if [`Report::is_ok`].
    #[serde(skip)]
    pub records: Vec<Record>,
}

impl Report {
    /// Whether nothing is wrong.
    pub fn is_ok(&self) -> bool {
        self.problems.is_empty()
    }
}

/// Checks a manifest. Signer and issuing CA must lead to one of `trust`, which the caller got by
/// another way than the manifest.
///
/// The certificates are held to the time the batch was closed, not to now: a manifest stays good when
/// the manifest key is replaced.
pub fn verify(bytes: &[u8], trust: &[Certificate]) -> Report {
    let mut problems = Vec::new();
    let archive = archive::read(bytes, &mut problems);
    let mut report = Report { problems, header: None, header_sha256: None, records: Vec::new() };
    if archive.is_empty() {
        // No archive, and that has been said; that all files are missing is no news.
        if report.problems.is_empty() {
            report.problems.push(Problem::FileMissing { name: contents::HEADER.to_owned() });
        }
        return report;
    }
    let header_bytes = content(&archive, contents::HEADER, &mut report.problems);
    let signature_bytes = content(&archive, contents::SIGNATURE, &mut report.problems);
    report.header_sha256 = header_bytes.map(Digest::of);
    let signed =
        signature_bytes.and_then(|signature| signature::check(signature, header_bytes, &mut report.problems));
    let header = header_bytes.and_then(|bytes| read_header(bytes, &mut report.problems));
    let (Some(header), Some(header_bytes)) = (header, header_bytes) else { return report };
    let chain = issuer::read(&archive, &mut report.problems);
    if let (Some(signed), Some(file)) = (signed, signature_bytes) {
        signature::check_signer(&signed, &header, &chain, trust, &mut report.problems);
        signature::check_form(&signed, file, &header, header_bytes, &chain, &mut report.problems);
    }
    check_trust(&header, &chain, trust, &mut report.problems);
    report.records = check_contents(&archive, &header, &chain, &mut report.problems);
    report.header = Some(header);
    // Worth a word only when all the rest is good; otherwise it follows from the rest.
    if report.problems.is_empty() && !archive::is_only_form(bytes, &archive) {
        report.problems.push(Problem::ArchiveRepacked);
    }
    report
}

/// Checks all but signature and trust: what the writer of a manifest can check before it is signed.
pub(crate) fn check_contents(
    archive: &[File<'_>],
    header: &Header,
    chain: &[Certificate],
    problems: &mut Vec<Problem>,
) -> Vec<Record> {
    if (header.sequence == 1) != header.previous.is_none() || header.sequence == 0 {
        let expected = if header.sequence > 1 { "name" } else { "not name" };
        problems.push(Problem::Sequence { sequence: header.sequence, expected });
    }
    files::check(archive, header, problems);
    issuer::check_names(header, chain, problems);
    let records = entries::check(archive, header, problems);
    match header.flavour {
        Flavour::LateBinding => disclosure::check(archive, &records, problems),
        Flavour::PreRegistration => {
            certificates::check(archive, &records, &Issuers::of(header, chain), problems);
        }
    }
    records
}

fn content<'a>(archive: &'a [File<'_>], name: &'static str, problems: &mut Vec<Problem>) -> Option<&'a [u8]> {
    let content = find(archive, name);
    if content.is_none() {
        problems.push(Problem::FileMissing { name: name.to_owned() });
    }
    content
}

fn find<'a>(archive: &'a [File<'_>], name: &str) -> Option<&'a [u8]> {
    archive.iter().find(|file| file.name == name).map(|file| file.content.as_ref())
}

/// Reads `header.json`: first its version, because another version may have any other members.
fn read_header(bytes: &[u8], problems: &mut Vec<Problem>) -> Option<Header> {
    let mut malformed = |reason: String| {
        problems.push(Problem::FileMalformed { name: contents::HEADER.to_owned(), reason });
        None
    };
    if bytes.len() > limits::HEADER_BYTES {
        return malformed(format!("is longer than {} bytes", limits::HEADER_BYTES));
    }
    let value: serde_json::Value = match serde_json::from_slice(bytes) {
        Ok(value) => value,
        Err(error) => return malformed(format!("is not JSON: {error}")),
    };
    match value.get("format").and_then(serde_json::Value::as_u64) {
        None => return malformed("names no format".to_owned()),
        Some(found) if !(1..=u64::from(FORMAT)).contains(&found) => {
            problems.push(Problem::FormatUnknown { found, known: FORMAT });
            return None;
        }
        Some(_) => {}
    }
    match json::read::<Header>(bytes) {
        Ok(header) if header.format != Header::format_for(header.further_issuers.len()) => {
            malformed("has not the number of issuing CAs that goes with its format".to_owned())
        }
        Ok(header) => Some(header),
        Err(error) => malformed(in_words(&error)),
    }
}

/// An error and all its causes in one line: a report has no error chain of its own.
fn in_words(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        words.push_str(": ");
        words.push_str(&cause.to_string());
        source = cause.source();
    }
    words
}
