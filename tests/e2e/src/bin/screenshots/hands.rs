//! When modules are put in and taken out: as a person does it, who has two hands and looks first.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use e2e::Event;
use virtual_bench::client::Client;
use virtual_bench::fault::Fault;

/// From a slot that waits to the module in it.
const REACH: Duration = Duration::from_secs(1);
/// From the end of a run to the empty slot: long enough to read what the screen says.
const READ: Duration = Duration::from_millis(2500);
/// Between two moves.
const BREATH: Duration = Duration::from_millis(450);
/// The slot whose printer runs out of labels while its first module is under way.
const OUT_OF_LABELS: &str = "3";

/// A person before the bench.
#[derive(Debug)]
pub(super) struct Hands {
    bench: Client,
    /// Blank modules that are left.
    fresh: u32,
    /// What is to be done, and when.
    plan: BTreeMap<String, (Duration, Move)>,
    /// When the hands are free again.
    free: Duration,
    /// Modules to be put in again, by slot.
    again: BTreeMap<String, String>,
    /// The labels have run out already.
    ran_out: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Move {
    Put,
    /// What comes out goes to its place.
    Take,
    /// What comes out is put in again once the trouble is mended.
    Mend,
}

impl Hands {
    /// Hands with so many blank modules.
    pub(super) fn new(bench: Client, fresh: u32) -> Self {
        let (plan, again) = (BTreeMap::new(), BTreeMap::new());
        Self { bench, fresh, plan, free: Duration::ZERO, again, ran_out: false }
    }

    /// Takes note of what the station tells.
    pub(super) fn hear(&mut self, event: &Event, now: Duration) -> Result<()> {
        let slot = event["slot"].as_str().unwrap_or_default().to_owned();
        if event["event"] == "slot-waiting" {
            self.plan.insert(slot, (now + REACH, Move::Put));
        } else if event["event"] == "run-ended" {
            let next = if event["code"].is_null() { Move::Take } else { Move::Mend };
            self.plan.insert(slot, (now + READ, next));
        } else if slot == OUT_OF_LABELS && event["step"] == "self-test" && !self.ran_out {
            self.ran_out = true;
            self.bench.fault(OUT_OF_LABELS, Fault::PaperOut)?;
        }
        Ok(())
    }

    /// Does what is due, one move at a time.
    pub(super) fn act(&mut self, now: Duration) -> Result<()> {
        if now < self.free {
            return Ok(());
        }
        let due = self.plan.iter().filter(|(_, (at, _))| *at <= now).min_by_key(|(_, (at, _))| *at);
        let Some((slot, (_, what))) = due else { return Ok(()) };
        let (slot, what) = (slot.clone(), *what);
        self.plan.remove(&slot);
        self.free = now + BREATH;
        match what {
            Move::Put => {
                if let Some(module) = self.again.remove(&slot) {
                    self.bench.put_module(&slot, &module)?;
                } else if self.fresh > 0 {
                    self.fresh -= 1;
                    self.bench.put_fresh(&slot)?;
                }
            }
            Move::Take => {
                self.bench.take(&slot)?;
            }
            Move::Mend => {
                self.bench.clear(&slot)?;
                let module = self.bench.take(&slot)?;
                self.again.insert(slot, module);
            }
        }
        Ok(())
    }
}
