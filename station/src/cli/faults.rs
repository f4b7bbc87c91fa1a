//! `station faults`.

use super::{Invocation, Outcome, print};
use crate::fault::{Blame, Disposition, Fault, FaultCode};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Print the page for the documentation.
    #[arg(long)]
    markdown: bool,
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
    } else if arguments.markdown {
        print::line(markdown().trim_end())?;
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

/// The page `deploy/docs/faults.md`.
pub(super) fn markdown() -> String {
    let mut page = String::from(
        "# Fault codes\n\n\
         Made by `station faults --markdown`. A code never changes its meaning.\n",
    );
    let mut blame = None;
    for code in FaultCode::ALL {
        if blame != Some(code.blame()) {
            blame = Some(code.blame());
            page.push_str("\n## ");
            page.push_str(heading(code.blame()));
            page.push_str("\n\n| code | what happened | what to do | the module | for engineers |\n|---|---|---|---|---|\n");
        }
        let entry = code.entry();
        let cells = [entry.code, entry.title, &entry.remedy.join(" "), fate(entry.disposition), entry.note];
        page.push_str("| ");
        page.push_str(&cells.join(" | "));
        page.push_str(" |\n");
    }
    page
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

    #[test]
    fn the_page_in_the_documentation_is_this_one() {
        let page = include_str!("../../../deploy/docs/faults.md");
        assert_eq!(
            page.trim_end(),
            markdown().trim_end(),
            "run `station faults --markdown > deploy/docs/faults.md`"
        );
    }
}
