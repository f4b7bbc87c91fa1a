//! The operator's hands: a module into every slot that waits for one, out again when its run has ended.

use std::collections::BTreeSet;
use std::time::Duration;

use super::events::Event;

/// What the hands do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Move {
    PutFresh { slot: String },
    Take { slot: String },
}

/// A module whose run has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finished {
    pub(super) slot: String,
    /// `PASS`, `FAIL` or `ERROR`.
    pub(super) verdict: String,
    /// The module, if it said who it is.
    pub(super) uid: Option<String>,
    /// The fault, unless it passed.
    pub(super) code: Option<String>,
    pub(super) elapsed: Duration,
}

/// Decides what to do next; does nothing by itself.
#[derive(Debug)]
pub(super) struct Hands {
    /// Modules that are still to be put in.
    left: u32,
    /// Modules whose run has not ended yet, those to be put in included.
    awaited: u32,
    seated: BTreeSet<String>,
}

impl Hands {
    /// Hands with so many modules.
    pub(super) fn with(modules: u32) -> Self {
        Self { left: modules, awaited: modules, seated: BTreeSet::new() }
    }

    /// Whether every module's run has ended.
    pub(super) fn are_done(&self) -> bool {
        self.awaited == 0
    }

    /// No more modules.
    pub(super) fn stop(&mut self) {
        self.awaited -= self.left;
        self.left = 0;
    }

    /// What an event asks for.
    pub(super) fn react(&mut self, event: &Event) -> Option<Move> {
        match event {
            Event::SlotWaiting { slot } if self.left > 0 && self.seated.insert(slot.clone()) => {
                self.left -= 1;
                Some(Move::PutFresh { slot: slot.clone() })
            }
            Event::RunEnded { slot, .. } if self.seated.remove(slot) => {
                self.awaited -= 1;
                Some(Move::Take { slot: slot.clone() })
            }
            Event::SlotWaiting { .. } | Event::RunEnded { .. } | Event::Other => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(slot: &str) -> Event {
        Event::SlotWaiting { slot: slot.into() }
    }

    fn ended(slot: &str) -> Event {
        Event::RunEnded { slot: slot.into(), verdict: "pass".into(), uid: None, code: None, elapsed_ms: 1 }
    }

    fn put(slot: &str) -> Move {
        Move::PutFresh { slot: slot.into() }
    }

    fn take(slot: &str) -> Move {
        Move::Take { slot: slot.into() }
    }

    #[test]
    fn modules_go_round_until_there_are_no_more() {
        let mut hands = Hands::with(3);
        assert_eq!(hands.react(&waiting("1")), Some(put("1")));
        assert_eq!(hands.react(&waiting("2")), Some(put("2")));
        assert_eq!(hands.react(&Event::Other), None);
        assert_eq!(hands.react(&ended("2")), Some(take("2")));
        assert_eq!(hands.react(&waiting("2")), Some(put("2")));
        assert_eq!(hands.react(&ended("1")), Some(take("1")));
        assert_eq!(hands.react(&waiting("1")), None, "no module is left");
        assert!(!hands.are_done());
        assert_eq!(hands.react(&ended("2")), Some(take("2")));
        assert!(hands.are_done());
    }

    #[test]
    fn a_slot_never_gets_a_second_module() {
        let mut hands = Hands::with(2);
        assert_eq!(hands.react(&waiting("1")), Some(put("1")));
        assert_eq!(hands.react(&waiting("1")), None, "the station told it twice");
    }

    #[test]
    fn stopped_hands_still_wait_for_what_is_seated() {
        let mut hands = Hands::with(5);
        assert_eq!(hands.react(&waiting("1")), Some(put("1")));
        hands.stop();
        assert_eq!(hands.react(&waiting("2")), None);
        assert!(!hands.are_done());
        assert_eq!(hands.react(&ended("1")), Some(take("1")));
        assert!(hands.are_done());
    }
}
