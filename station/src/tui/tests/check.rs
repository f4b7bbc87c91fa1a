//! The page of the check, and what stays said until somebody has seen it: scenes, stories and messages.

use proptest::prelude::*;
use time::macros::datetime;

use super::fixture::{Fixture, chain, passed};
use super::picture::{cells, text};
use crate::check::{Detail, Finding, Found, Part, Seen, Subject};
use crate::engine::{Event, StepId};
use crate::fault::{Fault, FaultCode};
use crate::tui::effect::Effect;
use crate::tui::model::{Page, Whose};
use crate::tui::msg::{Ending, Key};
use crate::tui::pages;
use crate::tui::pages::check::{Ask, Told};
use crate::tui::text::Language;
use crate::tui::{Msg, model};

/// A message to the page.
fn page(told: Told) -> Msg {
    Msg::Page(pages::Told::Check(told))
}

fn look(fixture: &mut Fixture, subject: Subject) {
    fixture.tell(page(Told::Seen(Seen::Looking(subject))));
}

fn find(fixture: &mut Fixture, subject: Subject, found: Found) {
    look(fixture, subject.clone());
    fixture.tell(page(Told::Seen(Seen::Found(Finding { subject, found }))));
}

fn of_slot(slot: &str, part: Part) -> Subject {
    Subject::Slot { slot: slot.to_owned(), part }
}

/// A check of four slots, as far as the devices of the first two.
pub(super) fn under_way() -> Fixture {
    let mut fixture = Fixture::new(4);
    fixture.lights();
    fixture.run("2", StepId::Seal);
    fixture.press(Key::Function(6));
    let ends = datetime!(2036-03-08 0:00 UTC);
    let token = Detail::Token {
        label: "vendor-ca".to_owned(),
        manufacturer: "Yubico".to_owned(),
        model: "YubiHSM".to_owned(),
        serial: "14205533".to_owned(),
        tries: String::new(),
    };
    let order = Detail::Order {
        id: "WO-4711".to_owned(),
        quantity: 1200,
        product: "C3 module".to_owned(),
        customer: "Example OEM".to_owned(),
    };
    let firmware = Detail::Firmware { version: "1.4.0".to_owned(), bytes: 98_304 };
    for (subject, detail) in [
        (Subject::Settings, Detail::File("station.toml".to_owned())),
        (Subject::Disk, Detail::Room(3)),
        (Subject::Ledger, Detail::File("station/ledger.sqlite".to_owned())),
        (Subject::Clock, Detail::Time(datetime!(2026-03-01 8:00 UTC))),
        (Subject::Order, order),
        (Subject::Firmware, firmware),
        (Subject::Label, Detail::Label("https://example.com/c/0-ABCD".to_owned())),
        (Subject::Certificates, Detail::IssuingUntil(ends)),
        (Subject::Hsm, token),
        (Subject::HsmKey("issuing".to_owned()), Detail::KeyUsed { count: Some(1045), limit: Some(5000) }),
        (of_slot("1", Part::Probe), Detail::Seated),
    ] {
        find(&mut fixture, subject, Found::Well(detail));
    }
    let gone = Fault::new(FaultCode::LinkOpen, "cannot open serial port /dev/ttyUSB0");
    find(&mut fixture, of_slot("1", Part::SerialPort), Found::Wrong(gone));
    find(&mut fixture, of_slot("2", Part::Probe), Found::AtWork);
    look(&mut fixture, of_slot("3", Part::Probe));
    fixture
}

/// The same, done a while ago.
pub(super) fn done() -> Fixture {
    let mut fixture = under_way();
    fixture.tell(page(Told::Done));
    fixture.seconds(75);
    fixture.lights();
    fixture
}

/// All that can stay said, at once.
pub(super) fn notices() -> Fixture {
    let mut fixture = Fixture::new(4);
    fixture.lights();
    fixture.run("1", StepId::Keygen);
    fixture.empty("2");
    fixture.hear(Event::CheckpointMissed { code: FaultCode::HsmLost, chain: chain() });
    fixture.seconds(200);
    fixture.hear(Event::CheckpointMissed { code: FaultCode::HsmLost, chain: chain() });
    fixture.hear(Event::AuditMissed { code: FaultCode::FileWrite, chain: chain() });
    fixture.tell(Msg::Recorded(Ok("recordings/2026-03-01T08-03-20Z.jsonl".to_owned())));
    fixture.tell(Msg::FeedEnded);
    fixture.seconds(11);
    fixture.lights();
    fixture
}

