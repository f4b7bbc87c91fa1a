//! What a step may use: the devices of its slot, what all slots share, and the ledger.

use std::sync::Mutex;
use std::sync::PoisonError;

use tokio::sync::mpsc::UnboundedSender;
use wire::Uid;

use super::{Event, Shared, SlotDevices, StepId};
use crate::fault::Fault;
use crate::ledger::{self, LedgerError, Reader, RunId};

/// A run's view of the station.
#[derive(Debug)]
pub struct Context<'a> {
    /// What all slots share.
    pub line: &'a Shared,
    /// The devices of this slot.
    pub slot: &'a SlotDevices,
    /// Number of the run.
    pub run: RunId,
    /// The step that is under way.
    pub(super) step: Mutex<StepId>,
    /// The module, once it has said who it is.
    pub(super) uid: Mutex<Option<Uid>>,
}

impl Context<'_> {
    /// Puts an event into the ledger and waits until it is on disk.
    ///
    /// # Errors
    /// The ledger refuses the event, or cannot write.
    pub async fn record(&self, event: impl Into<ledger::Event> + Send) -> Result<(), Fault> {
        self.try_record(event).await.map_err(|error| Fault::of(&error))
    }

    /// As [`record`](Self::record), for a step that has something to do about a refusal.
    ///
    /// # Errors
    /// What the ledger says.
    pub async fn try_record(&self, event: impl Into<ledger::Event> + Send) -> Result<(), LedgerError> {
        self.line.ledger.append(event).await.map(drop)
    }

    /// Asks the ledger.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Reader) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, Fault> {
        self.line.ledger.query(question).await.map_err(|error| Fault::of(&error))
    }

    /// Notes who the module is, for the end of the run.
    pub fn identified(&self, uid: Uid) {
        *self.uid.lock().unwrap_or_else(PoisonError::into_inner) = Some(uid);
    }

    /// Who the module is, if it has said so.
    pub fn uid(&self) -> Option<Uid> {
        *self.uid.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reports how far the step has come, whole percents only: done and total, in bytes.
    pub fn progress(&self) -> impl Fn(u64, u64) + Send + 'static {
        let (slot, run, step) = (self.slot.name.clone(), self.run, self.step());
        let events: UnboundedSender<Event> = self.line.events.clone();
        let last = std::sync::atomic::AtomicU64::new(u64::MAX);
        move |done, total| {
            let percent = (done * 100).checked_div(total).unwrap_or(0);
            if last.swap(percent, std::sync::atomic::Ordering::Relaxed) != percent {
                // Nobody may be listening any more; the run goes on.
                let _ = events.send(Event::Progress { slot: slot.clone(), run, step, done, total });
            }
        }
    }

    pub(super) fn step(&self) -> StepId {
        *self.step.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
