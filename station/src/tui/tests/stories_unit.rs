//! What messages and keys lead to on the page of one module.

use proptest::prelude::*;

use super::fixture::Fixture;
use super::picture::{cells, meanings, text};
use super::random::key;
use super::scenes::unit::{UID, at_work, exported, page, seeking, shown, tell, void, write};
use super::told;
use crate::engine::Event;
use crate::fault::{Fault, FaultCode};
use crate::ledger::DeedKind;
use crate::tui::Effect;
use crate::tui::Msg;
use crate::tui::model::Page;
use crate::tui::msg::Key;
use crate::tui::pages;
use crate::tui::pages::unit::dossier::Standing;
use crate::tui::pages::unit::{Ask, Hit, Reach, Search, Told};
use crate::tui::theme::Meaning;

fn screen(fixture: &Fixture) -> String {
    text(&cells(&fixture.model, 120, 40)).join("\n")
}

fn find(search: Search) -> Effect {
    Effect::Ask(pages::Ask::Unit(Ask::Find(search)))
}

fn hit(uid: wire::Uid) -> Hit {
    Hit { uid, standing: Standing::Passed, order: None }
}

#[test]
fn what_is_scanned_is_looked_for_whatever_is_shown() {
    let label = format!("https://claim.example/{UID}");
    for mut fixture in [page(), seeking("00a1"), shown(exported()), shown(void())] {
        write(&mut fixture, &label);
        let search: Search = label.parse().expect("a label");
        assert_eq!(fixture.press(Key::Enter), [find(search), Effect::Draw]);
        assert_eq!(fixture.model.page, Page::Unit, "none of its letters was a key");
        assert!(!fixture.model.help);
    }
}

#[test]
fn too_few_digits_are_not_looked_for() {
    let mut fixture = page();
    write(&mut fixture, "0a1");
    assert_eq!(fixture.press(Key::Enter), [Effect::Draw]);
    assert!(screen(&fixture).contains("Type at least 4 digits."));
    write(&mut fixture, "b");
    assert!(!screen(&fixture).contains("Type at least 4 digits."));
    assert_eq!(fixture.press(Key::Enter), [find("0a1b".parse().expect("a part")), Effect::Draw]);
}

#[test]
fn an_answer_to_an_earlier_question_is_not_shown() {
    let mut fixture = seeking("00a1");
    write(&mut fixture, "00a2");
    fixture.press(Key::Enter);
    let [old, new]: [Search; 2] = ["00a1", "00a2"].map(|text| text.parse().expect("a part"));
    tell(&mut fixture, Told::Unknown { search: old });
    assert!(!screen(&fixture).contains("knows no such module"));
    tell(&mut fixture, Told::Hits { search: new, reach: Reach::Anywhere, hits: vec![], more: false });
    assert!(screen(&fixture).contains("knows no such module"));
}

#[test]
fn modules_found_later_do_not_change_the_choice() {
    let mut fixture = seeking("00a1");
    let search = || "00a1".parse::<Search>().expect("a part");
    let uids = [1u8, 2, 3].map(|number| wire::Uid::from_bytes([number; 16]));
    let told = |reach, uids: &[wire::Uid]| Told::Hits {
        search: search(),
        reach,
        hits: uids.iter().copied().map(hit).collect(),
        more: false,
    };
    tell(&mut fixture, told(Reach::Beginning, &uids[1..]));
    fixture.press(Key::Down);
    assert!(screen(&fixture).contains(&format!("▶ {}", uids[2])));
    assert!(screen(&fixture).contains("Looking"), "the rest is still being looked through");
    tell(&mut fixture, told(Reach::Anywhere, &uids));
    assert!(screen(&fixture).contains(&format!("▶ {}", uids[2])));
    assert!(!screen(&fixture).contains("Looking"));
    tell(&mut fixture, told(Reach::Beginning, &uids[..1]));
    assert!(screen(&fixture).contains(&format!("▶ {}", uids[2])), "an answer that comes late is none");
    assert_eq!(fixture.press(Key::Enter), [find(Search::Module(uids[2])), Effect::Draw]);
}

#[test]
fn the_only_module_that_is_found_is_shown_at_once() {
    let mut fixture = seeking("00a1");
    let search = "00a1".parse().expect("a part");
    let told = Told::Hits { search, reach: Reach::Anywhere, hits: vec![hit(UID)], more: false };
    assert_eq!(tell(&mut fixture, told), [find(Search::Module(UID)), Effect::Draw, Effect::Draw]);
}

