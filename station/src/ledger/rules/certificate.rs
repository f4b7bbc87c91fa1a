//! Who may sign, and then reserve and issue: at most one certificate content for a UID, ever.

use super::{Applied, Unapplied, known_module, module_at_work, signing};
use crate::ledger::certificate::{self, Reserved};
use crate::ledger::id::{Digest, OrderId};
use crate::ledger::payload::{
    AuthorityActivated, AuthorityEstablished, CertificateIssued, CertificateReserved,
};
use crate::ledger::refusal::Refusal;
use crate::ledger::row::{Activation, Authority, Certificate, Order, Run};
use crate::ledger::tables::Tables;
use crate::pki::purpose::Purpose;

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
    let key_label = established.key_label.clone();
    let active = first.then_some(seq);
    tables.insert(Authority { sha256, seq, role: role.to_owned(), key_label, active })?;
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
    let issuer = signing::issuing_authority(tables, reserved.issuer)?;
    // One that was active before may be what a line still works with; one that never was is not known
    // to customers yet.
    if issuer.active.is_none() {
        return Err(Refusal::AuthorityWaits { certificate: reserved.issuer }.into());
    }
    let order = order_with_room(tables, &run.order_id)?;
    let Reserved { serial, public_key } = certificate::read_tbs(&reserved.tbs)
        .ok_or(Refusal::CertificateMalformed { uid, what: "no TBSCertificate" })?;
    if serial != *uid.as_bytes() {
        return Err(Refusal::SerialOther { uid }.into());
    }
    if *Digest::of(public_key).as_bytes() != module.public_key {
        return Err(Refusal::KeyOther { uid }.into());
    }
    let digest = Digest::of(&reserved.tbs);
    signing::announce(tables, seq, digest, &issuer.key_label, Purpose::BirthCertificate)?;
    tables.insert(Certificate {
        module: module.seq,
        reserved: seq,
        serial,
        tbs_sha256: *digest.as_bytes(),
        issued: None,
        sha256: None,
    })?;
    tables.update(Order { reserved: order.reserved + 1, ..order })?;
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
    signing::count_signature(tables, seq, certificate.tbs_sha256)?;
    certificate.issued = Some(seq);
    certificate.sha256 = Some(*Digest::of(&issued.certificate).as_bytes());
    Ok(tables.update(certificate)?)
}

/// The order, if it may have another certificate.
fn order_with_room(tables: &mut impl Tables, id: &str) -> Result<Order, Unapplied> {
    let unknown = || Refusal::OrderUnknown { order: OrderId::new(id) };
    let order = tables.load::<Order>(&id.to_owned())?.ok_or_else(unknown)?;
    match order.certificates {
        Some(certificates) if order.reserved >= certificates => {
            let certificates = u32::try_from(certificates).unwrap_or(u32::MAX);
            Err(Refusal::OrderCertificates { order: OrderId::new(id), certificates }.into())
        }
        _ => Ok(order),
    }
}
