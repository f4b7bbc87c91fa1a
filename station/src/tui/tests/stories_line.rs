//! What a line in trouble leads to, and what keys and scans mean there.

use super::fixture::{Fixture, chain, shown};
use super::picture::{cells, text};
use crate::engine::{Event, StepId};
use crate::fault::FaultCode;
use crate::tui::msg::{Device, Ending, Key, Report};
use crate::tui::text::Language;
use crate::tui::{Effect, Msg};

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
        assert_eq!(fixture.press(Key::Char('r')), [Effect::Draw], "nobody would try it again");
        fixture.tell(Msg::Ended(Ending::Well));
        assert!(advice(&fixture).contains(sentences.next_ended), "{}", advice(&fixture));
    }
}

/// The keys that are named at the bottom.
fn keys(fixture: &Fixture) -> String {
    text(&cells(&fixture.model, 240, 67)).swap_remove(66)
}

#[test]
fn a_key_tries_the_module_again_that_is_looked_at_and_is_offered_only_where_it_does() {
    let mut fixture = Fixture::new(3);
    fixture.fault("1", StepId::SelfTest, FaultCode::ModuleSelfTest);
    fixture.fault("2", StepId::Greet, FaultCode::LinkSilent);
    let offered = |fixture: &Fixture| keys(fixture).contains(" R ");
    assert!(!offered(&fixture), "{}", keys(&fixture));
    fixture.press(Key::Char('f'));
    assert!(!offered(&fixture), "a module that failed its test is not tried again");
    assert_eq!(fixture.press(Key::Char('r')), [Effect::Draw]);
    fixture.press(Key::Char('f'));
    assert!(offered(&fixture), "{}", keys(&fixture));
    let retry = [Effect::Retry { slot: "2".into() }, Effect::Draw];
    assert_eq!(fixture.press(Key::Char('r')), retry);
    fixture.press(Key::Esc);
    assert!(offered(&fixture), "the slot that was looked at is selected");
    assert_eq!(fixture.press(Key::Char('r')), retry);
    for page in [4, 5, 6] {
        fixture.press(Key::Function(page));
        assert!(!offered(&fixture), "F{page}: {}", keys(&fixture));
        assert_eq!(fixture.press(Key::Char('r')), [], "F{page}");
    }
}

#[test]
fn whatever_does_not_pass_is_written_down_but_not_more_than_one_recording_in_ten_minutes() {
    let trouble = || Event::SlotTrouble { slot: "1".into(), code: FaultCode::ProbeMissing, chain: chain() };
    let recorded = |effects: &[Effect]| effects.contains(&Effect::Record);

    let mut fixture = Fixture::new(1);
    assert!(!recorded(&fixture.pass("1")));
    let run = fixture.run("1", StepId::SelfTest);
    let failed = super::fixture::faulted("1", run, StepId::SelfTest, FaultCode::ModuleSelfTest);
    assert!(recorded(&fixture.hear(failed.clone())), "a module is bad");
    fixture.seconds(599);
    assert!(!recorded(&fixture.hear(trouble())), "the last recording tells of it too, or the next one");
    fixture.seconds(1);
    assert!(recorded(&fixture.hear(trouble())), "a slot is in trouble");
    assert!(!recorded(&fixture.hear(failed)));
}

#[test]
fn the_key_that_writes_down_what_the_screen_was_told_is_named() {
    assert!(keys(&Fixture::new(1)).contains(" Ctrl-R  save recording"), "{}", keys(&Fixture::new(1)));
}

#[test]
fn language_help_and_stop_have_keys_where_letters_are_typed_and_they_are_named() {
    for page in [3, 7] {
        let mut fixture = Fixture::new(1);
        fixture.press(Key::Function(page));
        for named in [" F1  keys", " Ctrl-G  language", " Ctrl-C  stop"] {
            assert!(keys(&fixture).contains(named), "{named}: {}", keys(&fixture));
        }
        fixture.press(Key::Ctrl('g'));
        assert_eq!(fixture.model.language, Language::Chinese);
        fixture.press(Key::Function(1));
        assert!(fixture.model.help);
        assert!(shown(&fixture).contains("Ctrl-G"), "help names it too");
        fixture.press(Key::Esc);
        assert_eq!(fixture.press(Key::Ctrl('c')), [Effect::Stop, Effect::Draw]);
    }
    let mut fixture = Fixture::new(1);
    assert!(!keys(&fixture).contains("Ctrl-G"), "L does it");
    fixture.press(Key::Ctrl('g'));
    assert_eq!(fixture.model.language, Language::Chinese, "everywhere");
}

