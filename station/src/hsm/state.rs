//! How things stand with the HSM: for a light on the screen, and for the log.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use time::OffsetDateTime;
use tokio::sync::watch;

use super::HsmError;
use crate::clock::{Clock, rfc3339};
use crate::fault::{Chain, Coded, FaultCode};

/// Whether the HSM can be used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Not asked yet, or closed.
    #[default]
    Closed,
    /// Logged in, and the last call was answered.
    Ready {
        /// How many sessions are open.
        open: u16,
        /// How many could be: what the settings allow, or the token, whichever is less.
        of: u16,
    },
    /// Not to be reached. It is tried again by itself, and by calls.
    Lost {
        /// Since when.
        since: OffsetDateTime,
        /// Why, as the last try had it.
        cause: Cause,
    },
    /// The PIN was refused, is locked or is missing. Nothing is tried again.
    Locked {
        /// Why.
        cause: Cause,
    },
}

/// Why the HSM cannot be used, in words. An error cannot be copied, and this is told to all who watch, as long as
/// it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    code: FaultCode,
    chain: Arc<str>,
}

/// What an error of one call says about the HSM as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// Nothing: the call alone went wrong.
    Nothing,
    /// It is not to be reached.
    Lost,
    /// It lets nobody in.
    Locked,
}

/// The state of one pool of sessions. Whoever opens, uses or closes a session tells what came of it; from that the
/// state follows, and whoever [watches](Self::watch) is told of every change.
///
/// The HSM may be closed and opened again, with a new pool. Those who watch need not know: the new pool's lights
/// [take the place](Self::take_place_of) of the old one's, and with it take over all who watch.
#[derive(Debug)]
pub(super) struct Lights {
    clock: Arc<dyn Clock>,
    facts: Mutex<Facts>,
}

#[derive(Debug)]
struct Facts {
    /// Where those who watch are told. None before these lights have taken the place of others, and none any more
    /// once others have taken theirs.
    shown: Option<watch::Sender<State>>,
    /// Sessions that are open.
    open: u16,
    /// How many sessions the settings allow.
    wanted: u16,
    /// How many of those the token allows, as far as is known: it tells by refusing one more.
    of: u16,
    /// Sessions in which a call hangs, past its deadline.
    hung: u16,
    /// How often the HSM was lost so far. A call that began at another count began before the last loss.
    losses: u64,
    condition: Condition,
}

/// The state without its numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Condition {
    /// Nothing was asked of it yet.
    Unasked,
    /// The last call was answered.
    Ready,
    /// It is not to be reached.
    Lost { since: OffsetDateTime, cause: Cause },
    /// It lets nobody in.
    Locked { cause: Cause },
    /// It was closed. That is for good: what calls of before still tell changes nothing.
    Shut,
}

/// When a call began: how often the HSM had been lost by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment(u64);

impl Cause {
    pub(super) fn of(error: &HsmError) -> Self {
        // It says only that the HSM was not asked again. Why not is what its source says.
        if let HsmError::TriedLately { source, .. } = error {
            return source.clone();
        }
        Self { code: error.code(), chain: Chain::of(error).to_string().into() }
    }

    /// The fault's code.
    pub fn code(&self) -> FaultCode {
        self.code
    }
}

impl Lights {
    pub(super) fn new(clock: Arc<dyn Clock>, sessions: u16) -> Self {
        Self::with(clock, sessions, Some(watch::Sender::default()))
    }

    /// The lights of a token that is being opened again. Nobody watches them until they [take the
    /// place](Self::take_place_of) of those before, which they do only when it has opened.
    pub(super) fn unseen(clock: Arc<dyn Clock>, sessions: u16) -> Self {
        Self::with(clock, sessions, None)
    }

    fn with(clock: Arc<dyn Clock>, sessions: u16, shown: Option<watch::Sender<State>>) -> Self {
        let facts = Facts {
            shown,
            open: 0,
            wanted: sessions,
            of: sessions,
            hung: 0,
            losses: 0,
            condition: Condition::Unasked,
        };
        Self { clock, facts: Mutex::new(facts) }
    }

