//! What messages and keys lead to.

use std::time::Duration;

use super::fixture::{Fixture, chain, ended, faulted, passed};
use super::picture::{cells, meanings, text};
use crate::engine::{Event, StepId};
use crate::fault::{Fault, FaultCode};
use crate::tui::Effect;
use crate::tui::Msg;
use crate::tui::model::Page;
use crate::tui::msg::{Counts, Device, Ending, Key, Report};
use crate::tui::text::Language;
use crate::tui::theme::Meaning;

/// Everything on a screen of the usual size.
fn shown(fixture: &Fixture) -> String {
    text(&cells(&fixture.model, 120, 40)).join("\n")
}

/// The line that says what to do next.
fn advice(fixture: &Fixture) -> String {
    let rows = text(&cells(&fixture.model, 120, 40));
    rows[rows.len() - 2].clone()
}

#[test]
fn a_module_is_not_shown_as_passed_before_the_run_has_ended() {
    let mut fixture = Fixture::new(1);
    let run = fixture.run("1", StepId::Pass);
    fixture.hear(ended("1", run, StepId::Pass));
    assert!(!shown(&fixture).contains("PASS"), "the step has ended, the run has not");
    let effects = fixture.hear(passed("1", run, "ab"));
    assert!(shown(&fixture).contains("PASS"));
    assert_eq!(effects, [Effect::Draw, Effect::Bell, Effect::Count]);
}

#[test]
fn the_counts_are_the_ledgers() {
    let mut fixture = Fixture::new(1);
    fixture.pass("1");
    assert!(shown(&fixture).contains("1,034 of 1,200"), "the ledger was not asked yet");
    fixture.tell(Msg::Counted(Counts { quantity: 1200, passed: 1035 }));
    assert!(shown(&fixture).contains("1,035 of 1,200"));
}

#[test]
fn what_is_most_urgent_is_said_first() {
    let mut fixture = Fixture::new(4);
    assert!(advice(&fixture).contains("Wait"));
    fixture.empty("1");
    assert!(advice(&fixture).contains("Slot 1: put a module in"));
    fixture.pass("2");
    assert!(advice(&fixture).contains("Slot 2: passed, take the module out"));
    fixture.fault("3", StepId::SelfTest, FaultCode::ModuleSelfTest);
    assert!(advice(&fixture).contains("Slot 3: take the module out and put it into the rework bin"));
    fixture.run("4", StepId::Scan);
    fixture.seconds(10);
    fixture.tell(Msg::Tick);
    let scan = "Slot 4: take the module out, stick its label, scan it (20 s left)";
    assert!(advice(&fixture).contains(scan));
    for slot in ["1", "2", "3", "4"] {
        fixture.run(slot, StepId::Greet);
    }
    assert!(advice(&fixture).contains("Nothing to do"));
}

#[test]
fn the_line_stops_after_what_has_begun_and_only_then_the_screen_goes() {
    let mut fixture = Fixture::new(2);
    let run = fixture.run("2", StepId::Seal);
    assert_eq!(fixture.press(Key::Ctrl('c')), [Effect::Stop, Effect::Draw]);
    assert!(advice(&fixture).contains("Still at work: slot 2. What has begun is not interrupted."));
    assert_eq!(fixture.press(Key::Char('q')), [Effect::Draw], "it cannot be told twice");
    fixture.hear(passed("2", run, "ab"));
    assert_eq!(fixture.tell(Msg::Ended(Ending::Well)), [Effect::Draw], "nobody has seen where it goes");
    assert!(advice(&fixture).contains("Take the modules out; press Q to leave"));
    assert_eq!(fixture.press(Key::Char('q')), [Effect::Leave]);
}

#[test]
fn with_no_module_left_in_a_slot_whoever_stopped_the_line_is_not_kept_waiting() {
    let mut fixture = Fixture::new(2);
    fixture.pass("1");
    fixture.empty("1");
    fixture.hear(Event::SlotTrouble { slot: "2".into(), code: FaultCode::ProbeMissing, chain: chain() });
    fixture.press(Key::Ctrl('c'));
    assert_eq!(fixture.tell(Msg::Ended(Ending::Well)), [Effect::Leave]);
}

#[test]
fn a_line_that_ends_by_itself_waits_to_be_seen() {
    let mut fixture = Fixture::new(1);
    assert_eq!(fixture.tell(Msg::Ended(Ending::Well)), [Effect::Draw]);
    assert!(advice(&fixture).contains("press Q to leave"));
    assert_eq!(fixture.press(Key::Char('q')), [Effect::Leave]);
}

#[test]
fn a_line_that_a_fault_stopped_says_why_and_waits_to_be_seen_even_if_it_was_to_stop() {
    let mut fixture = Fixture::new(1);
    fixture.press(Key::Char('q'));
    fixture.hear(Event::LineStopped { code: FaultCode::LedgerWrite, chain: chain() });
    assert!(shown(&fixture).contains("R-602"));
    let fault = Fault::new(FaultCode::LedgerWrite, "no room");
    assert_eq!(fixture.tell(Msg::Ended(Ending::Faulted(fault))), [Effect::Draw]);
    assert_eq!(fixture.press(Key::Char('q')), [Effect::Leave]);
}

