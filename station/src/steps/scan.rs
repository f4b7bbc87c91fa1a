//! Scan: the printed label is read back, and belongs to the module in the slot.

use std::time::Duration;

use super::issue::Birth;
use crate::engine::{Context, Step, StepResult};
use crate::fault::{Fault, FaultCode};
use crate::ledger::LabelScanned;
use crate::scanner::ScannerError;

/// How long to wait after a read that found nothing.
const PAUSE: Duration = Duration::from_millis(200);

/// Reads the label on the module, giving the operator time to stick it.
///
/// # Errors
/// Nothing was read in time, another module's label was read, or the scanner is in trouble.
pub async fn run(context: &Context<'_>, birth: &Birth, payload: &str) -> StepResult<()> {
    let clock = &context.line.clock;
    let deadline = clock.instant() + context.line.scan_wait;
    let read = loop {
        match context.slot.scanner.scan().await {
            Ok(read) => break read,
            Err(ScannerError::NoRead { .. }) if clock.instant() < deadline => tokio::time::sleep(PAUSE).await,
            Err(error) => return Err(Fault::of(&error)),
        }
    };
    if read != payload {
        let what = format!("read {read:?}, printed {payload:?}");
        return Err(Fault::new(FaultCode::ScannerOtherLabel, what));
    }
    context.record(LabelScanned { run: context.run, uid: birth.uid, payload: read }).await?;
    Ok(Step::Done(()))
}
