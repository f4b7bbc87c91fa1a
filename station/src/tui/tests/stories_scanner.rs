//! What hand scanners lead to.

use std::collections::BTreeMap;

use super::fixture::{Fixture, by_keyboard, shown};
use crate::engine::{Event, StepId};
use crate::fault::FaultCode;
use crate::ledger::SignInBy;
use crate::operator::Badges;
use crate::scanner::{Hand, Reading};
use crate::tui::model::Page;
use crate::tui::msg::Key;
use crate::tui::pages;
use crate::tui::pages::operator::Ask;
use crate::tui::{Effect, Msg};

const LABEL: &str = "https://claim.example/00a1b2c3-d4e5-4607-9829-3a4b5c6d7e8f";

fn scan(fixture: &mut Fixture, text: &str) -> Vec<Effect> {
    fixture.scan(text)
}

fn given(slot: &str) -> [Effect; 2] {
    [Effect::Scanned { slot: slot.to_owned(), text: LABEL.to_owned() }, Effect::Draw]
}

/// Two slots that wait for their labels, the second one longer.
fn waiting() -> Fixture {
    let mut fixture = Fixture::new(2);
    fixture.have_keyboards(&["1", "2"]);
    fixture.run("2", StepId::Scan);
    fixture.seconds(3);
    fixture.run("1", StepId::Scan);
    fixture
}

#[test]
fn a_label_goes_to_the_slot_that_the_screen_asks_to_be_scanned() {
    let mut fixture = waiting();
    assert!(shown(&fixture).contains("Slot 2: take the module out, stick its label, scan it"));
    assert_eq!(scan(&mut fixture, LABEL), given("2"));
    assert_eq!(fixture.model.page, Page::Line);
}

#[test]
fn the_same_label_twice_in_a_row_counts_once() {
    let mut fixture = waiting();
    assert_eq!(scan(&mut fixture, LABEL), given("2"));
    fixture.wait(std::time::Duration::from_millis(1900));
    assert_eq!(scan(&mut fixture, LABEL), []);
    fixture.seconds(2);
    assert_eq!(scan(&mut fixture, LABEL), given("2"));
}

#[test]
fn a_label_that_no_slot_waits_for_is_looked_up() {
    let mut fixture = Fixture::new(1);
    fixture.have_keyboards(&["1"]);
    fixture.empty("1");
    fixture.press(Key::Char('?'));
    scan(&mut fixture, LABEL);
    assert_eq!(fixture.model.page, Page::Unit);
    assert!(!fixture.model.help, "what was scanned is shown");
}

#[test]
fn slots_with_scanners_of_their_own_take_nothing_from_the_keyboard() {
    let mut fixture = waiting();
    fixture.have_keyboards(&[]);
    let effects = scan(&mut fixture, LABEL);
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Scanned { .. })), "{effects:?}");
}

#[test]
fn a_badge_signs_in_on_its_page_whatever_waits_for_a_label() {
    let mut fixture = waiting();
    let ana: crate::operator::Operator = "Ana".parse().expect("a name");
    fixture.model.setting.operators = [("00420042".to_owned(), ana.clone())].into_iter().collect::<Badges>();
    fixture.press(Key::Function(7));
    let effects = scan(&mut fixture, "00420042");
    let ask = Effect::Ask(pages::Ask::Operator(Ask::SignIn(ana, SignInBy::Badge)));
    assert_eq!(effects, [ask, Effect::Draw]);
    scan(&mut fixture, "00420043");
    assert!(shown(&fixture).contains("Nobody here has this badge"));
}

#[test]
fn where_some_slots_have_scanners_of_their_own_a_label_goes_to_one_that_has_the_keyboard() {
    let mut fixture = waiting();
    fixture.have_keyboards(&["1"]);
    assert!(shown(&fixture).contains("Slot 2: take the module out"), "its time runs out first");
    assert_eq!(scan(&mut fixture, LABEL), given("1"));
}

