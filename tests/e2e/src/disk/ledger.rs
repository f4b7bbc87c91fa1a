//! How a ledger is judged that was found after a power cut.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use station::clock::FixedClock;
use station::ledger::{Ledger, LedgerError, Seq, StationStarted, verify};
use time::macros::datetime;

use super::recording::Entry;

/// The events that are there. The ledger opens, takes another event, and is sound with it.
///
/// # Errors
/// One of these does not hold.
pub fn survivors(file: &Path) -> Result<Vec<Entry>> {
    let clock = FixedClock::new(datetime!(2026-03-01 12:00 UTC));
    let ledger = Ledger::open(file, Arc::new(clock), "line 1".into()).context("it does not open")?;
    let mut events = Vec::new();
    let first: Seq = serde_json::from_value(1.into())?;
    ledger.reader()?.events(first, |event| {
        events.push(Entry { place: event.seq.number(), hash: event.hash.to_string() });
        Ok::<_, LedgerError>(())
    })?;
    let next =
        ledger.append_blocking(StationStarted { program: "0.1.0".into() }).context("it takes no event")?;
    ensure!(
        events.last().is_some_and(|last| last.place + 1 == next.seq.number()),
        "the next event is {}",
        next.seq
    );
    drop(ledger);
    verify(file).context("it is not sound")?;
    Ok(events)
}
