//! What happened, to be printed and signed.
//!
//! Markdown, because it reads the same on paper, on a screen and in a comparison of two versions.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::pki::{Certificate, words};

/// The transcript of a ceremony, as far as it has come.
#[derive(Clone, Debug)]
pub struct Transcript {
    text: String,
    mark: &'static str,
    steps: u32,
}

impl Transcript {
    /// An empty transcript. Every page of a rehearsal says that it is one.
    pub fn new(name: &str, rehearsal: bool) -> Self {
        let mark = if rehearsal { "REHEARSAL: " } else { "" };
        let mut transcript = Self { text: String::new(), mark, steps: 0 };
        transcript.line(&format!("# {mark}Key ceremony: {}", plain(name)));
        if rehearsal {
            transcript.line("");
            transcript.line(
                "This is a rehearsal. Its keys are in a token that is thrown away, and nothing of it is on record.",
            );
        }
        transcript
    }

    /// A section of facts: what, and its value.
    pub(super) fn facts(&mut self, heading: &str, facts: &[(&str, &str)]) {
        let mark = self.mark;
        self.line(&format!("\n## {mark}{}\n\n| what | value |\n|---|---|", plain(heading)));
        for (what, value) in facts {
            self.line(&format!("| {what} | {} |", plain(value)));
        }
    }

    /// A step and its facts. Steps are numbered from 1.
    pub(super) fn step(&mut self, heading: &str, facts: &[(&str, &str)]) {
        self.steps += 1;
        self.facts(&format!("Step {}: {heading}", self.steps), facts);
    }

    /// The number of the step that comes next.
    pub(super) fn next_step(&self) -> u32 {
        self.steps + 1
    }

    /// A certificate: in words, and as text.
    pub(super) fn certificate(&mut self, certificate: &Certificate) {
        self.block(&words::of(certificate));
        self.block(&certificate.pem());
    }

    /// Text that is to be read as it is.
    pub(super) fn block(&mut self, text: &str) {
        self.line(&format!("\n```text\n{}\n```", text.trim_end()));
    }

    /// How it ended, and a line for each signature.
    pub(super) fn close(&mut self, ending: &str, officer: &str, witnesses: &[String]) {
        self.facts("End", &[("how", ending)]);
        let mark = self.mark;
        self.line(&format!("\n## {mark}Signatures\n"));
        self.line("We were present, and what stands here is what happened.\n");
        self.line("| | name | date | signature |\n|---|---|---|---|");
        self.line(&format!("| officer | {} | | ____________________ |", plain(officer)));
        for witness in witnesses {
            self.line(&format!("| witness | {} | | ____________________ |", plain(witness)));
        }
    }

    /// The text so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// SHA-256 of the text so far.
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(self.text.as_bytes()).into()
    }

    fn line(&mut self, line: &str) {
        // Writing to a string does not fail.
        let _ = writeln!(self.text, "{line}");
    }
}

/// Text that cannot be taken for markup: it comes from a plan, or from a keyboard.
fn plain(text: &str) -> String {
    text.chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .flat_map(|character| match character {
            '|' | '\\' | '`' | '<' => vec!['\\', character],
            other => vec![other],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_s_name_makes_up_a_row() {
        let mut transcript = Transcript::new("First CA", false);
        transcript.close("complete", "A | B\n| witness | nobody |", &[]);
        assert_eq!(transcript.text().lines().filter(|line| line.starts_with("| witness")).count(), 0);
        assert!(transcript.text().contains("A \\| B \\| witness"));
    }

    #[test]
    fn every_section_of_a_rehearsal_says_so() {
        let mut transcript = Transcript::new("First CA", true);
        transcript.step("make a key", &[("key", "root")]);
        transcript.close("complete", "Ana", &["Ben".to_owned()]);
        for heading in transcript.text().lines().filter(|line| line.starts_with('#')) {
            assert!(heading.contains("REHEARSAL"), "{heading}");
        }
    }
}
