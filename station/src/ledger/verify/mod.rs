//! Whether a ledger still is what was written.
//!
//! Every event is read once, in order: its place, its link to the one before and its hash are
//! checked, its payload is parsed, and the rules that stood when it was appended are applied to
//! it. So the projections grow anew, in a temporary database, and are compared with the stored
//! ones row by row. Memory does not grow with the ledger.
//!
//! A ledger that was rewritten from some event to its end is sound in itself but for its
//! [checkpoints](crate::ledger::checkpoint): whoever rewrites cannot sign them. A ledger whose last
//! events were cut off, checkpoints and all, shows only against a checkpoint that was kept elsewhere.

mod indexes;
mod projections;
mod vouching;

use std::path::Path;

use rusqlite::types::FromSql;
use rusqlite::{Connection, Row};

use self::indexes::Entries;
use self::vouching::Vouching;
use super::chain::{Fields, Hasher, Link};
use super::checkpoint::KeptCheckpoint;
use super::error::LedgerError;
use super::event::{DecodeError, Event};
use super::id::Seq;
use super::reader::Reader;
use super::record::Head;
use super::refusal::Refusal;
use super::rules::{Unapplied, apply};
use super::shelf::Shelved;
use crate::fault::{Coded, FaultCode};
use crate::pki::Certificate;

/// What a sound ledger holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The end of the chain, and with it the number of events.
    pub head: Head,
    /// The modules known.
    pub modules: u64,
    /// The certificates signed.
    pub certificates: u64,
    /// The checkpoints, each with a good signature.
    pub checkpoints: u64,
    /// The last event that a checkpoint covers.
    pub vouched: Option<Seq>,
}

