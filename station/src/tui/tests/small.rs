//! What the header, and the smallest screens, leave out last.

use super::fixture::{Fixture, chain, opened, setting};
use super::picture::{cells, text};
use super::vendor::{open, type_text};
use crate::engine::Event;
use crate::fault::FaultCode;
use crate::tui::msg::Key;
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
fn the_worst_notice_has_a_row_on_the_smallest_screen() {
    let mut fixture = Fixture::new(2);
    fixture.tell(Msg::Recorded(Ok("recordings/x.jsonl".to_owned())));
    let calm = rows(&fixture, 20, 5);
    assert!(!calm.concat().contains('●'), "{calm:?}");
    fixture.hear(Event::CheckpointMissed { code: FaultCode::HsmLost, chain: chain() });
    let missed = rows(&fixture, 20, 5);
    assert!(missed[0].starts_with('▲') && missed[1..] == calm[..4], "{missed:?}");
    fixture.tell(Msg::FeedEnded);
    fixture.seconds(11);
    fixture.tell(Msg::Tick);
    let deaf = rows(&fixture, 20, 5);
    assert!(deaf[0].starts_with('✖') && !deaf.concat().contains('▲'), "{deaf:?}");
    assert!(!rows(&fixture, 20, 1)[0].contains('✖'), "what to do next matters more");
}