#[test]
fn the_slot_whose_time_runs_out_first_is_scanned_first_whenever_its_run_began() {
    let mut fixture = Fixture::new(2);
    fixture.have_keyboards(&["1", "2"]);
    let run = fixture.run("1", StepId::Label);
    fixture.seconds(3);
    fixture.run("2", StepId::Scan);
    fixture.seconds(3);
    fixture.hear(Event::StepStarted { slot: "1".into(), run, step: StepId::Scan });
    assert!(shown(&fixture).contains("Slot 2: take the module out, stick its label, scan it (27 s left)"));
    assert_eq!(scan(&mut fixture, LABEL), given("2"));
}

#[test]
fn a_scanner_on_the_keyboard_has_no_light() {
    let mut fixture = waiting();
    fixture.lights();
    assert!(!shown(&fixture).contains("Scanner"), "{}", shown(&fixture));
    // In a mixed line the light is that of the others, and no label from the keyboard makes it a good one.
    fixture.have_keyboards(&["2"]);
    fixture.fault("1", StepId::Scan, FaultCode::ScannerOff);
    fixture.run("2", StepId::Pass);
    assert!(shown(&fixture).contains("✖ Scanner"), "{}", shown(&fixture));
    fixture.run("1", StepId::Pass);
    assert!(shown(&fixture).contains("● Scanner"), "{}", shown(&fixture));
}

#[test]
fn a_badge_signs_in_on_every_page_and_its_code_is_not_shown() {
    let ana: crate::operator::Operator = "Ana".parse().expect("a name");
    for page in [2, 3, 4, 5, 6, 7] {
        let mut fixture = Fixture::new(1);
        let badges = [("00420042".to_owned(), ana.clone())].into_iter().collect::<Badges>();
        fixture.model.setting.operators = badges;
        fixture.press(Key::Function(page));
        let effects = scan(&mut fixture, "00420042");
        let ask = Effect::Ask(pages::Ask::Operator(Ask::SignIn(ana.clone(), SignInBy::Badge)));
        assert_eq!(effects, [ask, Effect::Draw], "F{page}");
        assert_eq!(fixture.model.page, Page::Operator, "F{page}: what comes of it is said there");
        assert!(!shown(&fixture).contains("00420042"), "F{page}");
    }
}

#[test]
fn a_label_goes_to_the_slot_that_waits_whatever_is_looked_at() {
    for page in 2..=7 {
        let mut fixture = waiting();
        fixture.press(Key::Function(page));
        assert_eq!(scan(&mut fixture, LABEL), given("2"), "F{page}");
    }
}

#[test]
fn a_badge_is_no_label_even_where_one_is_waited_for() {
    let mut fixture = waiting();
    let badge = ("00420042".to_owned(), "Bo".parse().expect("a name"));
    fixture.model.setting.operators = [badge].into_iter().collect::<Badges>();
    let effects = scan(&mut fixture, "00420042");
    let signed_in = pages::Ask::Operator(Ask::SignIn("Bo".parse().expect("a name"), SignInBy::Badge));
    assert!(effects.contains(&Effect::Ask(signed_in)), "{effects:?}");
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Scanned { .. })));
}

#[test]
fn a_label_signs_nobody_in() {
    let mut fixture = Fixture::new(1);
    fixture.press(Key::Function(7));
    assert_eq!(scan(&mut fixture, LABEL), [Effect::Draw]);
}

fn read_at(port: &str, text: &str) -> Msg {
    Msg::Scanned(Reading { by: Hand::Serial(port.into()), text: text.to_owned() })
}

#[test]
fn what_a_scanner_reads_goes_to_a_slot_that_has_it() {
    let mut fixture = waiting();
    fixture.model.setting.hands = BTreeMap::from([
        ("1".to_owned(), Hand::Serial("/dev/ttyACM0".into())),
        ("2".to_owned(), Hand::Serial("/dev/ttyACM1".into())),
    ]);
    assert_eq!(fixture.tell(read_at("/dev/ttyACM0", LABEL)), given("1"), "though slot 2 waits longer");
    fixture.seconds(3);
    assert_eq!(fixture.tell(read_at("/dev/ttyACM1", LABEL)), given("2"));
    fixture.seconds(3);
    scan(&mut fixture, LABEL);
    assert_eq!(fixture.model.page, Page::Unit, "no slot has a scanner on the keyboard");
}

