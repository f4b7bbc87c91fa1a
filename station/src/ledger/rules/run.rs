//! Orders, and the runs that work for them.

use super::{Applied, module_at_work, run_under_way};
use crate::fault::Blame;
use crate::ledger::event::Event;
use crate::ledger::id::{Digest, RunId};
use crate::ledger::payload::{OrderOpened, QuotaRaised, RunFaulted, RunPassed, RunStarted, StepFinished};
use crate::ledger::refusal::Refusal;
use crate::ledger::row::{Certificate, Module, Order, Run, Slot};
use crate::ledger::tables::Tables;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed,
    Error,
    Interrupted,
}

/// No run outlives the program that made it.
pub(super) fn station_started(tables: &mut impl Tables, seq: i64) -> Applied {
    for slot in tables.slots()? {
        end_run_in(tables, seq, &slot)?;
    }
    Ok(())
}

pub(super) fn order_opened(tables: &mut impl Tables, seq: i64, opened: &OrderOpened) -> Applied {
    let sha256 = sha256(opened);
    let Some(mut order) = tables.load::<Order>(&opened.order.to_string())? else {
        return Ok(tables.insert(Order {
            id: opened.order.to_string(),
            seq,
            sha256,
            customer: opened.customer.clone(),
            quantity: opened.quantity.into(),
            opened: seq,
            passed: 0,
            running: 0,
            failed: 0,
            errors: 0,
            voided: 0,
            certificates: opened.certificates.map(i64::from),
            reserved: 0,
        })?);
    };
    if order.sha256 != sha256 {
        return Err(Refusal::OrderTaken { order: opened.order.clone() }.into());
    }
    order.opened = seq;
    Ok(tables.update(order)?)
}

/// More certificates for an order. One without a limit needs none.
pub(super) fn quota_raised(tables: &mut impl Tables, raised: &QuotaRaised) -> Applied {
    let unknown = || Refusal::OrderUnknown { order: raised.order.clone() };
    let order = tables.load::<Order>(&raised.order.to_string())?.ok_or_else(unknown)?;
    let certificates = order.certificates.map(|certificates| certificates + i64::from(raised.more));
    Ok(tables.update(Order { certificates, ..order })?)
}

pub(super) fn run_started(tables: &mut impl Tables, seq: i64, started: &RunStarted) -> Applied {
    let order_id = started.order.to_string();
    let unknown = || Refusal::OrderUnknown { order: started.order.clone() };
    tables.load::<Order>(&order_id)?.ok_or_else(unknown)?;

    // A slot has one module. Whoever starts a run in it has given up the one before.
    let known = tables.load::<Slot>(&started.slot)?;
    if let Some(slot) = &known {
        end_run_in(tables, seq, slot)?;
    }
    let mut order = tables.load::<Order>(&order_id)?.ok_or_else(unknown)?;
    if order.passed + order.running >= order.quantity {
        return Err(Refusal::OrderFull {
            order: started.order.clone(),
            quantity: count(order.quantity),
            passed: count(order.passed),
            running: count(order.running),
        }
        .into());
    }
    order.running += 1;
    tables.update(order)?;
    tables.insert(Run {
        seq,
        slot: started.slot.clone(),
        order_id,
        module: None,
        ended: None,
        outcome: None,
    })?;
    let slot = Slot { name: started.slot.clone(), run: Some(seq) };
    if known.is_some() {
        tables.update(slot)?;
    } else {
        tables.insert(slot)?;
    }
    Ok(())
}

pub(super) fn step_finished(tables: &mut impl Tables, finished: &StepFinished) -> Applied {
    run_under_way(tables, finished.run).map(drop)
}

/// A run passes when all that a finished module needs is in the ledger.
pub(super) fn run_passed(tables: &mut impl Tables, seq: i64, passed: &RunPassed) -> Applied {
    let uid = passed.uid;
    let (run, mut module) = module_at_work(tables, passed.run, &uid)?;
    let certificate = tables.load::<Certificate>(&module.seq)?;
    let needed = [
        ("issued", certificate.and_then(|certificate| certificate.issued)),
        ("installed", module.installed),
        // In this very run: what was true of a module that went away and came back has to be seen again.
        ("proved", module.proved.filter(|proved| *proved > run.seq)),
        ("sealed", module.sealed.filter(|sealed| *sealed > run.seq)),
        ("labelled", module.printed),
        // A label printed after the last reading has not been read.
        ("scanned", module.scanned.filter(|scanned| Some(*scanned) > module.printed)),
    ];
    if let Some((missing, _)) = needed.into_iter().find(|(_, event)| event.is_none()) {
        return Err(Refusal::Premature { uid, event: "passed", missing }.into());
    }
    module.passed = Some(seq);
    module.due = true;
    tables.update(module)?;
    end_run(tables, seq, run, Outcome::Passed)
}

pub(super) fn run_faulted(tables: &mut impl Tables, seq: i64, faulted: &RunFaulted) -> Applied {
    let mut run = run_under_way(tables, faulted.run)?;
    if let (None, Some(uid)) = (run.module, faulted.uid) {
        // A module that was refused: its story, or that of the one whose UID it bears, tells of it.
        run.module = tables.load::<Module>(uid.as_bytes())?.map(|module| module.seq);
    }
    let outcome = match faulted.code.blame() {
        Blame::Module => Outcome::Failed,
        _ => Outcome::Error,
    };
    end_run(tables, seq, run, outcome)
}

fn end_run_in(tables: &mut impl Tables, seq: i64, slot: &Slot) -> Applied {
    let Some(run) = slot.run else { return Ok(()) };
    let run = run_under_way(tables, RunId::at(run))?;
    end_run(tables, seq, run, Outcome::Interrupted)
}

fn end_run(tables: &mut impl Tables, seq: i64, mut run: Run, outcome: Outcome) -> Applied {
    if let Some(mut order) = tables.load::<Order>(&run.order_id)? {
        order.running -= 1;
        match outcome {
            Outcome::Passed => order.passed += 1,
            Outcome::Failed => order.failed += 1,
            Outcome::Error | Outcome::Interrupted => order.errors += 1,
        }
        tables.update(order)?;
    }
    tables.update(Slot { name: run.slot.clone(), run: None })?;
    run.ended = Some(seq);
    run.outcome = Some(outcome.column().to_owned());
    Ok(tables.update(run)?)
}

/// The digest by which the same order is known again.
fn sha256(order: &OrderOpened) -> [u8; 32] {
    // A value that was read from JSON can always be written as JSON.
    let text = Event::from(order.clone()).encode().unwrap_or_default();
    *Digest::of(text.as_bytes()).as_bytes()
}

fn count(column: i64) -> u32 {
    u32::try_from(column).unwrap_or(u32::MAX)
}

impl Outcome {
    /// As the column holds it.
    const fn column(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Error => "error",
            Self::Interrupted => "interrupted",
        }
    }
}
