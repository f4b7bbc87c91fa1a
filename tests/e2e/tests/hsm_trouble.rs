//! Every kind of trouble with the HSM, at every moment at which it can happen.

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};
use e2e::trial::matrix;

#[test]
fn trouble_with_the_hsm_ends_as_the_documentation_says() -> Result<()> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/docs/hsm-fault-matrix.md");
    let found = fs::read_to_string(page).unwrap_or_default();
    let made = matrix()?;
    let differing: Vec<_> = made.lines().filter(|line| !found.lines().any(|other| other == *line)).collect();
    ensure!(
        found == made,
        "run `target/debug/hsm-matrix > deploy/docs/hsm-fault-matrix.md`; new: {differing:#?}"
    );
    Ok(())
}
