//! What a key is answered that can do nothing: in one line, until it is read, and in the language of the screen.

use proptest::prelude::*;

use super::fixture::{Fixture, chain, shown};
use super::picture::{cells, text};
use super::random::msg;
use super::vendor::open;
use crate::engine::{Event, StepId};
use crate::fault::FaultCode;
use crate::tui::answer::why_not;
use crate::tui::keymap::{self, Mode};
use crate::tui::msg::{Ending, Key};
use crate::tui::pages::vendor::Standing;
use crate::tui::text::{Language, columns};
use crate::tui::{Effect, Msg};

/// The line at the bottom that says what to do.
fn advice(fixture: &Fixture) -> String {
    text(&cells(&fixture.model, 80, 24)).swap_remove(22)
}

fn answered(fixture: &mut Fixture, key: Key) -> String {
    assert_eq!(fixture.press(key), [Effect::Draw]);
    advice(fixture)
}

#[test]
fn a_module_that_is_not_tried_again_says_where_it_goes() {
    for (code, where_to) in [
        (FaultCode::ModuleSelfTest, "The module goes into the rework bin."),
        (FaultCode::ProofWrong, "The module goes into the quarantine tray."),
        (FaultCode::HsmLost, "mend the station first, then put the module in again."),
    ] {
        let mut fixture = Fixture::new(2);
        fixture.fault("1", StepId::Prove, code);
        let said = answered(&mut fixture, Key::Char('r'));
        assert!(said.contains("Slot 1") && said.contains(where_to), "{said}");
        fixture.press(Key::Char('f'));
        let said = answered(&mut fixture, Key::Char('r'));
        assert!(said.contains(where_to), "on the fault's page too: {said}");
    }
}

#[test]
fn where_there_is_nothing_to_try_again_it_is_said_why() {
    let mut fixture = Fixture::new(2);
    let r = Key::Char('r');
    assert!(answered(&mut fixture, r).contains("no module has ended there"));
    fixture.run("1", StepId::Seal);
    assert!(answered(&mut fixture, r).contains("Slot 1 is at work"));
    fixture.pass("1");
    assert!(answered(&mut fixture, r).contains("the module passed"));
    fixture.hear(Event::SlotTrouble { slot: "1".into(), code: FaultCode::ProbeMissing, chain: chain() });
    assert!(answered(&mut fixture, r).contains("Slot 1 is in trouble"));
    fixture.fault("2", StepId::Greet, FaultCode::LinkSilent);
    fixture.press(Key::Ctrl('c'));
    assert!(answered(&mut fixture, r).contains("takes up no further module"));
    fixture.hear(Event::LineStopped { code: FaultCode::LedgerWrite, chain: chain() });
    assert!(answered(&mut fixture, r).contains("of no slot"));
}

#[test]
fn an_answer_goes_with_the_next_key_with_time_and_when_it_holds_no_longer() {
    let mut fixture = Fixture::new(1);
    let ordinary = advice(&fixture);
    answered(&mut fixture, Key::Char('f'));
    assert!(advice(&fixture).contains("no fault to show"));
    assert!(fixture.press(Key::Tab).contains(&Effect::Draw), "a key that means nothing ends it too");
    assert_eq!(advice(&fixture), ordinary);
    answered(&mut fixture, Key::Char('f'));
    fixture.seconds(6);
    assert_eq!(fixture.tell(Msg::Tick), [Effect::Draw]);
    assert_eq!(advice(&fixture), ordinary);
    answered(&mut fixture, Key::Char('f'));
    fixture.fault("1", StepId::Greet, FaultCode::LinkSilent);
    assert!(!advice(&fixture).contains("no fault to show"), "now there is one");
}

#[test]
fn what_the_pages_refuse_is_answered() {
    let mut fixture = open(Standing::Open);
    assert!(answered(&mut fixture, Key::Char('o')).contains("The CA is open already."));
    let mut fixture = open(Standing::Closed);
    assert!(answered(&mut fixture, Key::Char('c')).contains("The CA is closed already."));
    fixture.tell(Msg::Ended(Ending::Well));
    assert!(answered(&mut fixture, Key::Char('o')).contains("it needs no open CA"));
    let mut fixture = Fixture::new(1);
    fixture.press(Key::Function(5));
    assert!(answered(&mut fixture, Key::Char('o')).contains("nothing is known of the CA yet"));
    fixture.press(Key::Function(4));
    assert!(answered(&mut fixture, Key::Char('c')).contains("has not said yet"));
    fixture.press(Key::Function(6));
    assert!(answered(&mut fixture, Key::Char('a')).contains("under way already"));
    fixture.press(Key::Function(3));
    assert!(answered(&mut fixture, Key::Function(9)).contains("Find the module first"));
    fixture.press(Key::Function(2));
    assert!(answered(&mut fixture, Key::Char('a')).contains("Nothing is noted"));
}

#[test]
fn stopping_says_what_becomes_of_what_has_begun() {
    for language in Language::ALL {
        let mut fixture = Fixture::new(1);
        fixture.model.language = language;
        fixture.run("1", StepId::Seal);
        fixture.press(Key::Char('q'));
        let asked = advice(&fixture);
        let undone = language.sentences().once_more.rsplit("{deed}").next().expect("an end");
        assert!(asked.contains('Q') && !asked.contains(undone), "{asked}");
        assert!(!asked.contains('…'), "it is cut: {asked}");
    }
}

#[test]
fn every_answer_fits_into_eighty_columns() {
    for language in Language::ALL {
        for (name, sentence) in language.answers().all() {
            let longest = sentence.replace("{slot}", "24").replace("{key}", "Q").replace("{n}", "999");
            assert!(columns(&longest) <= 78, "{name} in {}: {longest}", language.code());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_is_refused_is_said_and_asks_for_nothing(msgs in prop::collection::vec(msg(), 0..40)) {
        let mut fixture = Fixture::new(3);
        for msg in msgs {
            fixture.tell(msg);
        }
        fixture.model.help = false;
        for binding in keymap::bindings(Mode::of(fixture.model.page)) {
            let mut model = fixture.model.clone();
            let Some(why) = why_not(&model, binding.command) else { continue };
            let typed = crate::tui::pages::pressed(&mut model.clone(), binding.key).is_some();
            if typed {
                continue;
            }
            let effects = crate::tui::update(&mut model, fixture.model.now, Msg::Key(binding.key));
            prop_assert_eq!(effects, [Effect::Draw], "{:?}", binding);
            let rows = text(&cells(&model, 240, 67));
            prop_assert!(rows[65].contains(&why), "{:?}: {}", binding, rows[65]);
        }
    }
}

#[test]
fn what_the_bottom_offers_is_not_refused() {
    let mut fixture = Fixture::new(1);
    assert!(!shown(&fixture).contains(" A  seen") && !shown(&fixture).contains(" R  try"));
    fixture.fault("1", StepId::Greet, FaultCode::LinkSilent);
    assert!(text(&cells(&fixture.model, 240, 67))[66].contains(" R  try the module again"));
    assert!(fixture.press(Key::Char('r')).contains(&Effect::Retry { slot: "1".into() }));
}
