//! A work order on its way into the ledger and back.
//!
//! The ledger keeps the whole of it, its product included: what is done for an order is done by what it said when
//! it was opened, whatever its files say by now.

use crate::config::Order;
use crate::fault::{Coded, FaultCode};
use crate::ledger::{OrderId, OrderOpened, OrderRecord};

/// What the ledger holds of an order does not parse.
#[derive(Debug, thiserror::Error)]
#[error("order {order} does not parse")]
pub struct Unreadable {
    /// The order.
    order: OrderId,
    /// What the parser said.
    source: serde_json::Error,
}

impl Coded for Unreadable {
    fn code(&self) -> FaultCode {
        FaultCode::LedgerBroken
    }
}

/// The event by which an order is opened.
///
/// # Errors
/// Something of it has no form in JSON.
pub fn opened(order: &Order) -> Result<OrderOpened, serde_json::Error> {
    Ok(OrderOpened {
        order: order.id.as_str().into(),
        product: order.product.name.clone(),
        customer: order.customer.clone(),
        quantity: order.quantity,
        certificates: Some(order.certificates()),
        flow: order.flow.name().to_owned(),
        definition: serde_json::to_value(order)?,
    })
}

/// The order as it was when it was opened.
///
/// # Errors
/// What the ledger holds of it does not parse.
pub fn of(record: &OrderRecord) -> Result<Order, Unreadable> {
    // Read from the value where it lies: it may be long.
    serde::Deserialize::deserialize(&record.definition)
        .map_err(|source| Unreadable { order: record.id.clone(), source })
}
