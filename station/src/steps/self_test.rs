//! Self-test: the module tests its flash, RAM, random number generator and curve arithmetic.

use wire::factory::{Lifecycle, Request, SelfTest};

use super::greet::Greeting;
use crate::engine::{Context, Step, StepResult};
use crate::fault::{Fault, FaultCode};

/// Has the module test itself.
///
/// # Errors
/// An item failed, or the module was not understood.
pub async fn run(context: &Context<'_>, greeting: &Greeting) -> StepResult<()> {
    if greeting.lifecycle == Lifecycle::Sealed {
        return Ok(Step::Skipped((), "the module is sealed"));
    }
    let answer = context.slot.link.factory(Request::SelfTest).await.map_err(|error| Fault::of(&error))?;
    let result: SelfTest = answer.parse(str::parse).map_err(|error| Fault::of(&error))?;
    if result.passed() {
        Ok(Step::Done(()))
    } else {
        Err(Fault::new(FaultCode::ModuleSelfTest, result.to_string()))
    }
}
