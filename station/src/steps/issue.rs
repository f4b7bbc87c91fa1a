//! Issue: the birth certificate. Reserved, then signed, then recorded, and only then sent.
//!
//! The exact bytes to be signed are on disk before the HSM sees them. After a crash at any point the
//! same bytes are signed again, or the same certificate is used again, so that a UID has at most one
//! certificate content, ever.

use wire::Uid;
use wire::factory::{Lifecycle, Request};

use super::greet::Greeting;
use super::reading::{self, Question};
use crate::engine::{Context, Issuer, Step, StepResult};
use crate::fault::{Fault, FaultCode};
use crate::gate::Permit;
use crate::ledger::{
    CertificateIssued, CertificateReserved, DeviceRecognised, Digest, LedgerError, ModuleIdentified,
    ModuleQuarantined, ModuleState, ModuleVoided, Refusal,
};
use crate::pki::{Certificate, PublicKey, birth, csr};
use crate::probe::DeviceId;

/// A module's certificate, and the key it certifies.
#[derive(Clone, Debug)]
pub struct Birth {
    /// The module.
    pub uid: Uid,
    /// Its birth certificate, which holds its public key.
    pub certificate: Certificate,
}

/// Gives the module its birth certificate, or finds the one it has.
///
/// # Errors
/// The request does not hold, the UID or the key is taken, the HSM fails, or the ledger does.
pub async fn run(context: &Context<'_>, greeting: &Greeting, uid: Uid) -> StepResult<Birth> {
    let issued = issued_before(context, uid).await?;
    if let Some(certificate) = &issued {
        check_begun(context, certificate)?;
    }
    if greeting.lifecycle == Lifecycle::Sealed {
        // A sealed module makes no more requests; greeting has checked that the ledger knows it.
        let Some(certificate) = issued else {
            let what = format!("the ledger has no certificate for {uid}");
            return Err(Fault::new(FaultCode::ModuleUnknown, what));
        };
        identify(context, uid, certificate.public_key()).await?;
        return Ok(Step::Skipped(Birth { uid, certificate }, "the certificate was issued before"));
    }
    let public_key = request(context, greeting, uid).await?;
    if let Some(certificate) = issued {
        if certificate.public_key() != &public_key {
            let what = format!("{uid} asks with another key than the one it was certified with");
            return Err(Fault::new(FaultCode::UidTaken, what));
        }
        return Ok(Step::Skipped(Birth { uid, certificate }, "the certificate was issued before"));
    }
    // The officer's leave comes before the reservation: what cannot be signed today is not begun.
    context.line.gate.check_time(context.line.clock.now()).map_err(|error| Fault::of(&error))?;
    let leave = context.line.opening.admit().map_err(|error| Fault::of(&error))?;
    let reserved = reserve(context, uid, &public_key).await?;
    let certificate = sign(context, uid, &public_key, &reserved, &leave).await?;
    leave.spend();
    check_begun(context, &certificate)?;
    Ok(Step::Done(Birth { uid, certificate }))
}

/// A certificate that was made by a clock that was ahead does no good to anybody yet.
fn check_begun(context: &Context<'_>, certificate: &Certificate) -> Result<(), Fault> {
    let (now, begins) = (context.line.clock.now(), certificate.not_before());
    if begins <= now {
        return Ok(());
    }
    Err(Fault::new(
        FaultCode::CertificateEarly,
        format!("it is {now}, and the certificate begins at {begins}"),
    ))
}

/// The certificate that the ledger holds for this module.
async fn issued_before(context: &Context<'_>, uid: Uid) -> Result<Option<Certificate>, Fault> {
    let der = context.ask(move |ledger| ledger.certificate(&uid)).await?;
    der.map(|der| Certificate::from_der(&der))
        .transpose()
        .map_err(|error| Fault::because(FaultCode::LedgerBroken, &error))
}

/// Takes and checks the module's request, and records whose key it is.
async fn request(context: &Context<'_>, greeting: &Greeting, uid: Uid) -> Result<PublicKey, Fault> {
    let link = &context.slot.link;
    let request = reading::read(link, Question::Factory(Request::Csr), |answer| {
        csr::check(&answer.body, uid).map_err(|error| Fault::of(&error))
    })
    .await?;
    identify(context, uid, &request.public_key).await?;
    if let Some(device) = &greeting.device {
        recognise(context, uid, device).await?;
    }
    Ok(request.public_key)
}

/// Records who is in the slot, with the key that it proved to hold, now or before it was sealed.
///
/// A module that comes with another key than it had has lost the one it was known by, or is another
/// module. Whichever it is, the certificate over the old key must not be trusted any more.
async fn identify(context: &Context<'_>, uid: Uid, public_key: &PublicKey) -> Result<(), Fault> {
    let identified = ModuleIdentified {
        run: context.run,
        uid,
        public_key: public_key.spki_der().to_vec(),
        firmware: context.line.order.product.firmware.version.clone(),
    };
    match context.try_record(identified).await {
        Ok(()) => Ok(()),
        Err(error) => {
            if let LedgerError::Refused(Refusal::UidTaken { .. }) = &error {
                void_unless_passed(context, uid, "came back with another key").await?;
            }
            Err(Fault::of(&error))
        }
    }
}

