//! Ledgers with a history.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use station::clock::SystemClock;
use station::ledger::{Ledger, Reader};

use crate::lives::{self, Vendor};
use crate::report;

/// Modules under way at a time while a ledger is filled: twice what the writer puts into one transaction,
/// so that a full group always waits.
const SLOTS: u64 = 512;

/// A ledger, closed, with so many modules in it.
#[derive(Clone, Debug)]
pub(crate) struct Filled {
    pub(crate) path: PathBuf,
    pub(crate) modules: u64,
    /// How long the filling took, if it was not filled before.
    pub(crate) took: Option<Duration>,
}

impl Filled {
    /// Fills a ledger with at least so many events, or takes the one that is there.
    pub(crate) fn at(path: PathBuf, vendor: &Vendor, events: u64) -> Result<Self> {
        let modules = events.div_ceil(lives::EVENTS);
        if path.exists() {
            let reader = Reader::open(&path)?;
            let last = vendor.module(modules - 1)?;
            let is_whole = reader.head()?.seq.number().unsigned_abs() >= events
                && reader.module(&last.uid)?.is_some_and(|module| module.label == Some(last.label));
            ensure!(is_whole, "{} was not filled to the end with {events} events; remove it", path.display());
            return Ok(Self { path, modules, took: None });
        }
        report(&format!("filling a ledger with {events} events"))?;
        let began = Instant::now();
        let ledger = open(&path)?;
        for event in vendor.prelude(modules) {
            ledger.append_blocking(event)?;
        }
        live(&ledger, vendor, SLOTS, 0..modules)?;
        // The last handle folds the log into the database.
        drop(ledger);
        Ok(Self { path, modules, took: Some(began.elapsed()) })
    }

    /// The events it was filled with, those before the first module left out.
    pub(crate) fn events(&self) -> u64 {
        self.modules * lives::EVENTS
    }

    /// A copy, to add to.
    pub(crate) fn copy(&self, path: PathBuf) -> Result<Self> {
        std::fs::copy(&self.path, &path).with_context(|| format!("copy to {}", path.display()))?;
        Ok(Self { path, ..self.clone() })
    }
}

pub(crate) fn open(path: &Path) -> Result<Ledger> {
    Ok(Ledger::open(path, Arc::new(SystemClock), "bench".into())?.with_operator("Ann"))
}

/// Waits until the disk has nothing left to write from before.
pub(crate) fn settle() -> Result<()> {
    let status = Command::new("sync").status().context("start `sync`")?;
    ensure!(status.success(), "`sync` failed");
    Ok(())
}

/// Takes modules through their lives, one after the other in each of many slots.
pub(crate) fn live(
    ledger: &Ledger,
    vendor: &Vendor,
    slots: u64,
    modules: std::ops::Range<u64>,
) -> Result<()> {
    let next = Arc::new(AtomicU64::new(modules.start));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build()?;
    runtime.block_on(async {
        let mut tasks = tokio::task::JoinSet::new();
        for slot in 0..slots {
            let (ledger, vendor, next) = (ledger.clone(), vendor.clone(), Arc::clone(&next));
            tasks.spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= modules.end {
                        return Ok::<_, anyhow::Error>(());
                    }
                    let module = vendor.module(number)?;
                    let run = ledger.append(module.started(&format!("slot-{slot}"))).await?.run();
                    for event in module.way(run) {
                        ledger.append(event).await?;
                    }
                }
            });
        }
        while let Some(ended) = tasks.join_next().await {
            ended??;
        }
        Ok(())
    })
}
