//! Checkpoints, revocation lists, and the ledger's own id.

use time::OffsetDateTime;
use wire::Uid;

use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::error::LedgerError;
use crate::ledger::event::Event;
use crate::ledger::id::Digest;
use crate::ledger::payload::CheckpointSigned;
use crate::ledger::reader::{Reader, column, time};
use crate::ledger::record::Head;

/// A certificate that must not be accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoidCertificate {
    /// Whose it was; its serial number.
    pub uid: Uid,
    /// When it was voided.
    pub voided: OffsetDateTime,
}

impl Reader {
    /// The id that tells this ledger from every other.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn id(&self) -> Result<[u8; 16], LedgerError> {
        match self.event_at(1)?.event {
            Event::LedgerCreated(created) => Ok(created.ledger),
            _ => Err(LedgerError::Inconsistent { what: "the first event" }),
        }
    }

    /// What a checkpoint would say now.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn next_checkpoint(&self) -> Result<Checkpoint, LedgerError> {
        let Head { seq, hash, .. } = self.head()?;
        Ok(Checkpoint { ledger: self.id()?, upto: seq, hash })
    }

    /// The last checkpoint.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn last_checkpoint(&self) -> Result<Option<CheckpointSigned>, LedgerError> {
        Ok(self.last_vouched()?.map(|(_, checkpoint)| checkpoint))
    }

    /// The last checkpoint, and when it was put on record.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn last_vouched(&self) -> Result<Option<(OffsetDateTime, CheckpointSigned)>, LedgerError> {
        let sql = "SELECT seq FROM checkpoints ORDER BY seq DESC LIMIT 1";
        let found = self.one("a checkpoint", sql, [], |row| column::<i64>(row, "seq"))?;
        let Some(seq) = found else { return Ok(None) };
        let stored = self.event_at(seq)?;
        match stored.event {
            Event::CheckpointSigned(checkpoint) => Ok(Some((stored.time, checkpoint))),
            _ => Err(LedgerError::Inconsistent { what: "the place of a checkpoint" }),
        }
    }

    /// The number of the next revocation list of an issuing authority, by its certificate.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn next_revocation_list(&self, issuer: &Digest) -> Result<u64, LedgerError> {
        let sql = "SELECT number FROM revocation_lists WHERE issuer = ?";
        let last =
            self.one("a revocation list", sql, [issuer.as_bytes()], |row| column::<i64>(row, "number"))?;
        Ok(last.map_or(1, |last| last.unsigned_abs() + 1))
    }

    /// The certificates of an issuing authority that are void, in the order they were voided. Those
    /// whose bytes were only reserved are among them: a signature may have been made and lost.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn void_certificates(&self, issuer: &Digest) -> Result<Vec<VoidCertificate>, LedgerError> {
        let sql = "SELECT modules.uid, voiding.time
                   FROM modules
                   JOIN certificates ON certificates.module = modules.seq
                   JOIN events AS reserving ON reserving.seq = certificates.reserved
                   JOIN events AS voiding ON voiding.seq = modules.voided
                   WHERE modules.voided IS NOT NULL AND reserving.payload ->> '$.issuer' = ?
                   ORDER BY modules.voided";
        self.all("the void certificates", sql, [issuer.to_string()], |row| {
            Ok(VoidCertificate { uid: Uid::from_bytes(column(row, "uid")?), voided: time(row, "time")? })
        })
    }
}
