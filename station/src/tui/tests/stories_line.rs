//! What a line in trouble leads to, and what keys and scans mean there.

use super::fixture::{Fixture, shown};
use super::picture::{cells, text};
use crate::engine::StepId;
use crate::fault::FaultCode;
use crate::tui::Msg;
use crate::tui::msg::{Ending, Key};
use crate::tui::text::Language;

/// The line that says what to do next, on a screen of the smallest usual size.
fn advice(fixture: &Fixture) -> String {
    text(&cells(&fixture.model, 80, 24)).swap_remove(22)
}

#[test]
fn a_line_that_says_nothing_more_asks_for_the_engineer_and_for_no_module() {
    for language in Language::ALL {
        let mut fixture = Fixture::new(2);
        fixture.model.language = language;
        fixture.fault("1", StepId::Greet, FaultCode::LinkSilent);
        fixture.empty("2");
        fixture.tell(Msg::FeedEnded);
        fixture.seconds(11);
        fixture.tell(Msg::Tick);
        let sentences = language.sentences();
        assert!(advice(&fixture).contains(sentences.next_deaf), "{}", advice(&fixture));
        assert!(shown(&fixture).contains(&format!("○ {}", sentences.state_idle)), "{}", shown(&fixture));
        assert_eq!(fixture.press(Key::Char('r')), [], "nobody would try it again");
        fixture.tell(Msg::Ended(Ending::Well));
        assert!(advice(&fixture).contains(sentences.next_ended), "{}", advice(&fixture));
    }
}
