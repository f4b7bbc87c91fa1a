//! Whether an append costs more in a large ledger than in a small one.
//!
//! Both are asked the same in turn, so that whatever else the machine does meets both. The small one is
//! a fresh copy in every round, for it would not stay small.

use std::path::Path;
use std::time::Instant;

use anyhow::{Result, bail};
use e2e::figures::median;
use serde_json::{Value, json};
use station::ledger::{Event, Ledger, LedgerError};

use crate::filled::{Filled, live, open, settle};
use crate::lives::{self, Vendor};

const ROUNDS: u64 = 9;
/// Modules that are taken through their lives one event at a time, in a round.
const SINGLE: u64 = 5;
/// Modules that live side by side, so that their events are appended in groups of as many, in a round.
const GROUPED: u64 = 128;
/// Refusals of each kind, in a round.
const REFUSALS: u64 = 40;

/// One of the two ledgers.
struct Side<'a> {
    filled: &'a Filled,
    vendor: &'a Vendor,
    /// Milliseconds each.
    single: Vec<f64>,
    grouped: Vec<f64>,
    refused: [Vec<f64>; 3],
}

/// What is refused, and by which check.
const REFUSED: [&str; 3] = ["known UID, other key", "known key, other UID", "label of another module"];

pub(crate) fn measure(directory: &Path, vendor: &Vendor, small: &Filled, large: &Filled) -> Result<Value> {
    let (mut smaller, mut larger) = (Side::new(small, vendor), Side::new(large, vendor));
    let kept = open(&large.path)?;
    let mut added = kept.reader()?.head()?.seq.number().unsigned_abs();
    for round in 0..ROUNDS {
        let copy = small.copy(directory.join(format!("small-{round}.db")))?;
        settle()?;
        let fresh = open(&copy.path)?;
        for turn in 0..2 {
            // Who goes first changes from round to round.
            let (side, ledger) =
                if (round + turn) % 2 == 0 { (&mut smaller, &fresh) } else { (&mut larger, &kept) };
            side.turn(ledger, added)?;
        }
        added += 2 * GROUPED + SINGLE;
        drop(fresh);
        std::fs::remove_file(&copy.path)?;
    }
    let compare = |what: &str, small: &[f64], large: &[f64]| {
        let (small, large) = (median(small), median(large));
        json!({ "what": what, "small-us": small * 1e3, "large-us": large * 1e3, "ratio": large / small })
    };
    let mut rows = vec![
        compare("append, waited for", &smaller.single, &larger.single),
        compare("append, in groups of 128", &smaller.grouped, &larger.grouped),
    ];
    for (what, (small, large)) in REFUSED.iter().zip(smaller.refused.iter().zip(&larger.refused)) {
        rows.push(compare(&format!("refusal: {what}"), small, large));
    }
    Ok(json!({ "small-events": small.events(), "large-events": large.events(), "costs": rows }))
}

impl<'a> Side<'a> {
    fn new(filled: &'a Filled, vendor: &'a Vendor) -> Self {
        let (single, grouped, refused) = Default::default();
        Self { filled, vendor, single, grouped, refused }
    }

    /// One round; new modules are numbered from `added` on.
    fn turn(&mut self, ledger: &Ledger, added: u64) -> Result<()> {
        // Not measured: a fresh copy is cold, and its log still has to grow, which makes every sync dearer.
        self.live(ledger, added)?;
        self.grouped.push(self.live(ledger, added + GROUPED)?);
        for number in (added + 2 * GROUPED..).take(usize::try_from(SINGLE)?) {
            let module = self.vendor.added_module(number)?;
            let run = ledger.append_blocking(module.started("single"))?.run();
            for event in module.way(run) {
                let began = Instant::now();
                ledger.append_blocking(event)?;
                self.single.push(milliseconds(began));
            }
        }
        self.refusals(ledger, added)
    }

    /// How long an event takes when there is always a group of them.
    fn live(&self, ledger: &Ledger, added: u64) -> Result<f64> {
        let start = Vendor::ADDED + added;
        let began = Instant::now();
        live(ledger, self.vendor, GROUPED, start..start + GROUPED)?;
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        Ok(milliseconds(began) / (GROUPED * lives::EVENTS) as f64)
    }

    /// Has the checks of what is unique refuse events, with known modules from all over the ledger.
    fn refusals(&mut self, ledger: &Ledger, added: u64) -> Result<()> {
        // One more module, taken up to its label and then given up when its slot is used again.
        let stranger = self.vendor.module(Vendor::ADDED * 2 + added)?;
        let run = ledger.append_blocking(stranger.started("refused"))?.run();
        let mut known =
            (added..).map(|number| number.wrapping_mul(0x9e37_79b9_7f4a_7c15) % self.filled.modules);
        let mut next = || self.vendor.module(known.next().unwrap_or_default());
        for _ in 0..REFUSALS {
            let known = next()?;
            let mut event = known.identified(run);
            event.public_key.clone_from(&stranger.public_key);
            self.refused[0].push(refused(ledger, event)?);
            let mut event = stranger.identified(run);
            event.public_key = known.public_key;
            self.refused[1].push(refused(ledger, event)?);
        }
        for event in stranger.way_to_seal(run) {
            ledger.append_blocking(event)?;
        }
        for _ in 0..REFUSALS {
            let mut event = stranger.printed(run);
            event.payload = next()?.label;
            self.refused[2].push(refused(ledger, event)?);
        }
        Ok(())
    }
}

/// How long a refusal takes.
fn refused(ledger: &Ledger, event: impl Into<Event>) -> Result<f64> {
    let event = event.into();
    let began = Instant::now();
    match ledger.append_blocking(event) {
        Err(LedgerError::Refused(_)) => Ok(milliseconds(began)),
        other => bail!("not refused: {other:?}"),
    }
}

fn milliseconds(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1e3
}
