//! One slot: wait until a module is seated, run it, wait until it is taken out.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::line::Right;
use super::run::{self, Ended};
use super::turn::Turn;
use super::{Event, Shared};
use crate::config::{self, ScannerPlace};
use crate::fault::{Fault, FaultCode, Verdict};
use crate::link::Link;
use crate::printer::tcp::Patience;
use crate::printer::{Printer, TcpPrinter};
use crate::probe::{Probe, Seat};
use crate::scanner::{HandReader, HandScanner, Scanner, Scans, SerialReader, TcpScanner};
use crate::tcp::Address;

/// The devices of one slot. Clones share them.
#[derive(Clone, Debug)]
pub struct SlotDevices {
    /// What the operator calls the slot.
    pub name: String,
    /// The debug probe.
    pub probe: Probe,
    /// The serial line.
    pub link: Link,
    /// The label printer.
    pub printer: Arc<dyn Printer>,
    /// The code reader.
    pub scanner: Arc<dyn Scanner>,
    /// Whose turn it is: a run has it from beginning to end.
    pub turn: Turn,
}

/// How often an empty slot is looked at, and how long a seated module is left in peace before it is
/// looked at again: a hand is still on it.
const POLL: Duration = Duration::from_millis(250);

/// How often a slot in trouble is tried again.
const BACK_OFF: Duration = Duration::from_secs(1);

/// How long a read of the scanner may take.
const SCAN: Duration = Duration::from_secs(10);

impl SlotDevices {
    /// Handles on the devices of all slots. Slots that name the same printer or scanner share it,
    /// and take turns. What a hand scanner reads comes to nothing.
    pub fn all(slots: &[config::Slot]) -> Vec<Self> {
        Self::with_scans(slots, &Scans::default(), Duration::ZERO)
    }

    /// As [`all`](Self::all), with the scans of hand scanners, which each slot waits for so long. Those on serial
    /// ports are read from now on; all else is opened at its first use.
    pub fn with_scans(slots: &[config::Slot], scans: &Scans, wait: Duration) -> Vec<Self> {
        let mut printers: BTreeMap<String, Arc<dyn Printer>> = BTreeMap::new();
        let mut mounted: BTreeMap<&Address, Arc<dyn Scanner>> = BTreeMap::new();
        let mut serial: BTreeMap<&Path, Arc<SerialReader>> = BTreeMap::new();
        slots
            .iter()
            .map(|slot| {
                let hand = |reader| HandScanner::new(&slot.name, reader, scans, wait);
                let scanner: Arc<dyn Scanner> = match &slot.scanner {
                    ScannerPlace::Keyboard => hand(HandReader::Keyboard),
                    ScannerPlace::Serial { port, baud } => {
                        let start = || SerialReader::start(port, *baud, scans);
                        hand(HandReader::Serial(Arc::clone(serial.entry(port).or_insert_with(start))))
                    }
                    ScannerPlace::Network(address) => Arc::clone(
                        mounted
                            .entry(address)
                            .or_insert_with(|| Arc::new(TcpScanner::new(address.clone(), SCAN))),
                    ),
                };
                let printer = printers
                    .entry(slot.printer.to_string())
                    .or_insert_with(|| Arc::new(TcpPrinter::new(slot.printer.clone(), Patience::default())));
                Self::new(slot, Arc::clone(printer), scanner)
            })
            .collect()
    }

    /// Handles on the devices that the configuration names; each is opened at its first use.
    pub fn new(slot: &config::Slot, printer: Arc<dyn Printer>, scanner: Arc<dyn Scanner>) -> Self {
        Self {
            name: slot.name.clone(),
            probe: Probe::new(&slot.name, &slot.probe),
            link: Link::new(&slot.name, &slot.port),
            printer,
            scanner,
            turn: Turn::default(),
        }
    }

    /// The slot's name and its printer.
    pub fn label_printer(&self) -> (String, Arc<dyn Printer>) {
        (self.name.clone(), Arc::clone(&self.printer))
    }

