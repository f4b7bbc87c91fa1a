//! One slot: what it does, how its last run ended, what it wants of a hand.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::engine::{Event, StepId};
use crate::fault::{Chain, Disposition, FaultCode, Verdict};
use crate::ledger::{DeedKind, RunId};
use crate::tui::moment::Moment;

/// A slot, as far as the engine has told of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::tui) struct Slot {
    pub(in crate::tui) name: String,
    pub(in crate::tui) state: State,
    /// Since when it is in this state.
    pub(in crate::tui) since: Moment,
    /// How the run before ended, while the slot does something else.
    pub(in crate::tui) last: Option<(Verdict, Moment)>,
    /// When the engine last said anything of it.
    pub(in crate::tui) heard: Moment,
    /// While it is in trouble: what it was before, and will be again when the trouble is over.
    before: Option<Before>,
}

/// What a slot was before it came into trouble.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Before {
    state: State,
    since: Moment,
    last: Option<(Verdict, Moment)>,
}

/// A run that the engine has said nothing of for so long may be stuck: no step is given so much time.
const SILENT: Duration = Duration::from_secs(90);

/// What a slot does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::tui) enum State {
    /// Nothing was heard of it yet.
    Unheard,
    /// It waits for a module.
    Empty,
    /// It cannot tell whether a module is there.
    Trouble { code: FaultCode, chain: Chain },
    /// A module goes through the steps.
    Busy(Busy),
    /// A run has ended, and its module is still in the slot.
    Ended(Ended),
}

/// A run under way.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::tui) struct Busy {
    pub(in crate::tui) run: RunId,
    pub(in crate::tui) step: Option<StepId>,
    /// When the step began.
    pub(in crate::tui) step_since: Moment,
    /// Bytes done and in all, of a step that reports them.
    pub(in crate::tui) progress: Option<(u64, u64)>,
}

/// A run that ended. Made from the engine's [`RunEnded`](Event::RunEnded) alone, which it sends when the
/// ledger has the end of the run on disk: where no such event was heard there is no PASS to draw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::tui) struct Ended {
    pub(in crate::tui) run: RunId,
    verdict: Verdict,
    pub(in crate::tui) uid: Option<String>,
    pub(in crate::tui) step: Option<StepId>,
    fault: Option<(FaultCode, Chain)>,
    /// What somebody has done to the module since, so that the verdict does not stand any more.
    #[serde(default)]
    pub(in crate::tui) undone: Option<DeedKind>,
    pub(in crate::tui) elapsed_ms: u64,
    /// What passed over the serial line, once it was read.
    pub(in crate::tui) transcript: Option<String>,
}

/// What a slot wants of the operator's hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tui) enum Want {
    /// Stick the label and scan it, before the time is over.
    Scan,
    /// Take the module out: it did not pass.
    TakeOut(Disposition),
    /// Take the module out: it passed.
    TakeOutPassed,
    /// See to the slot: it cannot work.
    Mend,
    /// Put a module in.
    PutIn,
}

impl Want {
    /// Its place among what several slots want: the lowest comes first.
    pub(in crate::tui) const fn urgency(self) -> u8 {
        match self {
            Self::Scan => 0,
            Self::TakeOut(_) => 1,
            Self::TakeOutPassed => 2,
            Self::Mend => 3,
            Self::PutIn => 4,
        }
    }
}

impl Ended {
    pub(in crate::tui) fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Why it did not pass.
    pub(in crate::tui) fn code(&self) -> Option<FaultCode> {
        self.fault.as_ref().map(|(code, _)| *code)
    }

    /// What becomes of the module; nothing is to be decided where it passed, and that stands.
    pub(in crate::tui) fn disposition(&self) -> Option<Disposition> {
        match self.undone {
            Some(DeedKind::Rework) => Some(Disposition::Rework),
            Some(DeedKind::Void | DeedKind::Scrap | DeedKind::Return) => Some(Disposition::Quarantine),
            Some(DeedKind::Reprint) | None => self.code().map(|code| code.entry().disposition),
        }
    }
}

impl Slot {
    pub(super) fn new(name: &str, now: Moment) -> Self {
        Self {
            name: name.to_owned(),
            state: State::Unheard,
            since: now,
            last: None,
            heard: now,
            before: None,
        }
    }

    /// What it wants of a hand; nothing while it is at work by itself.
    pub(in crate::tui) fn want(&self) -> Option<Want> {
        match &self.state {
            State::Unheard => None,
            State::Empty => Some(Want::PutIn),
            State::Trouble { .. } => Some(Want::Mend),
            State::Busy(busy) => (busy.step == Some(StepId::Scan)).then_some(Want::Scan),
            State::Ended(ended) => Some(ended.disposition().map_or(Want::TakeOutPassed, Want::TakeOut)),
        }
    }

    /// Since when it wants what it wants. A label is waited for from the step on that reads it.
    pub(in crate::tui) fn wants_since(&self) -> Moment {
        match &self.state {
            State::Busy(busy) if busy.step == Some(StepId::Scan) => busy.step_since,
            State::Unheard | State::Empty | State::Trouble { .. } | State::Busy(_) | State::Ended(_) => {
                self.since
            }
        }
    }

    /// Its place among the slots that want something: the lowest comes first. Of two that want the same, the one that
    /// has waited longer.
    pub(in crate::tui) fn urgency(&self) -> (u8, u64) {
        (self.want().map_or(u8::MAX, Want::urgency), self.wants_since().elapsed_ms)
    }