    /// Whoever has watched those watches these from now on.
    pub(super) fn take_place_of(&self, before: &Self) {
        let shown = before.facts().shown.take();
        self.change(|facts| facts.shown = shown.or(facts.shown.take()));
    }

    pub(super) fn state(&self) -> State {
        self.facts().state()
    }

    /// The state now, and every change of it. Of lights that others have taken the place of: closed, for good.
    pub(super) fn watch(&self) -> watch::Receiver<State> {
        let facts = self.facts();
        facts.shown.as_ref().map_or_else(|| watch::channel(State::Closed).1, watch::Sender::subscribe)
    }

    /// A session was opened. If it is one more than the token was thought to allow, it allows more.
    pub(super) fn opened(&self) {
        self.change(|facts| {
            facts.open += 1;
            facts.of = facts.of.max(facts.open.min(facts.wanted));
        });
    }

    /// A session is closed or dead.
    pub(super) fn ended(&self) {
        self.change(|facts| facts.open = facts.open.saturating_sub(1));
    }

    /// The token allows no more sessions than there are.
    pub(super) fn limited(&self) {
        self.change(|facts| facts.of = facts.open);
    }

    /// A call was given up while its session hangs.
    pub(super) fn hangs(&self) {
        self.change(|facts| facts.hung += 1);
    }

    /// A call that was given up came back.
    pub(super) fn hangs_no_longer(&self) {
        self.change(|facts| facts.hung = facts.hung.saturating_sub(1));
    }

    /// How many sessions hang.
    pub(super) fn hung(&self) -> u16 {
        self.facts().hung
    }

    /// How many sessions are open.
    pub(super) fn open(&self) -> u16 {
        self.facts().open
    }

    /// To be noted when a call begins, and given to [`answered`](Self::answered) when it has ended.
    pub(super) fn now(&self) -> Moment {
        Moment(self.facts().losses)
    }

    /// A call that began then was answered. If the HSM was lost since, the answer may be from before the loss, and
    /// does not say that it is there again.
    pub(super) fn answered(&self, began: Moment) {
        self.change(|facts| match facts.condition {
            Condition::Shut => {}
            Condition::Lost { .. } if facts.losses != began.0 => {}
            _ => facts.condition = Condition::Ready,
        });
    }

    /// A call ended with this error.
    pub(super) fn failed(&self, error: &HsmError) {
        match error.says() {
            Says::Nothing => {}
            Says::Lost => self.lost(error),
            Says::Locked => {
                let cause = Cause::of(error);
                self.change(|facts| match facts.condition {
                    Condition::Shut => {}
                    _ => facts.condition = Condition::Locked { cause },
                });
            }
        }
    }

    /// The HSM is not to be reached, for this reason. It is so since the first such error, and for the reason that
    /// the last one gives.
    pub(super) fn lost(&self, error: &HsmError) {
        let cause = Cause::of(error);
        let now = self.clock.now();
        self.change(|facts| match &facts.condition {
            Condition::Shut => {}
            Condition::Lost { since, .. } => facts.condition = Condition::Lost { since: *since, cause },
            _ => {
                facts.losses += 1;
                facts.condition = Condition::Lost { since: now, cause };
            }
        });
    }

    /// These sessions are closed, for good.
    pub(super) fn shut(&self) {
        self.change(|facts| facts.condition = Condition::Shut);
    }

    fn change(&self, change: impl FnOnce(&mut Facts)) {
        // The facts stay locked until they are shown, or an older state could follow a newer one.
        let mut facts = self.facts();
        change(&mut facts);
        let state = facts.state();
        let Some(shown) = &facts.shown else { return };
        shown.send_if_modified(|shown| {
            if *shown == state {
                return false;
            }
            log(shown, &state);
            *shown = state;
            true
        });
    }

