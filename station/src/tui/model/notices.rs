//! What stays said until somebody has seen it, or it is no longer so.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::fault::{Chain, FaultCode};
use crate::tui::moment::Moment;

/// How long it is said where a recording was put.
const RECORDED: Duration = Duration::from_mins(2);

/// How long the line may take to say how it ended, after the last that was heard of it.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// What the line does now and then, and goes on without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(in crate::tui) enum Missed {
    /// To have the ledger vouched for.
    Checkpoint,
    /// To compare the HSM's own log with the ledger.
    Audit,
}

impl Missed {
    /// All of them.
    pub(in crate::tui) const ALL: [Self; 2] = [Self::Checkpoint, Self::Audit];
}

/// What stays said.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in crate::tui) struct Notices {
    missed: BTreeMap<Missed, Miss>,
    recorded: Option<(Recorded, Moment)>,
    deaf: Option<Moment>,
}

/// How often something was missed since it was last seen or made up for, and why the last time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::tui) struct Miss {
    pub(in crate::tui) code: FaultCode,
    chain: Chain,
    pub(in crate::tui) times: u32,
    pub(in crate::tui) last: Moment,
}

/// What became of a recording: the file it is in, or why there is none.
pub(in crate::tui) type Recorded = Result<String, FaultCode>;

impl Notices {
    /// Something was missed once more.
    pub(in crate::tui) fn miss(&mut self, what: Missed, code: FaultCode, chain: &Chain, now: Moment) {
        let times = self.missed.get(&what).map_or(0, |miss| miss.times).saturating_add(1);
        self.missed.insert(what, Miss { code, chain: chain.clone(), times, last: now });
    }

    /// What was missed has been made up for.
    pub(in crate::tui) fn make_up(&mut self, what: Missed) {
        self.missed.remove(&what);
    }

    /// A recording was written, or could not be.
    pub(in crate::tui) fn record(&mut self, recorded: Recorded, now: Moment) {
        self.recorded = Some((recorded, now));
    }

    /// Nothing more comes from the line.
    pub(in crate::tui) fn grow_deaf(&mut self, now: Moment) {
        self.deaf.get_or_insert(now);
    }

    /// Somebody has seen it all. What is missed again is said again; a line that says nothing cannot be
    /// seen to, so that stays.
    pub(in crate::tui) fn acknowledge(&mut self) {
        self.missed.clear();
        self.recorded = None;
    }

    /// Whether there is anything that somebody may have seen.
    pub(in crate::tui) fn can_be_acknowledged(&self) -> bool {
        !self.missed.is_empty() || self.recorded.is_some()
    }

    /// Why something was missed the last time.
    pub(in crate::tui) fn of(&self, what: Missed) -> Option<(FaultCode, &Chain)> {
        self.missed.get(&what).map(|miss| (miss.code, &miss.chain))
    }

    /// What was missed.
    pub(in crate::tui) fn missed(&self) -> impl Iterator<Item = (Missed, &Miss)> {
        self.missed.iter().map(|(what, miss)| (*what, miss))
    }

    /// What became of the last recording. One that could not be written stays said.
    pub(in crate::tui) fn recorded(&self, now: Moment) -> Option<&Recorded> {
        let (recorded, when) = self.recorded.as_ref()?;
        Some(recorded).filter(|recorded| recorded.is_err() || now.since(*when) <= RECORDED)
    }

    /// For how long nothing has come from a line that has not said how it ended.
    pub(in crate::tui) fn deaf(&self, now: Moment) -> Option<Duration> {
        self.deaf.map(|since| now.since(since)).filter(|silent| *silent > LAST_WORDS)
    }
}
