//! What a scanner on the keyboard leads to.

use super::fixture::{Fixture, shown};
use crate::engine::StepId;
use crate::ledger::SignInBy;
use crate::operator::Badges;
use crate::tui::model::Page;
use crate::tui::msg::Key;
use crate::tui::pages;
use crate::tui::pages::operator::Ask;
use crate::tui::{Effect, Msg};

const LABEL: &str = "https://claim.example/00a1b2c3-d4e5-4607-9829-3a4b5c6d7e8f";

fn scan(fixture: &mut Fixture, text: &str) -> Vec<Effect> {
    fixture.tell(Msg::Scanned(text.to_owned()))
}

fn given(slot: &str) -> [Effect; 2] {
    [Effect::Scanned { slot: slot.to_owned(), text: LABEL.to_owned() }, Effect::Draw]
}

/// Two slots that wait for their labels, the second one longer.
fn waiting() -> Fixture {
    let mut fixture = Fixture::new(2);
    fixture.model.setting.keyboard_scanner = true;
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
    fixture.model.setting.keyboard_scanner = true;
    fixture.empty("1");
    fixture.press(Key::Char('?'));
    scan(&mut fixture, LABEL);
    assert_eq!(fixture.model.page, Page::Unit);
    assert!(!fixture.model.help, "what was scanned is shown");
}

#[test]
fn slots_with_scanners_of_their_own_take_nothing_from_the_keyboard() {
    let mut fixture = waiting();
    fixture.model.setting.keyboard_scanner = false;
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
