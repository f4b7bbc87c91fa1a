//! The sessions of a token, each on a thread of its own, and the work that is spread over them.
//!
//! A call takes a session that is idle, the one used last before all others, and so opens no more
//! sessions than there are calls at the same time. With none idle it waits, first come, first
//! served. Its deadline holds for waiting, connecting and working together.
//!
//! A call that does not return costs its session: others do not come near it until it returns after
//! all. A token that gives no session more costs nothing but that session; it is asked for again
//! when idle sessions are looked after.

use std::num::NonZeroU8;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, timeout_at};

use super::HsmError;
use super::keeper;
use super::state::Says;
use super::token::Token;
use super::worker::Worker;
use crate::device::{CallError, Owner};

/// How long a call waits for the next try at a token that has just failed, once. A token that had a
/// bad moment is had back so; one that is gone is told as gone.
const PATIENCE: Duration = Duration::from_millis(250);

/// All that calls share.
#[derive(Debug)]
pub(super) struct Pool {
    pub(super) token: Arc<Token>,
    seats: Vec<Seat>,
    /// As many permits as there are idle seats, or more to come.
    permits: Arc<Semaphore>,
    /// Idle seats; the one used last at the end.
    idle: Mutex<Vec<usize>>,
    /// Seats without a session, because the token gives no more.
    retired: Mutex<Vec<usize>>,
    looked_after: AtomicBool,
}

/// A thread and its session, each begun when needed.
#[derive(Debug)]
struct Seat {
    owner: Owner<Worker, HsmError>,
    used: AtomicBool,
}

/// A seat taken out of the idle ones, to be given back by whoever ends last: the caller or, if that
/// gave up, the call.
#[derive(Debug)]
struct Lease {
    pool: Arc<Pool>,
    seat: usize,
    permit: Option<OwnedSemaphorePermit>,
    progress: Arc<AtomicU8>,
}

/// Progress of a call: under way, given up, returned.
const UNDER_WAY: u8 = 0;
const GIVEN_UP: u8 = 1;
const RETURNED: u8 = 2;

impl Pool {
    pub(super) fn new(token: Arc<Token>) -> Arc<Self> {
        let count: NonZeroU8 = token.settings.sessions;
        let seats = (0..count.get()).map(|_| {
            let token = Arc::clone(&token);
            // Connecting is the worker's own affair: it must be able to do it twice within a call.
            let owner = Owner::new("hsm", move || Ok(Worker::new(Arc::clone(&token))));
            Seat { owner, used: AtomicBool::new(false) }
        });
        Arc::new(Self {
            seats: seats.collect(),
            permits: Arc::new(Semaphore::new(count.get().into())),
            idle: Mutex::new((0..usize::from(count.get())).rev().collect()),
            retired: Mutex::default(),
            looked_after: AtomicBool::new(false),
            token,
        })
    }

    /// Has somebody look after the sessions from now on. Needs a tokio runtime.
    pub(super) fn look_after(self: &Arc<Self>) {
        if !self.looked_after.swap(true, Ordering::Relaxed) {
            tokio::spawn(keeper::keep(Arc::downgrade(self), self.token.lights.watch()));
        }
    }

