//! Issue: the birth certificate. Reserved, then signed, then recorded, and only then sent.
//!
//! The exact bytes to be signed are on disk before the HSM sees them. After a crash at any point the
//! same bytes are signed again, or the same certificate is used again, so that a UID has at most one
//! certificate content, ever.

use wire::Uid;
use wire::factory::{Lifecycle, Request};

use super::greet::Greeting;
use super::reading::{self, Question};
use crate::clock::rfc3339;
use crate::engine::{Context, Step, StepResult};
use crate::fault::{Fault, FaultCode};
use crate::ledger::{
    DeviceRecognised, LedgerError, ModuleIdentified, ModuleQuarantined, ModuleState, ModuleVoided, Refusal,
};
use crate::pki::{Certificate, PublicKey, csr};
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
    let issuing = &context.line.issuing;
    let certificate =
        issuing.issue(context.run, uid, &public_key).await.map_err(|error| Fault::of(&error))?;
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
        format!("it is {}, and the certificate begins at {}", rfc3339(now), rfc3339(begins)),
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
