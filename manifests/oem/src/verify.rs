//! `oem verify`: is a batch file whole, unchanged, and from the vendor?

use std::io::{self, Write};

use batch::{Digest, Fate, Header, Id, Note, Problem, Record, Report};
use serde::Serialize;

use crate::advice::{self, Advice};
use crate::cli::VerifyOptions;
use crate::outcome::Outcome;
use crate::{Error, input, output};

/// Problems, and modules of a good batch, shown to a person; the rest only in JSON.
const SHOWN: usize = 20;

/// Checks the file and tells what was found.
pub(crate) fn run(options: &VerifyOptions, out: &mut impl Write) -> Result<Outcome, Error> {
    let trust = input::authorities(&options.ca)?;
    let bytes = input::manifest(&options.manifest)?;
    let report = match &options.previous {
        Some(previous) => batch::verify_successor(&bytes, &trust, &input::manifest(previous)?),
        None => batch::verify(&bytes, &trust),
    };
    let name = options.manifest.display().to_string();
    let written = if options.json { json(&name, &report, out) } else { text(&name, &report, out) };
    written.map_err(Error::Output)?;
    Ok(if report.is_ok() { Outcome::Good } else { Outcome::Problems })
}

fn text(name: &str, report: &Report, out: &mut impl Write) -> io::Result<()> {
    let count = report.problems.len();
    let verdict = match count {
        0 => "good".to_owned(),
        1 => "NOT GOOD, 1 problem".to_owned(),
        _ => format!("NOT GOOD, {count} problems"),
    };
    let mut lines = vec![format!("{name}: {verdict}")];
    if report.is_ok() {
        lines.extend(report.header.iter().flat_map(output::summary));
        lines.extend(remarkable(&report.records));
    }
    lines.extend(report.problems.iter().take(SHOWN).map(|problem| format!("  - {problem}")));
    if count > SHOWN {
        lines.push(format!("  - and {} more, which --json lists", count - SHOWN));
    }
    let advice = advice::all(&report.problems);
    if !advice.is_empty() {
        lines.push("What to do:".to_owned());
        lines.extend(advice.iter().map(|advice| format!("  - {}", advice.text())));
    }
    lines.iter().try_for_each(|line| writeln!(out, "{}", output::plain(line)))
}

/// The modules that an earlier batch named as passed and that are not to be accepted any more, and those
/// to which something was done by hand.
fn remarkable(records: &[Record]) -> Vec<String> {
    let (withdrawn, others): (Vec<_>, Vec<_>) =
        records.iter().partition(|record| matches!(record.fate, Fate::Withdrawn { .. }));
    let noted = others.into_iter().filter(|record| !record.notes.is_empty()).collect();
    let mut lines = Vec::new();
    for (heading, records) in [
        ("Accept these modules no more, until a later batch names them as passed:", withdrawn),
        ("Done by hand:", noted),
    ] {
        if records.is_empty() {
            continue;
        }
        lines.push(heading.to_owned());
        lines.extend(records.iter().take(SHOWN).flat_map(|record| output::entry(record)));
        if records.len() > SHOWN {
            lines.push(format!("  and {} more, which --json lists", records.len() - SHOWN));
        }
    }
    lines
}

/// The answer for a script.
#[derive(Serialize)]
struct Answer<'a> {
    file: &'a str,
    good: bool,
    problems: Vec<Told<'a>>,
    todo: Vec<&'static str>,
    header: Option<&'a Header>,
    header_sha256: Option<Digest>,
    withdrawn: Vec<Withdrawn<'a>>,
    notes: Vec<Noted<'a>>,
}

/// A module not to be accepted until a later batch names it as passed.
#[derive(Serialize)]
struct Withdrawn<'a> {
    id: Id,
    certificate_sha256: Option<Digest>,
    reason: &'a str,
}

/// Something that was done to a module by hand.
#[derive(Serialize)]
struct Noted<'a> {
    id: Id,
    #[serde(flatten)]
    note: &'a Note,
}

/// A problem, its members for a program and its text for a person.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    problem: &'a Problem,
    text: String,
}

fn json(name: &str, report: &Report, out: &mut impl Write) -> io::Result<()> {
    // What is not proven is no answer.
    let records = if report.is_ok() { report.records.as_slice() } else { &[] };
    let answer = Answer {
        file: name,
        good: report.is_ok(),
        problems: report.problems.iter().map(|problem| Told { problem, text: problem.to_string() }).collect(),
        todo: advice::all(&report.problems).into_iter().map(Advice::text).collect(),
        header: report.header.as_ref().filter(|_| report.is_ok()),
        header_sha256: report.header_sha256.filter(|_| report.is_ok()),
        withdrawn: records.iter().filter_map(withdrawn).collect(),
        notes: records.iter().flat_map(notes).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &answer)?;
    writeln!(out)
}

fn withdrawn(record: &Record) -> Option<Withdrawn<'_>> {
    match &record.fate {
        Fate::Withdrawn { reason, certificate } => {
            Some(Withdrawn { id: record.id, certificate_sha256: *certificate, reason })
        }
        Fate::Passed(_) | Fate::Void { .. } => None,
    }
}

fn notes(record: &Record) -> impl Iterator<Item = Noted<'_>> {
    record.notes.iter().map(|note| Noted { id: record.id, note })
}
