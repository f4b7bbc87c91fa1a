//! The vendor's authorities: who signs, who did, and who is to.

use rusqlite::Row;

use crate::ledger::error::LedgerError;
use crate::ledger::event::Event;
use crate::ledger::id::{Digest, Seq};
use crate::ledger::payload::AuthorityRole;
use crate::ledger::reader::{Reader, column};
use crate::ledger::record::AuthorityRecord;

/// The columns of [`Reader::authority_in`].
const AUTHORITY: &str = "
    SELECT this.seq, this.active,
           this.active IS (SELECT max(other.active) FROM authorities AS other WHERE other.role = this.role)
               AND this.active IS NOT NULL AS now
    FROM authorities AS this";

impl Reader {
    /// The authority that is active in a role.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn authority(&self, role: AuthorityRole) -> Result<Option<AuthorityRecord>, LedgerError> {
        let sql = format!(
            "{AUTHORITY} WHERE this.role = ? AND this.active IS NOT NULL ORDER BY this.active DESC LIMIT 1"
        );
        self.one("an authority", &sql, [role.column()], |row| self.authority_in(row))
    }

    /// All authorities in a role, in the order they were established: those that were active before, the
    /// one that is, and those that wait.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn authorities(&self, role: AuthorityRole) -> Result<Vec<AuthorityRecord>, LedgerError> {
        let sql = format!("{AUTHORITY} WHERE this.role = ? ORDER BY this.seq");
        self.all("the authorities", &sql, [role.column()], |row| self.authority_in(row))
    }

    /// The authority with this certificate, whether or not it is active: the issuer that a reservation
    /// names.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn authority_with(&self, certificate: &Digest) -> Result<Option<AuthorityRecord>, LedgerError> {
        let sql = format!("{AUTHORITY} WHERE this.sha256 = ?");
        self.one("an authority", &sql, [certificate.as_bytes()], |row| self.authority_in(row))
    }

    /// The authority that was active in a role when the event at this place was appended.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn authority_as_of(
        &self,
        role: AuthorityRole,
        seq: Seq,
    ) -> Result<Option<AuthorityRecord>, LedgerError> {
        let sql = format!(
            "{AUTHORITY} JOIN activations ON activations.authority = this.sha256
             WHERE this.role = ?1 AND activations.seq <= ?2 ORDER BY activations.seq DESC LIMIT 1"
        );
        self.one("an authority", &sql, (role.column(), seq.number()), |row| self.authority_in(row))
    }

    fn authority_in(&self, row: &Row<'_>) -> Result<AuthorityRecord, LedgerError> {
        let seq: i64 = column(row, "seq")?;
        match self.event_at(seq)?.event {
            Event::AuthorityEstablished(authority) => Ok(AuthorityRecord {
                seq: Seq(seq),
                role: authority.role,
                active: column(row, "now")?,
                activated: column::<Option<i64>>(row, "active")?.map(Seq),
                key_label: authority.key_label,
                sha256: Digest::of(&authority.certificate),
                certificate: authority.certificate,
            }),
            _ => Err(LedgerError::Inconsistent { what: "the place of an authority" }),
        }
    }
}
