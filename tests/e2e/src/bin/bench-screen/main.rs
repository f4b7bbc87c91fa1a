//! What the operator's screen costs, and how soon it answers.
//!
//! | module | what it measures |
//! |---|---|
//! | `frames` | a frame of 24 busy slots on a wall display; how many frames an idle minute has |
//! | `limits` | what the figures have to be |
//! | `program` | the real program in a terminal: its processor time while idle, its answers to keys while all slots flash |
//!
//! `cargo xtask bench screen` builds and runs it. With `--json` all of stdout is JSON: the figures, and under `limits`
//! the verdicts on them. With `--strict` a figure beyond its limit is an exit code of 1; without it none is, for a
//! machine that has other work to do measures that work too.

mod frames;
mod limits;
mod program;

use std::io::{self, Write as _};
use std::process::ExitCode;

use anyhow::Result;
use serde_json::{Value, json};

use limits::{LIMITS, Verdict};

fn main() -> Result<ExitCode> {
    let is_given = |option: &str| std::env::args().any(|argument| argument == option);
    let (json, strict) = (is_given("--json"), is_given("--strict"));
    let mut report = serde_json::Map::new();
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
        report.insert(name.to_owned(), figures);
    }
    let verdicts: Vec<Verdict> = LIMITS
        .iter()
        .map(|limit| limit.judge(report.get(limit.measurement).unwrap_or(&Value::Null)))
        .collect();
    let kept = verdicts.iter().all(|verdict| verdict.kept);
    if json {
        report.insert("limits".to_owned(), json!(verdicts));
        writeln!(io::stdout(), "{:#}", Value::from(report))?;
    }
    Ok(if strict && !kept { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// A line for each figure; behind one that has a limit, the limit and whether it is kept.
fn tell(name: &str, figures: &Value) -> io::Result<()> {
    let mut out = io::stdout();
    for (figure, value) in figures.as_object().into_iter().flatten() {
        let value = match value.as_f64().filter(|_| value.is_f64()) {
            Some(value) => format!("{value:.3}"),
            None => value.to_string(),
        };
        let verdict = limits::of(name, figure).map(|limit| limit.judge(figures)).map(|verdict| {
            let word = if verdict.kept { "kept" } else { "BEYOND" };
            format!("limit {:<6} {word}", verdict.limit.most)
        });
        let line = format!("{name:<14} {figure:<22} {value:<10} {}", verdict.unwrap_or_default());
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
