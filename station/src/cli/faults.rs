//! `station faults`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::{Invocation, Outcome, print};
use crate::fault::{Blame, Disposition, Entry, Fault, FaultCode};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Write the pages of the documentation into this directory: an index, and one for each code.
    #[arg(long, value_name = "DIR")]
    pages: Option<PathBuf>,
}

pub(super) fn run(invocation: &Invocation, arguments: &Arguments) -> Result<Outcome, Fault> {
    if invocation.json {
        let list: Vec<_> = FaultCode::ALL
            .iter()
            .map(|code| {
                let entry = code.entry();
                serde_json::json!({
                    "code": entry.code,
                    "title": entry.title,
                    "disposition": entry.disposition,
                    "remedy": entry.remedy,
                    "note": entry.note,
                })
            })
            .collect();
        print::json(&list)?;
    } else if let Some(directory) = &arguments.pages {
        write_pages(directory).map_err(|error| {
            Fault::new(FaultCode::FileWrite, format!("cannot write into {}: {error}", directory.display()))
        })?;
    } else {
        for code in FaultCode::ALL {
            let entry = code.entry();
            print::line(format!("{code}  {}", entry.title))?;
            for remedy in entry.remedy {
                print::line(format!("       -> {remedy}"))?;
            }
        }
    }
    Ok(Outcome::Well)
}

fn write_pages(directory: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(directory)?;
    pages().into_iter().try_for_each(|(name, text)| std::fs::write(directory.join(name), text))
}

/// The pages of `deploy/docs/faults`: file names and texts, the index first.
fn pages() -> Vec<(String, String)> {
    let codes = FaultCode::ALL.iter().map(|code| (format!("{code}.md"), page(*code)));
    std::iter::once(("README.md".to_owned(), index())).chain(codes).collect()
}

fn index() -> String {
    let mut text = String::from(
        "# Fault codes\n\n\
         Made by `station faults --pages DIR`. A code never changes its meaning. Its letter says whose fault it is:\n\
         an M is the module's and ends in FAIL; all others end in ERROR, which says nothing about the module.\n",
    );
    let mut codes = FaultCode::ALL.to_vec();
    let place = |code: FaultCode| {
        (FaultCode::ALL.iter().position(|other| other.blame() == code.blame()), code.entry().code)
    };
    codes.sort_by_key(|code| place(*code));
    for group in codes.chunk_by(|one, other| one.blame() == other.blame()) {
        let blame = group.first().map_or("", |code| heading(code.blame()));
        let _ = write!(text, "\n## {blame}\n\n| code | what happened | the module |\n|---|---|---|\n");
        for code in group {
            let Entry { title, disposition, .. } = code.entry();
            let fate = if is_of_a_command(*code) { "no module" } else { fate(disposition) };
            let _ = writeln!(text, "| [{code}]({code}.md) | {title} | {fate} |");
        }
    }
    text
}

fn page(code: FaultCode) -> String {
    let Entry { title, disposition, remedy, note, .. } = code.entry();
    let mut text = format!("# {code}: {title}\n\n## What to do\n\n");
    for (number, step) in (1..).zip(remedy) {
        let _ = writeln!(text, "{number}. {step}");
    }
    let verdict = match code.blame() {
        Blame::Module => "FAIL",
        _ => "ERROR",
    };
    let of_a_run = !is_of_a_command(code);
    if of_a_run {
        let _ = write!(text, "\nThe module: {}. The run counts as {verdict}.\n", fate(disposition));
    }
    if !note.is_empty() {
        let _ = write!(text, "\n## For engineers\n\n{note}\n");
    }
    let _ = write!(text, "\nWhose fault: {}.", heading(code.blame()));
    if of_a_run {
        text.push_str(
            " The error with its causes is in the ledger (`station unit show UID`), and what passed\n\
             over the serial line in the run's transcript.",
        );
    }
    text.push_str("\n\n[All codes](README.md)\n");
    text
}

/// Whether only a command can end with it, and no run of a module: then no module waits for its fate, and the
/// ledger has nothing of it.
const fn is_of_a_command(code: FaultCode) -> bool {
    matches!(
        code,
        FaultCode::BatchState
            | FaultCode::CheckpointFile
            | FaultCode::OperatorMissing
            | FaultCode::RecordingFile
    )
}

fn heading(blame: Blame) -> &'static str {
    match blame {
        Blame::Module => "M: the module",
        Blame::Link => "L: the serial link",
        Blame::Probe => "P: the debug probe",
        Blame::Hsm => "H: the HSM and the certificate authority",
        Blame::Feed => "F: files, orders, labels",
        Blame::Record => "R: the ledger",
        Blame::Station => "S: the station",
    }
}

fn fate(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Retry => "try again",
        Disposition::Rework => "rework bin",
        Disposition::Quarantine => "quarantine",
        Disposition::Finished => "is good already",
        Disposition::StopStation => "stays; the station waits",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_pages_in_the_documentation_are_these() {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/docs/faults");
        let made = pages();
        for (name, text) in &made {
            let found = std::fs::read_to_string(directory.join(name)).unwrap_or_default();
            assert_eq!(found, *text, "{name}: run `station faults --pages deploy/docs/faults`");
        }
        let names: BTreeSet<String> = made.into_iter().map(|(name, _)| name).collect();
        for file in std::fs::read_dir(&directory).expect("a directory") {
            let name = file.expect("a file").file_name().to_string_lossy().into_owned();
            assert!(names.contains(&name), "{name} is of no code");
        }
    }
}
