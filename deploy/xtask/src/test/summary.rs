//! What a round of tests came to.

use std::time::Duration;

use console::Style;

use super::counts::Counts;
use super::stage::StageName;
use crate::screen::{Screen, duration};

/// How a stage ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It succeeded; a measure of it, which may be empty.
    Passed(String),
    /// It failed: what, and how to run it again.
    Failed(String),
    /// It could not run here, and why.
    Skipped(String),
}

/// All stages and all tests of a round.
#[derive(Debug, Default)]
pub(super) struct Summary {
    stages: Vec<(StageName, Outcome, Duration)>,
    pub(super) counts: Counts,
}

impl Summary {
    pub(super) fn add(&mut self, stage: StageName, outcome: Outcome, elapsed: Duration) {
        self.stages.push((stage, outcome, elapsed));
    }

    pub(super) fn passed(&self) -> bool {
        !self.stages.iter().any(|(_, outcome, _)| matches!(outcome, Outcome::Failed(_)))
    }

    /// A line for each stage. The last line is for machines: `N passed, N failed`.
    pub(super) fn print(&self, screen: &Screen) {
        screen.heading("\nSummary");
        for (stage, outcome, elapsed) in &self.stages {
            let (word, style, text) = match outcome {
                Outcome::Passed(text) => ("passed", Style::new().green(), text),
                Outcome::Failed(text) => ("FAILED", Style::new().red().bold(), text),
                Outcome::Skipped(text) => ("skipped", Style::new().yellow(), text),
            };
            let word = screen.painted(&format!("{word:<8}"), &style);
            let line =
                format!("{stage:<16} {word} {:>12}   {text}", duration(*elapsed), stage = stage.to_string());
            screen.line(line.trim_end());
            if matches!(outcome, Outcome::Failed(_)) {
                screen.line(&format!("  once more: cargo xtask test --only {stage}"));
            }
        }
        screen.line(&format!("{} passed, {} failed", self.counts.passed, self.counts.failed));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_line_is_the_count_and_a_skip_is_seen() {
        let mut summary = Summary::default();
        summary.add(StageName::Format, Outcome::Passed(String::new()), Duration::from_millis(1_200));
        summary.add(StageName::ClippyFirmware, Outcome::Skipped("no core".into()), Duration::ZERO);
        summary.counts = Counts { passed: 7, ..Counts::default() };
        assert!(summary.passed());
        let (screen, text) = Screen::for_test();
        summary.print(&screen);
        assert_eq!(
            text.take(),
            "\nSummary\n\
             format           passed          1.2 s\n\
             clippy-firmware  skipped         0.0 s   no core\n\
             7 passed, 0 failed\n"
        );
    }

    #[test]
    fn one_failed_stage_fails_the_round_without_a_failed_test() {
        let mut summary = Summary::default();
        summary.add(
            StageName::Clippy,
            Outcome::Failed("`cargo clippy` failed".into()),
            Duration::from_secs(75),
        );
        assert!(!summary.passed());
        let (screen, text) = Screen::for_test();
        summary.print(&screen);
        let text = text.take();
        assert!(text.contains("clippy           FAILED     1 min 15 s   `cargo clippy` failed\n"), "{text}");
        assert!(text.contains("cargo xtask test --only clippy\n"), "{text}");
        assert!(text.ends_with("0 passed, 0 failed\n"), "{text}");
    }
}
