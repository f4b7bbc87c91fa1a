//! What the HSM costs, and what of that the station adds.
//!
//! Compared things are measured in turn within one run, and medians of their ratios are given, so
//! that what else the machine does meets both sides and is mostly left out. `cargo xtask bench hsm`
//! builds and runs it. A PKCS#11 module lives as long as its process, so this program starts itself
//! once more for each store of tokens.
//!
//! | module | what it does |
//! |---|---|
//! | [`pool`] | one session beside a pool of eight, on an HSM that takes 80 ms to sign |
//! | [`raw`] | `C_Sign` and nothing else, on hsm-sim and SoftHSM2 |
//! | [`issuing`] | the whole way to a certificate, beside `C_Sign` alone |
//! | [`table`] | the figures for people |

mod issuing;
mod pool;
mod raw;
mod table;

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};
use serde_json::{Value, json};

#[derive(Debug, Parser)]
struct Options {
    /// How often compared things take turns
    #[arg(long, value_name = "N", default_value_t = 7)]
    rounds: u32,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
    #[command(subcommand)]
    part: Option<Part>,
}

/// What this program does when it has started itself.
#[derive(Debug, Subcommand)]
#[command(hide = true)]
enum Part {
    /// Measure the pool.
    Pool,
    /// Measure a module.
    Raw { module: PathBuf },
    /// Measure the way to a certificate.
    Issuing {
        #[arg(long)]
        each: u32,
    },
}

fn main() -> Result<()> {
    let options = Options::parse();
    match options.part {
        Some(Part::Pool) => return answer(&pool::inside(options.rounds)?),
        Some(Part::Raw { module }) => return answer(&raw::inside(&module)?),
        Some(Part::Issuing { each }) => return answer(&issuing::inside(options.rounds, each)?),
        None => {}
    }
    let figures = measure(options.rounds)?;
    if options.json { answer(&figures) } else { table::print(&figures) }
}

/// One entry for each measurement, which the table shows in the same order.
fn measure(rounds: u32) -> Result<Value> {
    report("one session and eight in turn")?;
    let pool = pool::measure(rounds)?;
    report("hsm-sim and SoftHSM2 in turn")?;
    let raw = raw::measure(rounds)?;
    report("C_Sign and the whole way to a certificate in turn")?;
    let issuing = issuing::measure(rounds, 80, 12)?;
    let software = issuing::measure(rounds, 0, 250)?;
    Ok(json!({ "pool": pool, "raw": raw, "issuing": issuing, "issuing-software": software }))
}

/// The answer, for a program.
fn answer(figures: &Value) -> Result<()> {
    Ok(writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(figures)?)?)
}

/// A line for a person, who may be reading while the answer goes to a program.
fn report(text: &str) -> Result<()> {
    Ok(writeln!(std::io::stderr(), "{text}")?)
}
