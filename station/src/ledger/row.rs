//! The rows of the projections, and the statements that read and write them.

use std::fmt::Debug;
use std::hash::Hash;

use rusqlite::types::ToSql;
use rusqlite::{Statement, params};

use super::shelf::{Shelf, Shelves};

/// A row that is found by a key.
pub(super) trait Row: Clone + Debug {
    /// What it is found by.
    type Key: Clone + Debug + Eq + Hash + ToSql;
    /// Finds the row of a key, the one parameter.
    const SELECT: &'static str;
    /// Puts the row in.
    const INSERT: &'static str;
    /// Changes what can change of the row. Empty for a row that never changes.
    const UPDATE: &'static str;

    /// What it is found by.
    fn key(&self) -> &Self::Key;
    /// The row that [`SELECT`](Self::SELECT) found.
    fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self>;
    /// Carries out [`INSERT`](Self::INSERT).
    fn insert(&self, statement: &mut Statement<'_>) -> rusqlite::Result<usize>;
    /// Carries out [`UPDATE`](Self::UPDATE).
    fn update(&self, statement: &mut Statement<'_>) -> rusqlite::Result<usize>;
    /// Where a rebuild keeps rows of this kind.
    fn shelf(shelves: &mut Shelves) -> &mut Shelf<Self>;
}

/// A row that is put in and not looked at again.
pub(super) trait Fact {
    /// Puts the row in.
    const INSERT: &'static str;

    /// Carries out [`INSERT`](Self::INSERT).
    fn insert(&self, statement: &mut Statement<'_>) -> rusqlite::Result<usize>;
}

/// Stands for a column in the list of values.
macro_rules! value_of {
    ($column:ident) => {
        ", ?"
    };
}

/// Declares a row: its table, its key column, the columns that stay as they were put in, and
/// those that change.
macro_rules! row {
    (
        $(#[$meta:meta])*
        $name:ident in $table:ident, found by $key:ident: $key_type:ty,
        fixed { $($fixed:ident: $fixed_type:ty,)* }
        changing { $($first:ident: $first_type:ty, $($more:ident: $more_type:ty,)*)? }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub(super) struct $name {
            pub(super) $key: $key_type,
            $(pub(super) $fixed: $fixed_type,)*
            $(pub(super) $first: $first_type, $(pub(super) $more: $more_type,)*)?
        }

        impl Row for $name {
            type Key = $key_type;
            const SELECT: &'static str = concat!(
                "SELECT ", stringify!($key),
                $(", ", stringify!($fixed),)*
                $(", ", stringify!($first), $(", ", stringify!($more),)*)?
                " FROM ", stringify!($table), " WHERE ", stringify!($key), " = ?"
            );
            const INSERT: &'static str = concat!(
                "INSERT INTO ", stringify!($table), " (", stringify!($key),
                $(", ", stringify!($fixed),)*
                $(", ", stringify!($first), $(", ", stringify!($more),)*)?
                ") VALUES (?",
                $(value_of!($fixed),)*
                $(value_of!($first), $(value_of!($more),)*)?
                ")"
            );
            const UPDATE: &'static str = concat!(
                $(
                    "UPDATE ", stringify!($table), " SET ", stringify!($first), " = ?",
                    $(", ", stringify!($more), " = ?",)*
                    " WHERE ", stringify!($key), " = ?"
                )?
            );

            fn key(&self) -> &$key_type {
                &self.$key
            }

            fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
                Ok(Self {
                    $key: row.get(stringify!($key))?,
                    $($fixed: row.get(stringify!($fixed))?,)*
                    $($first: row.get(stringify!($first))?, $($more: row.get(stringify!($more))?,)*)?
                })
            }

            fn insert(&self, statement: &mut Statement<'_>) -> rusqlite::Result<usize> {
                statement.execute(params![
                    self.$key $(, self.$fixed)* $(, self.$first $(, self.$more)*)?
                ])
            }

            fn update(&self, statement: &mut Statement<'_>) -> rusqlite::Result<usize> {
                statement.execute(params![$(self.$first, $(self.$more,)*)? self.$key])
            }

            fn shelf(shelves: &mut Shelves) -> &mut Shelf<Self> {
                &mut shelves.$table
            }
        }
    };
}

row! {
    /// A certificate authority.
    Authority in authorities, found by sha256: [u8; 32],
    fixed { seq: i64, role: String, key_label: String, }
    changing { active: Option<i64>, }
}

