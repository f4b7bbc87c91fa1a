//! What holds for every row of messages.

use std::collections::BTreeMap;

use proptest::prelude::*;
use time::OffsetDateTime;

use super::fixture::{Fixture, by_keyboard, by_serial};
use super::picture::{cells, meanings};
use super::told;
use crate::engine::{Event, StepId};
use crate::fault::{Chain, Fault, FaultCode, Verdict};
use crate::ledger::RunId;
use crate::tui::model::State;
use crate::tui::msg::{Counts, Device, Ending, Key, Report};

use crate::tui::theme::Meaning;
use crate::tui::{Effect, Msg};

/// One of three slots, or one that the station does not have.
fn slot() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["1", "2", "3", "9"]).prop_map(str::to_owned)
}

fn run() -> impl Strategy<Value = RunId> {
    (1i64..4).prop_map(super::fixture::run_id)
}

fn step() -> impl Strategy<Value = StepId> {
    prop::sample::select(StepId::ALL.to_vec())
}

pub(super) fn code() -> impl Strategy<Value = FaultCode> {
    prop::sample::select(FaultCode::ALL.to_vec())
}

fn chain() -> impl Strategy<Value = Chain> {
    ".{0,40}".prop_map(Chain::from_message)
}

fn run_ended() -> impl Strategy<Value = Event> {
    let passed = (slot(), run()).prop_map(|(slot, run)| super::fixture::passed(&slot, run, "ab"));
    let faulted = (slot(), run(), step(), code())
        .prop_map(|(slot, run, step, code)| super::fixture::faulted(&slot, run, step, code));
    prop_oneof![passed, faulted]
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        2 => slot().prop_map(|slot| Event::SlotWaiting { slot }),
        1 => (slot(), code(), chain())
            .prop_map(|(slot, code, chain)| Event::SlotTrouble { slot, code, chain }),
        2 => (slot(), run()).prop_map(|(slot, run)| Event::RunStarted { slot, run }),
        4 => (slot(), run(), step()).prop_map(|(slot, run, step)| Event::StepStarted { slot, run, step }),
        2 => (slot(), run(), step(), any::<u64>(), any::<u64>())
            .prop_map(|(slot, run, step, done, total)| Event::Progress { slot, run, step, done, total }),
        3 => (slot(), run(), step()).prop_map(|(slot, run, step)| super::fixture::ended(&slot, run, step)),
        4 => run_ended(),
        2 => slot().prop_map(|slot| Event::SlotRecovered { slot }),
        1 => (code(), chain()).prop_map(|(code, chain)| Event::CheckpointMissed { code, chain }),
        1 => (code(), chain()).prop_map(|(code, chain)| Event::AuditMissed { code, chain }),
        1 => prop_oneof![Just(Event::CheckpointMade), Just(Event::AuditMade)],
        1 => (code(), chain()).prop_map(|(code, chain)| Event::LineStopped { code, chain }),
    ]
}

pub(super) fn key() -> impl Strategy<Value = Key> {
    prop_oneof![
        prop::sample::select("feqrlbBh?RQxoc8a".chars().map(Key::Char).collect::<Vec<_>>()),
        prop::sample::select(vec![
            Key::Ctrl('c'),
            Key::Ctrl('g'),
            Key::Ctrl('l'),
            Key::Ctrl('r'),
            Key::Backspace,
            Key::Esc,
            Key::Enter,
            Key::Up,
            Key::Down,
            Key::Left,
            Key::Right,
            Key::PageUp,
            Key::PageDown,
        ]),
        // On the page of one module: what is typed.
        prop::sample::select("0a1b2c3d".chars().map(Key::Char).collect::<Vec<_>>()),
        // The pages, and what is done on them.
        (1u8..=12).prop_map(Key::Function),
    ]
}

fn report() -> impl Strategy<Value = Report> {
    prop_oneof![
        Just(Report::Good),
        Just(Report::Closed),
        (any::<u16>(), any::<u16>()).prop_map(|(open, of)| Report::Sessions(open, of)),
        any::<u8>().prop_map(Report::Free),
        prop::option::of(0i64..4_000_000_000)
            .prop_map(|at| Report::Exported(at.and_then(|at| OffsetDateTime::from_unix_timestamp(at).ok()))),
        code().prop_map(Report::Trouble),
    ]
}

pub(super) fn msg() -> impl Strategy<Value = Msg> {
    let counts =
        (any::<u32>(), any::<u32>()).prop_map(|(quantity, passed)| Msg::Counted(Counts { quantity, passed }));
    prop_oneof![
        12 => event().prop_map(Msg::Engine),
        6 => key().prop_map(Msg::Key),
        1 => counts,
        2 => (prop::sample::select(Device::ALL.to_vec()), report())
            .prop_map(|(device, report)| Msg::Device(device, report)),
        1 => (run(), prop::option::of("(.{0,30}\n){0,5}"))
            .prop_map(|(run, text)| Msg::Transcript(run, text)),
        6 => told::told().prop_map(Msg::Page),
        1 => "[a-z0-9:/-]{1,40}".prop_map(|text| Msg::Scanned(by_keyboard(&text))),
        1 => "[a-z0-9:/-]{1,40}".prop_map(|text| Msg::Scanned(by_serial(&text))),
        2 => super::check::told(),
        1 => super::check::notice(),
        2 => Just(Msg::Tick),
        1 => prop::option::of((1u16..=300, 1u16..=100)).prop_map(Msg::Resized),
        1 => prop::option::of(code()).prop_map(|code| Msg::Ended(code.map_or(Ending::Well, |code| {
            Ending::Faulted(Fault::new(code, "x"))
        }))),
    ]
}

