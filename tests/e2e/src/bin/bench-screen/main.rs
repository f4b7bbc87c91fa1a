//! What the operator's screen costs, and how soon it answers.
//!
//! | module | what it measures |
//! |---|---|
//! | `frames` | a frame of 24 busy slots on a wall display; how many frames an idle minute has |
//! | `program` | the real program in a terminal: its processor time while idle, its answers to keys while all slots flash |
//!
//! `cargo xtask bench screen` builds and runs it.

mod frames;
mod program;

use std::io::{self, Write as _};

use anyhow::Result;
use serde_json::{Value, json};

fn main() -> Result<()> {
    let json = std::env::args().any(|argument| argument == "--json");
    let mut report = Vec::new();
    for (name, measure) in [
        ("frame", frames::busy as fn() -> Result<Value>),
        ("idle-minute", frames::idle),
        ("idle-program", program::idle),
        ("keys", program::keys),
    ] {
        let figures = measure()?;
        if !json {
            tell(name, &figures)?;
        }
        report.push((name.to_owned(), figures));
    }
    if json {
        let report: serde_json::Map<_, _> = report.into_iter().collect();
        writeln!(io::stdout(), "{:#}", json!(report))?;
    }
    Ok(())
}

/// A line for each figure.
fn tell(name: &str, figures: &Value) -> io::Result<()> {
    let mut out = io::stdout();
    for (figure, value) in figures.as_object().into_iter().flatten() {
        match value.as_f64().filter(|_| value.is_f64()) {
            Some(value) => writeln!(out, "{name:<14} {figure:<22} {value:.3}")?,
            None => writeln!(out, "{name:<14} {figure:<22} {value}")?,
        }
    }
    Ok(())
}
