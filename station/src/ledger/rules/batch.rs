//! Batches: each customer's form an unbroken series, and each module is in them as often as
//! something about it changed.

use super::{Applied, known_module};
use crate::ledger::payload::{BatchClosed, BatchExported, Fate};
use crate::ledger::refusal::Refusal;
use crate::ledger::row::{Batch, BatchModule, Customer, Export, Module, Order};
use crate::ledger::tables::Tables;

pub(super) fn closed(tables: &mut impl Tables, seq: i64, closed: &BatchClosed) -> Applied {
    let batch = || closed.batch.clone();
    if tables.load::<Batch>(&closed.batch.to_string())?.is_some() {
        return Err(Refusal::BatchTaken { batch: batch() }.into());
    }
    if closed.entries.is_empty() {
        return Err(Refusal::BatchEmpty { batch: batch() }.into());
    }
    let order = tables
        .load::<Order>(&closed.order.to_string())?
        .ok_or_else(|| Refusal::OrderUnknown { order: closed.order.clone() })?;
    let last = tables.load::<Customer>(&order.customer)?;
    let number = last.as_ref().map_or(1, |last| last.number + 1);
    if i64::try_from(closed.sequence) != Ok(number) {
        return Err(Refusal::BatchSequence {
            batch: batch(),
            sequence: closed.sequence,
            expected: number.unsigned_abs(),
        }
        .into());
    }
    if closed.previous.map(|digest| *digest.as_bytes()) != last.as_ref().map(|last| last.digest) {
        return Err(Refusal::BatchPrevious { batch: batch() }.into());
    }

    tables.insert(Batch { id: closed.batch.to_string(), seq, customer: order.customer.clone(), number })?;
    for entry in &closed.entries {
        let mut module = known_module(tables, &entry.uid)?;
        if !module.due || fate(&module) != entry.fate || customer(tables, &module)? != order.customer {
            return Err(Refusal::BatchEntry { batch: batch(), uid: entry.uid }.into());
        }
        tables.state(&BatchModule { batch: seq, module: module.seq })?;
        module.batch = Some(seq);
        module.due = false;
        tables.update(module)?;
    }
    let customer = Customer { name: order.customer, number, digest: *closed.digest.as_bytes(), batch: seq };
    if last.is_some() {
        tables.update(customer)?;
    } else {
        tables.insert(customer)?;
    }
    Ok(())
}

pub(super) fn exported(tables: &mut impl Tables, seq: i64, exported: &BatchExported) -> Applied {
    let batch = tables
        .load::<Batch>(&exported.batch.to_string())?
        .ok_or_else(|| Refusal::BatchUnknown { batch: exported.batch.clone() })?;
    Ok(tables.state(&Export { seq, batch: batch.seq })?)
}

fn fate(module: &Module) -> Fate {
    Fate::of(module.voided.is_some(), module.passed.is_some())
}

/// Who the module ships to; empty before it is certified for an order.
fn customer(tables: &mut impl Tables, module: &Module) -> Result<String, rusqlite::Error> {
    let Some(order_id) = &module.order_id else { return Ok(String::new()) };
    Ok(tables.load::<Order>(order_id)?.map(|order| order.customer).unwrap_or_default())
}
