//! What was found: for programs as JSON, for people as Markdown.

use std::fmt::Write as _;

use serde::Serialize;

use super::checks::{CHECKS, Check, Finding, Said};
use crate::hsm::TokenAddress;

/// The outcome of all checks.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The module's file.
    pub module: String,
    /// The token's label.
    pub token: String,
    /// Whether the station can work with it: all that is required passed.
    pub usable: bool,
    /// What library, slot and token say of themselves.
    pub facts: Vec<Fact>,
    /// Every check, in the order in which they were made.
    pub checks: Vec<CheckReport>,
    /// The limits that were met.
    pub limits: Vec<Fact>,
    /// Signatures a second.
    pub rates: Vec<Rate>,
}

/// A name and what belongs to it.
#[derive(Debug, Serialize)]
pub struct Fact {
    /// What is told.
    pub name: &'static str,
    /// What it is.
    pub value: String,
}

/// How one check went.
#[derive(Debug, Serialize)]
pub struct CheckReport {
    /// What is checked, in words.
    pub name: &'static str,
    /// Whether the station needs it.
    pub need: Need,
    /// How it went.
    pub outcome: Outcome,
    /// What was seen.
    pub detail: String,
}

/// Whether the station can do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// It cannot.
    Required,
    /// It can, less well or more slowly.
    GoodToHave,
}

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// As it should be.
    Pass,
    /// Not as it should be.
    Fail,
    /// The token does not do that, and says so.
    NotOffered,
    /// Not tried; the detail says why.
    NotRun,
}

/// How fast the token signs.
#[derive(Debug, Serialize)]
pub struct Rate {
    /// In so many sessions at the same time.
    pub sessions: usize,
    /// Signatures a second in all of them together.
    pub per_second: f64,
}

impl Report {
    pub(super) fn new(address: &TokenAddress) -> Self {
        Self {
            module: address.module.display().to_string(),
            token: address.token.clone(),
            usable: false,
            facts: Vec::new(),
            checks: Vec::new(),
            limits: Vec::new(),
            rates: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, check: &Check, finding: Finding) {
        let (outcome, detail) = match finding {
            Ok(Said::Pass(detail)) => (Outcome::Pass, detail),
            Ok(Said::NotOffered(detail)) => (Outcome::NotOffered, detail),
            Ok(Said::NotRun(detail)) => (Outcome::NotRun, detail),
            Err(failed) => (Outcome::Fail, failed.0),
        };
        self.checks.push(CheckReport { name: check.name, need: check.need, outcome, detail });
    }

    pub(super) fn fail(&mut self, check: &Check, detail: String) {
        let (name, need) = (check.name, check.need);
        self.checks.push(CheckReport { name, need, outcome: Outcome::Fail, detail });
    }

    /// Takes in what a check found out beside its outcome.
    pub(super) fn take(&mut self, findings: Findings) {
        self.facts.extend(findings.facts);
        self.limits.extend(findings.limits);
        self.rates.extend(findings.rates);
    }

    /// Notes the checks that were not made, and why, and comes to the verdict.
    pub(super) fn finish(&mut self, why: Option<&str>) {
        for check in CHECKS.iter().skip(self.checks.len()) {
            let detail = why.unwrap_or("the checks ended before it").to_owned();
            let (name, need) = (check.name, check.need);
            self.checks.push(CheckReport { name, need, outcome: Outcome::NotRun, detail });
        }
        let missing = self.missing().count();
        self.usable = missing == 0;
    }

    /// The checks that keep the station from working with this token.
    pub fn missing(&self) -> impl Iterator<Item = &CheckReport> {
        self.checks.iter().filter(|check| check.need == Need::Required && check.outcome != Outcome::Pass)
    }

    /// The report for people.
    pub fn markdown(&self) -> String {
        let mut text =
            format!("# HSM conformance: token {} in {}\n\n", cell(&self.token), cell(&self.module));
        if self.usable {
            text.push_str("**The station can work with this token.**\n");
        } else {
            text.push_str("**The station cannot work with this token:**\n\n");
            for check in self.missing().filter(|check| check.outcome != Outcome::NotRun) {
                line(&mut text, format_args!("- {}: {}", check.name, check.detail));
            }
            let unknown = self.missing().filter(|check| check.outcome == Outcome::NotRun).count();
            if unknown > 0 {
                line(&mut text, format_args!("- {unknown} more that are required were not tried"));
            }
        }
        text.push_str("\n| | |\n|---|---|\n");
        for fact in self.facts.iter().chain(&self.limits) {
            line(&mut text, format_args!("| {} | {} |", fact.name, cell(&fact.value)));
        }
        text.push_str("\n| check | needed | outcome | detail |\n|---|---|---|---|\n");
        for check in &self.checks {
            let (need, outcome) = (check.need.words(), check.outcome.words());
            line(
                &mut text,
                format_args!("| {} | {need} | {outcome} | {} |", check.name, cell(&check.detail)),
            );
        }
        if !self.rates.is_empty() {
            text.push_str("\n| sessions | signatures a second |\n|---|---|\n");
            for rate in &self.rates {
                line(&mut text, format_args!("| {} | {:.0} |", rate.sessions, rate.per_second));
            }
        }
        text
    }
}

impl Need {
    fn words(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::GoodToHave => "good to have",
        }
    }
}

impl Outcome {
    fn words(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "**fail**",
            Self::NotOffered => "not offered",
            Self::NotRun => "not run",
        }
    }
}

/// What a check finds out beside its outcome.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) facts: Vec<Fact>,
    pub(super) limits: Vec<Fact>,
    pub(super) rates: Vec<Rate>,
}

/// Text from a library as a cell of a table: without what would end the cell or the line.
fn cell(text: &str) -> String {
    text.chars().map(|c| if c == '|' || c.is_control() { ' ' } else { c }).collect()
}

fn line(text: &mut String, content: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{content}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        Report::new(&TokenAddress { module: "lib.so".into(), token: "bench|ca".to_owned() })
    }

    #[test]
    fn what_was_not_run_is_told_and_what_is_required_of_it_counts() {
        let mut report = report();
        report.add(&CHECKS[0], Ok(Said::Pass("loaded".to_owned())));
        report.finish(Some("the library does not answer any more"));
        assert_eq!(report.checks.len(), CHECKS.len());
        assert!(!report.usable);
        let text = report.markdown();
        assert!(text.contains("cannot work with this token"), "{text}");
        assert!(text.contains("the library does not answer any more") && text.contains("bench ca"), "{text}");
    }

    #[test]
    fn what_is_good_to_have_may_fail() {
        let mut report = report();
        for check in CHECKS {
            match check.need {
                Need::Required => report.add(check, Ok(Said::Pass(String::new()))),
                Need::GoodToHave => report.fail(check, "no".to_owned()),
            }
        }
        report.finish(None);
        assert!(report.usable);
    }
}
