//! What the page `unit` asks for: modules in the ledger, and what is done to one by hand.
//!
//! | file | what it holds |
//! |---|---|
//! | `dossier` | from the ledger's rows and events to what the page tells |

mod dossier;
#[cfg(test)]
mod tests;

pub(in crate::tui) use dossier::happened;

use std::sync::Arc;

use time::OffsetDateTime;
use wire::Uid;

use super::Clerk;
use crate::fault::{Fault, FaultCode};
use crate::ledger::{DeedKind, Ledger, Matches, Reason, UidPart};
use crate::module::{Deed, Done};
use crate::printer::Printer;
use crate::tui::pages;
use crate::tui::pages::unit::{Ask, Reach, Search, Told};

/// How many modules are listed at most.
const MOST: u16 = 50;

impl Clerk {
    pub(super) fn unit(&self, ask: Ask) {
        let ledger = self.office.ledger.clone();
        match ask {
            Ask::Find(search) => {
                if let Search::Part(part) = &search {
                    // What is known at once need not wait for what takes longer.
                    let (ledger, search, part) = (ledger.clone(), search.clone(), part.clone());
                    let broken = failed(search.clone());
                    let work = async move { unit(listed(&ledger, search, part, Reach::Beginning).await) };
                    self.tell(work, broken);
                }
                let now = self.office.clock.now();
                let broken = failed(search.clone());
                self.tell(async move { unit(find(&ledger, search, now).await) }, broken);
            }
            Ask::Do { uid, deed, reason, slot } => {
                let printers = &self.office.printers;
                let printer = printers.iter().find(|(name, _)| *name == slot);
                let printer = printer.map(|(_, printer)| Arc::clone(printer));
                let (line, order) = (Arc::clone(&self.office.progress), self.office.order.clone());
                // Whoever asks for it, though somebody else may be there by the time it is on record.
                let ledger = ledger.with_operator(&ledger.operator());
                let work = async move {
                    let done = carry_out(&ledger, printer, uid, deed, reason).await;
                    if done.as_ref().is_ok_and(|done| done.taken_back.as_ref() == Some(&order)) {
                        line.take_back();
                    }
                    unit(told(uid, deed, done))
                };
                self.tell(work, move |fault| unit(Told::Refused { uid, deed, fault }));
            }
        }
    }
}

const fn unit(told: Told) -> pages::Told {
    pages::Told::Unit(told)
}

/// What is told of a search that broke off.
fn failed(search: Search) -> impl FnOnce(Fault) -> pages::Told + Send + 'static {
    move |fault| unit(Told::Failed { search, fault })
}

/// Looks for a module, or for all that have a part of a UID.
async fn find(ledger: &Ledger, search: Search, now: OffsetDateTime) -> Told {
    let found = match search.clone() {
        Search::Part(part) => return listed(ledger, search, part, Reach::Anywhere).await,
        Search::Module(uid) => dossier::of(ledger, uid, now).await,
        Search::Label { payload, uid } => {
            let by_label = ledger
                .query(move |reader| Ok(reader.module_by_label(&payload)?.map(|module| module.uid).or(uid)));
            match by_label.await {
                Ok(Some(uid)) => dossier::of(ledger, uid, now).await,
                Ok(None) => Ok(None),
                Err(error) => Err(error),
            }
        }
    };
    match found {
        Ok(Some(dossier)) => Told::Module { search, dossier: Box::new(dossier) },
        Ok(None) => Told::Unknown { search },
        Err(error) => Told::Failed { search, fault: Fault::of(&error) },
    }
}

/// The modules that have a part of a UID, at its beginning or anywhere.
async fn listed(ledger: &Ledger, search: Search, part: UidPart, reach: Reach) -> Told {
    let found = ledger.query(move |reader| {
        let Matches { modules, more } = match reach {
            Reach::Beginning => reader.modules_beginning(&part, MOST)?,
            Reach::Anywhere => reader.modules_with(&part, MOST)?,
        };
        let hits = modules.into_iter().map(|module| dossier::hit(reader, module));
        Ok((hits.collect::<Result<Vec<_>, _>>()?, more))
    });
    match found.await {
        Ok((hits, more)) => Told::Hits { search, reach, hits, more },
        Err(error) => Told::Failed { search, fault: Fault::of(&error) },
    }
}

/// Does something to a module, in the name of the ledger's operator.
async fn carry_out(
    ledger: &Ledger,
    printer: Option<Arc<dyn Printer>>,
    uid: Uid,
    deed: DeedKind,
    reason: Reason,
) -> Result<Done, Fault> {
    let deed = match deed {
        DeedKind::Void => Deed::Void,
        DeedKind::Scrap => Deed::Scrap,
        DeedKind::Rework => Deed::Rework,
        DeedKind::Return => Deed::Return,
        DeedKind::Reprint => {
            let missing = || Fault::new(FaultCode::Configuration, "the slot has no printer");
            Deed::Reprint(printer.ok_or_else(missing)?)
        }
    };
    deed.perform(ledger, uid, reason).await
}

/// What is told of a deed.
fn told(uid: Uid, deed: DeedKind, done: Result<Done, Fault>) -> Told {
    match done {
        Ok(Done { no_place_in, .. }) => {
            Told::Done { uid, deed, no_place_in: no_place_in.map(|order| order.to_string()) }
        }
        Err(fault) => Told::Refused { uid, deed, fault },
    }
}
