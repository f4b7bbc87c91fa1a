//! What was found, boundary by boundary.

use std::collections::BTreeMap;
use std::fmt;

use super::life::{Life, Next};
use station::ledger::ModuleState;

/// The lives of a sweep, by the number of the boundary.
#[derive(Clone, Debug, Default)]
pub struct Table {
    rows: BTreeMap<u64, Life>,
    broken: BTreeMap<u64, String>,
}

impl Table {
    /// Takes in how a life went.
    pub fn add(&mut self, number: u64, life: Life) {
        self.rows.insert(number, life);
    }

    /// Takes in a broken promise.
    pub fn broken(&mut self, number: u64, what: String) {
        self.broken.insert(number, what);
    }

    /// How many kills were survived, and how many were not.
    pub fn counts(&self) -> (usize, usize) {
        (self.rows.values().filter(|life| life.killed.is_some()).count(), self.broken.len())
    }

    /// The most often that one certificate was signed.
    pub fn most_signatures(&self) -> usize {
        self.rows.values().map(|life| life.signatures).max().unwrap_or(0)
    }
}

impl fmt::Display for Table {
    /// Markdown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| # | killed | the ledger held | the next run | signatures, all over the same bytes |")?;
        writeln!(f, "|---:|---|---|---|---:|")?;
        for (number, life) in &self.rows {
            let killed = life.killed.as_ref().map_or_else(|| "not at all".to_owned(), ToString::to_string);
            let held = life.held.map_or("nothing of the module", ModuleState::name);
            let next = match life.next {
                Next::Passed => "passed",
                Next::Finished => "had passed",
                Next::None => "was not needed",
            };
            writeln!(f, "| {number} | {killed} | {held} | {next} | {} |", life.signatures)?;
        }
        for (number, what) in &self.broken {
            writeln!(f, "| {number} | BROKEN | {what} | | |")?;
        }
        let (clean, broken) = self.counts();
        write!(f, "\n{clean} kills, {broken} broken promises")
    }
}