/// Records which part the module runs on. A part that had another identity has lost it, with its key:
/// its certificate is voided, and a person has to look at what erased the part.
async fn recognise(context: &Context<'_>, uid: Uid, device: &DeviceId) -> Result<(), Fault> {
    let wanted = device.clone();
    let holder = context.ask(move |ledger| ledger.device_holder(&wanted)).await?;
    if holder == Some(uid) {
        return Ok(());
    }
    let recognised = DeviceRecognised { run: context.run, uid, device: device.clone() };
    match context.try_record(recognised).await {
        Ok(()) => Ok(()),
        Err(LedgerError::Refused(Refusal::DeviceTaken { holder, .. })) => {
            // Set apart first: with the old identity void, nothing else would hold the new one back.
            let (run, code) = (context.run, FaultCode::IdentityLost);
            context.record(ModuleQuarantined { run, uid, code }).await?;
            void_unless_passed(context, holder, "its hardware came back with another identity").await?;
            let what = format!("part {device} was {holder}, and says now that it is {uid}");
            Err(Fault::new(FaultCode::IdentityLost, what))
        }
        Err(error) => Err(Fault::of(&error)),
    }
}

/// Voids a module unless it has passed. One that has may be in a customer's hands, and its key with it:
/// then what is in the slot is a copy, and nobody who plugs in copies may void it.
async fn void_unless_passed(context: &Context<'_>, uid: Uid, why: &str) -> Result<(), Fault> {
    let known = context.ask(move |ledger| ledger.module(&uid)).await?;
    if known.is_none_or(|module| module.state == ModuleState::Passed) {
        return Ok(());
    }
    let reason = why.parse().map_err(|_| Fault::new(FaultCode::Bug, format!("{why:?} is no reason")))?;
    match context.try_record(ModuleVoided { uid, reason }).await {
        // It was void already.
        Ok(()) | Err(LedgerError::Refused(Refusal::ModuleVoid { .. })) => Ok(()),
        Err(error) => Err(Fault::of(&error)),
    }
}

/// Bytes that are on disk, and the CA that is to sign them.
struct Reserved {
    issuer: Issuer,
    to_be_signed: Vec<u8>,
}

/// The bytes to be signed, on disk: those reserved before, or new ones.
async fn reserve(context: &Context<'_>, uid: Uid, public_key: &PublicKey) -> Result<Reserved, Fault> {
    let line = context.line;
    if let Some(reserved) = context.ask(move |ledger| ledger.reservation(&uid)).await? {
        let issuer = issuer(context, reserved.issuer).await?;
        return Ok(Reserved { issuer, to_be_signed: reserved.tbs });
    }
    line.gate.check_key(uid, public_key).map_err(|error| Fault::of(&error))?;
    let (profile, issuer) = (&line.order.product.certificate, line.issuer.clone());
    let to_be_signed = birth::reserve(profile, &issuer.certificate, uid, public_key, line.clock.now())
        .map_err(|error| Fault::of(&error))?;
    context
        .record(CertificateReserved {
            run: context.run,
            uid,
            issuer: Digest::from_bytes(issuer.certificate.sha256()),
            tbs: to_be_signed.clone(),
        })
        .await?;
    Ok(Reserved { issuer, to_be_signed })
}

/// The CA under which something was reserved, which may have had a successor since.
async fn issuer(context: &Context<'_>, certificate: Digest) -> Result<Issuer, Fault> {
    let current = &context.line.issuer;
    if certificate == Digest::from_bytes(current.certificate.sha256()) {
        return Ok(current.clone());
    }
    let record = context.ask(move |ledger| ledger.authority_with(&certificate)).await?;
    let record = record.ok_or_else(|| {
        Fault::new(
            FaultCode::AuthorityMissing,
            format!("the ledger has no CA with certificate {certificate}"),
        )
    })?;
    Issuer::try_from(record).map_err(|error| Fault::because(FaultCode::LedgerBroken, &error))
}

/// Has the HSM sign the reserved bytes, and records the certificate.
async fn sign(
    context: &Context<'_>,
    uid: Uid,
    public_key: &PublicKey,
    Reserved { issuer: Issuer { certificate: issuer, key }, to_be_signed }: &Reserved,
    leave: &Permit,
) -> Result<Certificate, Fault> {
    let desk = &context.line.desk;
    let signature =
        desk.sign_birth(issuer, key, to_be_signed, leave).await.map_err(|error| Fault::of(&error))?;
    let certificate = birth::complete(to_be_signed, &signature, issuer).map_err(|error| Fault::of(&error))?;
    // The bytes may have been reserved long ago: they must be this module's.
    birth::check(&certificate, uid, public_key).map_err(|error| Fault::of(&error))?;
    context
        .record(CertificateIssued { run: context.run, uid, certificate: certificate.der().to_vec() })
        .await?;
    Ok(certificate)
}
