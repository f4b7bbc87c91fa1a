//! Rows kept in memory, in front of the tables they belong to.
//!
//! A module's events follow each other closely, so nearly every row a rebuild asks for was touched
//! a moment ago. The shelves hold those rows and write each once, instead of reading and writing
//! it at every event; when they are full they are cleared, so that a ledger of any length is
//! rebuilt in the same memory.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use rusqlite::Connection;

use super::row::{Authority, Batch, Certificate, Customer, Fact, Label, Module, Order, Row, Run, Slot};
use super::tables::{Stored, Tables};

/// How many rows the shelves hold before they are cleared: some ten megabytes.
const CAPACITY: usize = 32_768;

/// The rows of one table.
pub(super) type Shelf<R> = HashMap<<R as Row>::Key, Held<R>>;

/// A row on a shelf.
#[derive(Debug)]
pub(super) struct Held<R> {
    row: R,
    stored: bool,
    changed: bool,
}

/// A shelf for each kind of row.
#[derive(Debug, Default)]
pub(super) struct Shelves {
    pub(super) authorities: Shelf<Authority>,
    pub(super) batches: Shelf<Batch>,
    pub(super) certificates: Shelf<Certificate>,
    pub(super) customers: Shelf<Customer>,
    pub(super) labels: Shelf<Label>,
    pub(super) modules: Shelf<Module>,
    pub(super) orders: Shelf<Order>,
    pub(super) runs: Shelf<Run>,
    pub(super) slots: Shelf<Slot>,
}

/// Tables with shelves in front.
#[derive(Debug)]
pub(super) struct Shelved<'c> {
    connection: &'c Connection,
    shelves: Shelves,
    held: usize,
}

impl<'c> Shelved<'c> {
    /// Empty shelves in front of the tables of `connection`.
    pub(super) fn new(connection: &'c Connection) -> Self {
        Self { connection, shelves: Shelves::default(), held: 0 }
    }

    /// Writes out what the shelves hold, and clears them.
    pub(super) fn clear(&mut self) -> rusqlite::Result<()> {
        self.put_back::<Authority>()?;
        self.put_back::<Order>()?;
        self.put_back::<Run>()?;
        self.put_back::<Slot>()?;
        self.put_back::<Module>()?;
        self.put_back::<Certificate>()?;
        self.put_back::<Label>()?;
        self.put_back::<Batch>()?;
        self.put_back::<Customer>()?;
        self.held = 0;
        Ok(())
    }

    /// Clears the shelves if they are full. Not to be called while a rule holds rows.
    pub(super) fn clear_if_full(&mut self) -> rusqlite::Result<()> {
        if self.held < CAPACITY { Ok(()) } else { self.clear() }
    }

    fn put_back<R: Row>(&mut self) -> rusqlite::Result<()> {
        let mut stored = Stored(self.connection);
        for (_, held) in R::shelf(&mut self.shelves).drain() {
            match held {
                Held { row, stored: false, .. } => stored.insert(row)?,
                Held { row, changed: true, .. } => stored.update(row)?,
                Held { .. } => {}
            }
        }
        Ok(())
    }
}

impl Tables for Shelved<'_> {
    fn load<R: Row>(&mut self, key: &R::Key) -> rusqlite::Result<Option<R>> {
        let rows = R::shelf(&mut self.shelves);
        if let Some(held) = rows.get(key) {
            return Ok(Some(held.row.clone()));
        }
        let found = Stored(self.connection).load::<R>(key)?;
        if let Some(row) = &found {
            rows.insert(key.clone(), Held { row: row.clone(), stored: true, changed: false });
            self.held += 1;
        }
        Ok(found)
    }

    fn insert<R: Row>(&mut self, row: R) -> rusqlite::Result<()> {
        R::shelf(&mut self.shelves).insert(row.key().clone(), Held { row, stored: false, changed: true });
        self.held += 1;
        Ok(())
    }

    fn update<R: Row>(&mut self, row: R) -> rusqlite::Result<()> {
        match R::shelf(&mut self.shelves).entry(row.key().clone()) {
            Entry::Occupied(mut held) => {
                let held = held.get_mut();
                held.row = row;
                held.changed = true;
                Ok(())
            }
            Entry::Vacant(_) => Stored(self.connection).update(row),
        }
    }

    fn state<F: Fact>(&mut self, fact: &F) -> rusqlite::Result<()> {
        Stored(self.connection).state(fact)
    }

    fn slots(&mut self) -> rusqlite::Result<Vec<Slot>> {
        self.put_back::<Slot>()?;
        Stored(self.connection).slots()
    }

    /// Always none: a key that is there twice is refused by the table when the shelves are cleared.
    fn key_holder(&mut self, _: &[u8; 32]) -> rusqlite::Result<Option<[u8; 16]>> {
        Ok(None)
    }
}