#[test]
fn what_to_do_next_is_said_for_the_page_that_is_open_and_for_the_ways_there_are_to_sign_in() {
    for language in Language::ALL {
        let mut fixture = Fixture::new(1);
        fixture.model.language = language;
        fixture.model.operator.present = None;
        let text = language.operator();
        assert!(advice(&fixture).contains(text.next_sign_in_name), "{}", advice(&fixture));
        fixture.press(Key::Function(7));
        assert!(advice(&fixture).contains(text.hint_name), "{}", advice(&fixture));
        let ana = "Ana".parse().expect("a name");
        fixture.model.setting.operators = [("0042".to_owned(), ana)].into_iter().collect();
        assert!(advice(&fixture).contains(text.hint_badge), "{}", advice(&fixture));
        fixture.press(Key::Esc);
        assert!(advice(&fixture).contains(text.next_sign_in), "{}", advice(&fixture));
    }
}

#[test]
fn the_key_of_the_page_that_is_open_is_not_offered() {
    let mut fixture = Fixture::new(1);
    for page in 3..=7 {
        fixture.press(Key::Function(page));
        for other in 3..=7 {
            let offered = keys(&fixture).contains(&format!(" F{other} "));
            assert_eq!(offered, other != page, "F{other} on F{page}: {}", keys(&fixture));
        }
    }
}

#[test]
fn scrolling_ends_where_there_is_nothing_more_to_see_so_that_the_next_stroke_up_goes_up() {
    let mut fixture = Fixture::new(1);
    let run = fixture.fault("1", StepId::Greet, FaultCode::LinkSilent);
    let transcript = (0..60).map(|line| format!("> line {line}")).collect::<Vec<_>>().join("\n");
    fixture.tell(Msg::Transcript(run, Some(transcript)));
    fixture.press(Key::Char('f'));
    fixture.press(Key::Char('e'));
    for (columns, rows) in [(80, 24), (120, 40)] {
        fixture.tell(Msg::Resized(Some((columns, rows))));
        let screen = |fixture: &Fixture| text(&cells(&fixture.model, columns, rows)).join("\n");
        for _ in 0..20 {
            fixture.press(Key::PageDown);
        }
        let end = screen(&fixture);
        assert!(end.contains("> line 59"), "{end}");
        fixture.press(Key::Up);
        assert_ne!(screen(&fixture), end, "the first stroke up is seen");
        fixture.press(Key::Down);
        assert_eq!(screen(&fixture), end);
        for _ in 0..10 {
            fixture.press(Key::Up);
        }
        fixture.press(Key::PageDown);
        assert_eq!(screen(&fixture), end, "a page is ten lines");
    }
}

