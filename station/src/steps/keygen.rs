//! Keygen: the module makes its UID and its key pair. The private key never leaves it.

use wire::factory::{HardwareFault, Info, Request};
use wire::{ErrorNumber, Uid};

use super::greet::Greeting;
use super::reading;
use crate::engine::{Context, Step, StepResult};
use crate::fault::{Fault, FaultCode};
use crate::link::{Answer, ExchangeError};

/// Has a blank module make its identity; others have theirs.
///
/// # Errors
/// The module's random number generator failed its health test, or it was not understood.
pub async fn run(context: &Context<'_>, greeting: &Greeting) -> StepResult<Uid> {
    if let Some(uid) = greeting.uid {
        context.identified(uid);
        return Ok(Step::Skipped(uid, "the module has its key already"));
    }
    let answer = match context.slot.link.factory(Request::KeyGen).await {
        Ok(answer) => answer,
        Err(error) => return Err(refusal(&error)),
    };
    let uid = made(context, &answer).await?;
    if !uid.is_random_layout() {
        let what = format!("{uid} is not a version 4 UUID");
        return Err(Fault::new(FaultCode::ModuleKeyGeneration, what));
    }
    context.identified(uid);
    Ok(Step::Done(uid))
}

/// The UID that the module made. It says so only once, and whole runs hang on it, so that it is asked
/// what it is: a UID that was read wrong must not get into the ledger.
async fn made(context: &Context<'_>, answer: &Answer) -> Result<Uid, Fault> {
    let told: Uid = answer.detail.parse().map_err(|_| Fault::of(&answer.unexpected()))?;
    let info = context.slot.link.factory(Request::Info).await.map_err(|error| Fault::of(&error))?;
    let known = info.parse(Info::parse).map_err(|error| Fault::of(&error))?.uid;
    if known == Some(told) {
        return Ok(told);
    }
    Err(reading::two_answers(answer, &info))
}

/// ERR28 means broken hardware; anything else is a refusal like others.
fn refusal(error: &ExchangeError) -> Fault {
    if let ExchangeError::Refused { detail, .. } = error
        && error.is_refusal(ErrorNumber::Configuration)
        && HardwareFault::from_detail(detail).is_ok()
    {
        return Fault::because(FaultCode::ModuleKeyGeneration, error);
    }
    Fault::of(error)
}
