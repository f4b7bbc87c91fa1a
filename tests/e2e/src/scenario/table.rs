//! All scenarios on one page, for the documentation.

use std::fmt::Write as _;

use super::file::{Expect, Scenario, Verdict};

/// A page in Markdown: what goes wrong, what the station says, what comes of it afterwards.
pub fn table(scenarios: &[(String, Scenario)]) -> String {
    let mut page = String::from(
        "# Scenarios\n\n\
         What goes wrong on the bench, what the station makes of it, and what becomes of the same module when the\n\
         trouble is over. Made by `target/debug/scenario-table` from the files in `tests/e2e/scenarios`, which\n\
         `cargo xtask test` plays. After each of them the ledger has to verify, with one certificate at most.\n\n\
         | scenario | outcome | step | afterwards |\n|---|---|---|---|\n",
    );
    for (name, scenario) in scenarios {
        let Scenario { title, expect, then, .. } = scenario;
        let step = expect.step.map_or("", |step| step.name());
        let later: Vec<String> = then.iter().map(|then| outcome(&then.expect)).collect();
        // Writing into a string cannot fail.
        let _ = writeln!(
            page,
            "| [{title}](../../tests/e2e/scenarios/{name}.toml) | {} | {step} | {} |",
            outcome(expect),
            later.join(", then ")
        );
    }
    page
}

fn outcome(expect: &Expect) -> String {
    let word = match expect.verdict {
        Verdict::Pass => "PASS",
        Verdict::Fail => "FAIL",
        Verdict::Error => "ERROR",
        Verdict::Trouble => "the slot waits",
        Verdict::Refused => "does not start",
    };
    expect.code.map_or_else(|| word.to_owned(), |code| format!("{word} [{code}](faults/{code}.md)"))
}
