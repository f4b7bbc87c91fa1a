//! How many events a second 1, 4 and 16 writers append who each wait for the disk, beside how often a
//! second the same disk takes a plain append.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use e2e::figures::median;
use serde_json::{Value, json};
use station::ledger::{Event, Ledger};

use crate::filled::{open, settle};
use crate::lives::Vendor;

const WRITERS: [u64; 3] = [1, 4, 16];
const ROUNDS: u32 = 7;
/// How long one of them is watched in a round.
const TURN: Duration = Duration::from_millis(700);
/// What a plain append appends: about the bytes of an event.
const BYTES: [u8; 512] = [0x5a; 512];

/// Someone who takes one module after the other through its life, and waits for each event.
struct Writer {
    slot: String,
    /// The number of the next module.
    next: u64,
    /// What is left of the life under way, the last event first.
    left: Vec<Event>,
}

/// Appends of each number of writers and plain ones, in turn on one disk.
pub(crate) fn measure(directory: &Path, vendor: &Vendor) -> Result<Value> {
    let ledger = open(&directory.join("writers.db"))?;
    for event in vendor.prelude(1) {
        ledger.append_blocking(event)?;
    }
    let mut file = File::create(directory.join("plain"))?;
    let writer = |index| Writer { slot: format!("slot-{index}"), next: index << 32, left: Vec::new() };
    let mut writers: Vec<Writer> = (0..WRITERS[WRITERS.len() - 1]).map(writer).collect();
    let mut syncs = Vec::new();
    let mut appends = WRITERS.map(|_| Vec::new());
    settle()?;
    for _ in 0..ROUNDS {
        syncs.push(plain(&mut file)?);
        for (count, rates) in WRITERS.iter().zip(&mut appends) {
            let busy = &mut writers[..usize::try_from(*count)?];
            rates.push(together(&ledger, vendor, busy)?);
        }
    }
    let writers: Vec<Value> = WRITERS
        .iter()
        .zip(&appends)
        .map(|(count, rates)| {
            let ratios: Vec<f64> = rates.iter().zip(&syncs).map(|(rate, sync)| rate / sync).collect();
            json!({
                "writers": count,
                "appends-per-second": median(rates),
                "appends-per-plain-sync": median(&ratios),
            })
        })
        .collect();
    Ok(json!({ "plain-syncs-per-second": median(&syncs), "plain-bytes": BYTES.len(), "by-writers": writers }))
}

/// Appends and syncs of a plain file, a second.
fn plain(file: &mut File) -> Result<f64> {
    let (mut count, began) = (0, Instant::now());
    while began.elapsed() < TURN {
        file.write_all(&BYTES)?;
        file.sync_data()?;
        count += 1;
    }
    Ok(f64::from(count) / began.elapsed().as_secs_f64())
}

/// Appends of all these writers, a second.
fn together(ledger: &Ledger, vendor: &Vendor, writers: &mut [Writer]) -> Result<f64> {
    let began = Instant::now();
    let counts = std::thread::scope(|scope| {
        let threads: Vec<_> = writers
            .iter_mut()
            .map(|writer| {
                scope.spawn(move || -> Result<u32> {
                    let mut count = 0;
                    while began.elapsed() < TURN {
                        writer.append(ledger, vendor)?;
                        count += 1;
                    }
                    Ok(count)
                })
            })
            .collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, Result<u32>>| {
            thread.join().map_err(|_| anyhow!("a writer panicked"))?
        };
        threads.into_iter().map(join).sum::<Result<u32>>()
    })?;
    Ok(f64::from(counts) / began.elapsed().as_secs_f64())
}

impl Writer {
    fn append(&mut self, ledger: &Ledger, vendor: &Vendor) -> Result<()> {
        if let Some(event) = self.left.pop() {
            ledger.append_blocking(event)?;
            return Ok(());
        }
        let module = vendor.added_module(self.next)?;
        self.next += 1;
        let run = ledger.append_blocking(module.started(&self.slot))?.run();
        self.left = module.way(run);
        self.left.reverse();
        Ok(())
    }
}
