//! What all slots share, and running them side by side.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::slot::SlotDevices;
use super::{Event, Retries};
use crate::audit::Watch;
use crate::checkpoint;
use crate::clock::Clock;
use crate::config::Order;
use crate::fault::{Fault, FaultCode, Verdict};
use crate::files::Files;
use crate::gate::Issuing;
use crate::ledger::{Ledger, LedgerError, RunFaulted, RunId, RunStarted};
use crate::probe::Image;

/// How long before the CA closes by itself the ledger is vouched for once more.
const LAST_CALL: Duration = Duration::from_secs(30);

/// What all slots share.
#[derive(Debug)]
pub struct Shared {
    /// The open order.
    pub order: Order,
    /// The product's image, checked.
    pub image: Image,
    /// The record.
    pub ledger: Ledger,
    /// How birth certificates are issued.
    pub issuing: Issuing,
    /// The HSM's own log, if it can be read.
    pub audit: Option<Watch>,
    /// Where labels and transcripts are kept.
    pub files: Files,
    /// How long an operator has to stick a label.
    pub scan_wait: Duration,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Who listens to what happens.
    pub events: UnboundedSender<Event>,
    /// How far the line has come, and when it stops.
    pub progress: Arc<Progress>,
    /// Where it is asked to try a module again.
    pub retries: Arc<Retries>,
}

impl Shared {
    /// Tells whoever listens. Nobody may be listening; the line goes on.
    pub(super) fn tell(&self, event: Event) {
        let _ = self.events.send(event);
    }

    /// Records that a run begins, by the right to it; its place in the ledger is its number.
    pub(super) async fn begin_run(&self, slot: &str, right: Right<'_>) -> Result<RunId, Fault> {
        let event = RunStarted { slot: slot.to_owned(), order: self.order.id.as_str().into() };
        right.use_up(&self.ledger, event).await.map_err(|error| Fault::of(&error))
    }

    /// Records that a run ended in a fault that the run itself could not record.
    pub(super) async fn record_crash(&self, run: RunId, fault: &Fault) -> Result<(), Fault> {
        let event = RunFaulted::new(run, None, None, fault.clone());
        self.ledger.append(event).await.map(drop).map_err(|error| Fault::of(&error))
    }
}

/// When the line has had enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// How many modules the order still lacks.
    pub passes: u32,
    /// How many runs to make at most; as many as it takes, if not given.
    pub runs: Option<u32>,
}

/// How many modules were taken up and how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Runs under way.
    pub running: u32,
    /// Runs that passed.
    pub passed: u32,
    /// Runs in which the module failed.
    pub failed: u32,
    /// Runs in which the station was in trouble.
    pub errors: u32,
    /// Passes of the order that were taken back while the line ran: so many modules more are lacking.
    pub taken_back: u32,
    /// No further module is to be taken up.
    pub stopping: bool,
    /// Nobody answers for the line: no module is taken up until somebody does.
    pub unattended: bool,
    /// Runs under way of which the ledger does not know yet.
    pub unrecorded: u32,
}

impl Tally {
    /// Runs that ended.
    pub fn ended(&self) -> u32 {
        self.passed + self.failed + self.errors
    }
}

/// The right to begin a run. Whoever answers for the line when it is given does so until it is used up: a
/// colleague who takes over, and a sign-out, are put on record after the run's beginning.
#[derive(Debug)]
pub(crate) struct Right<'a>(&'a Progress);

impl Right<'_> {
    /// Records that the run begins.
    pub(crate) async fn use_up(self, ledger: &Ledger, event: RunStarted) -> Result<RunId, LedgerError> {
        ledger.append(event).await.map(|receipt| receipt.run())
    }
}

impl Drop for Right<'_> {
    fn drop(&mut self) {
        self.0.tally.send_modify(|tally| tally.unrecorded = tally.unrecorded.saturating_sub(1));
    }
}

/// How far the line has come. Slots that have no right to begin a run yet wait here.
#[derive(Debug)]
pub struct Progress {
    quota: Quota,
    tally: watch::Sender<Tally>,
}

impl Progress {
    /// A line that has done nothing yet.
    pub fn new(quota: Quota) -> Self {
        Self { quota, tally: watch::Sender::new(Tally::default()) }
    }

    /// How many modules were taken up and how they ended.
    pub fn tally(&self) -> Tally {
        *self.tally.borrow()
    }

    /// Takes up no further module; the runs under way go on to their end.
    pub fn stop(&self) {
        self.tally.send_modify(|tally| tally.stopping = true);
    }

    /// A module that had passed counts for the order no more: another is to take its place.
    pub fn take_back(&self) {
        self.tally.send_modify(|tally| tally.taken_back += 1);
    }

    /// Says whether somebody answers for the line. While nobody does, no module is taken up; the runs under
    /// way go on to their end.
    pub fn attend(&self, attended: bool) {
        self.tally.send_modify(|tally| tally.unattended = !attended);
    }

