//! The figures for people.

use std::io::Write as _;

use anyhow::Result;
use serde_json::Value;

pub(crate) fn print(figures: &Value) -> Result<()> {
    let writers = &figures["appending"];
    say("\nappends a second, each writer waiting for the disk")?;
    say(&format!("{:<28}{:>12}{:>22}", "", "a second", "of plain append+sync"))?;
    say(&format!("{:<28}{:>12.0}", "plain file", number(&writers["plain-syncs-per-second"])))?;
    for row in list(&writers["by-writers"]) {
        say(&format!(
            "{:<28}{:>12.0}{:>22.2}",
            format!("{} writers", row["writers"]),
            number(&row["appends-per-second"]),
            number(&row["appends-per-plain-sync"]),
        ))?;
    }
    let growth = &figures["growth"];
    say(&format!(
        "\n{:<34}{:>16}{:>16}{:>8}",
        "microseconds, with events",
        growth["small-events"].to_string(),
        growth["large-events"].to_string(),
        "ratio"
    ))?;
    for row in list(&growth["costs"]) {
        say(&format!(
            "{:<34}{:>16.1}{:>16.1}{:>8.2}",
            row["what"].as_str().unwrap_or_default(),
            number(&row["small-us"]),
            number(&row["large-us"]),
            number(&row["ratio"]),
        ))?;
    }
    say(&format!(
        "\n{:<14}{:>10}{:>16}{:>22}{:>14}",
        "verify", "seconds", "events a second", "a processor second", "peak MiB"
    ))?;
    for row in list(&figures["verifying"]) {
        say(&format!(
            "{:<14}{:>10.1}{:>16.0}{:>22.0}{:>14.1}",
            row["events"].to_string(),
            number(&row["seconds"]),
            number(&row["events-per-second"]),
            number(&row["events-per-processor-second"]),
            number(&row["peak-memory-kib"]) / 1024.0,
        ))?;
    }
    say(&format!("\n{:<28}{:>12}{:>12}", "find, milliseconds", "median", "worst"))?;
    for row in list(&figures["finding"]["finding"]) {
        say(&format!(
            "{:<28}{:>12.3}{:>12.3}",
            row["what"].as_str().unwrap_or_default(),
            number(&row["median-ms"]),
            number(&row["worst-ms"]),
        ))?;
    }
    match figures["filling"]["seconds"].as_f64() {
        Some(seconds) => say(&format!("\nfilling the large ledger took {seconds:.0} s")),
        None => say("\nthe large ledger was there already"),
    }
}

fn say(text: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}
