//! One module's way through the steps.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::{Context, Event, Shared, SlotDevices, StepId, StepResult};
use crate::fault::{Disposition, Fault, FaultCode, Verdict};
use crate::ledger::{LedgerError, ModuleQuarantined, Refusal, RunFaulted, RunId, StepFinished, StepOutcome};
use crate::steps::{flash, greet, install, issue, keygen, label, pass, prove, scan, seal, self_test};

/// How a run ended, as far as the slot has to know.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ended {
    pub(super) verdict: Verdict,
    /// Whether the same module may be tried again at once.
    pub(super) may_retry: bool,
}

impl Ended {
    pub(super) fn with(fault: &Fault) -> Self {
        let may_retry = fault.code.entry().disposition == Disposition::Retry;
        Self { verdict: fault.verdict(), may_retry }
    }

    const PASSED: Self = Self { verdict: Verdict::Pass, may_retry: false };
}

/// Carries the module in the slot through the steps and records how that ended.
///
/// # Errors
/// The ledger could not record how the run went: the line must stop.
pub(super) async fn run(shared: Arc<Shared>, slot: Arc<SlotDevices>, run: RunId) -> Result<Ended, Fault> {
    let began = shared.clock.instant();
    let context =
        Context { line: &shared, slot: &slot, run, step: Mutex::new(StepId::Flash), uid: Mutex::new(None) };
    drop(slot.link.transcript().take());
    shared.tell(Event::RunStarted { slot: slot.name.clone(), run });
    let fault = through_the_steps(&context).await.err();
    keep_transcript(&context).await;
    let recorded = match &fault {
        None => Ok(()),
        Some(fault) => record_fault(&context, fault).await,
    };
    // A ledger that fails now is what the operator has to hear of first.
    let told = recorded.as_ref().err().or(fault.as_ref());
    let ended = told.map_or(Ended::PASSED, Ended::with);
    shared.tell(Event::RunEnded {
        slot: slot.name.clone(),
        run,
        verdict: ended.verdict,
        uid: context.uid().map(|uid| uid.to_string()),
        step: told.map(|_| context.step()),
        code: told.map(|fault| fault.code),
        chain: told.map(|fault| fault.chain.clone()),
        elapsed_ms: elapsed_ms(&shared, began),
    });
    recorded.map(|()| ended)
}

/// The steps in their order. What each gives is what the next ones take.
async fn through_the_steps(context: &Context<'_>) -> Result<(), Fault> {
    let part = carry(context, StepId::Flash, flash::run(context)).await?;
    let greeting = carry(context, StepId::Greet, greet::run(context, part)).await?;
    carry(context, StepId::SelfTest, self_test::run(context, &greeting)).await?;
    let uid = carry(context, StepId::Keygen, keygen::run(context, &greeting)).await?;
    let birth = carry(context, StepId::Issue, issue::run(context, &greeting, uid)).await?;
    carry(context, StepId::Install, install::run(context, &greeting, &birth)).await?;
    carry(context, StepId::Prove, prove::run(context, &birth)).await?;
    carry(context, StepId::Seal, seal::run(context, &greeting, &birth)).await?;
    let payload = carry(context, StepId::Label, label::run(context, &birth)).await?;
    carry(context, StepId::Scan, scan::run(context, &birth, &payload)).await?;
    carry(context, StepId::Pass, pass::run(context, &birth)).await
}

/// Carries out one step, tells of it, and records that it was done or skipped.
async fn carry<T>(
    context: &Context<'_>,
    step: StepId,
    work: impl Future<Output = StepResult<T>>,
) -> Result<T, Fault> {
    let shared = context.line;
    *context.step.lock().unwrap_or_else(PoisonError::into_inner) = step;
    let began = shared.clock.instant();
    let slot = &context.slot.name;
    shared.tell(Event::StepStarted { slot: slot.clone(), run: context.run, step });
    let (value, skipped) = work.await?.into_parts();
    let elapsed_ms = elapsed_ms(shared, began);
    // The pass is the last record of a run.
    if step != StepId::Pass {
        context
            .record(StepFinished {
                run: context.run,
                step: step.name().to_owned(),
                outcome: skipped
                    .map_or(StepOutcome::Done, |reason| StepOutcome::Skipped { reason: reason.to_owned() }),
                elapsed_ms,
            })
            .await?;
    }
    shared.tell(Event::StepEnded {
        slot: slot.clone(),
        run: context.run,
        step,
        skipped: skipped.map(str::to_owned),
        elapsed_ms,
    });
    Ok(value)
}

/// Records a fault. A ledger that cannot take it, or that caused it, stops the line.
async fn record_fault(context: &Context<'_>, fault: &Fault) -> Result<(), Fault> {
    set_apart(context, fault).await?;
    let recorded = context
        .record(RunFaulted::new(
            context.run,
            context.uid(),
            Some(context.step().name().to_owned()),
            fault.clone(),
        ))
        .await;
    if fault.code == FaultCode::LedgerWrite { Err(fault.clone()) } else { recorded }
}

/// Sees to it that a module which must not go on does not: not in this slot nor in another one, today
/// or tomorrow, until a person has looked at it.
async fn set_apart(context: &Context<'_>, fault: &Fault) -> Result<(), Fault> {
    let known_already = matches!(fault.code, FaultCode::ModuleQuarantined | FaultCode::CertificateVoided);
    let Some(uid) = context.uid() else { return Ok(()) };
    if fault.code.entry().disposition != Disposition::Quarantine || known_already {
        return Ok(());
    }
    let (run, code) = (context.run, fault.code);
    match context.try_record(ModuleQuarantined { run, uid, code }).await {
        // If refused so, there is nothing to set apart: the ledger does not know it, it is void, or the one
        // that the ledger knows has passed and is not the one in the slot.
        Ok(())
        | Err(LedgerError::Refused(
            Refusal::ModuleUnknown { .. } | Refusal::ModuleVoid { .. } | Refusal::ModulePassed { .. },
        )) => Ok(()),
        Err(error) => Err(Fault::of(&error)),
    }
}

/// What passed over the serial line is kept beside the ledger. A disk that does not take it is told
/// of by the ledger soon enough; a module is not failed for it.
async fn keep_transcript(context: &Context<'_>) {
    let text = context.slot.link.transcript().take();
    let file = context.line.files.transcript(context.run);
    if let Err(error) = context.line.files.write(&file, text.as_bytes()).await {
        tracing::warn!("cannot write {}: {error}", file.display());
    }
}

fn elapsed_ms(shared: &Shared, began: Instant) -> u64 {
    let elapsed = shared.clock.instant().saturating_duration_since(began);
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}