#[test]
fn void_takes_a_reason_and_a_second_stroke() {
    let mut fixture = shown(exported());
    assert_eq!(fixture.press(Key::Function(9)), [Effect::Draw]);
    assert_eq!(fixture.press(Key::Function(9)), [Effect::Draw], "there is no reason yet");
    assert_eq!(fixture.press(Key::Enter), [Effect::Draw]);
    assert!(screen(&fixture).contains("A reason has 1 to 200 characters."));
    write(&mut fixture, "sold as a sample");
    assert_eq!(fixture.press(Key::Enter), [Effect::Draw], "the reason alone does nothing");
    assert!(screen(&fixture).contains("Press F9 once more: make void. This cannot be undone."));
    let reason = "sold as a sample".parse().expect("a reason");
    let deed = Ask::Do { uid: UID, deed: DeedKind::Void, reason, slot: "1".into() };
    assert_eq!(fixture.press(Key::Function(9)), [Effect::Ask(pages::Ask::Unit(deed)), Effect::Draw]);
    assert_eq!(fixture.press(Key::Function(9)), [Effect::Draw], "it is not done twice");
    assert!(screen(&fixture).contains("what was asked for before is still being done"));
}

#[test]
fn a_second_stroke_that_comes_late_is_a_first_one() {
    let mut fixture = shown(exported());
    fixture.press(Key::Function(12));
    write(&mut fixture, "burnt");
    fixture.press(Key::Enter);
    fixture.seconds(6);
    fixture.tell(Msg::Tick);
    assert_eq!(fixture.press(Key::Function(12)), [Effect::Draw]);
    assert!(screen(&fixture).contains("Press F12 once more: scrap."));
    assert!(matches!(fixture.press(Key::Function(12)).as_slice(), [Effect::Ask(_), Effect::Draw]));
}

#[test]
fn a_deed_is_called_off_by_whatever_else_is_pressed() {
    for key in [Key::Esc, Key::Char('x'), Key::Enter, Key::Backspace, Key::Function(2)] {
        let mut fixture = shown(exported());
        fixture.press(Key::Function(9));
        write(&mut fixture, "burnt");
        fixture.press(Key::Enter);
        fixture.press(key);
        fixture.press(Key::Function(3));
        assert_eq!(fixture.press(Key::Function(9)), [Effect::Draw], "{key:?}");
        assert_eq!(fixture.press(Key::Function(9)), [Effect::Draw], "{key:?}: the reason is asked for anew");
    }
}

#[test]
fn a_module_that_is_scanned_is_no_reason() {
    let mut fixture = shown(exported());
    fixture.press(Key::Function(8));
    let label = format!("https://claim.example/{UID}");
    write(&mut fixture, &label);
    assert_eq!(fixture.press(Key::Enter), [find(label.parse().expect("a label")), Effect::Draw]);
    let mut fixture = shown(exported());
    fixture.press(Key::Function(8));
    write(&mut fixture, &format!("same as {label}"));
    assert!(matches!(
        fixture.press(Key::Enter).as_slice(),
        [Effect::Ask(pages::Ask::Unit(Ask::Do { .. })), _]
    ));
}

#[test]
fn a_label_is_printed_by_the_printer_of_the_selected_slot() {
    let mut fixture = shown(exported());
    fixture.press(Key::Esc);
    fixture.press(Key::Right);
    fixture.press(Key::Function(3));
    fixture.press(Key::Function(8));
    write(&mut fixture, "torn");
    let reason = "torn".parse().expect("a reason");
    let deed = Ask::Do { uid: UID, deed: DeedKind::Reprint, reason, slot: "2".into() };
    assert_eq!(fixture.press(Key::Enter), [Effect::Ask(pages::Ask::Unit(deed)), Effect::Draw]);
    assert!(screen(&fixture).contains("Under way: print label"));
    let effects = tell(&mut fixture, Told::Done { uid: UID, deed: DeedKind::Reprint, no_place_in: None });
    assert_eq!(effects, [find(Search::Module(UID)), Effect::Count, Effect::Draw]);
    assert!(screen(&fixture).contains("✔ Label printed again"));
}

#[test]
fn what_was_not_done_is_told_with_its_code_and_remedy() {
    let mut fixture = shown(exported());
    let fault = Fault::new(FaultCode::OperatorMissing, "nobody is named as the operator");
    tell(&mut fixture, Told::Refused { uid: UID, deed: DeedKind::Rework, fault });
    let screen = screen(&fixture);
    for part in ["Not done, or not to its end: rework", "F-512", FaultCode::OperatorMissing.entry().remedy[0]]
    {
        assert!(screen.contains(part), "{part} in {screen}");
    }
}

#[test]
fn nothing_is_offered_that_the_ledger_would_refuse() {
    let mut fixture = shown(at_work());
    for key in 8..=12 {
        assert_eq!(fixture.press(Key::Function(key)), [Effect::Draw]);
        assert!(!screen(&fixture).contains("because:"), "a run has the module");
    }
    let mut fixture = shown(void());
    fixture.press(Key::Function(8));
    assert!(!screen(&fixture).contains("because:"));
    fixture.press(Key::Function(12));
    assert!(screen(&fixture).contains("scrap, because:"));
}

