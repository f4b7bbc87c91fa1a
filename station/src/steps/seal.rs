//! Seal: from now on the module refuses every factory command that changes or makes something, and its
//! debug port is locked. It still says what it is, and proves its key.
//!
//! There is no way back, so the command is given once and never repeated: a module whose answer was
//! lost is asked what it is when it comes back.

use wire::ErrorNumber;
use wire::factory::{Info, Lifecycle, Request};

use super::greet::Greeting;
use super::issue::Birth;
use crate::engine::{Context, Step, StepResult};
use crate::fault::{Fault, FaultCode};
use crate::ledger::ModuleSealed;
use crate::link::ExchangeError;

/// Seals the module unless it is sealed, and checks that it really is.
///
/// # Errors
/// The module refuses to seal, still takes factory commands, or can still be read by a debugger.
pub async fn run(context: &Context<'_>, greeting: &Greeting, birth: &Birth) -> StepResult<()> {
    let link = &context.slot.link;
    let sealed_before = greeting.lifecycle == Lifecycle::Sealed;
    if !sealed_before {
        link.factory(Request::Seal).await.map_err(|error| seal_fault(&error))?;
        // Read-back protection takes hold at the next reset.
        let chip = &context.line.order.product.chip;
        context.slot.probe.reset(chip).await.map_err(|error| Fault::of(&error))?;
    }
    check_sealed(context).await?;
    check_locked(context).await?;
    context.record(ModuleSealed { run: context.run, uid: birth.uid }).await?;
    Ok(if sealed_before { Step::Skipped((), "the module is sealed already") } else { Step::Done(()) })
}

/// A refusal has a code of its own; trouble on the line keeps its code.
fn seal_fault(error: &ExchangeError) -> Fault {
    match error {
        ExchangeError::Refused { .. } => Fault::because(FaultCode::SealRefused, error),
        ExchangeError::Link(_) | ExchangeError::Unexpected { .. } => Fault::of(error),
    }
}

/// The module says it is sealed, and refuses each factory command that acts.
async fn check_sealed(context: &Context<'_>) -> Result<(), Fault> {
    let answer = super::greet::ask(context).await.map_err(|error| Fault::of(&error))?;
    let info = answer.parse(Info::parse).map_err(|error| Fault::of(&error))?;
    if info.lifecycle != Lifecycle::Sealed {
        return Err(open(format!("the module says it is {}", info.lifecycle)));
    }
    for request in [Request::KeyGen, Request::Csr, Request::SelfTest] {
        match context.slot.link.factory(request).await {
            Ok(_) => return Err(open(format!("{} is still accepted", request.verb().word()))),
            Err(error) if error.is_refusal(ErrorNumber::NotAllowed) => {}
            Err(error) => return Err(Fault::of(&error)),
        }
    }
    Ok(())
}

/// A debugger cannot read the flash.
async fn check_locked(context: &Context<'_>) -> Result<(), Fault> {
    let chip = &context.line.order.product.chip;
    if context.slot.probe.is_locked(chip).await.map_err(|error| Fault::of(&error))? {
        Ok(())
    } else {
        Err(open("the debug port still reads the flash".to_owned()))
    }
}

fn open(what: String) -> Fault {
    Fault::new(FaultCode::SealOpen, what)
}
