//! What signing in and out leads to.

use std::time::Duration;

use super::fixture::{Fixture, shown};
use crate::engine::StepId;
use crate::fault::FaultCode;
use crate::ledger::{SignInBy, SignOutBecause};
use crate::operator::{Badges, Operator};
use crate::tui::model::Page;
use crate::tui::msg::Key;
use crate::tui::pages::operator::{Ask, Told};
use crate::tui::pages::{self};
use crate::tui::{Effect, Msg};

fn name(name: &str) -> Operator {
    name.parse().expect("a name")
}

fn ask(ask: Ask) -> Effect {
    Effect::Ask(pages::Ask::Operator(ask))
}

fn tell(fixture: &mut Fixture, told: Told) -> Vec<Effect> {
    fixture.tell(Msg::Page(pages::Told::Operator(told)))
}

/// A line with so many slots before which nobody has signed in.
fn nobody(slots: usize) -> Fixture {
    let mut fixture = Fixture::new(slots);
    tell(&mut fixture, Told::SignedOut);
    fixture.press(Key::Function(7));
    fixture
}

#[test]
fn a_line_before_which_nobody_has_signed_in_asks_for_a_name_and_for_no_module() {
    let mut setting = Fixture::new(1).model.setting.clone();
    setting.operator = None;
    let now = Fixture::new(1).model.now;
    assert_eq!(crate::tui::Model::new(setting, now).page, Page::Operator, "the first page");

    let mut fixture = nobody(1);
    fixture.empty("1");
    assert!(shown(&fixture).contains("Nobody is signed in. The line takes up no module."));
    fixture.press(Key::Esc);
    assert!(shown(&fixture).contains("Press F7"), "{}", shown(&fixture));
    assert!(!shown(&fixture).contains("ut a module in"));
    assert!(!shown(&fixture).contains("Operator Ánh Nguyễn"));
}

#[test]
fn a_name_signs_in_when_it_is_on_record_and_not_before() {
    let mut fixture = nobody(1);
    fixture.type_text("  Bo q ");
    let effects = fixture.press(Key::Enter);
    assert_eq!(effects, [ask(Ask::SignIn(name("Bo q"), SignInBy::Name)), Effect::Draw]);
    assert!(shown(&fixture).contains("Nobody is signed in"), "the ledger has not said so yet");
    tell(&mut fixture, Told::SignedIn(name("Bo q")));
    assert_eq!(fixture.model.page, Page::Line);
    assert!(shown(&fixture).contains("Bo q"));
}

#[test]
fn what_cannot_be_recorded_signs_nobody_in() {
    let mut fixture = nobody(1);
    fixture.type_text("Bo");
    fixture.press(Key::Enter);
    tell(&mut fixture, Told::Failed { code: FaultCode::LedgerWrite, present: None });
    assert!(shown(&fixture).contains("R-602"));
    assert!(shown(&fixture).contains("Nobody is signed in"));
}

#[test]
fn who_is_gone_on_record_is_not_shown_any_more_though_nobody_came_instead() {
    let mut fixture = Fixture::new(1);
    tell(&mut fixture, Told::SignedIn(name("Ana")));
    fixture.press(Key::Function(3));
    assert_eq!(fixture.model.page, Page::Unit);
    tell(&mut fixture, Told::Failed { code: FaultCode::LedgerWrite, present: Some(name("Ana")) });
    assert_eq!(fixture.model.page, Page::Unit, "Ana is still there");
    tell(&mut fixture, Told::Failed { code: FaultCode::LedgerWrite, present: None });
    assert_eq!(fixture.model.page, Page::Operator);
    let shown = shown(&fixture);
    assert!(shown.contains("R-602") && shown.contains("Nobody is signed in"), "{shown}");
}