row! {
    /// A work order.
    Order in orders, found by id: String,
    fixed { seq: i64, sha256: [u8; 32], customer: String, quantity: i64, }
    changing {
        opened: i64,
        passed: i64,
        running: i64,
        failed: i64,
        errors: i64,
        voided: i64,
        certificates: Option<i64>,
        reserved: i64,
    }
}

row! {
    /// A run.
    Run in runs, found by seq: i64,
    fixed { slot: String, order_id: String, }
    changing { module: Option<i64>, ended: Option<i64>, outcome: Option<String>, }
}

row! {
    /// A slot, and the run under way in it.
    Slot in slots, found by name: String,
    fixed {}
    changing { run: Option<i64>, }
}

row! {
    /// A module, and the last event of each kind on its way.
    Module in modules, found by uid: [u8; 16],
    fixed { seq: i64, public_key: [u8; 32], }
    changing {
        run: i64,
        order_id: Option<String>,
        installed: Option<i64>,
        proved: Option<i64>,
        sealed: Option<i64>,
        printed: Option<i64>,
        label: Option<i64>,
        scanned: Option<i64>,
        passed: Option<i64>,
        voided: Option<i64>,
        batch: Option<i64>,
        due: bool,
        quarantined: Option<i64>,
        scrapped: Option<i64>,
    }
}

row! {
    /// A module's certificate.
    Certificate in certificates, found by module: i64,
    fixed { reserved: i64, serial: [u8; 16], tbs_sha256: [u8; 32], }
    changing { issued: Option<i64>, sha256: Option<[u8; 32]>, }
}

row! {
    /// The text of a label, and the module it is for.
    Label in labels, found by payload: String,
    fixed { seq: i64, uid: [u8; 16], }
    changing {}
}

row! {
    /// The last batch to a customer.
    Customer in customers, found by name: String,
    fixed {}
    changing { number: i64, digest: [u8; 32], batch: i64, }
}

row! {
    /// A batch.
    Batch in batches, found by id: String,
    fixed { seq: i64, customer: String, number: i64, }
    changing {}
}

row! {
    /// A part, and the module it is.
    Device in devices, found by id: String,
    fixed {}
    changing { uid: [u8; 16], seq: i64, }
}

row! {
    /// The last list of void certificates of an issuing authority.
    RevocationList in revocation_lists, found by issuer: [u8; 32],
    fixed {}
    changing { number: i64, seq: i64, }
}

row! {
    /// A key on the HSM, and how many of its signatures are on record.
    SigningKey in signing_keys, found by label: String,
    fixed {}
    changing { signatures: i64, accepted: i64, }
}

row! {
    /// What a key was asked to sign, known by its SHA-256.
    Signing in signings, found by digest: [u8; 32],
    fixed { key: String, purpose: String, announced: i64, }
    changing { made: Option<i64>, signatures: i64, }
}

/// That an authority became the active one of its role.
#[derive(Clone, Copy, Debug)]
pub(super) struct Activation {
    pub(super) seq: i64,
    pub(super) authority: [u8; 32],
}

impl Fact for Activation {
    const INSERT: &'static str = "INSERT INTO activations (seq, authority) VALUES (?, ?)";

    fn insert(&self, statement: &mut Statement<'_>) -> rusqlite::Result<usize> {
        statement.execute(params![self.seq, self.authority])
    }
}

/// That the events up to one were vouched for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Checkpoint {
    pub(super) seq: i64,
    pub(super) upto: i64,
    pub(super) signer: [u8; 32],
}

impl Fact for Checkpoint {
    const INSERT: &'static str = "INSERT INTO checkpoints (seq, upto, signer) VALUES (?, ?, ?)";

    fn insert(&self, statement: &mut Statement<'_>) -> rusqlite::Result<usize> {
        statement.execute(params![self.seq, self.upto, self.signer])
    }
}

/// That a module is in a batch.
#[derive(Clone, Copy, Debug)]
pub(super) struct BatchModule {
    pub(super) batch: i64,
    pub(super) module: i64,
}

impl Fact for BatchModule {
    const INSERT: &'static str = "INSERT INTO batch_modules (batch, module) VALUES (?, ?)";

    fn insert(&self, statement: &mut Statement<'_>) -> rusqlite::Result<usize> {
        statement.execute(params![self.batch, self.module])
    }
}

/// That a file was made of a batch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Export {
    pub(super) seq: i64,
    pub(super) batch: i64,
}

impl Fact for Export {
    const INSERT: &'static str = "INSERT INTO exports (seq, batch) VALUES (?, ?)";

    fn insert(&self, statement: &mut Statement<'_>) -> rusqlite::Result<usize> {
        statement.execute(params![self.seq, self.batch])
    }
}
