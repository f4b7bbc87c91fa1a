//! Notable screens at three sizes in all languages, small ones at theirs, the fault screen of every code, and the last screen of
//! every recording in `recordings/`, compared with the files in `golden/`.
//!
//! After a change that is meant: `cargo test -p station --lib tui::tests::golden -- --ignored`, and look at
//! the difference.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use super::check;
use super::fixture::{Fixture, chain};
use super::picture::picture;
use super::recording;
use super::scenes;
use crate::engine::{Event, StepId};
use crate::fault::FaultCode;
use crate::tui::Msg;
use crate::tui::msg::{Device, Ending, Key, Report};
use crate::tui::text::Language;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (240, 67)];

/// A notable state, by name.
pub(super) type Scene = (&'static str, fn() -> Fixture);

const SCENES: &[Scene] = &[
    ("nothing-heard-yet", || Fixture::new(4)),
    ("one-slot-passed", one_slot_passed),
    ("four-slots-at-work", four_slots_at_work),
    ("eight-slots-want-hands", eight_slots_want_hands),
    ("twenty-four-slots", twenty_four_slots),
    ("devices-in-trouble", devices_in_trouble),
    ("stopping", stopping),
    ("order-complete", order_complete),
    ("line-stopped", line_stopped),
    ("fault-of-a-slot", || fault_of_a_slot(false)),
    ("fault-for-the-engineer", || fault_of_a_slot(true)),
    ("keys", keys),
    ("check-under-way", check::under_way),
    ("check-done", check::done),
    ("what-stays-said", check::notices),
];

fn one_slot_passed() -> Fixture {
    let mut fixture = Fixture::new(1);
    fixture.lights();
    fixture.pass("1");
    fixture
}

fn four_slots_at_work() -> Fixture {
    let mut fixture = Fixture::new(4);
    for _ in 0..40 {
        fixture.pass("4");
    }
    fixture.lights();
    fixture.flash("1", 45);
    fixture.run("2", StepId::Issue);
    fixture.seconds(7);
    fixture.run("3", StepId::Seal);
    fixture.empty("4");
    fixture.seconds(3);
    fixture
}

fn eight_slots_want_hands() -> Fixture {
    let mut fixture = Fixture::new(8);
    fixture.lights();
    fixture.fault("2", StepId::SelfTest, FaultCode::ModuleSelfTest);
    fixture.fault("3", StepId::Greet, FaultCode::LinkSilent);
    fixture.fault("4", StepId::Prove, FaultCode::ProofWrong);
    fixture.pass("5");
    fixture.hear(Event::SlotTrouble { slot: "6".into(), code: FaultCode::ProbeMissing, chain: chain() });
    fixture.empty("7");
    fixture.run("1", StepId::Scan);
    fixture.flash("8", 99);
    fixture.seconds(11);
    fixture
}

fn twenty_four_slots() -> Fixture {
    let mut fixture = Fixture::new(24);
    fixture.lights();
    for number in 1..=20 {
        let slot = number.to_string();
        match number % 5 {
            0 => fixture.empty(&slot),
            2 => {
                fixture.pass(&slot);
            }
            4 => {
                fixture.fault(&slot, StepId::Keygen, FaultCode::ModuleKeyGeneration);
            }
            _ => {}
        }
    }
    // What is at work comes last: nothing is heard of a slot while another takes its time.
    for number in 1..=20 {
        let slot = number.to_string();
        match number % 5 {
            1 => fixture.flash(&slot, number * 4),
            3 => {
                fixture.run(&slot, StepId::Install);
            }
            _ => {}
        }
    }
    fixture.run("21", StepId::Scan);
    fixture
}

fn devices_in_trouble() -> Fixture {
    let mut fixture = Fixture::new(4);
    fixture.lights();
    fixture.seconds(95);
    fixture.tell(Msg::Device(Device::Hsm, Report::Trouble(FaultCode::HsmLost)));
    fixture.tell(Msg::Device(Device::Disk, Report::Free(3)));
    fixture.tell(Msg::Device(Device::Export, Report::Exported(None)));
    fixture.seconds(20);
    fixture.tell(Msg::Tick);
    fixture
}

fn stopping() -> Fixture {
    let mut fixture = four_slots_at_work();
    fixture.press(Key::Ctrl('c'));
    fixture
}

fn order_complete() -> Fixture {
    let mut fixture = one_slot_passed();
    let counts = crate::tui::msg::Counts { quantity: 1200, passed: 1200 };
    fixture.tell(Msg::Counted(counts));
    fixture.tell(Msg::Ended(Ending::Well));
    fixture
}

fn line_stopped() -> Fixture {
    let mut fixture = four_slots_at_work();
    fixture.hear(Event::LineStopped { code: FaultCode::LedgerWrite, chain: chain() });
    fixture
}

fn fault_of_a_slot(engineer: bool) -> Fixture {
    let mut fixture = Fixture::new(4);
    fixture.lights();
    let run = fixture.fault("3", StepId::Greet, FaultCode::LinkSilent);
    let transcript = "> AT+FACTORY HELLO\\n\n! no answer within 5000 ms\n".to_owned();
    fixture.tell(Msg::Transcript(run, Some(transcript)));
    fixture.press(Key::Char('f'));
    if engineer {
        fixture.press(Key::Char('e'));
    }
    fixture
}

fn keys() -> Fixture {
    let mut fixture = four_slots_at_work();
    fixture.press(Key::Char('b'));
    fixture.press(Key::Char('?'));
    fixture
}

/// The scene at these sizes, in this language.
fn pictures(scene: fn() -> Fixture, sizes: &[(u16, u16)], language: Language) -> String {
    let mut fixture = scene();
    fixture.model.language = language;
    sizes.iter().map(|(width, height)| picture(&fixture.model, *width, *height)).collect()
}

/// The fault screen of every code, for a run that ended so.
fn every_fault(language: Language) -> String {
    let mut all = String::new();
    for code in FaultCode::ALL {
        let mut fixture = Fixture::new(1);
        fixture.model.language = language;
        fixture.fault("1", StepId::Flash, *code);
        fixture.press(Key::Char('f'));
        writeln!(all, "{code} {}", picture(&fixture.model, 80, 24)).expect("written");
    }
    all
}

/// What every file holds, by its name.
fn files() -> Vec<(String, String)> {
    let mut files = Vec::new();
    for language in Language::ALL {
        for (name, scene) in SCENES.iter().chain(scenes::all()) {
            files.push((format!("{name}.{}.txt", language.code()), pictures(*scene, &SIZES, language)));
        }
        for (name, scene) in scenes::small::SCENES {
            let pictures = pictures(*scene, &scenes::small::SIZES, language);
            files.push((format!("{name}.{}.txt", language.code()), pictures));
        }
        files.push((format!("replay.{}.txt", language.code()), recording::replayed(language)));
        files.push((format!("every-fault.{}.txt", language.code()), every_fault(language)));
    }
    for (name, tape) in recording::all() {
        let pictures = SIZES.iter().map(|(width, height)| picture(tape.model(), *width, *height));
        files.push((format!("recording-{name}.txt"), pictures.collect()));
    }
    files
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/tui/tests/golden")
}

#[test]
fn screens_look_as_they_did() {
    for (name, now) in files() {
        let before = fs::read_to_string(folder().join(&name)).unwrap_or_default();
        if let Some((row, (was, is))) =
            before.lines().zip(now.lines()).enumerate().find(|(_, (was, is))| was != is)
        {
            panic!("{name}:{}\n was {was}\n is  {is}", row + 1);
        }
        assert_eq!(before.lines().count(), now.lines().count(), "{name}");
    }
}

#[test]
fn no_file_is_left_over() {
    let files = files();
    for entry in fs::read_dir(folder()).expect("the folder") {
        let name = entry.expect("an entry").file_name().into_string().expect("text");
        assert!(files.iter().any(|(known, _)| *known == name), "{name} belongs to no scene");
    }
}

#[test]
#[ignore = "writes the files that the others compare with"]
fn write_the_files() {
    fs::create_dir_all(folder()).expect("the folder");
    for (name, now) in files() {
        fs::write(folder().join(name), now).expect("written");
    }
}