/// Why a ledger was not found sound.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// It could not be opened.
    #[error(transparent)]
    Open(#[from] LedgerError),
    /// The temporary database for the comparison failed.
    #[error("cannot rebuild the projections")]
    Rebuild(#[source] rusqlite::Error),
    /// A table, index or trigger is not as this program made it.
    #[error("{name} in the ledger's schema is not as it was made")]
    Schema {
        /// Its name.
        name: String,
    },
    /// An event is bad. It is the first one.
    #[error("event {seq} is bad")]
    Event {
        /// Its place.
        seq: Seq,
        /// What is wrong with it.
        #[source]
        flaw: Flaw,
    },
    /// A row made from the events is not what they make.
    #[error("table {table}, row {row}: {flaw}")]
    Projection {
        /// The table.
        table: &'static str,
        /// The row's key.
        row: String,
        /// What is wrong with it.
        flaw: RowFlaw,
    },
    /// A checkpoint that was kept outside the ledger does not fit it.
    #[error("the checkpoint of event {upto}: {what}")]
    Kept {
        /// The event it covers.
        upto: Seq,
        /// What does not fit.
        what: &'static str,
    },
    /// An index or a constraint of a table does not hold.
    #[error("table {table}: {what}")]
    Table {
        /// The table.
        table: &'static str,
        /// What the database says.
        what: String,
    },
}

/// What is wrong with an event.
#[derive(Debug, thiserror::Error)]
pub enum Flaw {
    /// Events are missing before it.
    #[error("event {expected} should stand in its place")]
    Gap {
        /// The event that is missing.
        expected: Seq,
    },
    /// It is not linked to the one before.
    #[error("its previous hash is not the hash of the event before")]
    Previous,
    /// Its hash is not that of what stands in it: some column was changed.
    #[error("its hash does not fit its columns")]
    Hash,
    /// A column cannot be read.
    #[error("it cannot be read")]
    Unreadable(#[source] rusqlite::Error),
    /// Its payload makes no sense.
    #[error("it makes no sense")]
    Meaning(#[source] DecodeError),
    /// It is older than the event before, and nobody accepted that.
    #[error("its time is before that of the event before")]
    Time,
    /// It names a root that is not the one given.
    #[error("it names another root than the one given")]
    RootOther,
    /// It is a checkpoint whose signature is not by a manifest key of this ledger.
    #[error("its signature is not by a manifest key of this ledger")]
    CheckpointSignature,
    /// It is a checkpoint over another event than the one in that place: the ledger was rewritten.
    #[error("it vouches for another event {upto}")]
    CheckpointHash {
        /// The place.
        upto: Seq,
    },
    /// A rule forbids it, so that it cannot have been appended.
    #[error("it breaks a rule")]
    Forbidden(#[source] Refusal),
}

/// What is wrong with a row made from the events.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowFlaw {
    /// The events make it, but it is not there.
    #[error("is missing")]
    Missing,
    /// It is there, but no events make it.
    #[error("should not be there")]
    Extra,
    /// A column holds something else.
    #[error("{column} is {stored}, the events make it {rebuilt}")]
    Differs {
        /// The column.
        column: String,
        /// What it holds.
        stored: String,
        /// What it should hold.
        rebuilt: String,
    },
}

/// Verifies the ledger at `path`, also while a station writes to it: what is appended meanwhile is
/// left out.
///
/// # Errors
/// The first bad row and what is wrong with it; or why it could not be found.
pub fn verify(path: &Path) -> Result<Summary, VerifyError> {
    verify_against(path, &Outside::default())
}

/// What a ledger can be compared with that is not in it.
#[derive(Clone, Debug, Default)]
pub struct Outside {
    /// Checkpoints that were kept elsewhere.
    pub kept: Vec<KeptCheckpoint>,
    /// The vendor's root. Without it the ledger is taken at its word as to who may sign checkpoints.
    pub root: Option<Certificate>,
}

/// As [`verify()`], and also against what was kept elsewhere.
///
/// # Errors
/// As [`verify()`], or the first checkpoint that does not fit.
pub fn verify_against(path: &Path, outside: &Outside) -> Result<Summary, VerifyError> {
    let reader = Reader::open(path)?;
    let stored = reader.connection();
    let failed = |source| LedgerError::Read { what: "the ledger", source };
    // One transaction, so that events and projections are of the same moment.
    let snapshot = stored.unchecked_transaction().map_err(failed)?;
    projections::compare_schemas(stored)?;
    let rebuilt = projections::temporary().map_err(VerifyError::Rebuild)?;
    let mut entries = Entries::default();
    let vouching = Vouching::new(outside.root.as_ref());
    let vouching = check_events(stored, &rebuilt, &mut entries, vouching)?;
    for kept in &outside.kept {
        vouching.compare(stored, kept)?;
    }
    entries.compare(stored)?;
    projections::compare(stored, &rebuilt)?;

    let count =
        |sql| stored.query_row(sql, [], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs).map_err(failed);
    let summary = Summary {
        head: reader.head()?,
        modules: count("SELECT count(*) FROM modules")?,
        certificates: count("SELECT count(*) FROM certificates WHERE issued IS NOT NULL")?,
        checkpoints: vouching.checkpoints,
        vouched: vouching.upto,
    };
    snapshot.finish().map_err(failed)?;
    Ok(summary)
}

/// Follows the chain, and applies each event to the tables of `rebuilt`.
fn check_events<'a>(
    stored: &Connection,
    rebuilt: &Connection,
    entries: &mut Entries,
    mut vouching: Vouching<'a>,
) -> Result<Vouching<'a>, VerifyError> {
    let read = |source| LedgerError::Read { what: "the events", source };
    let mut statement = stored
        .prepare(
            "SELECT seq, time, operator, station, kind, version, payload, previous, hash
             FROM events ORDER BY seq",
        )
        .map_err(read)?;
    let mut rows = statement.query([]).map_err(read)?;
    let mut tables = Shelved::new(rebuilt);
    let mut hasher = Hasher::default();
    let mut last = Link::START;
    let mut last_time = String::new();
    loop {
        let next = Seq(last.seq + 1);
        let at = |seq| move |flaw| VerifyError::Event { seq, flaw };
        let Some(row) = rows.next().map_err(Flaw::Unreadable).map_err(at(next))? else { break };
        let seq: i64 = column(row, 0).map_err(at(next))?;
        if seq != next.number() {
            return Err(at(Seq(seq))(Flaw::Gap { expected: next }));
        }
        let (link, event) = check_event(row, last, &mut hasher).map_err(at(next))?;
        check_time(row, &mut last_time, &event).map_err(at(next))?;
        vouching.take(stored, &event).map_err(at(next))?;
        apply(&mut tables, seq, &event).map_err(|unapplied| match unapplied {
            Unapplied::Refused(refusal) => at(next)(Flaw::Forbidden(refusal)),
            Unapplied::Failed(source) => VerifyError::Rebuild(source),
        })?;
        entries.add(seq, &event);
        tables.clear_if_full().map_err(VerifyError::Rebuild)?;
        last = link;
    }
    tables.clear().map_err(VerifyError::Rebuild)?;
    Ok(vouching)
}

/// Times only go back where somebody said that they should. They sort as text.
fn check_time(row: &Row<'_>, last: &mut String, event: &Event) -> Result<(), Flaw> {
    let time = text(row, 1)?;
    if time < last.as_str() && !matches!(event, Event::ClockAccepted(_)) {
        return Err(Flaw::Time);
    }
    last.replace_range(.., time);
    Ok(())
}

/// Checks one row against the link before it.
fn check_event(row: &Row<'_>, last: Link, hasher: &mut Hasher) -> Result<(Link, Event), Flaw> {
    let fields = Fields {
        time: text(row, 1)?,
        operator: text(row, 2)?,
        station: text(row, 3)?,
        kind: text(row, 4)?,
        version: column(row, 5)?,
        payload: text(row, 6)?,
    };
    if column::<[u8; 32]>(row, 7)? != last.hash {
        return Err(Flaw::Previous);
    }
    let link = hasher.link(last, &fields);
    if column::<[u8; 32]>(row, 8)? != link.hash {
        return Err(Flaw::Hash);
    }
    let event = Event::decode(fields.kind, fields.version, fields.payload).map_err(Flaw::Meaning)?;
    Ok((link, event))
}

fn column<T: FromSql>(row: &Row<'_>, index: usize) -> Result<T, Flaw> {
    row.get(index).map_err(Flaw::Unreadable)
}

fn text<'r>(row: &'r Row<'_>, index: usize) -> Result<&'r str, Flaw> {
    let value = row.get_ref(index).map_err(Flaw::Unreadable)?;
    value.as_str().map_err(|error| Flaw::Unreadable(error.into()))
}

impl Coded for VerifyError {
    fn code(&self) -> FaultCode {
        match self {
            Self::Open(error) => error.code(),
            Self::Rebuild(_) => FaultCode::LedgerOpen,
            Self::Schema { .. }
            | Self::Event { .. }
            | Self::Projection { .. }
            | Self::Kept { .. }
            | Self::Table { .. } => FaultCode::LedgerBroken,
        }
    }
}
