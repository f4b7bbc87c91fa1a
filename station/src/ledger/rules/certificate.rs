//! Who may sign, and then reserve and issue: at most one certificate content for a UID, ever.

use super::{Applied, known_module, module_at_work};
use crate::ledger::certificate::{self, Reserved};
use crate::ledger::id::Digest;
use crate::ledger::payload::{
    AuthorityActivated, AuthorityEstablished, AuthorityRole, CertificateIssued, CertificateReserved,
};
use crate::ledger::refusal::Refusal;
use crate::ledger::row::{Activation, Authority, Certificate, Run};
use crate::ledger::tables::Tables;

/// The first in a role is active at once; whoever comes later waits.
pub(super) fn authority_established(
    tables: &mut impl Tables,
    seq: i64,
    established: &AuthorityEstablished,
) -> Applied {
    let certificate = Digest::of(&established.certificate);
    if tables.load::<Authority>(certificate.as_bytes())?.is_some() {
        return Err(Refusal::AuthorityTaken { certificate }.into());
    }
    let role = established.role.column();
    let first = tables.active_authority(role)?.is_none();
    let sha256 = *certificate.as_bytes();
    tables.insert(Authority { sha256, seq, role: role.to_owned(), active: first.then_some(seq) })?;
    if first {
        activate(tables, seq, sha256)?;
    }
    Ok(())
}

/// Takes the place of the one before, which may have been in it already: going back is allowed.
pub(super) fn authority_activated(
    tables: &mut impl Tables,
    seq: i64,
    activated: &AuthorityActivated,
) -> Applied {
    let certificate = activated.certificate;
    let mut authority =
        tables.load::<Authority>(certificate.as_bytes())?.ok_or(Refusal::AuthorityUnknown { certificate })?;
    if tables.active_authority(&authority.role)? == Some(authority.sha256) {
        return Err(Refusal::AuthorityActive { certificate }.into());
    }
    let sha256 = authority.sha256;
    authority.active = Some(seq);
    tables.update(authority)?;
    activate(tables, seq, sha256)
}

fn activate(tables: &mut impl Tables, seq: i64, authority: [u8; 32]) -> Applied {
    Ok(tables.state(&Activation { seq, authority })?)
}

/// From here on these bytes, and no others, are signed for the UID.
pub(super) fn reserved(tables: &mut impl Tables, seq: i64, reserved: &CertificateReserved) -> Applied {
    let uid = reserved.uid;
    let (run, mut module) = module_at_work(tables, reserved.run, &uid)?;
    if tables.load::<Certificate>(&module.seq)?.is_some() {
        return Err(Refusal::AlreadyReserved { uid }.into());
    }
    let issuer = tables
        .load::<Authority>(reserved.issuer.as_bytes())?
        .filter(|issuer| issuer.role == AuthorityRole::Issuing.column())
        .ok_or(Refusal::IssuerUnknown { issuer: reserved.issuer })?;
    // One that was active before may be what a line still works with; one that never was is not known
    // to customers yet.
    if issuer.active.is_none() {
        return Err(Refusal::AuthorityWaits { certificate: reserved.issuer }.into());
    }
    let Reserved { serial, public_key } = certificate::read_tbs(&reserved.tbs)
        .ok_or(Refusal::CertificateMalformed { uid, what: "no TBSCertificate" })?;
    if serial != *uid.as_bytes() {
        return Err(Refusal::SerialOther { uid }.into());
    }
    if *Digest::of(public_key).as_bytes() != module.public_key {
        return Err(Refusal::KeyOther { uid }.into());
    }
    tables.insert(Certificate {
        module: module.seq,
        reserved: seq,
        serial,
        tbs_sha256: *Digest::of(&reserved.tbs).as_bytes(),
        issued: None,
        sha256: None,
    })?;
    module.order_id = Some(run.order_id);
    Ok(tables.update(module)?)
}

/// A signature that was made is recorded whatever has become of the module or of its run meanwhile: in
/// another slot somebody may have claimed to be it, and had it set apart. Nothing more follows from it
/// for a module that may not go on.
pub(super) fn issued(tables: &mut impl Tables, seq: i64, issued: &CertificateIssued) -> Applied {
    let (uid, run) = (issued.uid, issued.run);
    let module = known_module(tables, &uid)?;
    let found = tables.load::<Run>(&run.seq().number())?.ok_or(Refusal::RunUnknown { run })?;
    if found.module != Some(module.seq) {
        return Err(Refusal::RunOther { run, uid }.into());
    }
    let mut certificate = tables.load::<Certificate>(&module.seq)?.ok_or(Refusal::Premature {
        uid,
        event: "issued",
        missing: "reserved",
    })?;
    if certificate.issued.is_some() {
        return Err(Refusal::AlreadyIssued { uid }.into());
    }
    let tbs = certificate::tbs_of(&issued.certificate)
        .ok_or(Refusal::CertificateMalformed { uid, what: "no Certificate" })?;
    if *Digest::of(tbs).as_bytes() != certificate.tbs_sha256 {
        return Err(Refusal::NotReserved { uid }.into());
    }
    certificate.issued = Some(seq);
    certificate.sha256 = Some(*Digest::of(&issued.certificate).as_bytes());
    Ok(tables.update(certificate)?)
}
