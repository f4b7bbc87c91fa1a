//! Prints all scenarios as a table, for `deploy/docs/scenarios.md`.

use std::io::Write as _;

use anyhow::Result;
use e2e::Scenario;
use e2e::scenario::{file, table};

fn main() -> Result<()> {
    let page = table(&Scenario::load_all(&file::directory())?);
    Ok(std::io::stdout().write_all(page.as_bytes())?)
}
