//! What is in the memory of a process that runs.

use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

/// The writable parts of a process's memory in which the text is found (`proc_pid_maps(5)`).
///
/// # Errors
/// There is no such process, or its memory is not ours to read.
pub fn places(process: u32, text: &str) -> Result<Vec<String>> {
    let proc = PathBuf::from(format!("/proc/{process}"));
    let memory = File::open(proc.join("mem"))?;
    let mut found = Vec::new();
    for line in fs::read_to_string(proc.join("maps"))?.lines() {
        let mut fields = line.split_whitespace();
        let (range, rights) = (fields.next().context("a range")?, fields.next().context("rights")?);
        let (begin, end) = range.split_once('-').context("a range")?;
        let (begin, end) = (u64::from_str_radix(begin, 16)?, u64::from_str_radix(end, 16)?);
        let mut bytes = vec![0; usize::try_from(end - begin)?];
        // Some parts belong to the kernel and cannot be read, and a part may be gone by now.
        if !rights.contains('w') || memory.read_exact_at(&mut bytes, begin).is_err() {
            continue;
        }
        let count = bytes.windows(text.len()).filter(|window| *window == text.as_bytes()).count();
        if count > 0 {
            found.push(format!("{count} x {line}"));
        }
    }
    Ok(found)
}

/// Waits until the secret is nowhere in a process's memory any more.
///
/// # Errors
/// It is still there after this time; where, is told without it.
pub fn forgotten(process: u32, secret: &str, limit: Duration) -> Result<()> {
    let deadline = Instant::now() + limit;
    loop {
        let found = places(process, secret)?;
        if found.is_empty() {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "the secret is still in {found:#?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
