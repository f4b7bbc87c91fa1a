//! `oem verify`: is a batch file whole, unchanged, and from the vendor?

use std::io::{self, Write};

use batch::{Digest, Header, Problem, Report};
use serde::Serialize;

use crate::advice::{self, Advice};
use crate::cli::VerifyOptions;
use crate::outcome::Outcome;
use crate::{Error, input, output};

/// Problems shown to a person; the rest only in JSON.
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

/// The answer for a script.
#[derive(Serialize)]
struct Answer<'a> {
    file: &'a str,
    good: bool,
    problems: Vec<Told<'a>>,
    todo: Vec<&'static str>,
    header: Option<&'a Header>,
    header_sha256: Option<Digest>,
}

/// A problem, its members for a program and its text for a person.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    problem: &'a Problem,
    text: String,
}

fn json(name: &str, report: &Report, out: &mut impl Write) -> io::Result<()> {
    let answer = Answer {
        file: name,
        good: report.is_ok(),
        problems: report.problems.iter().map(|problem| Told { problem, text: problem.to_string() }).collect(),
        todo: advice::all(&report.problems).into_iter().map(Advice::text).collect(),
        // A header that is not proven is no answer.
        header: report.header.as_ref().filter(|_| report.is_ok()),
        header_sha256: report.header_sha256.filter(|_| report.is_ok()),
    };
    serde_json::to_writer_pretty(&mut *out, &answer)?;
    writeln!(out)
}
