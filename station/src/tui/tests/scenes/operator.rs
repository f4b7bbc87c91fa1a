//! Who works here.

use crate::operator::Badges;
use crate::tui::Msg;
use crate::tui::msg::Key;
use crate::tui::pages;
use crate::tui::pages::operator::Told;
use crate::tui::tests::fixture::Fixture;
use crate::tui::tests::golden::Scene;

pub(in crate::tui::tests) const SCENES: &[Scene] =
    &[("operator-nobody", nobody), ("operator-unknown-badge", unknown_badge)];

/// A line before anybody has signed in.
fn nobody() -> Fixture {
    let mut fixture = Fixture::new(4);
    fixture.lights();
    fixture.empty("1");
    fixture.tell(Msg::Page(pages::Told::Operator(Told::SignedOut)));
    fixture.press(Key::Function(7));
    fixture.type_text("Ngọc");
    fixture
}

/// A badge that nobody here has.
fn unknown_badge() -> Fixture {
    let mut fixture = Fixture::new(4);
    fixture.lights();
    let badge = ("0042".to_owned(), "Ánh Nguyễn".parse().expect("a name"));
    fixture.model.setting.operators = [badge].into_iter().collect::<Badges>();
    fixture.seconds(3 * 3600);
    fixture.press(Key::Function(7));
    fixture.type_text("0043");
    fixture.press(Key::Enter);
    fixture
}
