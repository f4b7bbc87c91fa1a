//! What the header, and the smallest screens, leave out last.

use super::fixture::{Fixture, opened, setting};
use super::picture::{cells, text};
use super::vendor::{open, type_text};
use crate::engine::StepId;
use crate::fault::FaultCode;
use crate::tui::msg::{Device, Key, Report};
use crate::tui::pages::Told as Page;
use crate::tui::pages::vendor::{Standing, Told};
use crate::tui::text::Language;
use crate::tui::{Model, Msg};

fn rows(fixture: &Fixture, width: u16, height: u16) -> Vec<String> {
    text(&cells(&fixture.model, width, height))
}

#[test]
fn the_flow_is_seen_in_eighty_columns_in_every_language() {
    for language in Language::ALL {
        let mut fixture = Fixture::new(2);
        fixture.model.language = language;
        let text = language.sentences();
        let head = &rows(&fixture, 80, 24)[0];
        assert!(head.contains(text.flow_late_binding) && head.contains("Ánh Nguyễn · 08:00"), "{head}");
    }
}

#[test]
fn the_language_goes_first_then_the_product_and_the_flow_stays() {
    let fixture = Fixture::new(2);
    let head = |width| rows(&fixture, width, 24)[0].clone();
    let all = "Order WO-4711 · Example OEM · C3 module · late binding";
    assert!(head(120).contains(all) && head(120).contains("Operator Ánh Nguyễn · English · 08:00"));
    assert!(head(80).contains(all) && head(80).ends_with(" Ánh Nguyễn · 08:00"), "{}", head(80));
    let shorter = "Order WO-4711 · Example OEM · late binding ";
    assert!(head(66).contains(shorter) && head(66).ends_with(" Ánh Nguyễn · 08:00"), "{}", head(66));
    assert!(head(54).contains("Order WO-4711 · late binding "), "{}", head(54));
}

#[test]
fn a_long_name_takes_no_room_from_the_flow() {
    let operator = "é".repeat(64).parse().expect("a name");
    let setting = crate::tui::Setting { operator: Some(operator), ..setting(2) };
    let model = Model::new(setting, opened());
    let head = &text(&cells(&model, 80, 24))[0];
    assert!(head.contains("late binding") && head.ends_with("08:00"), "{head}");
}

#[test]
fn what_is_typed_is_seen_on_the_smallest_screen() {
    let mut fixture = Fixture::new(2);
    fixture.press(Key::Function(7));
    fixture.type_text("Bea");
    for (width, height) in [(20, 5), (20, 1), (39, 9)] {
        let shown = rows(&fixture, width, height);
        assert!(shown[0].ends_with("Bea▏"), "{shown:?}");
    }
    fixture.press(Key::Function(3));
    type_text(&mut fixture, "0a1b");
    assert!(rows(&fixture, 20, 5)[0].ends_with("0a1b▏"));
    fixture.press(Key::Function(2));
    assert!(!rows(&fixture, 20, 5).concat().contains('▏'), "nothing is typed");
}

#[test]
fn form_and_pin_are_seen_on_the_smallest_screen() {
    let mut fixture = open(Standing::Closed);
    fixture.press(Key::Char('o'));
    type_text(&mut fixture, "Ana");
    assert!(rows(&fixture, 20, 5)[0].ends_with("Ana▏"));
    for _ in 0..3 {
        fixture.press(Key::Enter);
    }
    assert!(!rows(&fixture, 20, 5).concat().contains('▏'), "the keys are not the PIN's yet");
    fixture.tell(Msg::Page(Page::Vendor(Told::Typed(4))));
    assert!(rows(&fixture, 20, 5)[0].ends_with("••••▏"));
}

#[test]
fn the_worst_of_what_is_not_well_has_a_row_on_the_smallest_screen() {
    let mut fixture = Fixture::new(2);
    fixture.tell(Msg::Recorded(Ok("recordings/x.jsonl".to_owned())));
    fixture.tell(Msg::Device(Device::Export, Report::Exported(None)));
    let calm = rows(&fixture, 20, 5);
    assert!(!calm.concat().contains('●') && !calm.concat().contains('▲'), "{calm:?}");
    fixture.tell(Msg::Recorded(Err(FaultCode::FileWrite)));
    let missed = rows(&fixture, 20, 5);
    assert!(missed[0].starts_with("▲ Not recorded: F-5"), "{missed:?}");
    fixture.tell(Msg::Device(Device::Printer, Report::Trouble(FaultCode::PrinterPaper)));
    let printer = rows(&fixture, 20, 5);
    assert!(printer[0].starts_with("✖ Printer F-522"), "{printer:?}");
    fixture.tell(Msg::FeedEnded);
    fixture.seconds(11);
    fixture.tell(Msg::Tick);
    let deaf = rows(&fixture, 20, 5);
    assert!(deaf[0].starts_with("✖ The line has said"), "{deaf:?}");
    assert!(!rows(&fixture, 20, 1)[0].contains('✖'), "what to do next matters more");
    let tall = rows(&fixture, 30, 20).concat();
    assert!(
        tall.contains("✖ Printer") && tall.contains("Not recorded"),
        "where there is room for more: {tall}"
    );
}

#[test]
fn a_device_that_was_not_heard_of_is_said_on_the_smallest_screen() {
    let mut fixture = Fixture::new(1);
    fixture.lights();
    assert!(!rows(&fixture, 20, 5).concat().contains('?'));
    fixture.seconds(40);
    fixture.tell(Msg::Tick);
    assert!(rows(&fixture, 20, 5)[0].starts_with("? HSM silent 40 s"), "{:?}", rows(&fixture, 20, 5));
}

#[test]
fn every_slot_says_what_is_to_be_done_on_the_smallest_screen() {
    for language in Language::ALL {
        let mut fixture = Fixture::new(3);
        fixture.lights();
        fixture.model.language = language;
        fixture.pass("1");
        fixture.fault("2", StepId::Prove, FaultCode::ProofWrong);
        fixture.empty("3");
        let shown = rows(&fixture, 20, 5);
        let text = language.sentences();
        for (slot, verdict, to_do) in [
            ("1", "✔ PASS ", text.take_out),
            ("2", "✖ FAIL ", text.take_out_quarantine),
            ("3", "○ ", text.state_empty),
        ] {
            let row = shown.iter().find(|row| row.starts_with(&format!("{slot} "))).expect("a row");
            let said = row.trim_start_matches(slot).trim_start().trim_start_matches(verdict);
            assert!(row.contains(verdict) && to_do.starts_with(said.trim_end_matches('…')), "{row}");
            assert!(said.chars().count() > 2, "{row}");
        }
    }
}

#[test]
fn a_question_is_read_in_full_on_the_smallest_screen() {
    let mut fixture = Fixture::new(8);
    fixture.lights();
    fixture.pass("1");
    fixture.press(Key::Char('q'));
    let shown = rows(&fixture, 26, 6).join(" ");
    assert!(shown.contains("Press Q once more: stop.") && shown.contains("sealing too."), "{shown}");
}

#[test]
fn a_slot_that_may_be_stuck_comes_before_those_that_work() {
    let mut fixture = Fixture::new(6);
    for slot in ["1", "2", "3", "4", "5", "6"] {
        fixture.run(slot, StepId::Keygen);
    }
    fixture.seconds(100);
    for slot in ["1", "2", "3", "4", "6"] {
        fixture.run(slot, StepId::Keygen);
    }
    fixture.lights();
    let shown = rows(&fixture, 20, 5);
    assert!(shown.iter().any(|row| row.starts_with("5 ? silent 1 min")), "{shown:?}");
}
