//! Orders and how far they have come.

use crate::ledger::error::LedgerError;
use crate::ledger::event::Event;
use crate::ledger::id::OrderId;
use crate::ledger::reader::{Reader, column};
use crate::ledger::record::{OrderProgress, OrderRecord};

/// The columns of an order's counts.
const ORDER: &str =
    "SELECT seq, quantity, passed, running, failed, errors, voided, certificates, reserved FROM orders";

impl Reader {
    /// The order that was opened last.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn open_order(&self) -> Result<Option<OrderRecord>, LedgerError> {
        self.order_where("ORDER BY opened DESC LIMIT 1", [])
    }

    /// The order with this id.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn order(&self, order: &OrderId) -> Result<Option<OrderRecord>, LedgerError> {
        self.order_where("WHERE id = ?", [order.as_str()])
    }

    /// The counts of an order.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn order_progress(&self, order: &OrderId) -> Result<Option<OrderProgress>, LedgerError> {
        self.one("an order", &format!("{ORDER} WHERE id = ?"), [order.as_str()], progress)
    }

    fn order_where(
        &self,
        condition: &str,
        parameters: impl rusqlite::Params,
    ) -> Result<Option<OrderRecord>, LedgerError> {
        let found = self.one("an order", &format!("{ORDER} {condition}"), parameters, |row| {
            Ok((column::<i64>(row, "seq")?, progress(row)?))
        })?;
        let Some((seq, progress)) = found else { return Ok(None) };
        let stored = self.event_at(seq)?;
        match stored.event {
            Event::OrderOpened(order) => Ok(Some(OrderRecord {
                id: order.order,
                product: order.product,
                customer: order.customer,
                flow: order.flow,
                definition: order.definition,
                opened: stored.time,
                progress,
            })),
            _ => Err(LedgerError::Inconsistent { what: "the place of an order" }),
        }
    }
}

fn progress(row: &rusqlite::Row<'_>) -> Result<OrderProgress, LedgerError> {
    Ok(OrderProgress {
        quantity: column(row, "quantity")?,
        passed: column(row, "passed")?,
        running: column(row, "running")?,
        failed: column(row, "failed")?,
        errors: column(row, "errors")?,
        voided: column(row, "voided")?,
        certificates: column(row, "certificates")?,
        reserved: column(row, "reserved")?,
    })
}
