//! What people do to modules: void, scrap, rework, return, reprint. Each is recorded with who and why.

use std::sync::Arc;

use wire::Uid;

use crate::fault::{Fault, FaultCode};
use crate::label::zpl;
use crate::ledger::{
    DeedKind, LabelReprinted, Ledger, ModuleReturned, ModuleReworked, ModuleScrapped, ModuleVoided, OrderId,
    Reason,
};
use crate::printer::Printer;

/// Something to do to a module, with what it takes.
#[derive(Clone, Debug)]
pub enum Deed {
    /// Its certificate is made void, for ever.
    Void,
    /// Its hardware is destroyed, and its certificate void with it.
    Scrap,
    /// It is let onto the line again, with the identity it has: ends a quarantine, takes back a pass.
    Rework,
    /// The customer sent it back: its pass no longer counts, and it is in quarantine.
    Return,
    /// Its label is printed once more, by this printer.
    Reprint(Arc<dyn Printer>),
}

/// What came of a deed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// The order that is complete, and has no place for a reworked module until one of its modules is void
    /// or reworked.
    pub no_place_in: Option<OrderId>,
}

impl Deed {
    /// Which deed it is.
    pub const fn kind(&self) -> DeedKind {
        match self {
            Self::Void => DeedKind::Void,
            Self::Scrap => DeedKind::Scrap,
            Self::Rework => DeedKind::Rework,
            Self::Return => DeedKind::Return,
            Self::Reprint(_) => DeedKind::Reprint,
        }
    }

    /// Does it to a module, in the name of the ledger's operator. Returns when it is on disk and, for a
    /// label, when it is printed.
    ///
    /// # Errors
    /// Nobody is named as the operator; the ledger refuses it, or cannot be written; the label cannot be
    /// made or printed. A label that was recorded and not printed is to be printed again.
    pub async fn perform(self, ledger: &Ledger, uid: Uid, reason: Reason) -> Result<Done, Fault> {
        if ledger.operator().trim().is_empty() {
            return Err(Fault::new(FaultCode::OperatorMissing, "nobody is named as the operator"));
        }
        let recorded = match self {
            Self::Void => ledger.append(ModuleVoided { uid, reason }).await,
            Self::Scrap => ledger.append(ModuleScrapped { uid, reason }).await,
            Self::Rework => ledger.append(ModuleReworked { uid, reason }).await,
            Self::Return => ledger.append(ModuleReturned { uid, reason }).await,
            Self::Reprint(printer) => {
                reprint(ledger, printer.as_ref(), uid, reason).await?;
                return Ok(Done::default());
            }
        };
        recorded.map_err(|error| Fault::of(&error))?;
        if matches!(self, Self::Rework) { reworked(ledger, uid).await } else { Ok(Done::default()) }
    }
}

/// The record comes first: a second label that nobody knows of must not be in the world.
async fn reprint(ledger: &Ledger, printer: &dyn Printer, uid: Uid, reason: Reason) -> Result<(), Fault> {
    let found = ledger.query(move |reader| {
        let Some(module) = reader.module(&uid)? else { return Ok(None) };
        let order = module.order.as_ref().map(|order| reader.order(order)).transpose()?.flatten();
        Ok(Some((module, order)))
    });
    let (module, order) = found
        .await
        .map_err(|error| Fault::of(&error))?
        .ok_or_else(|| Fault::new(FaultCode::ModuleUnknown, format!("the ledger does not know {uid}")))?;
    let label = super::label(&module, order.as_ref())?;
    let payload = label.payload().to_owned();
    ledger.append(LabelReprinted { uid, payload, reason }).await.map_err(|error| Fault::of(&error))?;
    printer.print(&zpl::render(&label)).await.map_err(|error| Fault::of(&error))
}

/// Whether the module that was let onto the line has a place there.
async fn reworked(ledger: &Ledger, uid: Uid) -> Result<Done, Fault> {
    let complete = ledger.query(move |reader| {
        let Some(order) = reader.module(&uid)?.and_then(|module| module.order) else { return Ok(None) };
        let progress = reader.order_progress(&order)?;
        Ok(progress.is_some_and(|progress| progress.left() == 0).then_some(order))
    });
    Ok(Done { no_place_in: complete.await.map_err(|error| Fault::of(&error))? })
}