    /// Whether a module lies in it whose run has ended.
    pub(in crate::tui) fn has_module(&self) -> bool {
        matches!(self.state, State::Ended(_))
    }

    /// Somebody has done this to a module, which may lie in the slot; also in one that is in trouble.
    pub(in crate::tui) fn undo(&mut self, uid: &str, deed: DeedKind) {
        let before = self.before.as_mut().map(|before| &mut before.state);
        for state in [Some(&mut self.state), before].into_iter().flatten() {
            if deed != DeedKind::Reprint
                && let State::Ended(ended) = state
                && ended.uid.as_deref() == Some(uid)
            {
                ended.undone = Some(deed);
            }
        }
    }

    /// Whether its last run that has ended passed.
    pub(super) fn has_passed(&self) -> bool {
        let last = match &self.state {
            State::Ended(ended) => Some(ended.verdict),
            State::Unheard | State::Empty | State::Trouble { .. } | State::Busy(_) => {
                self.last.map(|(verdict, _)| verdict)
            }
        };
        last == Some(Verdict::Pass)
    }

    /// The fault it is in.
    pub(in crate::tui) fn fault(&self) -> Option<(FaultCode, &Chain)> {
        match &self.state {
            State::Trouble { code, chain } => Some((*code, chain)),
            State::Ended(ended) => ended.fault.as_ref().map(|(code, chain)| (*code, chain)),
            State::Unheard | State::Empty | State::Busy(_) => None,
        }
    }

    /// For how long nothing was heard of a run that is under way, if that is longer than any step may take.
    /// A scan may take `scan_wait` besides.
    pub(in crate::tui) fn silent(&self, now: Moment, scan_wait: Duration) -> Option<Duration> {
        let State::Busy(busy) = &self.state else { return None };
        let most = if busy.step == Some(StepId::Scan) { SILENT.saturating_add(scan_wait) } else { SILENT };
        Some(now.since(self.heard)).filter(|silent| *silent > most)
    }

    /// Takes in what passed over the serial line in a run, if this run is the one that is shown.
    pub(in crate::tui) fn transcribe(&mut self, run: RunId, text: Option<&str>) {
        let before = self.before.as_mut().map(|before| &mut before.state);
        for state in [Some(&mut self.state), before].into_iter().flatten() {
            if let State::Ended(ended) = state
                && ended.run == run
            {
                ended.transcript = text.map(str::to_owned);
            }
        }
    }

    /// Forgets what passed over the serial line.
    pub(super) fn forget_transcripts(&mut self) {
        let before = self.before.as_mut().map(|before| &mut before.state);
        for state in [Some(&mut self.state), before].into_iter().flatten() {
            if let State::Ended(ended) = state {
                ended.transcript = None;
            }
        }
    }

    /// Takes in what the engine says of this slot.
    pub(in crate::tui) fn hear(&mut self, event: &Event, now: Moment) {
        self.heard = now;
        match event {
            Event::SlotWaiting { .. } => self.enter(State::Empty, now),
            Event::SlotTrouble { code, chain, .. } => self.fall_ill(*code, chain, now),
            Event::SlotRecovered { .. } => self.recover(),
            Event::RunStarted { run, .. } => self.begin(*run, now),
            Event::StepStarted { run, step, .. } => {
                self.go_on(*run, now, |busy| {
                    *busy = Busy { step: Some(*step), step_since: now, progress: None, ..*busy };
                });
            }
            Event::Progress { run, done, total, .. } => {
                self.go_on(*run, now, |busy| busy.progress = Some((*done, *total)));
            }
            Event::StepEnded { run, .. } => self.go_on(*run, now, |busy| busy.progress = None),
            Event::RunEnded { run, verdict, uid, step, code, chain, elapsed_ms, .. } => {
                let ended = Ended {
                    run: *run,
                    verdict: *verdict,
                    uid: uid.clone(),
                    step: *step,
                    fault: code.zip(chain.clone()),
                    undone: None,
                    elapsed_ms: *elapsed_ms,
                    transcript: None,
                };
                self.enter(State::Ended(ended), now);
            }
            Event::CheckpointMissed { .. }
            | Event::CheckpointMade
            | Event::AuditMissed { .. }
            | Event::AuditMade
            | Event::LineStopped { .. } => {}
        }
    }

    /// Changes the run that is under way. If the beginning of this one was missed, it has begun now.
    fn go_on(&mut self, run: RunId, now: Moment, change: impl FnOnce(&mut Busy)) {
        if !matches!(&self.state, State::Busy(busy) if busy.run == run) {
            self.begin(run, now);
        }
        if let State::Busy(busy) = &mut self.state {
            change(busy);
        }
    }

    fn begin(&mut self, run: RunId, now: Moment) {
        self.enter(State::Busy(Busy { run, step: None, step_since: now, progress: None }), now);
    }

    /// One trouble after another leaves what was before the first.
    fn fall_ill(&mut self, code: FaultCode, chain: &Chain, now: Moment) {
        let before = self.before.take().unwrap_or_else(|| Before {
            state: self.state.clone(),
            since: self.since,
            last: self.last,
        });
        self.enter(State::Trouble { code, chain: chain.clone() }, now);
        self.before = Some(before);
    }

    fn recover(&mut self) {
        if let Some(Before { state, since, last }) = self.before.take() {
            (self.state, self.since, self.last) = (state, since, last);
        }
    }

    fn enter(&mut self, state: State, now: Moment) {
        self.before = None;
        if let State::Ended(ended) = &self.state {
            self.last = Some((ended.verdict, self.since));
        }
        self.state = state;
        self.since = now;
    }
}