/// Messages to the page of the check.
pub(super) fn told() -> impl Strategy<Value = Msg> {
    let subject = prop_oneof![
        Just(Subject::Hsm),
        "[a-z]{0,40}".prop_map(Subject::HsmKey),
        ("[0-9]{1,3}", prop::sample::select(Part::ALL.to_vec()))
            .prop_map(|(slot, part)| Subject::Slot { slot, part }),
    ];
    let found = prop_oneof![
        Just(Found::AtWork),
        any::<u8>().prop_map(|percent| Found::Well(Detail::Room(percent))),
        ".{0,80}".prop_map(|text| Found::Well(Detail::File(text))),
        (prop::sample::select(FaultCode::ALL.to_vec()), ".{0,80}")
            .prop_map(|(code, what)| Found::Wrong(Fault::new(code, what))),
    ];
    prop_oneof![
        2 => subject.clone().prop_map(|subject| page(Told::Seen(Seen::Looking(subject)))),
        4 => (subject, found)
            .prop_map(|(subject, found)| page(Told::Seen(Seen::Found(Finding { subject, found })))),
        1 => prop_oneof![Just(page(Told::Done)), Just(page(Told::BrokenOff))],
    ]
}

/// Messages that stay said.
pub(super) fn notice() -> impl Strategy<Value = Msg> {
    prop_oneof![
        Just(Msg::FeedEnded),
        ".{0,60}".prop_map(|file| Msg::Recorded(Ok(file))),
        prop::sample::select(FaultCode::ALL.to_vec()).prop_map(|code| Msg::Recorded(Err(code))),
    ]
}

/// Everything on a screen of the usual size.
fn shown(fixture: &Fixture) -> String {
    text(&cells(&fixture.model, 120, 40)).join("\n")
}

#[test]
fn a_check_begins_with_the_page_and_is_not_begun_twice() {
    let ask = Effect::Ask(pages::Ask::Check(Ask::Look));
    let mut fixture = Fixture::new(1);
    assert_eq!(fixture.press(Key::Function(6)), [ask.clone(), Effect::Draw]);
    assert_eq!(fixture.press(Key::Char('a')), [Effect::Draw], "one is under way");
    fixture.press(Key::Esc);
    assert_eq!(fixture.press(Key::Function(6)), [Effect::Draw], "one is under way");
    fixture.tell(page(Told::Done));
    fixture.seconds(60);
    assert_eq!(fixture.press(Key::Function(6)), [Effect::Draw], "one was done just now");
    assert_eq!(fixture.press(Key::Char('a')), [ask.clone(), Effect::Draw]);
    fixture.tell(page(Told::Done));
    fixture.seconds(61);
    assert_eq!(fixture.press(Key::Function(6)), [ask, Effect::Draw], "what was found may no longer be so");
}

#[test]
fn what_is_wrong_comes_first_with_its_remedy_and_the_rest_in_order() {
    let fixture = under_way();
    let shown = shown(&fixture);
    let at = |what: &str| shown.find(what).unwrap_or_else(|| panic!("no {what} in {shown}"));
    assert!(at("✖ WRONG   slot 1 serial port") < at("settings"));
    assert!(at("L-203 The serial port cannot be opened") < at("→ "));
    assert!(at("settings") < at("▲ little  disk"));
    assert!(shown.contains("▶ at work slot 2 probe"), "{shown}");
    assert!(shown.contains("looking at: slot 3 probe"), "{shown}");
}

#[test]
fn a_check_that_was_broken_off_says_so_and_is_begun_anew() {
    let mut fixture = under_way();
    fixture.tell(page(Told::BrokenOff));
    assert!(shown(&fixture).contains("what follows is not all"));
    fixture.press(Key::Esc);
    assert!(!fixture.press(Key::Function(6)).is_empty());
    assert!(shown(&fixture).contains("begins"));
}

#[test]
fn the_end_of_a_long_list_can_be_reached() {
    let mut fixture = Fixture::new(1);
    fixture.press(Key::Function(6));
    for slot in 1..=24 {
        find(&mut fixture, of_slot(&slot.to_string(), Part::Probe), Found::Well(Detail::Seated));
    }
    fixture.tell(page(Told::Done));
    let rows = |fixture: &Fixture| text(&cells(&fixture.model, 80, 24)).join("\n");
    assert!(!rows(&fixture).contains("slot 24 probe"));
    for _ in 0..24 {
        fixture.press(Key::Down);
    }
    assert!(rows(&fixture).contains("slot 24 probe"), "{}", rows(&fixture));
}

#[test]
fn what_was_missed_stays_said_until_it_is_seen_or_made_up_for() {
    let mut fixture = Fixture::new(1);
    fixture.empty("1");
    let missed = Event::CheckpointMissed { code: FaultCode::HsmLost, chain: chain() };
    fixture.hear(missed.clone());
    fixture.seconds(3600);
    fixture.lights();
    let said = "Checkpoint not signed, 1×, 1 h ago: H-4";
    assert!(shown(&fixture).contains(said), "{}", shown(&fixture));
    fixture.press(Key::Char('f'));
    assert!(matches!(fixture.model.page, Page::Fault { of: Whose::Noted(model::Missed::Checkpoint), .. }));
    assert!(shown(&fixture).contains("What to do"));
    fixture.press(Key::Char('a'));
    assert_eq!(fixture.model.page, Page::Line, "there is nothing more to show");
    assert!(!shown(&fixture).contains("not signed"));
    fixture.hear(missed);
    assert!(shown(&fixture).contains("not signed"), "it was missed again");
    fixture.hear(Event::CheckpointMade);
    assert!(!shown(&fixture).contains("not signed"), "it was made up for");
}

