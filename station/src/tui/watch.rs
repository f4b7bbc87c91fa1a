//! Looks at the devices now and then, so that their lights tell how they are and not how they were.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use tokio::sync::watch::Receiver;
use tokio::task::JoinSet;

use super::front::counted;
use super::msg::{Device, Msg, Report};
use crate::check;
use crate::clock::{Clock, ClockGuard};
use crate::engine::SlotDevices;
use crate::fault::{Coded as _, FaultCode};
use crate::gate::Opening;
use crate::hsm;
use crate::ledger::{Ledger, OrderId, Reader};
use crate::printer::Printer;
use crate::scanner::{Scanner, Sign};

/// How often a device is looked at. One that is at work is looked at when it is free.
const EVERY: Duration = Duration::from_secs(10);

/// The devices with a light.
#[derive(Debug)]
pub struct Watched {
    /// How things stand with the HSM.
    pub hsm: Receiver<hsm::State>,
    /// For how long, and for how many certificates, the CA was opened last.
    pub opening: Receiver<Arc<Opening>>,
    /// The printers, each once.
    pub printers: Vec<Arc<dyn Printer>>,
    /// The scanners that can be asked, each once.
    pub scanners: Vec<Arc<dyn Scanner>>,
    /// The directory of the ledger, whose disk it is about.
    pub data: PathBuf,
}

impl Watched {
    /// The devices of these slots; what several share is looked at once.
    pub fn new(
        slots: &[SlotDevices],
        hsm: Receiver<hsm::State>,
        opening: Receiver<Arc<Opening>>,
        data: PathBuf,
    ) -> Self {
        let mut printers: Vec<Arc<dyn Printer>> = Vec::new();
        let mut scanners: Vec<Arc<dyn Scanner>> = Vec::new();
        for slot in slots {
            if !printers.iter().any(|known| Arc::ptr_eq(known, &slot.printer)) {
                printers.push(Arc::clone(&slot.printer));
            }
            if slot.scanner.sign() != Sign::None
                && !scanners.iter().any(|known| Arc::ptr_eq(known, &slot.scanner))
            {
                scanners.push(Arc::clone(&slot.scanner));
            }
        }
        Self { hsm, opening, printers, scanners, data }
    }
}

/// Watches all devices until the set is dropped.
pub(super) fn all(
    watched: Watched,
    ledger: &Ledger,
    order: &OrderId,
    clock: &Arc<dyn Clock>,
    inbox: &Sender<Msg>,
) -> JoinSet<()> {
    let Watched { hsm, opening, printers, scanners, data } = watched;
    let mut tasks = JoinSet::new();
    tasks.spawn(watch_hsm(hsm, opening, inbox.clone()));
    let tell = inbox.clone();
    tasks.spawn(async move {
        while tell.send(Msg::Device(Device::Printer, worst_printer(&printers).await)).is_ok() {
            tokio::time::sleep(EVERY).await;
        }
    });
    if !scanners.is_empty() {
        let tell = inbox.clone();
        tasks.spawn(async move {
            while tell.send(Msg::Device(Device::Scanner, worst_scanner(&scanners).await)).is_ok() {
                tokio::time::sleep(EVERY).await;
            }
        });
    }
    tasks.spawn(watch_ledger(ledger.clone(), order.clone(), inbox.clone()));
    tasks.spawn(watch_machine(data, Arc::clone(clock), inbox.clone()));
    tasks
}

/// The HSM's own threads keep its state up to date, by use and by looking. One that may sign nothing more is as good
/// as closed.
async fn watch_hsm(mut states: Receiver<hsm::State>, opening: Receiver<Arc<Opening>>, inbox: Sender<Msg>) {
    loop {
        let report = match &*states.borrow_and_update() {
            hsm::State::Closed => Report::Closed,
            hsm::State::Ready { .. } if opening.borrow().is_spent() => Report::Closed,
            hsm::State::Ready { open, of } => Report::Sessions(*open, *of),
            hsm::State::Lost { cause, .. } | hsm::State::Locked { cause } => Report::Trouble(cause.code()),
        };
        if inbox.send(Msg::Device(Device::Hsm, report)).is_err() {
            return;
        }
        match tokio::time::timeout(EVERY, states.changed()).await {
            Ok(Ok(())) | Err(_) => {}
            // With the HSM gone from the program nothing is heard of it any more, and the light says so.
            Ok(Err(_)) => return,
        }
    }
}

async fn worst_printer(printers: &[Arc<dyn Printer>]) -> Report {
    let mut worst = Report::Good;
    for printer in printers {
        match printer.status().await {
            Ok(status) => {
                if let Some(trouble) = status.trouble() {
                    worst = Report::Trouble(trouble.code());
                }
            }
            Err(error) => worst = Report::Trouble(error.code()),
        }
    }
    worst
}

async fn worst_scanner(scanners: &[Arc<dyn Scanner>]) -> Report {
    let mut worst = Report::Good;
    for scanner in scanners {
        if let Err(error) = scanner.reach().await {
            worst = Report::Trouble(error.code());
        }
    }
    worst
}

async fn watch_ledger(ledger: Ledger, order: OrderId, inbox: Sender<Msg>) {
    while inbox.send(counted(&ledger, &order).await).is_ok() {
        if let Ok(exported) = ledger.query(Reader::last_export).await {
            // The next send tells whether anybody listens.
            let _ = inbox.send(Msg::Device(Device::Export, Report::Exported(exported)));
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn watch_machine(data: PathBuf, clock: Arc<dyn Clock>, inbox: Sender<Msg>) {
    let mut guard = ClockGuard::new(&*clock);
    loop {
        let time = guard.now(&*clock).map_or(Report::Trouble(FaultCode::ClockJumped), |_| Report::Good);
        let sent = inbox.send(Msg::Device(Device::Clock, time));
        if let Some(percent) = check::free(&data) {
            // The next send tells whether anybody listens.
            let _ = inbox.send(Msg::Device(Device::Disk, Report::Free(percent)));
        }
        if sent.is_err() {
            return;
        }
        tokio::time::sleep(EVERY).await;
    }
}
