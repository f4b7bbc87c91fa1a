//! Pass: the ledger has it on disk. Only then does anybody hear of it.

use super::issue::Birth;
use crate::engine::{Context, Step, StepResult};
use crate::ledger::RunPassed;

/// Records the pass; the ledger checks that every step before it is on record.
///
/// # Errors
/// The ledger refuses, or cannot write.
pub async fn run(context: &Context<'_>, birth: &Birth) -> StepResult<()> {
    context.record(RunPassed { run: context.run, uid: birth.uid }).await?;
    Ok(Step::Done(()))
}