#[test]
fn a_badge_that_is_not_known_signs_nobody_in() {
    let mut fixture = nobody(1);
    let badges = [("0042".to_owned(), name("Ana"))].into_iter().collect::<Badges>();
    fixture.model.setting.operators = badges;
    fixture.type_text("0043");
    assert_eq!(fixture.press(Key::Enter), [Effect::Draw]);
    assert!(shown(&fixture).contains("Nobody here has this badge or this name."));
    fixture.type_text("0042");
    assert!(!shown(&fixture).contains("Nobody here has"), "what is typed anew is not known yet");
    let effects = fixture.press(Key::Enter);
    assert_eq!(effects, [ask(Ask::SignIn(name("Ana"), SignInBy::Badge)), Effect::Draw]);
}

#[test]
fn a_shift_changes_while_modules_are_at_work() {
    let mut fixture = Fixture::new(2);
    fixture.run("1", StepId::Seal);
    fixture.press(Key::Function(7));
    fixture.type_text("Bo");
    let effects = fixture.press(Key::Enter);
    assert_eq!(effects, [ask(Ask::SignIn(name("Bo"), SignInBy::Name)), Effect::Draw]);
    tell(&mut fixture, Told::SignedIn(name("Bo")));
    assert_eq!(fixture.model.busy().count(), 1);
    assert!(shown(&fixture).contains("Seal"));
}

#[test]
fn signing_out_is_a_key_of_its_page_and_leaves_pages_that_need_a_name() {
    let mut fixture = Fixture::new(1);
    assert_eq!(fixture.press(Key::Function(8)), [], "on the line it means nothing");
    fixture.press(Key::Function(7));
    let effects = fixture.press(Key::Function(8));
    assert_eq!(effects, [ask(Ask::SignOut(SignOutBecause::Asked)), Effect::Draw]);
    assert_eq!(fixture.press(Key::Function(8)), [], "it is asked for once");
    fixture.press(Key::Function(4));
    tell(&mut fixture, Told::SignedOut);
    assert_eq!(fixture.model.page, Page::Operator);
    for page in [3, 4, 5] {
        fixture.press(Key::Function(page));
        assert_eq!(fixture.model.page, Page::Operator, "what is done there is done in somebody's name");
    }
    fixture.press(Key::Function(6));
    assert_eq!(fixture.model.page, Page::Check);
}

#[test]
fn nobody_tries_a_module_again_without_a_name() {
    let mut fixture = Fixture::new(1);
    fixture.fault("1", StepId::Greet, FaultCode::LinkSilent);
    tell(&mut fixture, Told::SignedOut);
    assert_eq!(fixture.press(Key::Char('r')), [Effect::Draw]);
    tell(&mut fixture, Told::SignedIn(name("Bo")));
    assert!(fixture.press(Key::Char('r')).contains(&Effect::Retry { slot: "1".into() }));
}

#[test]
fn whoever_has_gone_is_signed_out_when_nothing_is_at_work() {
    let asked = [ask(Ask::SignOut(SignOutBecause::Idle)), Effect::Draw];
    let mut fixture = Fixture::new(1);
    fixture.seconds(100_000);
    assert!(!fixture.tell(Msg::Tick).contains(&asked[0]), "unless the settings say so");

    let mut fixture = Fixture::new(1);
    fixture.model.setting.sign_out_after = Some(Duration::from_mins(10));
    fixture.seconds(599);
    assert!(!fixture.tell(Msg::Tick).contains(&asked[0]));
    fixture.press(Key::Right);
    fixture.seconds(599);
    fixture.tell(Msg::Tick);
    fixture.run("1", StepId::Flash);
    fixture.seconds(6000);
    assert!(!fixture.tell(Msg::Tick).contains(&asked[0]), "a slot is at work");
    fixture.pass("1");
    fixture.seconds(600);
    assert_eq!(fixture.tell(Msg::Tick), asked);
    fixture.seconds(1);
    assert!(!fixture.tell(Msg::Tick).contains(&asked[0]), "once is enough");
}
