//! Where the rules find and put the rows of the projections.

use rusqlite::{Connection, OptionalExtension};

use super::row::{Fact, Row, Slot};

/// Where the rules find and put rows: the database itself when an event is appended, shelves in
/// front of a temporary one when the projections are rebuilt to be compared.
pub(super) trait Tables {
    /// The row with this key.
    fn load<R: Row>(&mut self, key: &R::Key) -> rusqlite::Result<Option<R>>;

    /// Puts in a row whose key is not there yet.
    fn insert<R: Row>(&mut self, row: R) -> rusqlite::Result<()>;

    /// Changes a row that is there.
    fn update<R: Row>(&mut self, row: R) -> rusqlite::Result<()>;

    /// Puts in a row that no rule looks at again.
    fn state<F: Fact>(&mut self, fact: &F) -> rusqlite::Result<()>;

    /// All slots, by name.
    fn slots(&mut self) -> rusqlite::Result<Vec<Slot>>;

    /// The authority that is active in a role.
    fn active_authority(&mut self, role: &str) -> rusqlite::Result<Option<[u8; 32]>>;

    /// The UID of the module that has this public key.
    fn key_holder(&mut self, public_key: &[u8; 32]) -> rusqlite::Result<Option<[u8; 16]>>;
}

/// The tables of a database.
#[derive(Debug)]
pub(super) struct Stored<'c>(pub(super) &'c Connection);

impl Tables for Stored<'_> {
    fn load<R: Row>(&mut self, key: &R::Key) -> rusqlite::Result<Option<R>> {
        self.0.prepare_cached(R::SELECT)?.query_row([key], R::read).optional()
    }

    fn insert<R: Row>(&mut self, row: R) -> rusqlite::Result<()> {
        row.insert(&mut *self.0.prepare_cached(R::INSERT)?).map(drop)
    }

    fn update<R: Row>(&mut self, row: R) -> rusqlite::Result<()> {
        row.update(&mut *self.0.prepare_cached(R::UPDATE)?).map(drop)
    }

    fn state<F: Fact>(&mut self, fact: &F) -> rusqlite::Result<()> {
        fact.insert(&mut *self.0.prepare_cached(F::INSERT)?).map(drop)
    }

    fn slots(&mut self) -> rusqlite::Result<Vec<Slot>> {
        self.0
            .prepare_cached("SELECT name, run FROM slots ORDER BY name")?
            .query_map([], Slot::read)?
            .collect()
    }

    fn active_authority(&mut self, role: &str) -> rusqlite::Result<Option<[u8; 32]>> {
        self.0
            .prepare_cached(
                "SELECT sha256 FROM authorities WHERE role = ? AND active IS NOT NULL
                 ORDER BY active DESC LIMIT 1",
            )?
            .query_row([role], |row| row.get(0))
            .optional()
    }

    fn key_holder(&mut self, public_key: &[u8; 32]) -> rusqlite::Result<Option<[u8; 16]>> {
        self.0
            .prepare_cached("SELECT uid FROM modules WHERE public_key = ?")?
            .query_row([public_key], |row| row.get(0))
            .optional()
    }
}