/// Which slots have passed, as the events alone tell it.
#[derive(Default)]
struct Oracle {
    passed: BTreeMap<String, bool>,
    /// Of slots in trouble: whether they had passed before, and will have again when it is over.
    before: BTreeMap<String, bool>,
}

impl Oracle {
    fn hear(&mut self, msg: &Msg) {
        let Msg::Engine(event) = msg else { return };
        let (slot, passed) = match event {
            Event::RunEnded { slot, verdict, .. } => (slot, *verdict == Verdict::Pass),
            Event::SlotTrouble { slot, .. } => {
                let passed = self.passed.insert(slot.clone(), false).unwrap_or(false);
                self.before.entry(slot.clone()).or_insert(passed);
                return;
            }
            Event::SlotRecovered { slot } => {
                if let Some(passed) = self.before.remove(slot) {
                    self.passed.insert(slot.clone(), passed);
                }
                return;
            }
            Event::SlotWaiting { slot }
            | Event::RunStarted { slot, .. }
            | Event::StepStarted { slot, .. }
            | Event::Progress { slot, .. }
            | Event::StepEnded { slot, .. } => (slot, false),
            Event::CheckpointMissed { .. }
            | Event::CheckpointMade
            | Event::AuditMissed { .. }
            | Event::AuditMade
            | Event::LineStopped { .. } => return,
        };
        self.passed.insert(slot.clone(), passed);
        self.before.remove(slot);
    }

    fn says(&self, slot: &str) -> bool {
        self.passed.get(slot).copied().unwrap_or(false)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn pass_is_shown_where_it_was_told_last_and_nowhere_else(msgs in prop::collection::vec(msg(), 1..60)) {
        let mut fixture = Fixture::new(3);
        let mut oracle = Oracle::default();
        for msg in msgs {
            oracle.hear(&msg);
            fixture.wait(std::time::Duration::from_millis(400));
            fixture.tell(msg);
            for slot in &fixture.model.slots {
                let shown = matches!(&slot.state, State::Ended(ended) if ended.verdict() == Verdict::Pass);
                prop_assert_eq!(shown, oracle.says(&slot.name), "slot {}", slot.name);
            }
            let any = fixture.model.slots.iter().any(|slot| oracle.says(&slot.name));
            let green = meanings(&cells(&fixture.model, 120, 40)).concat().contains(&Meaning::Pass);
            prop_assert!(any || !green, "a pass is drawn that nobody told");
        }
    }

    #[test]
    fn a_key_does_nothing_to_a_run_but_stop_what_comes_after(msgs in prop::collection::vec(msg(), 1..60)) {
        let mut fixture = Fixture::new(3);
        for msg in msgs {
            let key = matches!(msg, Msg::Key(_) | Msg::Scanned(_));
            // An engine that has ended runs nothing, so there is nothing that a key must not do.
            let ended = fixture.model.has_ended() || matches!(msg, Msg::Ended(_));
            let effects = fixture.tell(msg);
            let busy: Vec<_> = fixture.model.busy().map(str::to_owned).collect();
            for effect in effects.iter().filter(|_| key && !ended && !busy.is_empty()) {
                match effect {
                    // What a run has in a slot is left alone by the office, which asks the ledger; so does a
                    // check, which leaves a slot that is at work in peace.
                    Effect::Ask(_) | Effect::Stop | Effect::Draw | Effect::Repaint | Effect::Record => {}
                    // A slot that waits for its label is at work, and listens.
                    Effect::Scanned { slot, .. } => prop_assert!(busy.contains(slot)),
                    Effect::Retry { slot } => prop_assert!(!busy.contains(slot), "slot {slot} is at work"),
                    other => prop_assert!(false, "{other:?} while slots {busy:?} are at work"),
                }
            }
        }
    }

    #[test]
    fn there_is_no_size_at_which_drawing_fails(
        msgs in prop::collection::vec(msg(), 0..30),
        slots in 1usize..=24,
        sizes in prop::collection::vec((1u16..=300, 1u16..=100), 4),
    ) {
        let mut fixture = Fixture::new(slots);
        for msg in msgs {
            fixture.wait(std::time::Duration::from_secs(7));
            fixture.tell(msg);
        }
        for (width, height) in sizes.into_iter().chain([(1, 1), (20, 5), (39, 9), (40, 10)]) {
            cells(&fixture.model, width, height);
        }
    }
}
