//! What the database looks like, and how an older one becomes that.

use rusqlite::{Connection, TransactionBehavior};

/// Marks a database file as a ledger: `led1` in ASCII, in the header field SQLite keeps for this.
pub(super) const APPLICATION_ID: i32 = 0x6c65_6431;

/// What led from nothing to the schema of today, each with the version it leads to. Never removed,
/// never reordered, never changed once released: what one of them made is in ledgers out there.
///
/// A new kind of event, or a new version of one, comes with a migration too, if only an empty one,
/// so that an older program refuses the ledger instead of working on without that event.
const MIGRATIONS: &[(u32, &str)] = &[
    (1, include_str!("schema/0001.sql")),
    (2, include_str!("schema/0002.sql")),
    (3, include_str!("schema/0003.sql")),
    (4, include_str!("schema/0004.sql")),
];

/// The schema version this program writes.
pub(super) const VERSION: u32 = MIGRATIONS[MIGRATIONS.len() - 1].0;

/// The tables made from the events.
pub(super) const PROJECTIONS: &[Projection] = &[
    Projection { table: "authorities", key: "sha256", found_by: "sha256" },
    Projection { table: "activations", key: "seq", found_by: "seq" },
    Projection { table: "orders", key: "id", found_by: "id" },
    Projection { table: "runs", key: "seq", found_by: "seq" },
    Projection { table: "slots", key: "name", found_by: "name" },
    Projection { table: "modules", key: "seq", found_by: "uid" },
    Projection { table: "certificates", key: "module", found_by: "module" },
    Projection { table: "labels", key: "seq", found_by: "payload" },
    Projection { table: "batches", key: "seq", found_by: "id" },
    Projection { table: "customers", key: "name", found_by: "name" },
    Projection { table: "batch_modules", key: "batch, module", found_by: "batch, module" },
    Projection { table: "exports", key: "seq", found_by: "seq" },
    Projection { table: "devices", key: "id", found_by: "id" },
    Projection { table: "checkpoints", key: "seq", found_by: "seq" },
    Projection { table: "revocation_lists", key: "issuer", found_by: "issuer" },
    Projection { table: "signing_keys", key: "label", found_by: "label" },
    Projection { table: "signings", key: "digest", found_by: "digest" },
];

/// A table made from the events.
#[derive(Clone, Copy, Debug)]
pub(super) struct Projection {
    /// Its name.
    pub(super) table: &'static str,
    /// Its primary key.
    pub(super) key: &'static str,
    /// The column by which the rules look a row up.
    pub(super) found_by: &'static str,
}

/// What a database file is to this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing is in it yet.
    Empty,
    /// A ledger with this schema version.
    Ledger(u32),
    /// Something else.
    Foreign,
}

/// Looks what the file is.
pub(super) fn kind(connection: &Connection) -> rusqlite::Result<Kind> {
    let application: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if application == APPLICATION_ID {
        return Ok(Kind::Ledger(connection.pragma_query_value(None, "user_version", |row| row.get(0))?));
    }
    let objects: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(if application == 0 && objects == 0 { Kind::Empty } else { Kind::Foreign })
}

/// Applies the migrations that a ledger of version `from` has not seen. Each is one transaction:
/// after a power cut the next opening goes on with the first that is missing.
pub(super) fn migrate(connection: &mut Connection, from: u32) -> rusqlite::Result<()> {
    for (version, migration) in MIGRATIONS.iter().filter(|(version, _)| *version > from) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", version)?;
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrating_twice_changes_nothing() {
        let mut connection = Connection::open_in_memory().unwrap();
        assert_eq!(kind(&connection).unwrap(), Kind::Empty);
        migrate(&mut connection, 0).unwrap();
        assert_eq!(kind(&connection).unwrap(), Kind::Ledger(VERSION));
        migrate(&mut connection, VERSION).unwrap();
        assert_eq!(kind(&connection).unwrap(), Kind::Ledger(VERSION));
    }

    #[test]
    fn the_authorities_of_an_older_ledger_stay_in_their_roles() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "foreign_keys", true).unwrap();
        connection.execute_batch(MIGRATIONS[0].1).unwrap();
        connection.execute_batch(MIGRATIONS[1].1).unwrap();
        connection
            .execute_batch(
                "DROP TRIGGER events_follow_each_other;
                 INSERT INTO events SELECT value, '', '', '', '', 1, '{\"key-label\": \"a key\"}', zeroblob(32), zeroblob(32)
                     FROM json_each('[1, 2, 3, 4]');
                 INSERT INTO authorities VALUES (x'01', 1, 'root'), (x'02', 2, 'issuing'), (x'03', 3, 'issuing');
                 INSERT INTO checkpoints VALUES (4, 3, x'01');
                 INSERT INTO revocation_lists VALUES (x'02', 7, 4);",
            )
            .unwrap();
        migrate(&mut connection, 2).unwrap();
        let mut statement = connection.prepare("SELECT seq, active FROM authorities ORDER BY seq").unwrap();
        let rows: Vec<(i64, Option<i64>)> = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(rows, [(1, Some(1)), (2, Some(2)), (3, None)]);
        let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(count("SELECT count(*) FROM activations"), 2);
        assert_eq!(count("SELECT number FROM revocation_lists WHERE issuer = x'02'"), 7);
        assert_eq!(count("SELECT count(*) FROM checkpoints WHERE signer = x'01'"), 1);
        assert_eq!(count("SELECT count(*) FROM pragma_foreign_key_check"), 0);
        let refers = "SELECT count(*) FROM sqlite_schema WHERE sql LIKE '%authorities_now%'";
        assert_eq!(count(refers), 0);
    }

    #[test]
    fn every_table_but_the_events_is_a_projection() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, 0).unwrap();
        let mut statement = connection
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'events' ORDER BY name")
            .unwrap();
        let tables: Vec<String> =
            statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
        let mut known: Vec<&str> = PROJECTIONS.iter().map(|projection| projection.table).collect();
        known.sort_unstable();
        assert_eq!(tables, known);
    }

    #[test]
    fn the_migrations_are_numbered() {
        assert!(MIGRATIONS.iter().map(|(version, _)| *version).eq(1..=VERSION));
    }
}
