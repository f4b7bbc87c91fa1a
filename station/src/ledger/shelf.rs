//! Rows kept in memory, in front of the tables they belong to.
//!
//! A module's events follow each other closely, so nearly every row a rebuild asks for was touched
//! a moment ago. The shelves hold those rows and write each once, instead of reading and writing
//! it at every event; when they are full they are cleared, so that a ledger of any length is
//! rebuilt in the same memory.

use std::collections::HashMap;

use rusqlite::Connection;

use super::row::{
    Authority, Batch, Certificate, Customer, Device, Fact, Label, Module, Order, RevocationList, Row, Run,
    Signing, SigningKey, Slot,
};
use super::tables::{Stored, Tables};

/// How many rows the shelves hold before they are cleared: some ten megabytes.
const CAPACITY: usize = 32_768;

/// The rows of one table, in the order they came.
#[derive(Debug)]
pub(super) struct Shelf<R: Row> {
    places: HashMap<R::Key, usize>,
    rows: Vec<Held<R>>,
}

/// A row on a shelf.
#[derive(Debug)]
struct Held<R> {
    row: R,
    /// Whether the table has the row.
    stored: bool,
    /// Whether the row is other than in the table.
    changed: bool,
}

impl<R: Row> Shelf<R> {
    fn held(&mut self, key: &R::Key) -> Option<&mut Held<R>> {
        let place = self.places.get(key)?;
        self.rows.get_mut(*place)
    }

    fn put(&mut self, held: Held<R>) {
        self.places.insert(held.row.key().clone(), self.rows.len());
        self.rows.push(held);
    }

    fn take(&mut self) -> Vec<Held<R>> {
        self.places.clear();
        std::mem::take(&mut self.rows)
    }
}

impl<R: Row> Default for Shelf<R> {
    fn default() -> Self {
        Self { places: HashMap::new(), rows: Vec::new() }
    }
}

/// A shelf for each kind of row.
#[derive(Debug, Default)]
pub(super) struct Shelves {
    pub(super) authorities: Shelf<Authority>,
    pub(super) batches: Shelf<Batch>,
    pub(super) certificates: Shelf<Certificate>,
    pub(super) customers: Shelf<Customer>,
    pub(super) devices: Shelf<Device>,
    pub(super) labels: Shelf<Label>,
    pub(super) modules: Shelf<Module>,
    pub(super) orders: Shelf<Order>,
    pub(super) revocation_lists: Shelf<RevocationList>,
    pub(super) runs: Shelf<Run>,
    pub(super) signing_keys: Shelf<SigningKey>,
    pub(super) signings: Shelf<Signing>,
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
        self.put_back::<RevocationList>()?;
        self.put_back::<Device>()?;
        self.put_back::<SigningKey>()?;
        self.put_back::<Signing>()?;
        self.held = 0;
        Ok(())
    }

    /// Clears the shelves if they are full. Not to be called while a rule holds rows.
    pub(super) fn clear_if_full(&mut self) -> rusqlite::Result<()> {
        if self.held < CAPACITY { Ok(()) } else { self.clear() }
    }

    fn hold<R: Row>(&mut self, held: Held<R>) {
        R::shelf(&mut self.shelves).put(held);
        self.held += 1;
    }

    fn put_back<R: Row>(&mut self) -> rusqlite::Result<()> {
        let mut stored = Stored(self.connection);
        for held in R::shelf(&mut self.shelves).take() {
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
        if let Some(held) = R::shelf(&mut self.shelves).held(key) {
            return Ok(Some(held.row.clone()));
        }
        let found = Stored(self.connection).load::<R>(key)?;
        if let Some(row) = found.clone() {
            self.hold(Held { row, stored: true, changed: false });
        }
        Ok(found)
    }

    fn insert<R: Row>(&mut self, row: R) -> rusqlite::Result<()> {
        self.hold(Held { row, stored: false, changed: true });
        Ok(())
    }

    fn update<R: Row>(&mut self, row: R) -> rusqlite::Result<()> {
        match R::shelf(&mut self.shelves).held(row.key()) {
            Some(held) => {
                held.row = row;
                held.changed = true;
            }
            None => self.hold(Held { row, stored: true, changed: true }),
        }
        Ok(())
    }

    fn state<F: Fact>(&mut self, fact: &F) -> rusqlite::Result<()> {
        Stored(self.connection).state(fact)
    }

    fn slots(&mut self) -> rusqlite::Result<Vec<Slot>> {
        self.put_back::<Slot>()?;
        Stored(self.connection).slots()
    }

    fn active_authority(&mut self, role: &str) -> rusqlite::Result<Option<[u8; 32]>> {
        self.put_back::<Authority>()?;
        Stored(self.connection).active_authority(role)
    }

    /// Always none. That no key is there twice was checked in the stored tables.
    fn key_holder(&mut self, _: &[u8; 32]) -> rusqlite::Result<Option<[u8; 16]>> {
        Ok(None)
    }
}
