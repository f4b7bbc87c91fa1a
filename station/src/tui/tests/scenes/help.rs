//! Help, which is another one on every page; and a fault that is longer than the screen.

use super::Scene;
use crate::engine::StepId;
use crate::fault::FaultCode;
use crate::tui::Msg;
use crate::tui::msg::Key;
use crate::tui::tests::fixture::Fixture;

pub(super) const SCENES: &[Scene] = &[
    ("keys-of-a-fault", || {
        let mut fixture = long_fault();
        help(&mut fixture);
        fixture
    }),
    ("keys-of-modules", || on(3)),
    ("keys-of-batches", || on(4)),
    ("keys-of-the-ca", || on(5)),
    ("keys-of-the-check", || on(6)),
    ("keys-of-the-operator", || on(7)),
    ("fault-for-the-engineer-long", || engineer(0)),
    ("fault-for-the-engineer-scrolled", || engineer(2)),
    ("not-tried-again", not_tried_again),
    ("stop-asked", || {
        let mut fixture = long_fault();
        fixture.press(Key::Esc);
        fixture.press(Key::Char('q'));
        fixture
    }),
];

/// Where letters are typed, H is one.
fn help(fixture: &mut Fixture) {
    fixture.press(Key::Function(1));
}

fn on(page: u8) -> Fixture {
    let mut fixture = Fixture::new(4);
    fixture.lights();
    fixture.press(Key::Function(page));
    help(&mut fixture);
    fixture
}

fn long_fault() -> Fixture {
    let mut fixture = Fixture::new(4);
    fixture.lights();
    let run = fixture.fault("3", StepId::Greet, FaultCode::LinkSilent);
    let lines: Vec<String> = (1..=30).map(|line| format!("> AT+FACTORY HELLO {line}")).collect();
    let transcript = lines.join("\n");
    fixture.tell(Msg::Transcript(run, Some(transcript)));
    fixture.press(Key::Char('f'));
    fixture
}

fn engineer(far: usize) -> Fixture {
    let mut fixture = long_fault();
    fixture.press(Key::Char('e'));
    for _ in 0..far {
        fixture.press(Key::PageDown);
    }
    fixture
}

fn not_tried_again() -> Fixture {
    let mut fixture = Fixture::new(4);
    fixture.lights();
    fixture.fault("1", StepId::SelfTest, FaultCode::ModuleSelfTest);
    fixture.press(Key::Char('r'));
    fixture
}
