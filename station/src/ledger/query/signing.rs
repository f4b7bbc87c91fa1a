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
    /// How many signatures over these bytes are on record.
    pub signatures: u64,
}

impl Reader {
    /// Who was asked to sign the bytes with this SHA-256, and what for; none if nobody was.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn signing(&self, digest: &Digest) -> Result<Option<SigningRecord>, LedgerError> {
        let sql = "SELECT key, purpose, announced, signatures FROM signings WHERE digest = ?";
        self.one("a signature", sql, [digest.as_bytes()], |row| {
            Ok(SigningRecord {
                key: column(row, "key")?,
                purpose: column(row, "purpose")?,
                announced: Seq::new(column(row, "announced")?),
                signatures: column::<i64>(row, "signatures")?.unsigned_abs(),
            })
        })
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
