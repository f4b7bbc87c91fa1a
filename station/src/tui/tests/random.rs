//! What holds for every row of messages.

use std::collections::BTreeMap;

use proptest::prelude::*;
use time::OffsetDateTime;

use super::fixture::Fixture;
use super::picture::{cells, meanings};
use crate::engine::{Event, StepId};
use crate::fault::{Chain, Fault, FaultCode, Verdict};
use crate::hsm::PinTries;
use crate::ledger::RunId;
use crate::tui::model::State;
use crate::tui::msg::{Counts, Device, Ending, Key, Report};
use crate::tui::pages::vendor::{self, Standing};
use crate::tui::pages::{Ask, Told as Page};
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

fn code() -> impl Strategy<Value = FaultCode> {
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
        1 => (code(), chain()).prop_map(|(code, chain)| Event::CheckpointMissed { code, chain }),
        1 => (code(), chain()).prop_map(|(code, chain)| Event::LineStopped { code, chain }),
    ]
}

fn key() -> impl Strategy<Value = Key> {
    prop_oneof![
        prop::sample::select("feqrlbBh?RQxoc8".chars().map(Key::Char).collect::<Vec<_>>()),
        prop::sample::select(vec![
            Key::Ctrl('c'),
            Key::Ctrl('l'),
            Key::Function(2),
            Key::Function(5),
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

fn vendor_told() -> impl Strategy<Value = vendor::Told> {
    let fault = || code().prop_map(|code| Fault::new(code, "x"));
    let standing = prop::sample::select(vec![Standing::Open, Standing::Spent, Standing::Closed]);
    let tries = prop::sample::select(vec![PinTries::NotLow, PinTries::Low, PinTries::Last, PinTries::None]);
    prop_oneof![
        3 => standing.prop_map(|standing| vendor::Told::Known(Box::new(super::vendor::known(standing)))),
        1 => fault().prop_map(vendor::Told::Unknown),
        1 => any::<bool>().prop_map(|there| vendor::Told::Token(there.then(super::vendor::token))),
        1 => any::<u16>().prop_map(vendor::Told::Typed),
        1 => prop::sample::select(vec![
            vendor::Told::Opening,
            vendor::Told::Opened,
            vendor::Told::Closed,
            vendor::Told::NotGiven,
            vendor::Told::NotTyped,
        ]),
        1 => (fault(), prop::option::of(tries))
            .prop_map(|(fault, tries)| vendor::Told::Refused { fault, tries }),
    ]
}

fn msg() -> impl Strategy<Value = Msg> {
    let counts = (any::<u32>(), any::<u32>(), any::<u32>())
        .prop_map(|(quantity, passed, failed)| Msg::Counted(Counts { quantity, passed, failed }));
    prop_oneof![
        12 => event().prop_map(Msg::Engine),
        6 => key().prop_map(Msg::Key),
        1 => counts,
        2 => (prop::sample::select(Device::ALL.to_vec()), report())
            .prop_map(|(device, report)| Msg::Device(device, report)),
        1 => (run(), prop::option::of("(.{0,30}\n){0,5}"))
            .prop_map(|(run, text)| Msg::Transcript(run, text)),
        2 => vendor_told().prop_map(|told| Msg::Page(Page::Vendor(told))),
        2 => Just(Msg::Tick),
        1 => Just(Msg::Resized),
        1 => prop::option::of(code()).prop_map(|code| Msg::Ended(code.map_or(Ending::Well, |code| {
            Ending::Faulted(Fault::new(code, "x"))
        }))),
    ]
}

/// Which slots have passed, as the events alone tell it.
#[derive(Default)]
struct Oracle {
    passed: BTreeMap<String, bool>,
}

impl Oracle {
    fn hear(&mut self, msg: &Msg) {
        let Msg::Engine(event) = msg else { return };
        let (slot, passed) = match event {
            Event::RunEnded { slot, verdict, .. } => (slot, *verdict == Verdict::Pass),
            Event::SlotWaiting { slot }
            | Event::SlotTrouble { slot, .. }
            | Event::RunStarted { slot, .. }
            | Event::StepStarted { slot, .. }
            | Event::Progress { slot, .. }
            | Event::StepEnded { slot, .. } => (slot, false),
            Event::CheckpointMissed { .. } | Event::AuditMissed { .. } | Event::LineStopped { .. } => return,
        };
        self.passed.insert(slot.clone(), passed);
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
            let key = matches!(msg, Msg::Key(_));
            // An engine that has ended runs nothing, so there is nothing that a key must not do.
            let ended = fixture.model.has_ended() || matches!(msg, Msg::Ended(_));
            let effects = fixture.tell(msg);
            let busy: Vec<_> = fixture.model.busy().map(str::to_owned).collect();
            for effect in effects.iter().filter(|_| key && !ended && !busy.is_empty()) {
                match effect {
                    // A CA that its officer closes signs nothing more; what is under way goes on without it.
                    Effect::Stop | Effect::Draw | Effect::Repaint | Effect::Ask(Ask::Vendor(_)) => {}
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
