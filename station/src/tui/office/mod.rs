//! Does what the pages ask for, off the screen's thread, and tells them what came of it.
//!
//! One file or folder for each page.

mod batches;
mod check;
mod operator;
mod unit;
mod vendor;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use tokio::runtime::Handle;

use super::keypad::Keypad;
use super::msg::Msg;
use super::pages::{Ask, Told};
use crate::audit::Watch;
use crate::clock::Clock;
use crate::config;
use crate::engine::{Progress, SlotDevices};
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
    fn tell(&self, told: impl Future<Output = Told> + Send + 'static) {
        let inbox = self.inbox.clone();
        self.runtime.spawn(async move {
            // A screen that is gone need not be told.
            let _ = inbox.send(Msg::Page(told.await));
        });
    }
}
