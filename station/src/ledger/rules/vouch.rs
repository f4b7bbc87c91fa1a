//! What the vendor's keys vouch for beside birth certificates: the ledger itself, and which
//! certificates are void.

use super::{Applied, Unapplied};
use crate::ledger::id::Digest;
use crate::ledger::payload::{AuthorityRole, CheckpointSigned, RevocationListIssued};
use crate::ledger::refusal::Refusal;
use crate::ledger::row::{Authority, Checkpoint, RevocationList};
use crate::ledger::tables::Tables;

/// A checkpoint looks back. That its hash and its signature are right is for
/// [`verify`](crate::ledger::verify()) to see, and was seen by whoever appends it.
pub(super) fn checkpoint_signed(
    tables: &mut impl Tables,
    seq: i64,
    checkpoint: &CheckpointSigned,
) -> Applied {
    let upto = checkpoint.upto;
    if !(1..seq).contains(&upto.number()) {
        return Err(Refusal::CheckpointAhead { upto }.into());
    }
    in_role(tables, checkpoint.signer, AuthorityRole::Manifest)?;
    let signer = *checkpoint.signer.as_bytes();
    Ok(tables.state(&Checkpoint { seq, upto: upto.number(), signer })?)
}

/// Each authority numbers its lists (RFC 5280, section 5.2.3).
pub(super) fn revocation_list_issued(
    tables: &mut impl Tables,
    seq: i64,
    list: &RevocationListIssued,
) -> Applied {
    in_role(tables, list.issuer, AuthorityRole::Issuing)?;
    let known = tables.load::<RevocationList>(list.issuer.as_bytes())?;
    let number = known.as_ref().map_or(1, |known| known.number + 1);
    if i64::try_from(list.number) != Ok(number) {
        let (number, expected) = (list.number, number.unsigned_abs());
        return Err(Refusal::RevocationListNumber { number, expected }.into());
    }
    let row = RevocationList { issuer: *list.issuer.as_bytes(), number, seq };
    if known.is_some() {
        tables.update(row)?;
    } else {
        tables.insert(row)?;
    }
    Ok(())
}

fn in_role(tables: &mut impl Tables, certificate: Digest, role: AuthorityRole) -> Result<(), Unapplied> {
    match tables.load::<Authority>(certificate.as_bytes())? {
        Some(authority) if authority.role == role.column() => Ok(()),
        _ => Err(Refusal::SignerUnknown { certificate, role: role.column() }.into()),
    }
}
