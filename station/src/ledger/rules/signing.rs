//! What the HSM is asked to sign: announced first, and counted when made.
//!
//! A birth certificate is announced by its reservation and made by its issue; every other signature has
//! events of its own.

use super::{Applied, Unapplied};
use crate::ledger::id::Digest;
use crate::ledger::payload::{AuthorityRole, SignatureAnnounced, SignatureMade, SignaturesAccepted};
use crate::ledger::refusal::Refusal;
use crate::ledger::row::{Authority, Signing, SigningKey};
use crate::ledger::tables::Tables;
use crate::pki::purpose::Purpose;

/// The purpose of bytes that somebody only answers for.
const ACCEPTED: &str = "accepted";

/// The authority must be one that issues.
pub(super) fn opened_or_closed(tables: &mut impl Tables, certificate: Digest) -> Applied {
    issuing_authority(tables, certificate).map(drop)
}

pub(super) fn announced(tables: &mut impl Tables, seq: i64, announced: &SignatureAnnounced) -> Applied {
    let SignatureAnnounced { key, purpose, digest, .. } = announced;
    // Only bytes that are reserved for a module become its certificate.
    if *purpose == Purpose::BirthCertificate {
        return Err(Refusal::SignatureUnannounced { digest: *digest }.into());
    }
    announce(tables, seq, *digest, key, *purpose)
}

/// The same bytes may be asked for again: a signature can be lost on its way. Not with another key.
pub(super) fn announce(
    tables: &mut impl Tables,
    seq: i64,
    digest: Digest,
    key: &str,
    purpose: Purpose,
) -> Applied {
    if let Some(known) = tables.load::<Signing>(digest.as_bytes())? {
        let same = known.key == key && known.purpose == purpose.name();
        return if same { Ok(()) } else { Err(Refusal::SignatureOther { digest, key: known.key }.into()) };
    }
    insert(tables, seq, digest, key, purpose.name())
}

fn insert(tables: &mut impl Tables, seq: i64, digest: Digest, key: &str, purpose: &str) -> Applied {
    if tables.load::<SigningKey>(&key.to_owned())?.is_none() {
        tables.insert(SigningKey { label: key.to_owned(), signatures: 0, accepted: 0 })?;
    }
    Ok(tables.insert(Signing {
        digest: *digest.as_bytes(),
        key: key.to_owned(),
        purpose: purpose.to_owned(),
        announced: seq,
        made: None,
        signatures: 0,
    })?)
}

pub(super) fn made(tables: &mut impl Tables, seq: i64, made: &SignatureMade) -> Applied {
    let signing = tables.load::<Signing>(made.digest.as_bytes())?;
    match signing {
        Some(signing) if signing.key == made.key => count(tables, seq, signing),
        _ => Err(Refusal::SignatureUnannounced { digest: made.digest }.into()),
    }
}

/// Somebody answers for signatures that nobody announced: from here on they are known.
pub(super) fn accepted(tables: &mut impl Tables, seq: i64, accepted: &SignaturesAccepted) -> Applied {
    let SignaturesAccepted { key, digests, number, .. } = accepted;
    for digest in digests {
        match tables.load::<Signing>(digest.as_bytes())? {
            None => insert(tables, seq, *digest, key, ACCEPTED)?,
            Some(known) if known.key == *key => {}
            Some(known) => return Err(Refusal::SignatureOther { digest: *digest, key: known.key }.into()),
        }
    }
    if let Some(mut row) = tables.load::<SigningKey>(key)? {
        row.accepted += i64::try_from(*number).unwrap_or(i64::MAX);
        tables.update(row)?;
    }
    Ok(())
}

/// Counts the signature over bytes that were announced.
pub(super) fn count_signature(tables: &mut impl Tables, seq: i64, digest: [u8; 32]) -> Applied {
    let unannounced = || Refusal::SignatureUnannounced { digest: Digest::from_bytes(digest) };
    let signing = tables.load::<Signing>(&digest)?.ok_or_else(unannounced)?;
    count(tables, seq, signing)
}

fn count(tables: &mut impl Tables, seq: i64, mut signing: Signing) -> Applied {
    if let Some(mut key) = tables.load::<SigningKey>(&signing.key)? {
        key.signatures += 1;
        tables.update(key)?;
    }
    signing.made = Some(seq);
    signing.signatures += 1;
    Ok(tables.update(signing)?)
}

/// The authority with this certificate, if it issues birth certificates.
pub(super) fn issuing_authority(
    tables: &mut impl Tables,
    certificate: Digest,
) -> Result<Authority, Unapplied> {
    match tables.load::<Authority>(certificate.as_bytes())? {
        Some(authority) if authority.role == AuthorityRole::Issuing.column() => Ok(authority),
        _ => Err(Refusal::IssuerUnknown { issuer: certificate }.into()),
    }
}
