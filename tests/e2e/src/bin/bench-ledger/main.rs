//! What the ledger costs, small and large: appending, refusing, verifying, finding.
//!
//! Everything goes through the public interface of `station::ledger`. Compared things are measured in
//! turn, and medians are given, so that what else the machine does meets both sides and is mostly left
//! out. `cargo xtask bench ledger` builds and runs it.
//!
//! | module | what it does |
//! |---|---|
//! | [`lives`] | modules that were never made, and the events of their lives |
//! | [`filled`] | ledgers with a history |
//! | [`writers`], [`growth`], [`proof`], [`finding`] | one measurement each |
//! | [`table`] | the figures for people |

mod filled;
mod finding;
mod growth;
mod lives;
mod proof;
mod table;
mod writers;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Parser;
use serde_json::{Value, json};

use crate::filled::Filled;
use crate::lives::Vendor;

/// Events of the ledger that a large one is compared with.
const SMALL: u64 = 10_000;
/// Events of the ledger whose verification is compared with that of a large one.
const MIDDLE: u64 = 100_000;

#[derive(Debug, Parser)]
struct Options {
    /// Events in the large ledger
    #[arg(long, value_name = "N", default_value_t = 10_000_000)]
    events: u64,
    /// Where the ledgers go, on the disk to be measured; a large one that is there already is used
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Keep the large ledger
    #[arg(long)]
    keep: bool,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
    /// Verify a ledger and do nothing else
    #[arg(long, value_name = "FILE", hide = true)]
    verify_only: Option<PathBuf>,
}

fn main() -> Result<()> {
    let options = Options::parse();
    if let Some(path) = options.verify_only {
        return answer(&proof::verify(&path)?);
    }
    let scratch = match &options.dir {
        Some(directory) => {
            std::fs::create_dir_all(directory)?;
            tempfile::tempdir_in(directory)?
        }
        None => tempfile::tempdir()?,
    };
    let place = options.dir.as_deref().unwrap_or(scratch.path());
    let large = place.join(format!("ledger-{}", options.events));
    let was_here = large.exists();
    std::fs::create_dir_all(&large)?;
    let figures = measure(scratch.path(), large.join("ledger.db"), options.events)?;
    if options.json {
        answer(&figures)?;
    } else {
        table::print(&figures)?;
    }
    if options.keep {
        report(&format!("the large ledger is in {}", large.display()))?;
        if options.dir.is_none() {
            // Its directory would go with it.
            let _ = scratch.keep();
        }
    } else if !was_here {
        std::fs::remove_dir_all(&large)?;
    }
    Ok(())
}

fn measure(scratch: &Path, large: PathBuf, events: u64) -> Result<Value> {
    let vendor = Vendor::new()?;
    let small = Filled::at(scratch.join("small.db"), &vendor, SMALL)?;
    let middle = Filled::at(scratch.join("middle.db"), &vendor, MIDDLE)?;
    let large = Filled::at(large, &vendor, events)?;
    let bytes = std::fs::metadata(&large.path)?.len();
    report("1, 4 and 16 writers")?;
    let appending = writers::measure(scratch, &vendor)?;
    report("small and large in turn")?;
    let growth = growth::measure(scratch, &vendor, &small, &large)?;
    report("finding")?;
    let finding = finding::measure(&vendor, &large)?;
    report("verifying")?;
    let verifying = [proof::measure(&middle.path)?, proof::measure(&large.path)?];
    Ok(json!({
        "filling": { "seconds": large.took.map(|took| took.as_secs_f64()), "bytes": bytes },
        "appending": appending,
        "growth": growth,
        "finding": finding,
        "verifying": verifying,
    }))
}

/// The answer, for a program.
fn answer(figures: &Value) -> Result<()> {
    Ok(writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(figures)?)?)
}

/// A line for a person, who may be reading while the answer goes to a program.
fn report(text: &str) -> Result<()> {
    Ok(writeln!(std::io::stderr(), "{text}")?)
}
