//! Issue: the birth certificate. Reserved, then signed, then recorded, and only then sent.
//!
//! The exact bytes to be signed are on disk before the HSM sees them. After a crash at any point the
//! same bytes are signed again, or the same certificate is used again, so that a UID has at most one
//! certificate content, ever.

use wire::Uid;
use wire::factory::{Lifecycle, Request};

use super::greet::Greeting;
use crate::engine::{Context, Step, StepResult};
use crate::fault::{Fault, FaultCode};
use crate::ledger::{CertificateIssued, CertificateReserved, ModuleIdentified};
use crate::pki::{birth, csr};

/// A module's certificate, and the key it certifies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Birth {
    /// The module.
    pub uid: Uid,
    /// Its public key, SubjectPublicKeyInfo as DER.
    pub spki: Vec<u8>,
    /// Its birth certificate, as DER.
    pub certificate: Vec<u8>,
}

/// Gives the module its birth certificate, or finds the one it has.
///
/// # Errors
/// The request does not hold, the UID or the key is taken, the HSM fails, or the ledger does.
pub async fn run(context: &Context<'_>, greeting: &Greeting, uid: Uid) -> StepResult<Birth> {
    let ledger = &context.line.ledger;
    let issued = ledger.certificate(uid).await.map_err(|error| Fault::of(&error))?;
    if greeting.lifecycle == Lifecycle::Sealed {
        // A sealed module makes no more requests; greeting has checked that the ledger knows it.
        let Some(issued) = issued else {
            let what = format!("the ledger has no certificate for {uid}");
            return Err(Fault::new(FaultCode::ModuleUnknown, what));
        };
        let birth = Birth { uid, spki: issued.spki, certificate: issued.certificate };
        return Ok(Step::Skipped(birth, "the certificate was issued before"));
    }
    let request = request(context, uid).await?;
    let spki = request.spki_der.clone();
    if let Some(issued) = issued {
        if issued.spki != spki {
            let what = format!("{uid} asks with another key than the one it was certified with");
            return Err(Fault::new(FaultCode::UidTaken, what));
        }
        let birth = Birth { uid, spki, certificate: issued.certificate };
        return Ok(Step::Skipped(birth, "the certificate was issued before"));
    }
    let to_be_signed = reserve(context, uid, &spki).await?;
    let certificate = sign(context, uid, to_be_signed).await?;
    Ok(Step::Done(Birth { uid, spki, certificate }))
}

/// Takes and checks the module's request, and records whose key it is.
async fn request(context: &Context<'_>, uid: Uid) -> Result<csr::AcceptedCsr, Fault> {
    let answer = context.slot.link.factory(Request::Csr).await.map_err(|error| Fault::of(&error))?;
    let request = csr::check(&answer.body, uid).map_err(|error| Fault::of(&error))?;
    context
        .record(ModuleIdentified {
            run: context.run,
            uid,
            public_key: request.spki_der.clone(),
            firmware: context.line.order.product.firmware.version.clone(),
        })
        .await?;
    Ok(request)
}

/// The bytes to be signed, on disk: those reserved before, or new ones.
async fn reserve(context: &Context<'_>, uid: Uid, spki: &[u8]) -> Result<Vec<u8>, Fault> {
    let line = context.line;
    if let Some(reserved) = line.ledger.reservation(uid).await.map_err(|error| Fault::of(&error))? {
        return Ok(reserved.tbs);
    }
    let profile = &line.order.product.certificate;
    let tbs = birth::reserve(profile, &line.issuer, uid, spki, line.clock.now())
        .map_err(|error| Fault::of(&error))?;
    context
        .record(CertificateReserved {
            run: context.run,
            uid,
            issuer: line.issuer.digest(),
            tbs: tbs.clone(),
        })
        .await?;
    Ok(tbs)
}

/// Has the HSM sign the reserved bytes, and records the certificate.
async fn sign(context: &Context<'_>, uid: Uid, tbs: Vec<u8>) -> Result<Vec<u8>, Fault> {
    let line = context.line;
    let signature =
        line.hsm.sign(&line.issuing_key, &tbs).await.map_err(|error| Fault::of(&error))?;
    let certificate =
        birth::complete(&tbs, &signature, &line.issuer).map_err(|error| Fault::of(&error))?;
    context
        .record(CertificateIssued { run: context.run, uid, certificate: certificate.clone() })
        .await?;
    Ok(certificate)
}