#[test]
fn a_recording_from_before_sizes_were_told_is_still_read() {
    let msg: Msg = serde_json::from_str(r#"{"message":"resized"}"#).expect("a message");
    assert_eq!(msg, Msg::Resized(None));
}

#[test]
fn a_device_that_a_run_found_in_trouble_is_told_by_its_light_until_it_works_again() {
    let mut fixture = Fixture::new(3);
    fixture.lights();
    let light = |fixture: &Fixture, device| fixture.model.lights.of(device).map(|light| light.report);
    let trouble = |code| Some(Report::Trouble(code));
    fixture.fault("1", StepId::Label, FaultCode::PrinterPaper);
    fixture.run("2", StepId::Scan);
    let out = trouble(FaultCode::PrinterPaper);
    assert_eq!(light(&fixture, Device::Printer), out, "the printer of slot 2 may be another one");
    fixture.run("1", StepId::Scan);
    assert_eq!(light(&fixture, Device::Printer), Some(Report::Good));
    fixture.tell(Msg::Device(Device::Printer, Report::Trouble(FaultCode::PrinterOff)));
    fixture.run("1", StepId::Scan);
    assert_eq!(light(&fixture, Device::Printer), trouble(FaultCode::PrinterOff), "it may be that of slot 2");
    fixture.tell(Msg::Device(Device::Printer, Report::Good));
    assert_eq!(light(&fixture, Device::Printer), Some(Report::Good));

    fixture.fault("3", StepId::Scan, FaultCode::ScannerNoRead);
    assert_eq!(light(&fixture, Device::Scanner), Some(Report::Good), "it is the label's fault");
    fixture.fault("1", StepId::Scan, FaultCode::ScannerOff);
    fixture.fault("2", StepId::Scan, FaultCode::ScannerOff);
    fixture.tell(Msg::Device(Device::Scanner, Report::Good));
    fixture.run("1", StepId::Pass);
    assert_eq!(light(&fixture, Device::Scanner), trouble(FaultCode::ScannerOff), "slot 2 has not read since");
    fixture.run("2", StepId::Pass);
    assert_eq!(light(&fixture, Device::Scanner), Some(Report::Good));

    fixture.fault("1", StepId::Issue, FaultCode::HsmLost);
    fixture.tell(Msg::Device(Device::Hsm, Report::Sessions(2, 4)));
    assert_eq!(light(&fixture, Device::Hsm), trouble(FaultCode::HsmLost), "it answers, and does not sign");
    fixture.run("2", StepId::Install);
    fixture.tell(Msg::Device(Device::Hsm, Report::Sessions(2, 4)));
    assert_eq!(light(&fixture, Device::Hsm), Some(Report::Sessions(2, 4)));
    fixture.fault("1", StepId::Issue, FaultCode::AuthorityClosed);
    assert_eq!(light(&fixture, Device::Hsm), Some(Report::Sessions(2, 4)));
}

#[test]
fn keys_are_about_the_slot_that_the_screen_asks_for_until_another_one_is_chosen() {
    let mut fixture = Fixture::new(3);
    fixture.fault("3", StepId::Greet, FaultCode::LinkSilent);
    fixture.seconds(5);
    fixture.fault("1", StepId::SelfTest, FaultCode::ModuleSelfTest);
    assert!(advice(&fixture).contains("Slot 3: put the module in again, or press R"), "{}", advice(&fixture));
    assert_eq!(fixture.press(Key::Char('r')), [Effect::Retry { slot: "3".into() }, Effect::Draw]);
    fixture.press(Key::Char('f'));
    assert!(shown(&fixture).contains("L-201"), "{}", shown(&fixture));
    fixture.press(Key::Esc);
    fixture.press(Key::Right);
    fixture.press(Key::Char('f'));
    assert!(shown(&fixture).contains("M-102"), "the one after it was chosen: {}", shown(&fixture));
    fixture.press(Key::Esc);
    fixture.press(Key::Right);
    fixture.press(Key::Right);
    fixture.seconds(31);
    assert_eq!(fixture.tell(Msg::Tick), [Effect::Draw], "it is chosen no longer");
    fixture.press(Key::Char('f'));
    assert!(shown(&fixture).contains("L-201"), "{}", shown(&fixture));
}

#[test]
fn a_module_that_was_finished_before_is_no_error() {
    let mut fixture = Fixture::new(2);
    fixture.fault("1", StepId::Greet, FaultCode::ModuleFinished);
    let shown = shown(&fixture);
    assert!(shown.contains("✔ This module is already finished") && !shown.contains("ERROR"), "{shown}");
    assert!(advice(&fixture).contains("put it with the finished ones"));
}

#[test]
fn arrows_go_to_the_slot_that_lies_there() {
    let mut fixture = Fixture::new(8);
    fixture.tell(Msg::Resized(Some((120, 40))));
    let chosen = |fixture: &Fixture| fixture.model.chosen.map(|_| fixture.model.selected + 1);
    fixture.empty("2");
    for (key, slot) in [
        // Eight stand in rows of three.
        (Key::Down, 5),
        (Key::Down, 8),
        (Key::Down, 8),
        (Key::Up, 5),
        (Key::Right, 6),
        (Key::Down, 6),
        (Key::Up, 3),
        (Key::Left, 2),
    ] {
        fixture.press(key);
        assert_eq!(chosen(&fixture), Some(slot), "{key:?}");
    }
}

#[test]
fn the_module_in_a_slot_and_the_one_before_it_are_not_written_over_each_other() {
    for height in 24..=67 {
        let mut fixture = Fixture::new(8);
        fixture.pass("1");
        fixture.pass("1");
        let rows = text(&cells(&fixture.model, 120, height));
        let mixed = |row: &&String| row.contains("last PASS") && row.contains("00000");
        assert_eq!(rows.iter().find(mixed), None, "in {height} rows");
    }
}
