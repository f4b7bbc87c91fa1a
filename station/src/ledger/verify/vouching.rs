//! The checkpoints of a ledger, and those kept elsewhere, against its events.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension};

use super::{Flaw, VerifyError};
use crate::ledger::checkpoint::KeptCheckpoint;
use crate::ledger::error::LedgerError;
use crate::ledger::event::Event;
use crate::ledger::id::{Digest, Seq};
use crate::ledger::payload::{AuthorityRole, CheckpointSigned};
use crate::pki::{Certificate, chain};

/// What has been read so far that a checkpoint is judged by.
#[derive(Debug, Default)]
pub(super) struct Vouching<'a> {
    /// The root that signers hang on; the ledger's own word for it, if not given.
    anchor: Option<&'a Certificate>,
    ledger: [u8; 16],
    roots: Vec<Certificate>,
    signers: HashMap<Digest, Certificate>,
    /// How many checkpoints were good.
    pub(super) checkpoints: u64,
    /// The last event that one covers.
    pub(super) upto: Option<Seq>,
}

impl<'a> Vouching<'a> {
    pub(super) fn new(anchor: Option<&'a Certificate>) -> Self {
        Self { anchor, ..Self::default() }
    }

    /// Takes in an event. Those before it are known to be sound.
    pub(super) fn take(&mut self, stored: &Connection, event: &Event) -> Result<(), Flaw> {
        match event {
            Event::LedgerCreated(created) => self.ledger = created.ledger,
            Event::AuthorityEstablished(authority) => {
                // Bytes that are no certificate vouch for nothing, and are no checkpoint's signer.
                if let Ok(certificate) = Certificate::from_der(&authority.certificate) {
                    let foreign = self.anchor.is_some_and(|anchor| anchor.der() != certificate.der());
                    if authority.role == AuthorityRole::Root && foreign {
                        return Err(Flaw::RootOther);
                    }
                    self.take_authority(authority.role, certificate);
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

    /// A signer counts only under a root: whoever can write the file can name any key a signer, but
    /// cannot have the root certify it.
    fn take_authority(&mut self, role: AuthorityRole, certificate: Certificate) {
        match role {
            AuthorityRole::Root => self.roots.push(certificate),
            AuthorityRole::Manifest => {
                let under =
                    |root: &Certificate| chain::check_manifest_signer_under(&certificate, root).is_ok();
                let good = match self.anchor {
                    Some(anchor) => under(anchor),
                    None => self.roots.iter().any(under),
                };
                if good {
                    self.signers.insert(Digest::from_bytes(certificate.sha256()), certificate);
                }
            }
            AuthorityRole::Issuing | AuthorityRole::Revocation => {}
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