    /// Takes up module after module until the line has had enough.
    ///
    /// # Errors
    /// A fault that stops the whole line.
    pub(super) async fn serve(self: Arc<Self>, shared: &Arc<Shared>) -> Result<(), Fault> {
        let mut seated = false;
        while seated || self.wait_for_module(shared).await {
            if shared.progress.has_to_wait() {
                if !shared.progress.room().await {
                    break;
                }
                // It may have been taken out meanwhile.
                seated = false;
                continue;
            }
            // Before the right to begin: whoever has the turn may keep it longer than the operator stays.
            let Some(turn) = self.turn.try_take() else {
                drop(self.turn.take().await);
                seated = false;
                continue;
            };
            let Some(right) = shared.progress.begin() else {
                // Why there was none may have changed by now: somebody takes over from somebody. Only a line that
                // has had enough is one to leave.
                drop(turn);
                if !shared.progress.room().await {
                    break;
                }
                seated = false;
                continue;
            };
            let ended = self.run_module(shared, right).await;
            drop(turn);
            shared.progress.end(ended.as_ref().map_or(Verdict::Error, |ended| ended.verdict));
            let may_retry = ended?.may_retry;
            tokio::select! {
                // The module stays where it is.
                () = shared.retries.asked(&self.name), if may_retry => seated = true,
                emptied = self.wait_for(Seat::Empty, shared) => {
                    if !emptied {
                        break;
                    }
                    seated = false;
                }
            }
        }
        Ok(())
    }

    /// Runs the module in the slot, whose turn it is, on a task of its own, so that a mistake in a step costs this run
    /// and not the slot.
    async fn run_module(self: &Arc<Self>, shared: &Arc<Shared>, right: Right<'_>) -> Result<Ended, Fault> {
        let run = shared.begin_run(&self.name, right).await?;
        let task = tokio::spawn(run::run(Arc::clone(shared), Arc::clone(self), run));
        match task.await {
            Ok(ended) => ended,
            Err(error) => {
                let fault = Fault::new(FaultCode::Bug, format!("the run's task ended: {error}"));
                shared.record_crash(run, &fault).await?;
                shared.tell(Event::RunEnded {
                    slot: self.name.clone(),
                    run,
                    verdict: fault.verdict(),
                    uid: None,
                    step: None,
                    code: Some(fault.code),
                    chain: Some(fault.chain.clone()),
                    elapsed_ms: 0,
                });
                Ok(Ended::with(&fault))
            }
        }
    }

    /// Waits for a module to be taken up. One that is put in while nobody answers for the line is looked at
    /// again when somebody does: it may be gone by then. `false` when the line has had enough first.
    async fn wait_for_module(&self, shared: &Shared) -> bool {
        while self.wait_for(Seat::Taken, shared).await {
            if shared.progress.is_attended() {
                return true;
            }
            if !shared.progress.attended().await {
                return false;
            }
        }
        false
    }

    /// Waits until the slot has been `wanted` at two looks in a row, so that a bouncing contact does
    /// not count. `false` when the line has had enough first.
    async fn wait_for(&self, wanted: Seat, shared: &Shared) -> bool {
        tokio::select! {
            () = self.seat_is(wanted, shared) => true,
            () = shared.progress.finished() => false,
        }
    }

    async fn seat_is(&self, wanted: Seat, shared: &Shared) {
        let mut seen = 0;
        let mut told: Option<Event> = None;
        loop {
            let (event, pause) = match self.probe.seat().await {
                Ok(seat) if seat == wanted => {
                    seen += 1;
                    if seen == 2 {
                        // What comes next may be long in coming: the run may have to wait for its right to begin.
                        self.tell_recovered(told.as_ref(), shared);
                        return;
                    }
                    (None, POLL)
                }
                Ok(_) => {
                    seen = 0;
                    if wanted == Seat::Taken {
                        (Some(Event::SlotWaiting { slot: self.name.clone() }), POLL)
                    } else {
                        if self.tell_recovered(told.as_ref(), shared) {
                            told = None;
                        }
                        (None, POLL)
                    }
                }
                Err(error) => {
                    seen = 0;
                    (Some(Event::trouble(&self.name, &Fault::of(&error))), BACK_OFF)
                }
            };
            if let Some(event) = event
                && told.as_ref() != Some(&event)
            {
                told = Some(event.clone());
                shared.tell(event);
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// After trouble a look has succeeded, and no other event says so: nobody is to go on believing in the
    /// trouble. Says whether there was something to tell.
    fn tell_recovered(&self, told: Option<&Event>, shared: &Shared) -> bool {
        let recovered = matches!(told, Some(Event::SlotTrouble { .. }));
        if recovered {
            shared.tell(Event::SlotRecovered { slot: self.name.clone() });
        }
        recovered
    }
}