    /// Says that nobody answers for the line any more, and waits until each run that had the right to begin is on
    /// record: what is recorded after that, no run's beginning follows.
    pub async fn dismiss(&self) {
        self.attend(false);
        let mut tally = self.tally.subscribe();
        // The sender lives as long as this future borrows it.
        let _ = tally.wait_for(|tally| tally.unrecorded == 0).await;
    }

    /// Whether somebody answers for the line. A line without a screen has whoever started it.
    pub(super) fn is_attended(&self) -> bool {
        !self.tally.borrow().unattended
    }

    /// Waits until somebody answers for the line. `false` when it has had enough first.
    pub(super) async fn attended(&self) -> bool {
        let mut tally = self.tally.subscribe();
        let ready = tally.wait_for(|tally| self.is_finished(tally) || !tally.unattended).await;
        ready.is_ok_and(|tally| !self.is_finished(&tally))
    }

    /// Waits until the line has had enough.
    pub(super) async fn finished(&self) {
        let mut tally = self.tally.subscribe();
        // The sender lives as long as this future borrows it.
        let _ = tally.wait_for(|tally| self.is_finished(tally)).await;
    }

    /// Whether a run has to wait for its right to begin.
    pub(super) fn has_to_wait(&self) -> bool {
        let tally = self.tally.borrow();
        !self.is_finished(&tally) && !self.has_room(&tally)
    }

    /// Waits until there may be a right to begin a run: the order must still lack a module that no other
    /// slot is working on. `false` when the line has had enough.
    pub(crate) async fn room(&self) -> bool {
        let mut tally = self.tally.subscribe();
        let ready = tally.wait_for(|tally| self.is_finished(tally) || self.has_room(tally)).await;
        ready.is_ok_and(|tally| !self.is_finished(&tally))
    }

    /// Takes the right to begin a run, which counts as under way from now on. None when there is none: another
    /// slot was quicker, whoever answered for the line has left, or it has had enough.
    pub(crate) fn begin(&self) -> Option<Right<'_>> {
        let begun = self.tally.send_if_modified(|tally| {
            let begun = !self.is_finished(tally) && self.has_room(tally);
            tally.running += u32::from(begun);
            tally.unrecorded += u32::from(begun);
            begun
        });
        begun.then(|| Right(self))
    }

    /// Counts a run that ended.
    pub(crate) fn end(&self, verdict: Verdict) {
        self.tally.send_modify(|tally| {
            tally.running = tally.running.saturating_sub(1);
            match verdict {
                Verdict::Pass => tally.passed += 1,
                Verdict::Fail => tally.failed += 1,
                Verdict::Error => tally.errors += 1,
            }
        });
    }

    /// How many passes the order wants of this line.
    const fn wanted(&self, tally: &Tally) -> u32 {
        self.quota.passes.saturating_add(tally.taken_back)
    }

    fn is_finished(&self, tally: &Tally) -> bool {
        tally.stopping
            || tally.passed >= self.wanted(tally)
            || self.quota.runs.is_some_and(|runs| tally.ended() >= runs)
    }

    fn has_room(&self, tally: &Tally) -> bool {
        !tally.unattended
            && tally.passed + tally.running < self.wanted(tally)
            && self.quota.runs.is_none_or(|runs| tally.ended() + tally.running < runs)
    }
}

/// Runs all slots side by side until the quota is reached or [`Progress::stop`] is called.
///
/// # Errors
/// The fault that stopped the whole line: the ledger could not be written.
pub async fn run(shared: Arc<Shared>, slots: Vec<SlotDevices>) -> Result<Tally, Fault> {
    let mut tasks = JoinSet::new();
    for slot in slots {
        let shared = Arc::clone(&shared);
        tasks.spawn(async move { Arc::new(slot).serve(&shared).await });
    }
    let missed = Arc::new(Missed::default());
    let mut vouching = tokio::spawn(vouch_regularly(Arc::clone(&shared), Arc::clone(&missed)));
    let mut stopped = None;
    loop {
        let fault = tokio::select! {
            ended = tasks.join_next() => match ended {
                None => break,
                Some(Ok(Ok(()))) => continue,
                Some(Ok(Err(fault))) => fault,
                Some(Err(error)) => Fault::new(FaultCode::Bug, format!("a slot's task ended: {error}")),
            },
            alarm = &mut vouching, if !vouching.is_finished() || stopped.is_none() => match alarm {
                Ok(fault) => fault,
                Err(error) => Fault::new(FaultCode::Bug, format!("the watch over the ledger ended: {error}")),
            },
        };
        shared.progress.stop();
        if stopped.is_none() {
            tell_stopped(&shared, &fault);
            stopped = Some(fault);
        }
    }
    vouching.abort();
    if stopped.is_none() {
        vouch(&shared, &missed).await;
        if let Err(fault) = audit(&shared, &missed).await {
            tell_stopped(&shared, &fault);
            stopped = Some(fault);
        }
    }
    stopped.map_or_else(|| Ok(shared.progress.tally()), Err)
}

fn tell_stopped(shared: &Shared, fault: &Fault) {
    shared.tell(Event::LineStopped { code: fault.code, chain: fault.chain.clone() });
}