    /// Has a job done in whichever session is free first, and tells the lights how it went.
    ///
    /// The job may be begun again in another session when it could not be begun in this one.
    pub(super) async fn call<T: Send + 'static>(
        self: &Arc<Self>,
        operation: &'static str,
        deadline: Duration,
        job: impl Fn(&mut Worker) -> Result<T, HsmError> + Send + Sync + 'static,
    ) -> Result<T, HsmError> {
        let until = Instant::now() + deadline;
        match self.work(operation, until, Arc::new(job)).await {
            // What was left of the deadline is not what the caller gave.
            Err(HsmError::Overdue { operation, .. }) => Err(HsmError::Overdue { operation, deadline }),
            outcome => outcome,
        }
    }

    /// Uses every idle session that there is, so that the token drops none, and lets the token be
    /// asked again for those it did not give.
    pub(super) async fn keep_alive(self: &Arc<Self>) {
        let operation = "keep its session";
        for (seat, Seat { used, .. }) in self.seats.iter().enumerate() {
            let Some(lease) = self.lease_of(seat).filter(|_| used.load(Ordering::Relaxed)) else { continue };
            let until = Instant::now() + self.token.settings.deadlines.answer;
            // How it went is for the lights to show.
            let _ = self.run(lease, operation, until, Worker::keep_alive).await;
        }
        let retired = std::mem::take(&mut *lock(&self.retired));
        let count = retired.len();
        // Last in line: with less to do than sessions to do it, the token is left alone.
        lock(&self.idle).splice(0..0, retired);
        self.permits.add_permits(count);
    }

    /// Waits until the sessions of a closed pool have ended, but for those that hang, and not for ever.
    pub(super) async fn ended(&self) {
        /// How often it is looked.
        const LOOK: Duration = Duration::from_millis(20);
        let lights = &self.token.lights;
        let until = Instant::now() + self.token.settings.deadlines.answer;
        while lights.open() > lights.hung() && Instant::now() < until {
            sleep(LOOK).await;
        }
    }

    /// Lets go of all sessions, those at work when they are done, and forgets the PIN.
    pub(super) fn close(&self) {
        self.token.close();
        self.permits.close();
        self.token.lights.shut();
        for seat in &self.seats {
            seat.owner.close();
        }
    }

    async fn work<T: Send + 'static>(
        self: &Arc<Self>,
        operation: &'static str,
        until: Instant,
        job: Arc<impl Fn(&mut Worker) -> Result<T, HsmError> + Send + Sync + 'static>,
    ) -> Result<T, HsmError> {
        let mut patience = PATIENCE;
        loop {
            let lease = self.lease(operation, until).await;
            let lease = lease.inspect_err(|error| self.token.lights.failed(error))?;
            let job = Arc::clone(&job);
            match self.run(lease, operation, until, move |worker| job(worker)).await {
                // The seat is retired; the others have their sessions.
                Err(HsmError::NoSession { .. }) if self.token.lights.open() > 0 => {}
                Err(HsmError::TriedLately { wait, .. }) if wait <= patience => {
                    patience = Duration::ZERO;
                    sleep(wait).await;
                }
                outcome => return outcome,
            }
        }
    }

    /// Has a job done in this seat, and tells the lights how it went.
    async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        mut lease: Lease,
        operation: &'static str,
        until: Instant,
        job: impl FnOnce(&mut Worker) -> Result<T, HsmError> + Send + 'static,
    ) -> Result<T, HsmError> {
        let seat = &self.seats[lease.seat];
        seat.used.store(true, Ordering::Relaxed);
        let progress = Arc::clone(&lease.progress);
        let began = self.token.lights.now();
        let outcome =
            seat.owner.call(operation, until.saturating_duration_since(Instant::now()), move |worker| {
                let outcome = job(worker);
                if matches!(outcome, Err(HsmError::NoSession { .. })) && lease.pool.token.lights.open() > 0 {
                    lease.retire();
                }
                outcome
            });
        let outcome = outcome.await;
        if matches!(outcome, Err(CallError::Overdue { .. }))
            && progress.compare_exchange(UNDER_WAY, GIVEN_UP, Ordering::SeqCst, Ordering::SeqCst).is_ok()
        {
            self.token.lights.hangs();
        }
        let outcome = outcome.map_err(HsmError::from);
        match &outcome {
            Err(error) if error.says() != Says::Nothing => self.token.lights.failed(error),
            // A refusal is an answer too, unless there is no session in which it can have been given.
            Err(_) if self.token.lights.open() == 0 => {}
            Ok(_) | Err(_) => self.token.lights.answered(began),
        }
        outcome
    }

    /// The next idle seat, waited for in turn.
    async fn lease(self: &Arc<Self>, operation: &'static str, until: Instant) -> Result<Lease, HsmError> {
        if self.token.is_closed() {
            return Err(HsmError::Closed);
        }
        let hung = self.token.lights.hung();
        if usize::from(hung) >= self.seats.len() - lock(&self.retired).len() {
            return Err(HsmError::Hung { sessions: hung });
        }
        let deadline = until.saturating_duration_since(Instant::now());
        let permit = timeout_at(until, Arc::clone(&self.permits).acquire_owned())
            .await
            .map_err(|_| HsmError::Overdue { operation, deadline })?
            .map_err(|_closed| HsmError::Closed)?;
        // A permit stands for a seat; who holds one and finds none has come upon a mistake of ours.
        let seat = lock(&self.idle).pop().ok_or(HsmError::Hung { sessions: hung })?;
        Ok(self.leased(seat, permit))
    }

    /// This seat, if it is idle.
    fn lease_of(self: &Arc<Self>, seat: usize) -> Option<Lease> {
        let permit = Arc::clone(&self.permits).try_acquire_owned().ok()?;
        let mut idle = lock(&self.idle);
        let place = idle.iter().position(|index| *index == seat)?;
        idle.remove(place);
        drop(idle);
        Some(self.leased(seat, permit))
    }

    fn leased(self: &Arc<Self>, seat: usize, permit: OwnedSemaphorePermit) -> Lease {
        let progress = Arc::new(AtomicU8::new(UNDER_WAY));
        Lease { pool: Arc::clone(self), seat, permit: Some(permit), progress }
    }
}

impl Lease {
    /// Sets the seat aside instead of giving it back.
    fn retire(&mut self) {
        if let Some(permit) = self.permit.take() {
            permit.forget();
            lock(&self.pool.retired).push(self.seat);
            self.pool.token.lights.limited();
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.progress.swap(RETURNED, Ordering::SeqCst) == GIVEN_UP {
            self.pool.token.lights.hangs_no_longer();
        }
        // The seat before the permit, which is dropped after this: every permit finds its seat.
        if self.permit.is_some() {
            lock(&self.pool.idle).push(self.seat);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each change is a single push or removal, so a poisoned lock holds no half-made state.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
