//! Flash: the module gets the released firmware, verified, and starts it.

use crate::engine::{Context, Step, StepResult};
use crate::fault::Fault;
use crate::probe::{Flashed, Part, Progress};

/// Writes the image unless the module holds it already.
///
/// Only the pages of the image are erased, so a module that comes back keeps its key. A locked
/// debug port is no fault yet: a sealed module has one, and greeting tells.
///
/// # Errors
/// No module, another chip, or a failure of flash or probe.
pub async fn run(context: &Context<'_>) -> StepResult<Part> {
    let line = context.line;
    let report = context.progress();
    let progress = move |Progress::Bytes { done, total }| report(done, total);
    let part = context
        .slot
        .probe
        .flash(&line.order.product.chip, &line.image, progress)
        .await
        .map_err(|error| Fault::of(&error))?;
    Ok(match part.flashed {
        Flashed::Written => Step::Done(part),
        Flashed::AlreadyThere => Step::Skipped(part, "the module holds this firmware already"),
        Flashed::Locked => Step::Skipped(part, "the debug port is locked"),
    })
}
