//! The checkpoints of a ledger, and those kept elsewhere, against its events.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension};

use super::{Flaw, VerifyError};
use crate::ledger::checkpoint::KeptCheckpoint;
use crate::ledger::error::LedgerError;
use crate::ledger::event::Event;
use crate::ledger::id::{Digest, Seq};
use crate::ledger::payload::{AuthorityRole, CheckpointSigned};
use crate::pki::Certificate;

/// What has been read so far that a checkpoint is judged by.
#[derive(Debug, Default)]
pub(super) struct Vouching {
    ledger: [u8; 16],
    signers: HashMap<Digest, Certificate>,
    /// How many checkpoints were good.
    pub(super) checkpoints: u64,
    /// The last event that one covers.
    pub(super) upto: Option<Seq>,
}

impl Vouching {
    /// Takes in an event. Those before it are known to be sound.
    pub(super) fn take(&mut self, stored: &Connection, event: &Event) -> Result<(), Flaw> {
        match event {
            Event::LedgerCreated(created) => self.ledger = created.ledger,
            Event::AuthorityEstablished(authority) if authority.role == AuthorityRole::Manifest => {
                // Bytes that are no certificate vouch for nothing, and are no checkpoint's signer.
                if let Ok(certificate) = Certificate::from_der(&authority.certificate) {
                    self.signers.insert(Digest::of(&authority.certificate), certificate);
                }
            }
            Event::CheckpointSigned(checkpoint) => {
                if !self.holds(checkpoint) {
                    return Err(Flaw::CheckpointSignature);
                }
                if hash_of(stored, checkpoint.upto).map_err(Flaw::Unreadable)? != Some(checkpoint.hash) {
                    return Err(Flaw::CheckpointHash { upto: checkpoint.upto });
                }
                self.checkpoints += 1;
                self.upto = self.upto.max(Some(checkpoint.upto));
            }
            _ => {}
        }
        Ok(())
    }

    /// Compares a checkpoint that was kept elsewhere with the ledger, when all of it has been read.
    pub(super) fn compare(&self, stored: &Connection, kept: &KeptCheckpoint) -> Result<(), VerifyError> {
        let wrong = |what| Err(VerifyError::Kept { upto: kept.upto, what });
        if kept.ledger != self.ledger {
            return wrong("it is of another ledger");
        }
        if !self.holds(&kept.signed()) {
            return wrong("its signature is not by a manifest key of this ledger");
        }
        let read = |source| LedgerError::Read { what: "an event", source };
        match hash_of(stored, kept.upto).map_err(read)? {
            None => wrong("the ledger ends before it: events were cut off"),
            Some(hash) if hash != kept.hash => {
                wrong("the ledger holds another event there: it was rewritten")
            }
            Some(_) => Ok(()),
        }
    }

    fn holds(&self, checkpoint: &CheckpointSigned) -> bool {
        self.signers.get(&checkpoint.signer).is_some_and(|signer| checkpoint.is_by(signer, self.ledger))
    }
}

fn hash_of(stored: &Connection, seq: Seq) -> rusqlite::Result<Option<Digest>> {
    stored
        .prepare_cached("SELECT hash FROM events WHERE seq = ?")?
        .query_row([seq.number()], |row| row.get(0).map(Digest::from_bytes))
        .optional()
}
