//! What was signed, as the comparison with the HSM's own record needs it.

use crate::ledger::error::LedgerError;
use crate::ledger::id::{Digest, Seq};
use crate::ledger::reader::{Reader, column};

/// Something that a key was asked to sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningRecord {
    /// The label of the key on the HSM.
    pub key: String,
    /// What for: a [`Purpose`](crate::pki::purpose::Purpose) by its name.
    pub purpose: String,
    /// The event that announced it.
    pub announced: Seq,
    /// The event that recorded the last signature.
    pub made: Option<Seq>,
    /// How many signatures over these bytes are on record.
    pub signatures: u64,
}

fn signing(row: &rusqlite::Row<'_>) -> Result<SigningRecord, LedgerError> {
    Ok(SigningRecord {
        key: column(row, "key")?,
        purpose: column(row, "purpose")?,
        announced: Seq::new(column(row, "announced")?),
        made: column::<Option<i64>>(row, "made")?.map(Seq::new),
        signatures: column::<i64>(row, "signatures")?.unsigned_abs(),
    })
}

impl Reader {
    /// Who was asked to sign the bytes with this SHA-256, and what for; none if nobody was.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn signing(&self, digest: &Digest) -> Result<Option<SigningRecord>, LedgerError> {
        let sql = "SELECT key, purpose, announced, made, signatures FROM signings WHERE digest = ?";
        self.one("a signature", sql, [digest.as_bytes()], signing)
    }

    /// Hands over everything that a key was asked to sign, in no particular order.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn signings_of(
        &self,
        key: &str,
        mut each: impl FnMut(Digest, SigningRecord),
    ) -> Result<(), LedgerError> {
        let sql = "SELECT digest, key, purpose, announced, made, signatures FROM signings WHERE key = ?";
        self.each("the signatures of a key", sql, [key], |row| {
            each(Digest::from_bytes(column(row, "digest")?), signing(row)?);
            Ok(())
        })
    }

    /// How many signatures of this key were never announced, and are answered for by somebody.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn signatures_accepted(&self, key: &str) -> Result<u64, LedgerError> {
        let sql = "SELECT accepted FROM signing_keys WHERE label = ?";
        let found = self.one("a signing key", sql, [key], |row| column::<i64>(row, "accepted"))?;
        Ok(found.unwrap_or(0).unsigned_abs())
    }

    /// How many signatures of this key are on record.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn signatures_by(&self, key: &str) -> Result<u64, LedgerError> {
        let sql = "SELECT signatures FROM signing_keys WHERE label = ?";
        let found = self.one("a signing key", sql, [key], |row| column::<i64>(row, "signatures"))?;
        Ok(found.unwrap_or(0).unsigned_abs())
    }

    /// The labels of all keys that were asked for signatures.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn signing_keys(&self) -> Result<Vec<String>, LedgerError> {
        let sql = "SELECT label FROM signing_keys ORDER BY label";
        self.all("the signing keys", sql, [], |row| column(row, "label"))
    }
}
