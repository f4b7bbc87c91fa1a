//! What people do to a module outside its runs, and what a run does to keep it from them.
//!
//! Whatever is done to a module that a customer has, or is to have, is in the customer's next batch.

use wire::Uid;

use super::{Applied, Unapplied, known_module, run_under_way};
use crate::ledger::payload::{
    LabelReprinted, ModuleQuarantined, ModuleReturned, ModuleReworked, ModuleScrapped, ModuleVoided,
};
use crate::ledger::refusal::Refusal;
use crate::ledger::row::{Label, Module, Order};
use crate::ledger::tables::Tables;

/// Set apart by the run that has it in its slot. What has passed is out of a run's reach: whatever
/// bears its name in a slot now is not it, and must not do it harm.
pub(super) fn quarantined(tables: &mut impl Tables, seq: i64, quarantined: &ModuleQuarantined) -> Applied {
    let uid = quarantined.uid;
    let mut run = run_under_way(tables, quarantined.run)?;
    let mut module = module_in_use(tables, &uid)?;
    if module.passed.is_some() {
        return Err(Refusal::ModulePassed { uid }.into());
    }
    match run.module {
        Some(known) if known != module.seq => {
            return Err(Refusal::RunOther { run: quarantined.run, uid }.into());
        }
        Some(_) => {}
        None => {
            // The module was greeted, and what it said was enough to set it apart.
            run.module = Some(module.seq);
            tables.update(run)?;
        }
    }
    module.quarantined = Some(seq);
    Ok(tables.update(module)?)
}

/// Void is final. The place of a voided module in its order is free again, and the customer is
/// told in the next batch.
pub(super) fn voided(tables: &mut impl Tables, seq: i64, voided: &ModuleVoided) -> Applied {
    let mut module = module_in_use(tables, &voided.uid)?;
    make_void(tables, seq, &mut module)?;
    Ok(tables.update(module)?)
}

/// Scrap voids what is not void yet.
pub(super) fn scrapped(tables: &mut impl Tables, seq: i64, scrapped: &ModuleScrapped) -> Applied {
    let mut module = known_module(tables, &scrapped.uid)?;
    if module.scrapped.is_some() {
        return Err(Refusal::ModuleScrapped { uid: scrapped.uid }.into());
    }
    if module.voided.is_none() {
        make_void(tables, seq, &mut module)?;
    } else if module.order_id.is_some() {
        // The customer knows it as void, and now hears that it is gone.
        module.due = true;
    }
    module.scrapped = Some(seq);
    Ok(tables.update(module)?)
}

/// Rework ends a quarantine, and takes back a pass.
pub(super) fn reworked(tables: &mut impl Tables, reworked: &ModuleReworked) -> Applied {
    let mut module = module_in_use(tables, &reworked.uid)?;
    module.quarantined = None;
    withdraw(tables, &mut module)?;
    Ok(tables.update(module)?)
}

/// Only what passed can come back from a customer.
pub(super) fn returned(tables: &mut impl Tables, seq: i64, returned: &ModuleReturned) -> Applied {
    let uid = returned.uid;
    let mut module = module_in_use(tables, &uid)?;
    if module.passed.is_none() {
        return Err(Refusal::Premature { uid, event: "returned", missing: "passed" }.into());
    }
    module.quarantined = Some(seq);
    withdraw(tables, &mut module)?;
    Ok(tables.update(module)?)
}

/// The label says what the one before it said. A module under way has to have the new one read.
pub(super) fn reprinted(tables: &mut impl Tables, seq: i64, reprinted: &LabelReprinted) -> Applied {
    let uid = reprinted.uid;
    let mut module = module_in_use(tables, &uid)?;
    if module.label.is_none() {
        return Err(Refusal::Premature { uid, event: "labelled again", missing: "labelled" }.into());
    }
    let label = tables.load::<Label>(&reprinted.payload)?;
    if label.is_none_or(|label| Some(label.seq) != module.label) {
        return Err(Refusal::LabelOther { uid }.into());
    }
    module.printed = Some(seq);
    module.due |= module.passed.is_some();
    Ok(tables.update(module)?)
}

/// The module, if it is known and not void.
fn module_in_use(tables: &mut impl Tables, uid: &Uid) -> Result<Module, Unapplied> {
    let module = known_module(tables, uid)?;
    if module.voided.is_some() { Err(Refusal::ModuleVoid { uid: *uid }.into()) } else { Ok(module) }
}

fn make_void(tables: &mut impl Tables, seq: i64, module: &mut Module) -> Applied {
    module.voided = Some(seq);
    let Some(order_id) = &module.order_id else { return Ok(()) };
    module.due = true;
    if let Some(mut order) = tables.load::<Order>(order_id)? {
        order.voided += 1;
        if module.passed.is_some() {
            order.passed -= 1;
        }
        tables.update(order)?;
    }
    Ok(())
}

/// Takes back the pass of a module that has one. A customer who was told of it is told again.
fn withdraw(tables: &mut impl Tables, module: &mut Module) -> Applied {
    if module.passed.take().is_none() {
        return Ok(());
    }
    module.scanned = None;
    module.due = module.batch.is_some();
    if let Some(order_id) = &module.order_id
        && let Some(mut order) = tables.load::<Order>(order_id)?
    {
        order.passed -= 1;
        tables.update(order)?;
    }
    Ok(())
}
