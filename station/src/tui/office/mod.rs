//! Does what the pages ask for, off the screen's thread, and tells them what came of it.
//!
//! One file or folder for each page.

mod batches;
mod check;
mod operator;
pub(super) mod unit;
mod vendor;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::keypad::Keypad;
use super::msg::Msg;
use super::pages::{Ask, Told};
use crate::audit::Watch;
use crate::clock::Clock;
use crate::config;
use crate::engine::{Progress, SlotDevices};
use crate::fault::{Fault, FaultCode};
use crate::files::Files;
use crate::gate::{Authority, Desk};
use crate::ledger::{Ledger, OrderId};
use crate::operator::Attendance;
use crate::printer::Printer;

/// What the pages have to do with.
#[derive(Clone, Debug)]
pub struct Office {
    /// The settings.
    pub config: Arc<config::Station>,
    /// The files beside the ledger.
    pub files: Files,
    /// The record.
    pub ledger: Ledger,
    /// Where signatures are made.
    pub desk: Desk,
    /// The CA, as the officer opened it.
    pub authority: Arc<Authority>,
    /// The HSM's own log, if it can be read.
    pub audit: Option<Watch>,
    /// The order that the line works on.
    pub order: OrderId,
    /// How far the line has come.
    pub progress: Arc<Progress>,
    /// Who is signed in.
    pub attendance: Arc<Attendance>,
    /// The label printers, each by the slot that has it. The slots' own, so that labels wait for each other.
    pub printers: Vec<(String, Arc<dyn Printer>)>,
    /// The file that the settings were read from.
    pub settings: PathBuf,
    /// The devices of the slots, as the line uses them.
    pub slots: Arc<[SlotDevices]>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// An office in which somebody sits: it has a way to tell the screen.
#[derive(Clone, Debug)]
pub(super) struct Clerk {
    office: Office,
    keypad: Arc<Keypad>,
    runtime: Handle,
    inbox: Sender<Msg>,
}

impl Clerk {
    pub(super) const fn new(
        office: Office,
        keypad: Arc<Keypad>,
        runtime: Handle,
        inbox: Sender<Msg>,
    ) -> Self {
        Self { office, keypad, runtime, inbox }
    }

    /// Has it done what is asked for. Does not wait.
    pub(super) fn ask(&self, ask: Ask) {
        match ask {
            Ask::Unit(ask) => self.unit(ask),
            Ask::Batches(ask) => self.batches(ask),
            Ask::Vendor(ask) => self.vendor(ask),
            Ask::Check(ask) => self.check(ask),
            Ask::Operator(ask) => self.operator(ask),
        }
    }

    /// Tells a page what came of something, once it has come.
    fn tell(
        &self,
        told: impl Future<Output = Told> + Send + 'static,
        broken: impl FnOnce(Fault) -> Told + Send + 'static,
    ) {
        let inbox = self.inbox.clone();
        let work = async move {
            // A screen that is gone need not be told.
            let _ = inbox.send(Msg::Page(told.await));
        };
        self.work(work, broken);
    }

    /// Has something done that tells its page of it by itself.
    fn work(
        &self,
        work: impl Future<Output = ()> + Send + 'static,
        broken: impl FnOnce(Fault) -> Told + Send + 'static,
    ) {
        self.runtime.spawn(to_the_end(self.runtime.spawn(work), self.inbox.clone(), broken));
    }
}

/// Tells the page when the work breaks off, for a mistake in the program: a page that waits for ever takes no
/// key any more, and may let nobody leave.
async fn to_the_end(work: JoinHandle<()>, inbox: Sender<Msg>, broken: impl FnOnce(Fault) -> Told) {
    if let Err(error) = work.await {
        let fault = Fault::new(FaultCode::Bug, format!("the work ended: {error}"));
        // A screen that is gone need not be told.
        let _ = inbox.send(Msg::Page(broken(fault)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::pages::check;

    #[tokio::test]
    async fn a_page_hears_of_work_that_broke_off_and_of_no_other() {
        let (inbox, told) = std::sync::mpsc::channel();
        let broken = |fault: Fault| {
            assert_eq!(fault.code, FaultCode::Bug);
            Told::Check(check::Told::BrokenOff)
        };
        to_the_end(tokio::spawn(async {}), inbox.clone(), broken).await;
        assert!(told.try_recv().is_err(), "nothing broke off");
        to_the_end(tokio::spawn(async { panic!("a mistake") }), inbox, broken).await;
        assert_eq!(told.try_recv(), Ok(Msg::Page(Told::Check(check::Told::BrokenOff))));
    }
}
