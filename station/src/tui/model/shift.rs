//! What the line has done since the screen was opened.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::fault::Verdict;
use crate::tui::moment::Moment;

const HOUR: Duration = Duration::from_hours(1);

/// Fewer passes than this say nothing about how fast the line is.
const FEWEST: usize = 3;

/// Counts and rates of this shift: since the screen was opened.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::tui) struct Shift {
    began: Moment,
    passed: usize,
    /// The passes of the last hour, oldest first.
    hour: VecDeque<Moment>,
    /// Modules on which a run has ended in a verdict, and whether the last one was that they passed.
    judged: BTreeMap<String, bool>,
    /// Runs that ended in a verdict on a module that never said who it is.
    nameless: u32,
    /// How many first runs ended so, and how many of them passed.
    first: (u32, u32),
}

impl Shift {
    pub(super) fn new(now: Moment) -> Self {
        let (hour, judged) = (VecDeque::new(), BTreeMap::new());
        Self { began: now, passed: 0, hour, judged, nameless: 0, first: (0, 0) }
    }

    /// Counts a run that ended. The station's own trouble says nothing about the module.
    pub(in crate::tui) fn count(&mut self, verdict: Verdict, uid: Option<&str>, now: Moment) {
        if verdict == Verdict::Error {
            return;
        }
        let passed = verdict == Verdict::Pass;
        // A module that never said who it is cannot be told from another.
        self.nameless = self.nameless.saturating_add(u32::from(uid.is_none()));
        if uid.is_none_or(|uid| self.judged.insert(uid.to_owned(), passed).is_none()) {
            self.first.0 = self.first.0.saturating_add(1);
            self.first.1 = self.first.1.saturating_add(u32::from(passed));
        }
        if verdict == Verdict::Pass {
            self.passed = self.passed.saturating_add(1);
            self.hour.push_back(now);
        }
        self.forget(now);
    }

    /// Lets go of what is more than an hour old.
    pub(in crate::tui) fn forget(&mut self, now: Moment) {
        while self.hour.front().is_some_and(|pass| now.since(*pass) > HOUR) {
            self.hour.pop_front();
        }
    }

    /// How many percent of the modules have passed, at whichever run.
    pub(in crate::tui) fn yields(&self) -> Option<u32> {
        let passed = self.judged.values().filter(|passed| **passed).count();
        let judged = self.judged.len() + usize::try_from(self.nameless).unwrap_or(usize::MAX);
        u32::try_from((passed * 100).checked_div(judged)?).ok()
    }

    /// How many percent of the modules passed at their first run.
    pub(in crate::tui) fn first_pass(&self) -> Option<u32> {
        self.first.1.saturating_mul(100).checked_div(self.first.0)
    }

    /// Modules per hour, by the last hour, or by the whole shift while it is shorter.
    pub(in crate::tui) fn last_hour(&self, now: Moment) -> Option<u64> {
        per_hour(self.hour.len(), now.since(self.began).min(HOUR))
    }

    /// Modules per hour, by the whole shift.
    pub(in crate::tui) fn per_hour(&self, now: Moment) -> Option<u64> {
        per_hour(self.passed, now.since(self.began))
    }

    /// How long it takes at the rate of the last hour until so many more have passed.
    pub(in crate::tui) fn time_for(&self, modules: u32, now: Moment) -> Option<Duration> {
        let rate = self.last_hour(now).filter(|rate| *rate > 0)?;
        Some(Duration::from_secs((u64::from(modules) * HOUR.as_secs()).div_ceil(rate)))
    }
}

fn per_hour(passed: usize, time: Duration) -> Option<u64> {
    if passed < FEWEST {
        return None;
    }
    (u64::try_from(passed).unwrap_or(u64::MAX).saturating_mul(HOUR.as_secs())).checked_div(time.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::OffsetDateTime;

    fn at(seconds: u64) -> Moment {
        Moment { elapsed_ms: seconds * 1000, now: OffsetDateTime::UNIX_EPOCH }
    }

    #[test]
    fn the_hour_goes_on_and_the_shift_remembers() {
        let mut shift = Shift::new(at(0));
        for minute in 1..=120 {
            shift.count(Verdict::Pass, Some(&minute.to_string()), at(minute * 60));
        }
        assert_eq!((shift.last_hour(at(7200)), shift.per_hour(at(7200))), (Some(61), Some(60)));
        shift.forget(at(9000));
        assert_eq!((shift.last_hour(at(9000)), shift.per_hour(at(9000))), (Some(31), Some(48)));
        assert_eq!(shift.time_for(31, at(9000)), Some(HOUR));
    }

    #[test]
    fn too_few_passes_make_no_rate() {
        let mut shift = Shift::new(at(0));
        shift.count(Verdict::Pass, Some("a"), at(10));
        shift.count(Verdict::Pass, Some("b"), at(20));
        assert_eq!((shift.last_hour(at(30)), shift.time_for(9, at(30))), (None, None));
    }

    #[test]
    fn only_the_first_verdict_on_a_module_counts_and_trouble_is_none() {
        let mut shift = Shift::new(at(0));
        assert_eq!(shift.first_pass(), None);
        shift.count(Verdict::Error, Some("a"), at(1));
        assert_eq!(shift.first_pass(), None);
        shift.count(Verdict::Fail, Some("a"), at(2));
        shift.count(Verdict::Pass, Some("a"), at(3));
        shift.count(Verdict::Pass, Some("b"), at(4));
        assert_eq!(shift.first_pass(), Some(50));
        shift.count(Verdict::Fail, None, at(5));
        shift.count(Verdict::Fail, None, at(6));
        assert_eq!(shift.first_pass(), Some(25));
    }
}
