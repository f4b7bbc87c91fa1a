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

/// The value that so many percent of all are not above.
pub fn percentile(values: &[f64], percent: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (sorted.len() * percent).div_ceil(100).max(1) - 1;
    sorted.get(place).copied().unwrap_or(f64::NAN)
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

/// Processor time so far of those threads of a process that have one of these names, in seconds; of all threads
/// that there are if no name is given. Finer than [`processor_time`] (the kernel's `sched-stats.rst`:
/// `/proc/PID/task/TID/schedstat` begins with the nanoseconds spent running).
///
/// # Errors
/// When there is no such process.
pub fn thread_time(process: u32, names: &[&str]) -> Result<f64> {
    let mut sum = 0.0;
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        let thread = thread?.path();
        // A thread may end while it is looked at.
        let Ok(name) = fs::read_to_string(thread.join("comm")) else { continue };
        if names.is_empty() || names.contains(&name.trim()) {
            let Ok(stat) = fs::read_to_string(thread.join("schedstat")) else { continue };
            let nanoseconds = stat.split_whitespace().next().context("schedstat")?.parse::<f64>()?;
            sum += nanoseconds / 1e9;
        }
    }
    Ok(sum)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let values: Vec<f64> = (1..=200).rev().map(f64::from).collect();
        let found = [50, 95, 100, 0].map(|percent| percentile(&values, percent).to_string());
        assert_eq!(found, ["100", "190", "200", "1"]);
        assert!(percentile(&[], 50).is_nan());
    }
}
