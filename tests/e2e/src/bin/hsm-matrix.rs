//! Prints what becomes of trouble with the HSM, for `deploy/docs/hsm-fault-matrix.md`.

use std::io::Write as _;

use anyhow::Result;

fn main() -> Result<()> {
    Ok(std::io::stdout().write_all(e2e::trial::matrix()?.as_bytes())?)
}
