//! How fast a ledger is verified, and in how much memory: in a process of its own, because the most
//! memory a process ever held never gets less.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Result, ensure};
use e2e::figures::{peak_memory, processor_time};
use serde_json::{Value, json};

/// Has another process of this program verify a ledger.
pub(crate) fn measure(path: &Path) -> Result<Value> {
    let output = Command::new(std::env::current_exe()?).arg("--verify-only").arg(path).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Verifies a ledger in this process.
pub(crate) fn verify(path: &Path) -> Result<Value> {
    let began = Instant::now();
    let summary = station::ledger::verify(path)?;
    let seconds = began.elapsed().as_secs_f64();
    let processor = processor_time(std::process::id())?;
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let events = summary.head.seq.number() as f64;
    Ok(json!({
        "events": summary.head.seq.number(),
        "seconds": seconds,
        "processor-seconds": processor,
        "events-per-second": events / seconds,
        "events-per-processor-second": events / processor,
        "peak-memory-kib": peak_memory()?,
    }))
}
