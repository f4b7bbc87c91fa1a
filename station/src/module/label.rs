//! The label that a module has, made anew from the record.

use crate::fault::{Fault, FaultCode};
use crate::label::{Fields, Label};
use crate::ledger::{ModuleRecord, OrderRecord};
use crate::order;

/// The label of a module, of the order that it was certified for. Its code says what the one before said.
///
/// # Errors
/// The module has no label yet; the order is not the module's, or does not parse; the order would make
/// another label than the module has.
pub fn label(module: &ModuleRecord, order: Option<&OrderRecord>) -> Result<Label, Fault> {
    let uid = module.uid;
    let (Some(payload), Some(of)) = (&module.label, &module.order) else {
        return Err(Fault::new(FaultCode::LedgerRefused, format!("{uid} has no label yet")));
    };
    let order = order
        .filter(|order| order.id == *of)
        .ok_or_else(|| Fault::new(FaultCode::OrderMissing, format!("the ledger has no order {of}")))?;
    let order = order::of(order)?;
    let fields = Fields { uid, order: &order.id, product: &order.product.name };
    let label = Label::new(&fields, &order.label, &order.product.label).map_err(|error| Fault::of(&error))?;
    if label.payload() != payload {
        let what = format!("the order makes {:?}, the label says {payload:?}", label.payload());
        return Err(Fault::new(FaultCode::LabelContent, what));
    }
    Ok(label)
}