/// What was missed the last time. When it is made up for, that is told too.
#[derive(Debug, Default)]
struct Missed {
    checkpoint: AtomicBool,
    audit: AtomicBool,
}

/// Until the HSM's log holds something that the ledger does not know.
async fn vouch_regularly(shared: Arc<Shared>, missed: Arc<Missed>) -> Fault {
    let mut openings = shared.issuing.authority.watch();
    loop {
        // Once more shortly before the CA closes: what is recorded after that has to wait.
        let open = openings.borrow_and_update().remaining().saturating_sub(LAST_CALL);
        let pause = if open.is_zero() { checkpoint::EVERY } else { checkpoint::EVERY.min(open) };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            // Opened again or closed: there is another time to be in time for. The sender is `shared`'s.
            _ = openings.changed() => continue,
        }
        vouch(&shared, &missed).await;
        if let Err(fault) = audit(&shared, &missed).await {
            return fault;
        }
    }
}

/// Compares the HSM's own log with the ledger. A log that cannot be read is told and tried again; one that
/// tells of a stranger is a fault.
async fn audit(shared: &Shared, missed: &Missed) -> Result<(), Fault> {
    let Some(watch) = &shared.audit else { return Ok(()) };
    match watch.check(&shared.ledger).await.map_err(|error| Fault::of(&error)) {
        Ok(()) => {
            if missed.audit.swap(false, Ordering::Relaxed) {
                shared.tell(Event::AuditMade);
            }
            Ok(())
        }
        Err(fault) if fault.code != FaultCode::SignatureUnknown => {
            missed.audit.store(true, Ordering::Relaxed);
            shared.tell(Event::AuditMissed { code: fault.code, chain: fault.chain });
            Ok(())
        }
        Err(fault) => Err(fault),
    }
}

/// Has the ledger vouched for. Without that the line keeps all its promises but one, so it goes on,
/// and says so.
async fn vouch(shared: &Shared, missed: &Missed) {
    match checkpoint::make_if_due(&shared.issuing.desk, &shared.files).await {
        Ok(()) => {
            if missed.checkpoint.swap(false, Ordering::Relaxed) {
                shared.tell(Event::CheckpointMade);
            }
        }
        Err(error) => {
            missed.checkpoint.store(true, Ordering::Relaxed);
            let fault = Fault::of(&error);
            shared.tell(Event::CheckpointMissed { code: fault.code, chain: fault.chain });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_more_modules_are_taken_up_than_the_order_lacks() {
        let progress = Progress::new(Quota { passes: 1, runs: None });
        assert!(progress.begin().is_some());
        assert!(progress.begin().is_none() && progress.has_to_wait());
        let second = progress.room();
        tokio::pin!(second);
        assert!(tokio::time::timeout(Duration::from_millis(20), &mut second).await.is_err());
        progress.end(Verdict::Fail);
        assert!(second.await && progress.begin().is_some(), "the failed module is to be replaced");
        progress.end(Verdict::Pass);
        assert!(!progress.room().await);
        progress.finished().await;
    }

    #[tokio::test]
    async fn a_pass_that_is_taken_back_is_made_up_for() {
        let progress = Progress::new(Quota { passes: 2, runs: None });
        assert!(progress.begin().is_some());
        progress.end(Verdict::Pass);
        progress.take_back();
        for _ in 0..2 {
            assert!(progress.begin().is_some(), "the order lacks two");
            progress.end(Verdict::Pass);
        }
        assert!(!progress.room().await);
    }

    #[tokio::test]
    async fn runs_are_limited_whatever_their_verdict() {
        let progress = Progress::new(Quota { passes: 10, runs: Some(2) });
        assert!(progress.begin().is_some() && progress.begin().is_some());
        progress.end(Verdict::Error);
        progress.end(Verdict::Pass);
        assert!(!progress.room().await);
        let Tally { passed, errors, .. } = progress.tally();
        assert_eq!((passed, errors), (1, 1));
    }

    #[tokio::test]
    async fn a_line_for_which_nobody_answers_begins_nothing_until_somebody_does() {
        let progress = Progress::new(Quota { passes: 10, runs: None });
        progress.attend(false);
        {
            assert!(progress.begin().is_none() && progress.has_to_wait());
            let room = progress.room();
            tokio::pin!(room);
            assert!(tokio::time::timeout(Duration::from_millis(20), &mut room).await.is_err());
            progress.attend(true);
            assert!(room.await && progress.begin().is_some());
        }
        progress.attend(false);
        assert_eq!(progress.tally().running, 1, "what has begun goes on");
        progress.stop();
        assert!(
            !progress.room().await && progress.begin().is_none(),
            "a line that stops need not wait for anybody"
        );
        assert!(!progress.attended().await);
    }

    #[tokio::test]
    async fn a_stopped_line_begins_nothing() {
        let progress = Progress::new(Quota { passes: 10, runs: None });
        progress.stop();
        assert!(!progress.room().await);
    }
}
