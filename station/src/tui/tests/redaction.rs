//! What a recording does not tell, and that it shows all else as it was.

use std::borrow::Cow;
use std::time::Duration;

use super::fixture::{Fixture, by_keyboard, setting};
use super::picture::{cells, text};
use super::recording::Recorded;
use crate::tui::model::Page;
use crate::tui::msg::Key;
use crate::tui::pages;
use crate::tui::recording::{Bounds, kept};
use crate::tui::{Msg, Setting};

/// A line at which one signs in with a badge: Ana's.
fn with_a_badge() -> Setting {
    let badge = ("00420042".to_owned(), "Ana".parse().expect("a name"));
    Setting { operators: [badge].into_iter().collect(), ..setting(1) }
}

fn kept_of(msg: &Msg, fixture: &Fixture) -> Option<Msg> {
    kept(msg, &fixture.model).map(Cow::into_owned)
}

#[test]
fn how_long_a_pin_is_and_when_it_was_typed_is_not_kept() {
    let fixture = Fixture::new(1);
    let typed = |count| Msg::Page(pages::Told::Vendor(pages::vendor::Told::Typed(count)));
    assert_eq!(kept_of(&typed(7), &fixture), None);
    assert_eq!(kept_of(&typed(0), &fixture), Some(typed(0)), "that it is asked for is");
}

#[test]
fn no_badge_is_kept_wherever_it_is_shown() {
    let mut fixture = Fixture::new(1);
    let scan = |text: &str| Msg::Scanned(by_keyboard(text));
    let key = |letter| Msg::Key(Key::Char(letter));
    fixture.press(Key::Function(7));
    assert_eq!(kept_of(&key('0'), &fixture), Some(key('0')), "without badges it is a name");
    assert_eq!(kept_of(&scan("00420042"), &fixture), Some(scan("00420042")));

    let badge = ("00420042".to_owned(), "Ana".parse().expect("a name"));
    fixture.model.setting.operators = [badge].into_iter().collect();
    assert_eq!(kept_of(&key('0'), &fixture), Some(key('•')));
    assert_eq!(kept_of(&Msg::Key(Key::Enter), &fixture), Some(Msg::Key(Key::Enter)), "nothing is typed");
    assert_eq!(kept_of(&scan("0043"), &fixture), Some(scan("••••")), "it may be one of another table");
    fixture.press(Key::Esc);
    assert_ne!(fixture.model.page, Page::Operator);
    assert_eq!(kept_of(&scan("00420042\t"), &fixture), Some(scan("badge 1")));
    assert_eq!(kept_of(&scan("a label"), &fixture), Some(scan("a label")));
    assert_eq!(kept_of(&key('0'), &fixture), Some(key('0')));
}

#[test]
fn who_was_let_in_by_a_badge_and_who_was_not_is_played_as_it_was() {
    let mut recorded = Recorded::of(with_a_badge(), Bounds::USUAL);
    let scan = |text: &str| Msg::Scanned(by_keyboard(text));
    let mut same_after = |msgs: &[Msg]| {
        for msg in msgs {
            recorded.wait(Duration::from_secs(3));
            recorded.tell_live(msg);
        }
        let [played, live] = [recorded.tape().model(), &recorded.model].map(|model| cells(model, 80, 24));
        assert_eq!(text(&played), text(&live), "{msgs:?}");
    };
    let typed = |text: &str| {
        let letters = text.chars().map(|letter| Msg::Key(Key::Char(letter)));
        letters.chain([Msg::Key(Key::Enter)]).collect::<Vec<_>>()
    };
    same_after(&[scan("00420042")]);
    same_after(&[Msg::Key(Key::Esc)]);
    same_after(&[Msg::Key(Key::Function(7)), scan("00430043")]);
    same_after(&typed("ana"));
    same_after(&typed("00430043"));
}

#[test]
fn the_screen_in_the_head_knows_no_badge_and_no_length_of_a_pin() {
    let mut recorded = Recorded::of(with_a_badge(), Bounds { messages: 2, bytes: 100_000 });
    recorded.tell(&Msg::Key(Key::Function(7)));
    for letter in "00420042".chars() {
        recorded.tell(&Msg::Key(Key::Char(letter)));
    }
    recorded.tell(&Msg::Scanned(by_keyboard("00420042")));
    recorded.tell(&Msg::Page(pages::Told::Vendor(pages::vendor::Told::Typed(7))));
    for _ in 0..4 {
        recorded.tell(&Msg::Key(Key::Right));
    }
    let file = recorded.ring.file();
    assert!(file.contains("\"screen\":{") && !file.contains("0042"), "{file}");
}