#[test]
fn one_fault_after_another_is_a_key_away() {
    let mut fixture = Fixture::new(2);
    fixture.fault("2", StepId::Greet, FaultCode::LinkSilent);
    fixture.hear(Event::AuditMissed { code: FaultCode::FileWrite, chain: chain() });
    fixture.press(Key::Char('f'));
    assert!(matches!(fixture.model.page, Page::Fault { of: Whose::Slot(1), .. }));
    fixture.press(Key::Char('f'));
    assert!(matches!(fixture.model.page, Page::Fault { of: Whose::Noted(model::Missed::Audit), .. }));
    fixture.press(Key::Char('f'));
    assert!(matches!(fixture.model.page, Page::Fault { of: Whose::Slot(1), .. }));
}

#[test]
fn a_slot_is_after_its_trouble_what_it_was_before() {
    let mut fixture = Fixture::new(1);
    fixture.pass("1");
    fixture.seconds(5);
    let trouble = |code| Event::SlotTrouble { slot: "1".into(), code, chain: chain() };
    fixture.hear(trouble(FaultCode::ProbeLost));
    fixture.hear(trouble(FaultCode::ProbeMissing));
    assert!(shown(&fixture).contains("Trouble P-301") && !shown(&fixture).contains("✔ PASS"));
    fixture.seconds(5);
    fixture.hear(Event::SlotRecovered { slot: "1".into() });
    assert!(shown(&fixture).contains("✔ PASS"), "{}", shown(&fixture));
    fixture.hear(trouble(FaultCode::ProbeLost));
    fixture.empty("1");
    fixture.hear(Event::SlotRecovered { slot: "1".into() });
    assert!(!shown(&fixture).contains("✔ PASS"), "the module was taken out meanwhile");
}

#[test]
fn a_slot_at_work_of_which_nothing_is_heard_says_so() {
    let mut fixture = Fixture::new(1);
    let run = fixture.run("1", StepId::Keygen);
    fixture.seconds(90);
    fixture.tell(Msg::Tick);
    assert!(!shown(&fixture).contains("? silent 1 min  "));
    fixture.seconds(1);
    fixture.tell(Msg::Tick);
    assert!(shown(&fixture).contains("? silent 1 min"), "{}", shown(&fixture));
    fixture.hear(passed("1", run, "ab"));
    assert!(!shown(&fixture).contains("? silent 1 min  "));
    // A person may take longer than a module.
    fixture.run("1", StepId::Scan);
    fixture.seconds(100);
    fixture.tell(Msg::Tick);
    assert!(!shown(&fixture).contains("? silent 1 min  "));
}

#[test]
fn a_line_that_says_nothing_more_and_not_how_it_ended_is_told_of() {
    let mut fixture = Fixture::new(1);
    fixture.run("1", StepId::Keygen);
    fixture.tell(Msg::FeedEnded);
    assert!(!shown(&fixture).contains("nothing more"), "it may be about to say how it ended");
    fixture.seconds(11);
    fixture.tell(Msg::Tick);
    assert!(shown(&fixture).contains("The line has said nothing more for 11 s"), "{}", shown(&fixture));
    fixture.tell(Msg::Ended(Ending::Well));
    assert!(!shown(&fixture).contains("nothing more"));
}

#[test]
fn the_lights_and_what_stays_said_are_on_every_page() {
    let mut fixture = notices();
    fixture.fault("3", StepId::Greet, FaultCode::LinkSilent);
    for key in [Key::Esc, Key::Char('f'), Key::Char('h')] {
        fixture.press(key);
        let shown = shown(&fixture);
        assert!(shown.contains("HSM 4/4") && shown.contains("not signed"), "{shown}");
    }
}

#[test]
fn the_check_has_the_time_of_the_hall_in_the_order_of_the_language() {
    let mut fixture = under_way();
    fixture.model.setting.zone = crate::clock::Zone::named("Asia/Ho_Chi_Minh").expect("a zone");
    let english = shown(&fixture);
    assert!(english.contains("1 Mar 2026 15:00:00") && english.contains("until 8 Mar 2036"), "{english}");
    fixture.model.language = Language::Vietnamese;
    assert!(shown(&fixture).contains("01/03/2026 15:00:00"), "{}", shown(&fixture));
}