#[test]
fn a_signal_is_not_kept_waiting_by_anybody() {
    let mut fixture = Fixture::new(1);
    assert_eq!(fixture.tell(Msg::Stop), [Effect::Stop, Effect::Draw]);
    fixture.hear(Event::LineStopped { code: FaultCode::LedgerWrite, chain: chain() });
    let fault = Fault::new(FaultCode::LedgerWrite, "no room");
    assert_eq!(fixture.tell(Msg::Ended(Ending::Faulted(fault))), [Effect::Leave]);
}

#[test]
fn a_module_is_tried_again_by_key_only_where_the_catalogue_allows_it() {
    let mut fixture = Fixture::new(2);
    let retry = [Effect::Retry { slot: "1".into() }, Effect::Draw];
    assert_eq!(fixture.press(Key::Char('r')), [Effect::Draw]);
    fixture.fault("1", StepId::Greet, FaultCode::LinkSilent);
    assert_eq!(fixture.press(Key::Char('r')), retry);
    fixture.press(Key::Char('f'));
    assert_eq!(fixture.press(Key::Char('r')), retry, "on the fault's page too");
    fixture.fault("1", StepId::SelfTest, FaultCode::ModuleSelfTest);
    assert_eq!(fixture.press(Key::Char('r')), [Effect::Draw]);
    fixture.run("1", StepId::Greet);
    assert_eq!(fixture.press(Key::Char('r')), [Effect::Draw]);
}

#[test]
fn the_page_of_a_fault_goes_with_the_fault() {
    let mut fixture = Fixture::new(1);
    fixture.fault("1", StepId::Greet, FaultCode::LinkSilent);
    fixture.press(Key::Char('f'));
    assert!(shown(&fixture).contains("Press the clamp down fully."));
    fixture.empty("1");
    assert_eq!(fixture.model.page, Page::Line);
    fixture.press(Key::Char('f'));
    assert_eq!(fixture.model.page, Page::Line, "there is no fault to show");
}

#[test]
fn the_engineer_sees_causes_facts_and_the_serial_line() {
    let mut fixture = Fixture::new(1);
    let run = fixture.run("1", StepId::Seal);
    let effects = fixture.hear(faulted("1", run, StepId::Seal, FaultCode::SealRefused));
    assert!(effects.contains(&Effect::Transcript(run)));
    fixture.tell(Msg::Transcript(run, Some("> AT\n< OK\n".into())));
    fixture.press(Key::Enter);
    fixture.press(Key::Char('E'));
    let shown = shown(&fixture);
    for part in ["the health test of the generator failed", super::fixture::UID, "> AT", "Seal"] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
}

#[test]
fn a_device_that_is_silent_is_said_to_be() {
    let mut fixture = Fixture::new(1);
    fixture.lights();
    fixture.seconds(29);
    fixture.tell(Msg::Tick);
    assert!(!shown(&fixture).contains("silent"));
    fixture.seconds(61);
    fixture.tell(Msg::Device(Device::Clock, Report::Good));
    assert_eq!(shown(&fixture).matches("silent 1 min").count(), Device::ALL.len() - 1);
}

#[test]
fn what_to_do_next_fits_on_the_smallest_screen_in_all_languages() {
    for language in Language::ALL {
        for code in [
            FaultCode::LinkSilent,
            FaultCode::ModuleSelfTest,
            FaultCode::ProofWrong,
            FaultCode::ModuleFinished,
        ] {
            let mut fixture = Fixture::new(24);
            fixture.model.language = language;
            fixture.fault("24", StepId::Greet, code);
            let rows = text(&cells(&fixture.model, 80, 24));
            assert!(!rows[22].contains('…'), "{}", rows[22]);
            fixture.run("24", StepId::Scan);
            let rows = text(&cells(&fixture.model, 80, 24));
            assert!(!rows[22].contains('…'), "{}", rows[22]);
        }
    }
}

#[test]
fn a_line_that_stops_asks_for_no_module() {
    let mut fixture = Fixture::new(2);
    fixture.empty("1");
    assert!(shown(&fixture).contains("Put a module in"));
    fixture.press(Key::Ctrl('c'));
    assert!(!shown(&fixture).contains("ut a module in"));
    assert!(advice(&fixture).contains("no slot is at work"));
}

#[test]
fn bells_can_be_switched_one_by_one() {
    let mut fixture = Fixture::new(1);
    fixture.press(Key::Char('b'));
    assert!(!fixture.pass("1").contains(&Effect::Bell));
    let run = fixture.run("1", StepId::Seal);
    assert!(fixture.hear(faulted("1", run, StepId::Seal, FaultCode::SealRefused)).contains(&Effect::Bell));
    fixture.press(Key::Char('B'));
    fixture.press(Key::Char('b'));
    assert!(!fixture.hear(faulted("1", run, StepId::Seal, FaultCode::SealRefused)).contains(&Effect::Bell));
    assert!(fixture.hear(passed("1", run, "ab")).contains(&Effect::Bell));
}

