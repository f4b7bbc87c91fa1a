//! The queries.

use std::path::Path;

use rusqlite::Connection;
use time::OffsetDateTime;
use wire::Uid;

use super::error::LedgerError;
use super::id::{BatchId, OrderId, Seq};
use super::payload::AuthorityRole;
use super::record::{
    AuthorityRecord, BatchRecord, Head, ModuleFilter, ModuleRecord, OrderProgress, OrderRecord, Reservation,
    StoredEvent, Unbatched,
};

/// A read-only connection to a ledger. Works beside a running station.
#[derive(Debug)]
pub struct Reader {
    connection: Connection,
}

impl Reader {
    /// Opens the ledger at `path` for reading.
    ///
    /// # Errors
    /// When there is none, or when it is of another version or no ledger.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        todo!()
    }

    /// The module with this UID.
    ///
    /// # Errors
    /// When the ledger cannot be read; so for all queries.
    pub fn module(&self, uid: &Uid) -> Result<Option<ModuleRecord>, LedgerError> {
        todo!()
    }

    /// The module for which a label with this text was printed.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn module_by_label(&self, payload: &str) -> Result<Option<ModuleRecord>, LedgerError> {
        todo!()
    }

    /// The modules that a filter lets through, the last seen first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn modules(&self, filter: &ModuleFilter) -> Result<Vec<ModuleRecord>, LedgerError> {
        todo!()
    }

    /// The fixed bytes of a module's certificate.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn reservation(&self, uid: &Uid) -> Result<Option<Reservation>, LedgerError> {
        todo!()
    }

    /// The module's certificate, DER, once signed.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn certificate(&self, uid: &Uid) -> Result<Option<Vec<u8>>, LedgerError> {
        todo!()
    }

    /// The order that was opened last.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn open_order(&self) -> Result<Option<OrderRecord>, LedgerError> {
        todo!()
    }

    /// The order with this id.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn order(&self, order: &OrderId) -> Result<Option<OrderRecord>, LedgerError> {
        todo!()
    }

    /// The counts of an order.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn order_progress(&self, order: &OrderId) -> Result<Option<OrderProgress>, LedgerError> {
        todo!()
    }

    /// The batch with this id.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn batch(&self, batch: &BatchId) -> Result<Option<BatchRecord>, LedgerError> {
        todo!()
    }

    /// The last batch to a customer.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn last_batch(&self, customer: &str) -> Result<Option<BatchRecord>, LedgerError> {
        todo!()
    }

    /// What the next batch of an order has to hold: the order's modules that passed or were voided
    /// since they were last in a batch, and those of the customer's other orders that were voided
    /// after they had shipped. In the order the ledger first saw them.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn unbatched(&self, order: &OrderId) -> Result<Vec<Unbatched>, LedgerError> {
        todo!()
    }

    /// All events of a module: those of every run that had it, and those that name it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn story(&self, uid: &Uid) -> Result<Vec<StoredEvent>, LedgerError> {
        todo!()
    }

    /// Calls `each` for every event from the place `from` on, in order, until it answers an error.
    ///
    /// # Errors
    /// When the ledger cannot be read, and what `each` answers.
    pub fn events<E: From<LedgerError>>(
        &self,
        from: Seq,
        each: impl FnMut(StoredEvent) -> Result<(), E>,
    ) -> Result<(), E> {
        todo!()
    }

    /// The end of the chain.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn head(&self) -> Result<Head, LedgerError> {
        todo!()
    }

    /// When the last event was appended.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn last_event_time(&self) -> Result<OffsetDateTime, LedgerError> {
        todo!()
    }

    /// The authority now in a role.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn authority(&self, role: AuthorityRole) -> Result<Option<AuthorityRecord>, LedgerError> {
        todo!()
    }
}
