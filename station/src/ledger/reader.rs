//! A connection to read with, and the queries about events.

use std::path::Path;

use rusqlite::types::FromSql;
use rusqlite::{Connection, ErrorCode, OpenFlags, Params, Row};
use time::OffsetDateTime;
use wire::Uid;

use super::chain::{read_time, time_text};
use super::error::LedgerError;
use super::event::Event;
use super::id::{Digest, Seq};
use super::record::{Head, StoredEvent};
use super::schema::{self, Kind};

/// A read-only connection to a ledger. Works beside a running station.
///
/// The answer of one query is consistent in itself; between two queries the ledger may grow.
#[derive(Debug)]
pub struct Reader {
    connection: Connection,
}

/// A point in a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// An event.
    Event(Seq),
    /// A time.
    Time(OffsetDateTime),
}

/// The columns of [`stored_event`].
const EVENT: &str = "SELECT seq, time, operator, station, kind, version, payload, previous, hash FROM events";

impl Reader {
    /// Opens the ledger at `path` for reading.
    ///
    /// # Errors
    /// When there is none, or when it is of another version or no ledger.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        let prepare = |source: rusqlite::Error| match source.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => LedgerError::NotALedger { path: path.to_owned() },
            _ => LedgerError::Prepare { path: path.to_owned(), source },
        };
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(prepare)?;
        connection.pragma_update(None, "trusted_schema", false).map_err(prepare)?;
        connection.set_prepared_statement_cache_capacity(32);
        match schema::kind(&connection).map_err(prepare)? {
            Kind::Ledger(schema::VERSION) => Ok(Self { connection }),
            Kind::Ledger(found) if found > schema::VERSION => {
                Err(LedgerError::Newer { path: path.to_owned(), found, known: schema::VERSION })
            }
            Kind::Ledger(found) => {
                Err(LedgerError::Older { path: path.to_owned(), found, known: schema::VERSION })
            }
            Kind::Empty | Kind::Foreign => Err(LedgerError::NotALedger { path: path.to_owned() }),
        }
    }

    /// All events of a module, in order: those of every run that had it, those that name it, and
    /// those of the batches it is in.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn story(&self, uid: &Uid) -> Result<Vec<StoredEvent>, LedgerError> {
        self.all(
            "the story of a module",
            &format!(
                "{EVENT} WHERE seq IN (
                     SELECT runs.seq FROM modules JOIN runs ON runs.module = modules.seq
                         WHERE modules.uid = ?1
                     UNION ALL
                     SELECT events.seq FROM modules JOIN runs ON runs.module = modules.seq
                         JOIN events ON events.run = runs.seq WHERE modules.uid = ?1
                     UNION ALL
                     SELECT events.seq FROM events WHERE events.uid = ?2 AND events.run IS NULL
                     UNION ALL
                     SELECT batch_modules.batch FROM modules
                         JOIN batch_modules ON batch_modules.module = modules.seq WHERE modules.uid = ?1
                     UNION ALL
                     SELECT exports.seq FROM modules
                         JOIN batch_modules ON batch_modules.module = modules.seq
                         JOIN exports ON exports.batch = batch_modules.batch WHERE modules.uid = ?1
                 ) ORDER BY seq"
            ),
            (uid.as_bytes(), uid.to_string()),
            stored_event,
        )
    }

    /// Calls `each` for every event from the place `from` on, in order, until it answers an error.
    ///
    /// # Errors
    /// When the ledger cannot be read, and what `each` answers.
    pub fn events<E: From<LedgerError>>(
        &self,
        from: Seq,
        mut each: impl FnMut(StoredEvent) -> Result<(), E>,
    ) -> Result<(), E> {
        let read = |source| LedgerError::Read { what: "events", source };
        let mut statement =
            self.connection.prepare_cached(&format!("{EVENT} WHERE seq >= ? ORDER BY seq")).map_err(read)?;
        let mut rows = statement.query([from.number()]).map_err(read)?;
        while let Some(row) = rows.next().map_err(read)? {
            each(stored_event(row)?)?;
        }
        Ok(())
    }

    /// The place of the first event at or after a point; one past the end if there is none.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn place(&self, since: Since) -> Result<Seq, LedgerError> {
        let time = match since {
            Since::Event(seq) => return Ok(seq),
            Since::Time(time) => time_text(time).1,
        };
        // Times go back where somebody accepted a clock, so that no search can halve its way.
        let sql = "SELECT min(seq) AS seq FROM events WHERE time >= ?";
        let found = self.one("events", sql, [time], |row| column::<Option<i64>>(row, "seq"))?.flatten();
        found.map_or_else(|| Ok(Seq(self.head()?.seq.0 + 1)), |seq| Ok(Seq(seq)))
    }

    /// The end of the chain.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn head(&self) -> Result<Head, LedgerError> {
        self.one(
            "the last event",
            "SELECT seq, time, hash FROM events ORDER BY seq DESC LIMIT 1",
            [],
            |row| {
                Ok(Head {
                    seq: Seq(column(row, "seq")?),
                    hash: Digest::from_bytes(column(row, "hash")?),
                    time: time(row, "time")?,
                })
            },
        )?
        .ok_or(LedgerError::Inconsistent { what: "a ledger without events" })
    }

    /// When the last event was appended.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn last_event_time(&self) -> Result<OffsetDateTime, LedgerError> {
        Ok(self.head()?.time)
    }

    /// The connection itself.
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The event at a place that a projection names.
    pub(super) fn event_at(&self, seq: i64) -> Result<StoredEvent, LedgerError> {
        self.one("an event", &format!("{EVENT} WHERE seq = ?"), [seq], stored_event)?
            .ok_or(LedgerError::Inconsistent { what: "a reference to an event" })
    }

    /// The first row of a query.
    pub(super) fn one<T>(
        &self,
        what: &'static str,
        sql: &str,
        parameters: impl Params,
        read: impl FnOnce(&Row<'_>) -> Result<T, LedgerError>,
    ) -> Result<Option<T>, LedgerError> {
        let failed = |source| LedgerError::Read { what, source };
        let mut statement = self.connection.prepare_cached(sql).map_err(failed)?;
        let mut rows = statement.query(parameters).map_err(failed)?;
        rows.next().map_err(failed)?.map(read).transpose()
    }

    /// The rows of a query.
    pub(super) fn all<T>(
        &self,
        what: &'static str,
        sql: &str,
        parameters: impl Params,
        mut read: impl FnMut(&Row<'_>) -> Result<T, LedgerError>,
    ) -> Result<Vec<T>, LedgerError> {
        let mut found = Vec::new();
        self.each(what, sql, parameters, |row| {
            found.push(read(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// The rows of a query, one after the other.
    pub(super) fn each(
        &self,
        what: &'static str,
        sql: &str,
        parameters: impl Params,
        mut take: impl FnMut(&Row<'_>) -> Result<(), LedgerError>,
    ) -> Result<(), LedgerError> {
        let failed = |source| LedgerError::Read { what, source };
        let mut statement = self.connection.prepare_cached(sql).map_err(failed)?;
        let mut rows = statement.query(parameters).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            take(row)?;
        }
        Ok(())
    }
}

/// The value of a column.
pub(super) fn column<T: FromSql>(row: &Row<'_>, name: &'static str) -> Result<T, LedgerError> {
    row.get(name).map_err(|source| LedgerError::Read { what: name, source })
}

/// The time in a column.
pub(super) fn time(row: &Row<'_>, name: &'static str) -> Result<OffsetDateTime, LedgerError> {
    let text: String = column(row, name)?;
    read_time(&text).ok_or(LedgerError::Inconsistent { what: "a time" })
}

fn stored_event(row: &Row<'_>) -> Result<StoredEvent, LedgerError> {
    let seq = Seq(column(row, "seq")?);
    let kind: String = column(row, "kind")?;
    let payload: String = column(row, "payload")?;
    let event = Event::decode(&kind, column(row, "version")?, &payload)
        .map_err(|source| LedgerError::Event { seq, source })?;
    Ok(StoredEvent {
        seq,
        time: time(row, "time")?,
        operator: column(row, "operator")?,
        station: column(row, "station")?,
        event,
        previous: Digest::from_bytes(column(row, "previous")?),
        hash: Digest::from_bytes(column(row, "hash")?),
    })
}
