//! The indexes of the events against the events.
//!
//! The database could check its indexes by itself, but would have to parse every payload anew for
//! it. Here each index is read through once instead, and its entries are added up to one number,
//! which has to be the sum over the events that were read anyway. The numbers come from a hash
//! under a key drawn for the occasion, so that nobody can make two errors cancel out.

use std::hash::{BuildHasher, RandomState};

use rusqlite::Connection;

use super::VerifyError;
use crate::ledger::error::LedgerError;
use crate::ledger::event::Event;

/// What the indexes should hold.
#[derive(Debug, Default)]
pub(super) struct Entries {
    key: RandomState,
    of_run: Sum,
    of_module: Sum,
}

/// Entries, added up in any order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    count: u64,
    total: u64,
}

impl Entries {
    /// Takes in an event.
    pub(super) fn add(&mut self, seq: i64, event: &Event) {
        if let Some(run) = event.run() {
            self.of_run.add(self.key.hash_one((run.seq().number(), seq)));
        } else if let Some(uid) = event.uid() {
            self.of_module.add(self.key.hash_one((uid.to_string(), seq)));
        }
    }

    /// Compares the indexes with the events taken in.
    pub(super) fn compare(&self, stored: &Connection) -> Result<(), VerifyError> {
        let read = |source| LedgerError::Read { what: "the indexes of events", source };
        let runs = "SELECT run, seq FROM events INDEXED BY events_of_run WHERE run IS NOT NULL";
        let of_run =
            sum(stored, runs, |row| Ok(self.key.hash_one((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))));
        let modules = "SELECT uid, seq FROM events INDEXED BY events_of_module
                       WHERE uid IS NOT NULL AND run IS NULL";
        let of_module = sum(stored, modules, |row| {
            Ok(self.key.hash_one((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))
        });
        for (index, found, expected) in [
            ("events_of_run", of_run.map_err(read)?, self.of_run),
            ("events_of_module", of_module.map_err(read)?, self.of_module),
        ] {
            if found != expected {
                let what = format!("index {index} does not fit the events");
                return Err(VerifyError::Table { table: "events", what });
            }
        }
        Ok(())
    }
}

impl Sum {
    fn add(&mut self, entry: u64) {
        self.count += 1;
        self.total = self.total.wrapping_add(entry);
    }
}

fn sum(
    stored: &Connection,
    sql: &str,
    entry: impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<u64>,
) -> rusqlite::Result<Sum> {
    let mut statement = stored.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut sum = Sum::default();
    while let Some(row) = rows.next()? {
        sum.add(entry(row)?);
    }
    Ok(sum)
}