#[test]
fn a_label_by_which_a_slot_has_passed_is_not_given_to_the_next_one() {
    let mut fixture = Fixture::new(2);
    fixture.have_keyboards(&["1", "2"]);
    let run = fixture.run("1", StepId::Scan);
    assert_eq!(scan(&mut fixture, LABEL), given("1"));
    fixture.hear(super::fixture::passed("1", run, "00a1b2c3d4e5460798293a4b5c6d7e8f"));
    fixture.run("2", StepId::Scan);
    fixture.seconds(3);
    assert!(!scan(&mut fixture, LABEL).contains(&given("2")[0]), "it is looked up");
    assert_eq!(fixture.model.page, Page::Unit);
    // A module that did not pass may be tried in another slot.
    let mut fixture = waiting();
    assert_eq!(scan(&mut fixture, LABEL), given("2"));
    let run = fixture.run("2", StepId::Scan);
    fixture.hear(super::fixture::faulted("2", run, StepId::Scan, FaultCode::ScannerNoRead));
    fixture.seconds(3);
    assert_eq!(scan(&mut fixture, LABEL), given("1"));
}

#[test]
fn a_badge_is_no_label_even_while_a_pin_is_typed() {
    let mut fixture = super::vendor::typing_a_pin();
    let badge = ("0042".to_owned(), "Bo".parse().expect("a name"));
    fixture.model.setting.operators = [badge].into_iter().collect();
    fixture.model.setting.hands = BTreeMap::from([("1".to_owned(), Hand::Serial("/dev/ttyACM0".into()))]);
    fixture.run("1", StepId::Scan);
    assert_eq!(fixture.tell(read_at("/dev/ttyACM0", "0042")), []);
    fixture.seconds(3);
    assert_eq!(fixture.tell(read_at("/dev/ttyACM0", LABEL)), given("1"));
}

#[test]
fn what_a_serial_scanner_reads_types_nothing_into_the_officers_form() {
    let mut fixture = super::vendor::filling_in();
    fixture.model.setting.hands = BTreeMap::from([("1".to_owned(), Hand::Serial("/dev/ttyACM0".into()))]);
    fixture.run("1", StepId::Scan);
    let before = shown(&fixture);
    assert_eq!(fixture.tell(read_at("/dev/ttyACM1", "0043")), []);
    assert_eq!(shown(&fixture), before);
    assert_eq!(fixture.tell(read_at("/dev/ttyACM0", LABEL)), given("1"));
    fixture.have_keyboards(&["1"]);
    fixture.seconds(3);
    assert_eq!(scan(&mut fixture, LABEL), given("1"), "a label is no line of the form");
}

#[test]
fn what_a_serial_scanner_reads_is_not_taken_for_an_enter_of_the_keys() {
    assert!(Msg::Scanned(by_keyboard(LABEL)).is_waited_for());
    assert!(Msg::Key(Key::Enter).is_waited_for());
    assert!(!read_at("/dev/ttyACM0", LABEL).is_waited_for());
}

#[test]
fn of_slots_that_share_a_scanner_it_is_seen_which_goes_first() {
    let mut fixture = Fixture::new(2);
    fixture.have_keyboards(&["1", "2"]);
    fixture.run("2", StepId::Scan);
    fixture.seconds(2);
    fixture.run("1", StepId::Scan);
    let both = shown(&fixture);
    assert!(both.contains("◆ Stick and scan") && both.contains("◆ Stick; scan after slot 2"), "{both}");
    // With a scanner each, none has to wait.
    fixture.model.setting.hands = BTreeMap::from([
        ("1".to_owned(), Hand::Serial("/dev/ttyACM0".into())),
        ("2".to_owned(), Hand::Serial("/dev/ttyACM1".into())),
    ]);
    assert!(!shown(&fixture).contains("scan after"), "{}", shown(&fixture));
}

#[test]
fn while_the_line_stops_and_a_label_is_waited_for_both_are_said() {
    let mut fixture = Fixture::new(1);
    fixture.run("1", StepId::Scan);
    fixture.press(Key::Ctrl('c'));
    let shown = shown(&fixture);
    assert!(shown.contains("Stopping. Slot 1: take the module out, stick its label, scan it"), "{shown}");
}