    fn facts(&self) -> MutexGuard<'_, Facts> {
        // After a panic elsewhere: each fact holds by itself, so that none is left half changed.
        self.facts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Facts {
    fn state(&self) -> State {
        match &self.condition {
            Condition::Unasked | Condition::Shut => State::Closed,
            Condition::Ready => State::Ready { open: self.open.min(self.of), of: self.of },
            Condition::Lost { since, cause } => State::Lost { since: *since, cause: cause.clone() },
            Condition::Locked { cause } => State::Locked { cause: cause.clone() },
        }
    }
}

/// A change of condition is for everybody's log, a session more or less for those who look closely.
fn log(before: &State, now: &State) {
    match (before, now) {
        (State::Ready { .. }, State::Ready { .. }) => tracing::debug!("HSM {now}"),
        (_, State::Closed | State::Ready { .. }) => tracing::info!("HSM {now}"),
        (_, State::Lost { .. } | State::Locked { .. }) => tracing::warn!("HSM {now}"),
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("closed"),
            Self::Ready { open, of } => write!(f, "ready, {open} of {of} sessions open"),
            Self::Lost { since, cause } => {
                write!(f, "lost since {}: {} {cause}", rfc3339(*since), cause.code)
            }
            Self::Locked { cause } => write!(f, "locked: {} {cause}", cause.code),
        }
    }
}

/// The error and its causes in a line, without the code.
impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.chain)
    }
}

impl std::error::Error for Cause {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::FixedClock;
    use time::macros::datetime;

    const TEN: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);

    fn lights() -> (Lights, Arc<FixedClock>) {
        let clock = Arc::new(FixedClock::new(TEN));
        (Lights::new(Arc::clone(&clock) as Arc<dyn Clock>, 8), clock)
    }

    fn gone() -> HsmError {
        HsmError::TokenGone { token: "ca".into() }
    }

    #[test]
    fn an_answer_from_before_the_loss_lights_nothing() {
        let (lights, _) = lights();
        let before = lights.now();
        lights.answered(before);
        assert_eq!(lights.state(), State::Ready { open: 0, of: 8 });
        lights.failed(&gone());
        lights.answered(before);
        assert!(matches!(lights.state(), State::Lost { .. }));
        lights.answered(lights.now());
        assert!(matches!(lights.state(), State::Ready { .. }));
    }

    #[test]
    fn it_is_lost_since_the_first_failure_for_the_last_reason() {
        let (lights, clock) = lights();
        lights.failed(&gone());
        clock.set(datetime!(2026-11-22 10:05 UTC));
        lights.failed(&HsmError::Hung { sessions: 8 });
        let cause = Cause::of(&HsmError::Hung { sessions: 8 });
        assert_eq!(lights.state(), State::Lost { since: TEN, cause });
    }

    #[test]
    fn whoever_watches_sees_every_change_and_nothing_twice() {
        let (lights, _) = lights();
        let mut watch = lights.watch();
        lights.answered(lights.now());
        assert!(watch.has_changed().expect("lights are on"));
        watch.mark_unchanged();
        lights.answered(lights.now());
        assert!(!watch.has_changed().expect("lights are on"));
        lights.opened();
        assert_eq!(*watch.borrow_and_update(), State::Ready { open: 1, of: 8 });
        lights.limited();
        assert_eq!(lights.state().to_string(), "ready, 1 of 1 sessions open");
        lights.opened();
        assert_eq!(lights.state(), State::Ready { open: 2, of: 2 }, "it allows more again");
    }

    #[test]
    fn whoever_watches_sees_those_that_take_the_place() {
        let (before, clock) = lights();
        let mut watch = before.watch();
        before.shut();
        let after = Lights::unseen(clock, 8);
        after.opened();
        after.answered(after.now());
        assert_eq!(*watch.borrow_and_update(), State::Closed, "nobody sees them yet");
        after.take_place_of(&before);
        assert_eq!(*watch.borrow_and_update(), State::Ready { open: 1, of: 8 });
        // A call of before that ends late.
        before.ended();
        assert!(!watch.has_changed().expect("lights are on"));
        after.shut();
        assert_eq!(*watch.borrow_and_update(), State::Closed);
    }

    #[test]
    fn what_is_closed_stays_closed() {
        let (lights, _) = lights();
        lights.shut();
        lights.answered(lights.now());
        lights.failed(&gone());
        assert_eq!(lights.state(), State::Closed);
    }
}
