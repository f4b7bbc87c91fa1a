//! Batches, and what belongs into the next one.

use rusqlite::Params;
use time::OffsetDateTime;
use wire::Uid;

use crate::ledger::error::LedgerError;
use crate::ledger::event::Event;
use crate::ledger::id::{BatchId, OrderId};
use crate::ledger::payload::Fate;
use crate::ledger::reader::{Reader, column, time};
use crate::ledger::record::{
    BatchExport, BatchRecord, BatchSummary, Deed, DeedKind, DueCounts, StoredEvent, Unbatched,
};

/// The modules that are due in the next batch of the order `?1`, as `found`.
const DUE: &str = "
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
    )";

/// The last files of a batch that a list tells of.
const FILES: u32 = 8;

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
        let sql = format!(
            "{DUE}
            SELECT modules.uid, modules.order_id, certificates.issued, modules.voided, modules.passed
            FROM found
            JOIN modules ON modules.seq = found.seq
            LEFT JOIN certificates ON certificates.module = modules.seq
            ORDER BY modules.seq"
        );
        self.all("the modules for a batch", &sql, [order.as_str()], |row| {
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

    /// How many modules the next batch of an order has to hold, see [`unbatched`](Self::unbatched).
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn due(&self, order: &OrderId) -> Result<DueCounts, LedgerError> {
        let sql = format!(
            "{DUE}
            SELECT modules.voided IS NOT NULL AS void, modules.passed IS NOT NULL AS pass, count(*) AS count
            FROM found
            JOIN modules ON modules.seq = found.seq
            GROUP BY 1, 2"
        );
        let mut counts = DueCounts::default();
        self.each("the modules for a batch", &sql, [order.as_str()], |row| {
            let count = column::<i64>(row, "count")?.unsigned_abs();
            match Fate::of(column(row, "void")?, column(row, "pass")?) {
                Fate::Passed => counts.passed += count,
                Fate::Void => counts.void += count,
                Fate::Withdrawn => counts.withdrawn += count,
            }
            Ok(())
        })?;
        Ok(counts)
    }

    /// The last batches to all customers, the newest first, at most `limit` of them.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn batches(&self, limit: u32) -> Result<Vec<BatchSummary>, LedgerError> {
        // Only the event tells the order, and only the table the number of modules without reading them all.
        let sql = "
            SELECT batches.seq, batches.id, batches.customer, events.time,
                   orders.id AS order_id, opened.payload ->> '$.flow' AS flow,
                   (SELECT count(*) FROM batch_modules WHERE batch_modules.batch = batches.seq) AS modules
            FROM batches
            JOIN events ON events.seq = batches.seq
            JOIN orders ON orders.id = events.payload ->> '$.order'
            JOIN events AS opened ON opened.seq = orders.seq
            ORDER BY batches.seq DESC LIMIT ?";
        self.all("the last batches", sql, [limit], |row| {
            let last = "SELECT seq FROM exports WHERE batch = ? ORDER BY seq DESC LIMIT ?";
            Ok(BatchSummary {
                id: BatchId::new(column::<String>(row, "id")?),
                order: OrderId::new(column::<String>(row, "order_id")?),
                flow: column(row, "flow")?,
                customer: column(row, "customer")?,
                modules: column::<i64>(row, "modules")?.unsigned_abs(),
                closed: time(row, "time")?,
                exports: self.exports(last, (column::<i64>(row, "seq")?, FILES))?,
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
                exports: self.exports("SELECT seq FROM exports WHERE batch = ? ORDER BY seq", [seq])?,
            })),
            _ => Err(LedgerError::Inconsistent { what: "the place of a batch" }),
        }
    }

    /// The files whose events a query names.
    fn exports(&self, sql: &str, parameters: impl Params) -> Result<Vec<BatchExport>, LedgerError> {
        self.all("the files of a batch", sql, parameters, |row| {
            let StoredEvent { time, event, .. } = self.event_at(column(row, "seq")?)?;
            match event {
                Event::BatchExported(exported) => Ok(BatchExport {
                    flavour: exported.flavour,
                    file_name: exported.file_name,
                    sha256: exported.sha256,
                    exported: time,
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
