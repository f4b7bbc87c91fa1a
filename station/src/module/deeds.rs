//! What people do to modules: void, scrap, rework, return, reprint. Each is recorded with who and why.
//!
//! Beside a running line nothing is done to a module that a run has in its slot: the run would end in a fault
//! that is nobody's. A deed may wait long to be recorded, for a batch that is being made up, and the module may
//! be put in meanwhile; so the ledger judges it in the transaction that records the deed, and refuses it with
//! [`FaultCode::ModuleAtWork`]. A run knows its module from `module-identified` on. One that is still before
//! that finds the module as the deed has left it, as if it had been put in afterwards.
//!
//! By the same record it is judged whether a pass was taken back: a module that passed while the deed waited
//! counted when the deed was done.

use std::sync::Arc;

use wire::Uid;

use crate::fault::{Fault, FaultCode};
use crate::label::zpl;
use crate::ledger::{
    DeedKind, LabelReprinted, Ledger, LedgerError, ModuleReturned, ModuleReworked, ModuleScrapped,
    ModuleVoided, OrderId, Reader, Reason, Seq,
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
    /// The order for which the module counted as passed until then: it lacks one more module now.
    pub taken_back: Option<OrderId>,
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
    /// Nobody is named as the operator; a run has the module; the ledger refuses it, or cannot be written; the
    /// label cannot be made or printed. A label that was recorded and not printed is to be printed again.
    pub async fn perform(self, ledger: &Ledger, uid: Uid, reason: Reason) -> Result<Done, Fault> {
        if ledger.operator().trim().is_empty() {
            return Err(Fault::new(FaultCode::OperatorMissing, "nobody is named as the operator"));
        }
        let recorded = match self {
            Self::Void => ledger.append_at_rest(ModuleVoided { uid, reason }).await,
            Self::Scrap => ledger.append_at_rest(ModuleScrapped { uid, reason }).await,
            Self::Rework => ledger.append_at_rest(ModuleReworked { uid, reason }).await,
            Self::Return => ledger.append_at_rest(ModuleReturned { uid, reason }).await,
            Self::Reprint(printer) => {
                reprint(ledger, printer.as_ref(), uid, reason).await?;
                return Ok(Done::default());
            }
        };
        let at = recorded.map_err(|error| Fault::of(&error))?.seq;
        let may_lack_a_place = matches!(self, Self::Rework);
        let done = ledger.query(move |reader| came_of(reader, uid, at, may_lack_a_place)).await;
        // It is done, and on disk. What the ledger cannot tell of it now is not counted on.
        Ok(done.unwrap_or_default())
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
    ledger
        .append_at_rest(LabelReprinted { uid, payload, reason })
        .await
        .map_err(|error| Fault::of(&error))?;
    printer.print(&zpl::render(&label)).await.map_err(|error| Fault::of(&error))
}

/// What came of the deed at the place `at`.
fn came_of(reader: &Reader, uid: Uid, at: Seq, may_lack_a_place: bool) -> Result<Done, LedgerError> {
    let Some(order) = reader.module(&uid)?.and_then(|module| module.order) else {
        return Ok(Done::default());
    };
    let taken_back = reader.counted_until(&uid, at)?;
    let is_complete = reader.order_progress(&order)?.is_some_and(|progress| progress.left() == 0);
    Ok(Done {
        taken_back: taken_back.then(|| order.clone()),
        no_place_in: (may_lack_a_place && is_complete).then_some(order),
    })
}
