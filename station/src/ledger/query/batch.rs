//! Batches, and what belongs into the next one.

use time::OffsetDateTime;
use wire::Uid;

use crate::ledger::error::LedgerError;
use crate::ledger::event::Event;
use crate::ledger::id::{BatchId, OrderId};
use crate::ledger::payload::Fate;
use crate::ledger::reader::{Reader, column};
use crate::ledger::record::{BatchExport, BatchRecord, Deed, DeedKind, StoredEvent, Unbatched};

impl Reader {
    /// The batch with this id.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn batch(&self, batch: &BatchId) -> Result<Option<BatchRecord>, LedgerError> {
        self.batch_where("SELECT seq, customer FROM batches WHERE id = ?", batch.as_str())
    }

    /// The last batch to a customer.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn last_batch(&self, customer: &str) -> Result<Option<BatchRecord>, LedgerError> {
        self.batch_where("SELECT batch AS seq, name AS customer FROM customers WHERE name = ?", customer)
    }

    /// When a batch was exported last, to whomever.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn last_export(&self) -> Result<Option<OffsetDateTime>, LedgerError> {
        let sql = "SELECT seq FROM exports ORDER BY seq DESC LIMIT 1";
        self.one("the last export", sql, [], |row| Ok(self.event_at(column(row, "seq")?)?.time))
    }

    /// What the next batch of an order has to hold: the order's modules to which something happened
    /// since they were last in a batch, and those of the customer's other orders of the same flow to which
    /// it did after they had shipped. In the order the ledger came to know them.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn unbatched(&self, order: &OrderId) -> Result<Vec<Unbatched>, LedgerError> {
        let sql = "
            WITH found AS (
                SELECT seq FROM modules WHERE due = 1 AND order_id = ?1
                UNION
                SELECT modules.seq FROM orders AS this
                    JOIN orders AS other ON other.customer = this.customer
                    JOIN events AS this_opened ON this_opened.seq = this.seq
                    JOIN events AS other_opened ON other_opened.seq = other.seq
                    JOIN modules ON modules.due = 1 AND modules.order_id = other.id
                -- A batch of certificates must not tell of modules that are to be claimed.
                WHERE this.id = ?1 AND modules.batch IS NOT NULL
                  AND this_opened.payload ->> '$.flow' = other_opened.payload ->> '$.flow'
            )
            SELECT modules.uid, modules.order_id, certificates.issued, modules.voided, modules.passed
            FROM found
            JOIN modules ON modules.seq = found.seq
            LEFT JOIN certificates ON certificates.module = modules.seq
            ORDER BY modules.seq";
        self.all("the modules for a batch", sql, [order.as_str()], |row| {
            let issued: Option<i64> = column(row, "issued")?;
            let voided: Option<i64> = column(row, "voided")?;
            let passed: Option<i64> = column(row, "passed")?;
            Ok(Unbatched {
                uid: Uid::from_bytes(column(row, "uid")?),
                fate: Fate::of(voided.is_some(), passed.is_some()),
                certificate: issued.map(|seq| self.certificate_at(seq)).transpose()?,
                order: OrderId::new(column::<String>(row, "order_id")?),
            })
        })
    }

    /// What was done to a module by hand since the last batch it was in, in order: for the next
    /// batch. With a batch it is in, what was done between the one before and that one.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn deeds(&self, uid: &Uid, batch: Option<&BatchId>) -> Result<Vec<Deed>, LedgerError> {
        let sql = format!(
            "WITH span AS (
                 SELECT (SELECT max(batch_modules.batch) FROM batch_modules
                             WHERE batch_modules.module = modules.seq AND batch_modules.batch < upto.seq) AS last,
                        upto.seq AS upto
                 FROM modules, (SELECT coalesce((SELECT seq FROM batches WHERE id = ?3), {END}) AS seq) AS upto
                 WHERE modules.uid = ?1)
             SELECT events.seq FROM events, span
             WHERE events.uid = ?2 AND events.run IS NULL
               AND events.seq > coalesce(span.last, 0) AND events.seq < span.upto
             ORDER BY events.seq",
            END = i64::MAX
        );
        let parameters = (uid.as_bytes(), uid.to_string(), batch.map(BatchId::as_str));
        let events = self
            .all("what was done to a module", &sql, parameters, |row| self.event_at(column(row, "seq")?))?;
        Ok(events.into_iter().filter_map(deed).collect())
    }

    fn batch_where(&self, sql: &str, key: &str) -> Result<Option<BatchRecord>, LedgerError> {
        let found = self.one("a batch", sql, [key], |row| {
            Ok((column::<i64>(row, "seq")?, column::<String>(row, "customer")?))
        })?;
        let Some((seq, customer)) = found else { return Ok(None) };
        let stored = self.event_at(seq)?;
        match stored.event {
            Event::BatchClosed(closed) => Ok(Some(BatchRecord {
                seq: stored.seq,
                id: closed.batch,
                order: closed.order,
                customer,
                sequence: closed.sequence,
                previous: closed.previous,
                created: closed.created,
                digest: closed.digest,
                station: stored.station,
                closed: stored.time,
                entries: closed.entries,
                exports: self.exports(seq)?,
            })),
            _ => Err(LedgerError::Inconsistent { what: "the place of a batch" }),
        }
    }

    fn exports(&self, batch: i64) -> Result<Vec<BatchExport>, LedgerError> {
        let sql = "SELECT seq FROM exports WHERE batch = ? ORDER BY seq";
        self.all("the files of a batch", sql, [batch], |row| {
            match self.event_at(column(row, "seq")?)?.event {
                Event::BatchExported(exported) => Ok(BatchExport {
                    flavour: exported.flavour,
                    file_name: exported.file_name,
                    sha256: exported.sha256,
                }),
                _ => Err(LedgerError::Inconsistent { what: "the place of a batch file" }),
            }
        })
    }
}

fn deed(stored: StoredEvent) -> Option<Deed> {
    let (kind, reason) = match stored.event {
        Event::ModuleVoided(event) => (DeedKind::Void, event.reason),
        Event::ModuleScrapped(event) => (DeedKind::Scrap, event.reason),
        Event::ModuleReworked(event) => (DeedKind::Rework, event.reason),
        Event::LabelReprinted(event) => (DeedKind::Reprint, event.reason),
        Event::ModuleReturned(event) => (DeedKind::Return, event.reason),
        _ => return None,
    };
    Some(Deed { time: stored.time, kind, reason })
}
