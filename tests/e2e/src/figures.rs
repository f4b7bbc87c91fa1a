//! What measurements have in common.

use std::fs;

use anyhow::{Context as _, Result};

/// The value in the middle, which a few disturbed measurements do not move.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => sorted[count / 2],
        count => f64::midpoint(sorted[count / 2 - 1], sorted[count / 2]),
    }
}

/// Processor time of a process so far, in seconds (`proc_pid_stat(5)`, fields 14 and 15).
///
/// # Errors
/// When there is no such process.
pub fn processor_time(process: u32) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|text| text.parse::<f64>().ok());
    // USER_HZ is 100 on every Linux that runs here.
    Ok((ticks(11).context("utime")? + ticks(12).context("stime")?) / 100.0)
}

/// The most memory this process ever held, in KiB (`proc_pid_status(5)`, `VmHWM`).
///
/// # Errors
/// When the kernel does not tell.
pub fn peak_memory() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("VmHWM")?;
    line.trim().trim_end_matches(" kB").parse().context("a number of KiB")
}
