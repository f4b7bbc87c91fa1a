//! The thread that writes.
//!
//! Appends wait in a queue. The writer takes all that wait, up to [`GROUP`], puts them into one
//! transaction and so shares one sync of the disk among them; while it syncs, the next group
//! gathers. An append is answered only after the transaction is on disk.

use std::path::Path;
use std::sync::{Arc, mpsc};

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Savepoint, TransactionBehavior, params};
use time::{Duration, OffsetDateTime};
use tokio::sync::oneshot;

use super::chain::{Fields, Hasher, Link, read_time, time_text};
use super::error::LedgerError;
use super::event::Event;
use super::handle::Receipt;
use super::id::{Digest, Seq, StationName};
use super::lock::Lock;
use super::payload::LedgerCreated;
use super::refusal::Refusal;
use super::rules::{Unapplied, apply, at_rest};
use super::schema::{self, Kind};
use super::tables::Stored;
use crate::boundary;
use crate::clock::{Clock, ClockGuard, ClockJumped};
use crate::random;

/// The most events in one transaction.
const GROUP: usize = 256;

/// The writer's page cache, in KiB. It has to hold the upper levels of the indexes over random
/// values (UIDs, digests), so that an append costs the same in a large ledger as in a small one.
const CACHE_KIB: i64 = 65_536;

/// How far the clock may be behind the last event, as after a correction over the network. The time
/// of the last event then stands in for it, so that times in a ledger never go back.
const SLACK: Duration = Duration::seconds(2);

/// An event that waits to be appended.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) operator: Arc<str>,
    pub(super) event: Event,
    /// The event's payload, encoded.
    pub(super) payload: String,
    pub(super) only: Only,
    pub(super) reply: oneshot::Sender<Result<Receipt, LedgerError>>,
}

/// When an event is taken, besides what the rules say. The rules hold for every ledger that ever was, and are
/// applied again to verify it; this holds for whoever appends now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Only {
    /// Whatever goes on.
    Always,
    /// While no run that this writer saw begin has the module that the event names. (One that it did not see
    /// was left open by a program that crashed: nothing is at work there.)
    AtRest,
}

/// Writes to one ledger.
#[derive(Debug)]
pub(super) struct Writer {
    connection: Connection,
    clock: Arc<dyn Clock>,
    guard: ClockGuard,
    station: StationName,
    head: Link,
    /// The place of the last event that another program wrote.
    inherited: i64,
    /// When the last event was appended.
    last: OffsetDateTime,
    hasher: Hasher,
    /// Why nothing is written any more.
    stopped: Option<Arc<rusqlite::Error>>,
    /// The last to go: the lock is let go of when the database is closed.
    _lock: Lock,
}

/// A write that failed for another reason than a rule.
struct Failure {
    operation: &'static str,
    source: rusqlite::Error,
}