#[test]
fn the_page_tells_who_did_what_and_when_and_what_the_certificate_says() {
    let mut fixture = shown(exported());
    let story = screen(&fixture);
    for part in [
        "Passed, in batch WO-4711-1, exported",
        "27 Feb 2026 14:07:05 Ánh Nguyễn   ✔ Passed",
        "陈静",
        "F-522 ",
        "Batch WO-4711-1 exported as",
        "00a1 b2c3 d4e5 4607",
    ] {
        assert!(story.contains(part), "{part} in {story}");
    }
    fixture.press(Key::Right);
    let certificate = screen(&fixture);
    for part in ["28 Feb 2036 14:03", "Example Issuing CA 2", "✔ Not void", &UID.to_string()] {
        assert!(certificate.contains(part), "{part} in {certificate}");
    }
    let mut fixture = shown(void());
    fixture.press(Key::Right);
    assert!(screen(&fixture).contains("Void since 28 Feb 2026 06:43: sold as a sample"));
}

#[test]
fn a_story_that_is_longer_than_the_screen_is_scrolled_to_its_beginning() {
    let mut fixture = shown(exported());
    let small = |fixture: &Fixture| text(&cells(&fixture.model, 80, 24)).join("\n");
    assert!(!small(&fixture).contains("Flash: done"));
    for _ in 0..100 {
        fixture.press(Key::Down);
    }
    assert!(small(&fixture).contains("Flash: done"), "{}", small(&fixture));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_deed_is_done_to_the_module_that_was_asked_about_and_what_is_final_at_a_second_stroke(
        msgs in prop::collection::vec(
            prop_oneof![
                4 => key().prop_map(Msg::Key),
                1 => told::unit().prop_map(|told| Msg::Page(pages::Told::Unit(told))),
            ],
            1..80,
        ),
        size in (1u16..=200, 1u16..=70),
    ) {
        let mut fixture = shown(exported());
        fixture.press(Key::Function(9));
        let mut armed = None;
        for msg in msgs {
            let pressed = if let Msg::Key(key) = &msg { Some(*key) } else { None };
            for effect in fixture.tell(msg) {
                let Effect::Ask(pages::Ask::Unit(Ask::Do { uid, deed, .. })) = effect else { continue };
                prop_assert_eq!(uid, UID, "no other module was ever shown");
                let stroke = match deed {
                    DeedKind::Void => Key::Function(9),
                    DeedKind::Scrap => Key::Function(12),
                    DeedKind::Rework | DeedKind::Reprint | DeedKind::Return => continue,
                };
                prop_assert_eq!(pressed, Some(stroke));
                prop_assert_eq!(armed, Some(stroke), "nothing announced it");
            }
            // What the line at the bottom asks to press once more.
            let advice = text(&cells(&fixture.model, 120, 40)).swap_remove(38);
            armed = [9, 12]
                .into_iter()
                .find(|key| advice.contains(&format!("F{key} once more")))
                .map(Key::Function);
            let drawn = cells(&fixture.model, size.0, size.1);
            prop_assert!(!meanings(&drawn).concat().contains(&Meaning::Pass), "no run has passed");
        }
    }
}

#[test]
fn a_module_that_is_made_void_while_it_lies_in_its_slot_is_no_pass_any_more() {
    for (deed, word, next) in [
        (DeedKind::Void, "✖ Void", "put it into the quarantine tray"),
        (DeedKind::Scrap, "✖ Scrapped", "put it into the quarantine tray"),
        (DeedKind::Return, "▲ In quarantine", "put it into the quarantine tray"),
        (DeedKind::Rework, "▲ To be reworked", "put it into the rework bin"),
    ] {
        let mut fixture = Fixture::new(2);
        let uid = UID.to_string();
        let run = fixture.run("1", crate::engine::StepId::Pass);
        fixture.hear(super::fixture::passed("1", run, &uid));
        assert!(screen(&fixture).contains("✔ PASS Good"));
        tell(&mut fixture, Told::Done { uid: UID, deed: DeedKind::Reprint, no_place_in: None });
        assert!(screen(&fixture).contains("✔ PASS Good"), "it has another label, and is as good");
        tell(&mut fixture, Told::Done { uid: UID, deed, no_place_in: None });
        let shown = screen(&fixture);
        assert!(!shown.contains("PASS") && shown.contains(word) && shown.contains(next), "{shown}");
        let drawn = cells(&fixture.model, 120, 40);
        assert!(!meanings(&drawn).concat().contains(&Meaning::Pass), "{deed:?}");
    }
}

#[test]
fn a_module_that_is_made_void_in_a_slot_in_trouble_is_no_pass_when_the_trouble_is_over() {
    let mut fixture = Fixture::new(1);
    let run = fixture.run("1", crate::engine::StepId::Pass);
    fixture.hear(super::fixture::passed("1", run, &UID.to_string()));
    let (slot, chain) = ("1".to_owned(), super::fixture::chain());
    fixture.hear(Event::SlotTrouble { slot: slot.clone(), code: FaultCode::ProbeMissing, chain });
    tell(&mut fixture, Told::Done { uid: UID, deed: DeedKind::Void, no_place_in: None });
    fixture.hear(Event::SlotRecovered { slot });
    let shown = screen(&fixture);
    assert!(!shown.contains("PASS") && shown.contains("✖ Void"), "{shown}");
}
