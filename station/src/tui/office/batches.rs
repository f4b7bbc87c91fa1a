//! What the page `batches` asks for.

use std::sync::Arc;
use std::sync::mpsc::Sender;

use super::Clerk;
use crate::batches::{Closed, Packing, Stage, Wanted};
use crate::checkpoint;
use crate::config::Flow;
use crate::fault::Fault;
use crate::ledger::{BatchId, LedgerError, OrderId};
use crate::tui::msg::{Device, Msg, Report};
use crate::tui::pages;
use crate::tui::pages::batches::{Ask, Exported, Told};

/// How many batches are listed.
const LISTED: u32 = 50;

/// Where to tell the page something.
#[derive(Clone, Debug)]
struct Page(Sender<Msg>);

impl Page {
    fn tell(&self, told: Told) {
        self.send(Msg::Page(pages::Told::Batches(told)));
    }

    fn send(&self, msg: Msg) {
        // A screen that is gone need not be told.
        let _ = self.0.send(msg);
    }

    /// How far the work is, whenever it says so.
    fn stages(&self) -> impl Fn(Stage) + Clone + Send + Sync + 'static {
        let page = self.clone();
        move |stage| page.tell(Told::Stage(stage))
    }
}

impl Clerk {
    pub(super) fn batches(&self, ask: Ask) {
        let page = Page(self.inbox.clone());
        let (packing, order) = (self.packing(), self.office.order.clone());
        let work = async move {
            match ask {
                Ask::Due => answer(&page, due(&packing, order, &page).await),
                Ask::List => answer(&page, list(&packing, order, &page).await),
                Ask::Close => match close(&packing, &order, &page).await {
                    Ok(()) => {}
                    Err(fault) => page.tell(Told::Faulted(fault)),
                },
                Ask::Export(batch, flavour) => page.tell(export(&packing, batch, flavour, &page).await),
            }
        };
        self.work(work, |fault| pages::Told::Batches(Told::Faulted(fault)));
    }

    fn packing(&self) -> Packing {
        let office = &self.office;
        Packing {
            // Whoever asks for a batch, though somebody else may be there by the time it is on record.
            desk: office.desk.with_operator(&office.ledger.operator()),
            files: office.files.clone(),
            station: office.config.name.clone(),
            clock: Arc::clone(&office.clock),
        }
    }
}

fn answer(page: &Page, answered: Result<(), LedgerError>) {
    if let Err(error) = answered {
        page.tell(Told::Unanswered(Fault::of(&error)));
    }
}

async fn due(packing: &Packing, order: OrderId, page: &Page) -> Result<(), LedgerError> {
    let due = packing.desk.ledger().query(move |reader| reader.due(&order)).await?;
    page.tell(Told::Due(due));
    Ok(())
}

/// The light of the last export is told as well: it must not wait for the next look.
async fn list(packing: &Packing, order: OrderId, page: &Page) -> Result<(), LedgerError> {
    let answer = packing
        .desk
        .ledger()
        .query(move |reader| Ok((reader.due(&order)?, reader.batches(LISTED)?, reader.last_export()?)));
    let (due, batches, exported) = answer.await?;
    page.tell(Told::Due(due));
    page.tell(Told::Batches(batches));
    page.send(Msg::Device(Device::Export, Report::Exported(exported)));
    Ok(())
}

/// Tells that the batch is closed as soon as it is, and what becomes of the checkpoint after that.
async fn close(packing: &Packing, order: &OrderId, page: &Page) -> Result<(), Fault> {
    let order = packing.order(order).await?;
    let Closed { batch, modules } = packing.close(&order, page.stages()).await?;
    page.tell(Told::Closed { batch, modules: u64::try_from(modules).unwrap_or(u64::MAX) });
    let made = checkpoint::make(&packing.desk, &packing.files).await;
    page.tell(Told::Vouched(made.err().map(|error| Fault::of(&error))));
    Ok(())
}

async fn export(packing: &Packing, batch: BatchId, flavour: Flow, page: &Page) -> Told {
    let wanted = Wanted { batch, flavour: Some(flavour), out: None };
    match packing.export(wanted, page.stages()).await {
        Ok(made) => Told::Exported(Exported {
            batch: made.batch,
            flavour: made.flavour,
            file: made.file.display().to_string(),
            sha256: made.sha256,
        }),
        Err(error) => Told::Faulted(Fault::of(&error)),
    }
}