impl Writer {
    /// Opens the ledger at `path`, makes it or brings it up to date if need be.
    pub(super) fn open(
        path: &Path,
        clock: Arc<dyn Clock>,
        station: StationName,
    ) -> Result<Self, LedgerError> {
        let lock = Lock::take(path)?;
        let prepare = |source: rusqlite::Error| match source.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => LedgerError::NotALedger { path: path.to_owned() },
            _ => LedgerError::Prepare { path: path.to_owned(), source },
        };
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(prepare)?;
        let from = match schema::kind(&connection).map_err(prepare)? {
            Kind::Empty => 0,
            Kind::Ledger(version) if version > schema::VERSION => {
                return Err(LedgerError::Newer {
                    path: path.to_owned(),
                    found: version,
                    known: schema::VERSION,
                });
            }
            Kind::Ledger(version) => version,
            Kind::Foreign => return Err(LedgerError::NotALedger { path: path.to_owned() }),
        };
        if !settle(&connection).map_err(prepare)? {
            return Err(LedgerError::FileSystem { path: path.to_owned() });
        }
        schema::migrate(&mut connection, from).map_err(prepare)?;
        let (head, last) = end(&connection).map_err(prepare)?;
        let last = match last {
            None => OffsetDateTime::UNIX_EPOCH,
            // Without it the clock could not be guarded.
            Some(text) => {
                read_time(&text).ok_or(LedgerError::Inconsistent { what: "the time of the last event" })?
            }
        };
        let hasher = Hasher::default();
        let mut writer = Self {
            guard: ClockGuard::new(&*clock),
            connection,
            clock,
            station,
            head,
            inherited: head.seq,
            last,
            hasher,
            stopped: None,
            _lock: lock,
        };
        if writer.head == Link::START {
            writer.create()?;
        }
        Ok(writer)
    }

    /// The connection, to set limits on it.
    #[cfg(test)]
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Appends what is asked for until nobody can ask any more.
    pub(super) fn run(mut self, requests: &mpsc::Receiver<Request>) {
        while let Ok(first) = requests.recv() {
            let group: Vec<Request> = std::iter::once(first).chain(requests.try_iter()).take(GROUP).collect();
            self.answer(group);
        }
    }

    /// The first event.
    fn create(&mut self) -> Result<(), LedgerError> {
        let event = Event::from(LedgerCreated { ledger: random::bytes().map_err(LedgerError::Id)? });
        let payload = encode(&event)?;
        let (reply, mut answer) = oneshot::channel();
        self.answer(vec![Request { operator: "".into(), event, payload, only: Only::Always, reply }]);
        answer.try_recv().map_err(|_| LedgerError::NoWriter)?.map(drop)
    }

    fn answer(&mut self, group: Vec<Request>) {
        for request in &group {
            boundary::before("ledger", request.event.kind());
        }
        let results = match &self.stopped {
            Some(cause) => group.iter().map(|_| Err(LedgerError::Stopped(Arc::clone(cause)))).collect(),
            None => self.commit(&group).unwrap_or_else(|Failure { operation, source }| {
                // What of it reached the disk is not known, nor would a second try tell: an
                // operating system may drop a page it could not write. Only opening the ledger
                // anew shows what is there.
                let source = Arc::new(source);
                self.stopped = Some(Arc::clone(&source));
                let failed = || LedgerError::Write { operation, source: Arc::clone(&source) };
                group.iter().map(|_| Err(failed())).collect::<Vec<_>>()
            }),
        };
        for request in &group {
            boundary::after("ledger", request.event.kind());
        }
        for (request, result) in group.into_iter().zip(results) {
            // Whoever stopped waiting has no use for the answer.
            let _ = request.reply.send(result);
        }
    }

    /// Puts a group of events on disk, leaving out those that a rule forbids.
    fn commit(&mut self, group: &[Request]) -> Result<Vec<Result<Receipt, LedgerError>>, Failure> {
        let failed = |operation| move |source| Failure { operation, source };
        let (mut head, mut last) = (self.head, self.last);
        let mut results = Vec::with_capacity(group.len());
        let mut transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(failed("begin"))?;
        for request in group {
            let (time, text) = match date(&mut self.guard, &*self.clock, last, &request.event) {
                Ok(time) => time_text(time),
                Err(refusal) => {
                    results.push(Err(refusal.into()));
                    continue;
                }
            };
            let fields = Fields {
                time: &text,
                operator: &request.operator,
                station: self.station.as_str(),
                kind: request.event.kind(),
                version: request.event.version(),
                payload: &request.payload,
            };
            let link = self.hasher.link(head, &fields);
            let mut savepoint = transaction.savepoint().map_err(failed("begin"))?;
            let taken = match (request.only, request.event.uid()) {
                (Only::AtRest, Some(uid)) => at_rest(&mut Stored(&savepoint), uid, self.inherited),
                (Only::Always, _) | (Only::AtRest, None) => Ok(()),
            };
            match taken.and_then(|()| append(&savepoint, head, link, &fields, &request.event)) {
                Ok(()) => {
                    savepoint.commit().map_err(failed("append"))?;
                    (head, last) = (link, time);
                    results.push(Ok(Receipt {
                        seq: Seq(link.seq),
                        time,
                        hash: Digest::from_bytes(link.hash),
                    }));
                }
                Err(Unapplied::Refused(refusal)) => {
                    savepoint.rollback().map_err(failed("take back"))?;
                    results.push(Err(refusal.into()));
                }
                Err(Unapplied::Failed(source)) => return Err(Failure { operation: "append", source }),
            }
        }
        transaction.commit().map_err(failed("commit"))?;
        (self.head, self.last) = (head, last);
        Ok(results)
    }
}

/// The time that an event gets: never before the last one, but where somebody says so.
fn date(
    guard: &mut ClockGuard,
    clock: &dyn Clock,
    last: OffsetDateTime,
    event: &Event,
) -> Result<OffsetDateTime, Refusal> {
    match guard.now(clock) {
        Ok(now) if matches!(event, Event::ClockAccepted(_)) => Ok(now),
        Ok(now) if now + SLACK >= last => Ok(now.max(last)),
        // The time of the last event is the last that was right.
        _ if event.is_done_already() => Ok(last),
        Ok(now) => Err(Refusal::ClockBehind { now, last }),
        Err(ClockJumped { by, now }) => Err(Refusal::ClockJumped { by, now }),
    }
}

/// The payload of an event, as JSON.
pub(super) fn encode(event: &Event) -> Result<String, LedgerError> {
    event.encode().map_err(|source| LedgerError::Encode { kind: event.kind(), source })
}

/// Settings of the connection; whether they make a commit safe.
fn settle(connection: &Connection) -> rusqlite::Result<bool> {
    // A write-ahead log needs one sync a commit where a rollback journal needs three or four, and
    // readers do not block the writer. With FULL, and not with NORMAL, that sync comes before the
    // commit returns. (A rollback journal would need EXTRA for the same promise.)
    let journal: String =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(journal == "wal")
}

/// The end of the chain, and the time there, as text.
fn end(connection: &Connection) -> rusqlite::Result<(Link, Option<String>)> {
    connection
        .query_row("SELECT seq, hash, time FROM events ORDER BY seq DESC LIMIT 1", [], |row| {
            Ok((Link { seq: row.get(0)?, hash: row.get(1)? }, row.get(2)?))
        })
        .optional()
        .map(|last| last.unwrap_or((Link::START, None)))
}

/// Writes one event and what it does to the projections.
fn append(
    savepoint: &Savepoint<'_>,
    last: Link,
    link: Link,
    fields: &Fields<'_>,
    event: &Event,
) -> Result<(), Unapplied> {
    let written = savepoint
        .prepare_cached(
            "INSERT INTO events (seq, time, operator, station, kind, version, payload, previous, hash)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                link.seq,
                fields.time,
                fields.operator,
                fields.station,
                fields.kind,
                fields.version,
                fields.payload,
                last.hash,
                link.hash,
            ])
        })
        .map_err(Unapplied::Failed)
        .and_then(|_| apply(&mut Stored(savepoint), link.seq, event));
    match written {
        // The rules look for every clash they can name; the database knows the rest.
        Err(Unapplied::Failed(error))
            if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) =>
        {
            Err(Refusal::Constraint { constraint: error.to_string() }.into())
        }
        other => other,
    }
}
