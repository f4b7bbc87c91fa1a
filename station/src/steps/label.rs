//! Label: what is printed, and that it was printed.

use super::issue::Birth;
use crate::engine::{Context, Step, StepResult};
use crate::fault::{Fault, FaultCode};
use crate::label::{Fields, Label, png, zpl};
use crate::ledger::LabelPrinted;

/// Prints the module's label and keeps its picture. Gives the payload of its code.
///
/// A label that was printed but never scanned is printed again: it may be lost, and both say the
/// same.
///
/// # Errors
/// The label cannot be made, the printer is in trouble, or the picture cannot be written.
pub async fn run(context: &Context<'_>, birth: &Birth) -> StepResult<String> {
    let line = context.line;
    let order = &line.order;
    let fields = Fields { uid: birth.uid, order: &order.id, product: &order.product.name };
    let label = Label::new(&fields, &order.label, &order.product.label).map_err(|error| Fault::of(&error))?;
    let picture =
        png::render(&label).map_err(|error| Fault::new(FaultCode::Bug, format!("no picture: {error}")))?;
    let commands = zpl::render(&label);
    let file = line.files.label(&birth.uid);
    line.files.keep(&file, &picture).await?;
    context.slot.printer.print(&commands).await.map_err(|error| Fault::of(&error))?;
    let payload = label.payload().to_owned();
    context.record(LabelPrinted { run: context.run, uid: birth.uid, payload: payload.clone() }).await?;
    Ok(Step::Done(payload))
}
