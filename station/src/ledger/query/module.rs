//! Modules and their certificates.

use rusqlite::{Row, params};
use time::OffsetDateTime;
use wire::Uid;

use crate::ledger::error::LedgerError;
use crate::ledger::event::Event;
use crate::ledger::id::{BatchId, Digest, OrderId, RunId};
use crate::ledger::reader::{Reader, column, time};
use crate::ledger::record::{ModuleFilter, ModuleRecord, ModuleState, Reservation};
use crate::probe::DeviceId;

/// The columns of [`module_record`].
pub(super) const MODULE: &str = "
    SELECT modules.uid, modules.public_key, modules.order_id, modules.run,
           CASE WHEN modules.voided IS NOT NULL THEN 'void'
                WHEN modules.passed IS NOT NULL THEN 'passed'
                WHEN modules.scanned > modules.printed THEN 'scanned'
                WHEN modules.printed IS NOT NULL THEN 'labelled'
                WHEN modules.sealed IS NOT NULL THEN 'sealed'
                WHEN modules.proved IS NOT NULL THEN 'proved'
                WHEN modules.installed IS NOT NULL THEN 'installed'
                WHEN certificates.issued IS NOT NULL THEN 'issued'
                WHEN certificates.reserved IS NOT NULL THEN 'reserved'
                ELSE 'identified' END AS state,
           first.time AS first_seen, certificates.sha256, labels.payload AS label,
           batches.id AS batch, voiding.payload ->> '$.reason' AS void_reason,
           modules.quarantined IS NOT NULL AS quarantined, modules.scrapped IS NOT NULL AS scrapped
    FROM modules
    JOIN events AS first ON first.seq = modules.seq
    LEFT JOIN certificates ON certificates.module = modules.seq
    LEFT JOIN labels ON labels.seq = modules.label
    LEFT JOIN batches ON batches.seq = modules.batch
    LEFT JOIN events AS voiding ON voiding.seq = modules.voided";

impl Reader {
    /// The module with this UID.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn module(&self, uid: &Uid) -> Result<Option<ModuleRecord>, LedgerError> {
        self.one("a module", &format!("{MODULE} WHERE modules.uid = ?"), [uid.as_bytes()], module_record)
    }

    /// The module for which a label with this text was printed.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn module_by_label(&self, payload: &str) -> Result<Option<ModuleRecord>, LedgerError> {
        let sql = format!("{MODULE} WHERE modules.uid = (SELECT uid FROM labels WHERE payload = ?)");
        self.one("a module", &sql, [payload], module_record)
    }

    /// The modules that a filter lets through, the last one the ledger came to know first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn modules(&self, filter: &ModuleFilter) -> Result<Vec<ModuleRecord>, LedgerError> {
        let order = filter.order.as_ref().map(OrderId::as_str);
        let of_order = if order.is_some() { "modules.order_id = ?3" } else { "?3 IS NULL" };
        self.all(
            "the modules",
            &format!(
                "{MODULE} WHERE {of_order} AND (?1 IS NULL OR state = ?1) ORDER BY modules.seq DESC LIMIT ?2"
            ),
            params![filter.state.map(ModuleState::name), filter.limit.map_or(-1, i64::from), order],
            module_record,
        )
    }

    /// The module that a part is.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn device_holder(&self, device: &DeviceId) -> Result<Option<Uid>, LedgerError> {
        let sql = "SELECT uid FROM devices WHERE id = ?";
        self.one("a part", sql, [device.as_str()], |row| Ok(Uid::from_bytes(column(row, "uid")?)))
    }

    /// The fixed bytes of a module's certificate.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn reservation(&self, uid: &Uid) -> Result<Option<Reservation>, LedgerError> {
        let sql = "SELECT certificates.reserved, modules.order_id FROM modules
                   JOIN certificates ON certificates.module = modules.seq WHERE modules.uid = ?";
        let found = self.one("a reservation", sql, [uid.as_bytes()], |row| {
            Ok((column::<i64>(row, "reserved")?, column::<String>(row, "order_id")?))
        })?;
        let Some((seq, order)) = found else { return Ok(None) };
        match self.event_at(seq)?.event {
            Event::CertificateReserved(reserved) => Ok(Some(Reservation {
                run: reserved.run,
                order: OrderId::new(order),
                issuer: reserved.issuer,
                tbs: reserved.tbs,
            })),
            _ => Err(LedgerError::Inconsistent { what: "the place of a reservation" }),
        }
    }

    /// The module's certificate, DER, once signed.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn certificate(&self, uid: &Uid) -> Result<Option<Vec<u8>>, LedgerError> {
        let sql = "SELECT certificates.issued FROM modules
                   JOIN certificates ON certificates.module = modules.seq WHERE modules.uid = ?";
        let found =
            self.one("a certificate", sql, [uid.as_bytes()], |row| column::<Option<i64>>(row, "issued"))?;
        found.flatten().map(|seq| self.certificate_at(seq)).transpose()
    }

    /// When the module was first seen to be sealed.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn first_sealed(&self, uid: &Uid) -> Result<Option<OffsetDateTime>, LedgerError> {
        let sql = "SELECT events.time FROM modules
                   JOIN runs ON runs.module = modules.seq
                   JOIN events ON events.run = runs.seq
                   WHERE modules.uid = ? AND events.kind = 'module-sealed' ORDER BY events.seq LIMIT 1";
        self.one("when a module was sealed", sql, [uid.as_bytes()], |row| time(row, "time"))
    }

    /// The certificate that the event at this place issued.
    pub(super) fn certificate_at(&self, seq: i64) -> Result<Vec<u8>, LedgerError> {
        match self.event_at(seq)?.event {
            Event::CertificateIssued(issued) => Ok(issued.certificate),
            _ => Err(LedgerError::Inconsistent { what: "the place of a certificate" }),
        }
    }
}

pub(super) fn module_record(row: &Row<'_>) -> Result<ModuleRecord, LedgerError> {
    Ok(ModuleRecord {
        uid: Uid::from_bytes(column(row, "uid")?),
        state: ModuleState::named(&column::<String>(row, "state")?)
            .ok_or(LedgerError::Inconsistent { what: "the state of a module" })?,
        public_key: Digest::from_bytes(column(row, "public_key")?),
        order: column::<Option<String>>(row, "order_id")?.map(OrderId::new),
        run: RunId::at(column(row, "run")?),
        first_seen: time(row, "first_seen")?,
        certificate: column::<Option<[u8; 32]>>(row, "sha256")?.map(Digest::from_bytes),
        label: column(row, "label")?,
        void_reason: column(row, "void_reason")?,
        quarantined: column(row, "quarantined")?,
        scrapped: column(row, "scrapped")?,
        batch: column::<Option<String>>(row, "batch")?.map(BatchId::new),
    })
}