#[test]
fn time_alone_draws_only_what_it_changes() {
    let mut fixture = Fixture::new(1);
    fixture.empty("1");
    let draws = |fixture: &mut Fixture| {
        (0..20)
            .filter(|_| {
                fixture.seconds(1);
                !fixture.tell(Msg::Tick).is_empty()
            })
            .count()
    };
    assert_eq!(draws(&mut fixture), 0, "nothing is under way, and the clock shows the same minute");
    fixture.run("1", StepId::Greet);
    assert_eq!(draws(&mut fixture), 20, "seconds go by");
}

#[test]
fn pass_and_fail_are_told_apart_without_colour() {
    let mut fixture = Fixture::new(2);
    fixture.pass("1");
    fixture.fault("2", StepId::SelfTest, FaultCode::ModuleSelfTest);
    let cells = cells(&fixture.model, 80, 24);
    let text = text(&cells).join("\n");
    assert!(text.contains("✔ PASS") && text.contains("✖ FAIL"), "{text}");
    let meanings: Vec<_> = meanings(&cells).concat();
    assert!(meanings.contains(&Meaning::Pass) && meanings.contains(&Meaning::Fail));
}

#[test]
fn what_is_sealed_for_ever_is_never_interrupted_by_a_key() {
    let mut fixture = Fixture::new(1);
    fixture.run("1", StepId::Seal);
    for key in [Key::Esc, Key::Char('q'), Key::Ctrl('c'), Key::Ctrl('c'), Key::Char('r'), Key::Enter] {
        let effects = fixture.press(key);
        let harmless = |effect: &Effect| matches!(effect, Effect::Stop | Effect::Draw);
        assert!(effects.iter().all(harmless), "{effects:?}");
    }
}

#[test]
fn what_cannot_be_undone_takes_two_strokes() {
    let mut fixture = Fixture::new(1);
    fixture.empty("1");
    assert_eq!(fixture.press(Key::Char('q')), [Effect::Draw], "the first stroke does nothing");
    assert!(advice(&fixture).contains("Press Q once more: stop"), "{}", advice(&fixture));
    fixture.press(Key::Char('l'));
    fixture.press(Key::Char('q'));
    fixture.seconds(6);
    fixture.tell(Msg::Tick);
    assert_eq!(fixture.press(Key::Char('q')), [Effect::Draw], "the first stroke was too long ago");
    assert_eq!(fixture.press(Key::Char('q')), [Effect::Stop, Effect::Draw]);
}

#[test]
fn a_key_that_is_held_down_is_no_second_stroke() {
    let mut fixture = Fixture::new(1);
    fixture.empty("1");
    let held = [500].into_iter().chain([33; 90]);
    for pause in held {
        assert_eq!(fixture.tell(Msg::Key(Key::Char('q'))), [Effect::Draw]);
        fixture.wait(Duration::from_millis(pause));
    }
    fixture.seconds(1);
    assert_eq!(fixture.press(Key::Char('q')), [Effect::Stop, Effect::Draw]);
}

#[test]
fn whoever_is_impatient_gets_through_at_the_third_stroke() {
    let mut fixture = Fixture::new(1);
    for _ in 0..3 {
        assert_eq!(fixture.tell(Msg::Key(Key::Char('q'))), [Effect::Draw]);
        fixture.wait(Duration::from_millis(300));
    }
    assert_eq!(fixture.tell(Msg::Key(Key::Char('q'))), [Effect::Stop, Effect::Draw]);
}

#[test]
fn every_page_is_a_key_away_and_one_goes_back() {
    let mut fixture = Fixture::new(2);
    fixture.lights();
    for (key, heading) in [(3, "Modules"), (4, "Batches"), (5, "CA and HSM"), (6, "Check"), (7, "Operator")] {
        fixture.press(Key::Function(key));
        assert!(shown(&fixture).contains(heading), "{heading}");
        assert!(shown(&fixture).contains("HSM"), "the lights are on every page");
    }
    fixture.press(Key::Esc);
    assert!(shown(&fixture).contains("Slot 1"));
}

#[test]
fn while_the_ca_is_closed_nobody_is_asked_for_modules() {
    let mut fixture = Fixture::new(2);
    fixture.lights();
    fixture.empty("1");
    fixture.flash("2", 40);
    assert!(shown(&fixture).contains("Slot 1: put a module in"));
    fixture.tell(Msg::Device(Device::Hsm, Report::Closed));
    let closed = shown(&fixture);
    assert!(closed.contains("The CA is closed: the security officer opens it with F5."), "{closed}");
    assert!(!closed.contains("ut a module in\n") && !closed.contains("Put a module in"), "{closed}");
    fixture.tell(Msg::Device(Device::Hsm, Report::Sessions(0, 4)));
    assert!(shown(&fixture).contains("Slot 1: put a module in"));
}
