//! Recordings: written, read back, played. Those in `recordings/` are golden screens too: a complaint from a
//! line is put there, and stays answered.

use std::borrow::Cow;
use std::fs;
use std::io::{self, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use proptest::prelude::*;

use super::fixture::{Fixture, chain, faulted, opened, setting};
use super::picture::{cells, picture_of, text};
use super::random::msg;
use crate::engine::{Event, StepId};
use crate::fault::{Coded as _, FaultCode};
use crate::files::Files;
use crate::tui::effect::Effect;
use crate::tui::model::Page;
use crate::tui::msg::{Device, Key, Report};
use crate::tui::pages;
use crate::tui::recording::{Bounds, Recording, RecordingError, Recordings, Ring, kept};
use crate::tui::replay::{Pace, Tape, draw_bar};
use crate::tui::text::Language;
use crate::tui::{Model, Moment, Msg, Setting, update};

/// The recordings in the folder, each played to its end.
pub(super) fn all() -> Vec<(String, Tape)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/tui/tests/recordings");
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    let play = |file: &PathBuf| {
        let recording = Recording::open(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let mut tape = Tape::new(recording, None);
        tape.go_to(tape.len());
        (file.file_stem().expect("a name").to_string_lossy().into_owned(), tape)
    };
    files.iter().map(play).collect()
}

/// The recordings in the folder as they are played: the screen with the bar below it, played and paused.
pub(super) fn replayed(language: Language) -> String {
    let mut pictures = String::new();
    for (_, mut tape) in all() {
        tape = Tape::new(tape.recording().clone(), Some(language));
        tape.go_to(6);
        for (width, height) in [(80, 24), (120, 40), (20, 5)] {
            for paused in [false, true] {
                let mut cells = cells(tape.model(), width, height);
                let area = cells.area;
                draw_bar(&tape, Pace { speed: 1.5, paused }, area, &mut cells);
                pictures += &picture_of(&cells);
            }
        }
    }
    pictures
}

/// A screen with its recorder.
pub(super) struct Recorded {
    pub(super) model: Model,
    pub(super) ring: Ring,
    now: Moment,
}

impl Recorded {
    fn new(slots: usize, bounds: Bounds) -> Self {
        Self::of(setting(slots), bounds)
    }

    pub(super) fn of(setting: Setting, bounds: Bounds) -> Self {
        let ring = Ring::new(setting.clone(), opened(), bounds);
        Self { model: Model::new(setting, opened()), ring, now: opened() }
    }

    /// What is not kept is not told either: how much of a PIN is typed is seen at the line alone.
    pub(super) fn tell(&mut self, msg: &Msg) {
        let Some(msg) = kept(msg, &self.model).map(Cow::into_owned) else { return };
        self.ring.push(self.now, &msg);
        update(&mut self.model, self.now, msg);
    }

    /// As at the line: the screen is told all, and what may be kept is.
    pub(super) fn tell_live(&mut self, msg: &Msg) {
        if let Some(msg) = kept(msg, &self.model) {
            self.ring.push(self.now, &msg);
        }
        update(&mut self.model, self.now, msg.clone());
    }

    pub(super) fn wait(&mut self, time: Duration) {
        self.now.elapsed_ms += u64::try_from(time.as_millis()).expect("not so long");
        self.now.now += time;
    }

    pub(super) fn tape(&self) -> Tape {
        let recording = read(self.ring.file().as_bytes()).expect("a recording");
        let mut tape = Tape::new(recording, None);
        tape.go_to(usize::MAX);
        tape
    }
}

/// Reads what is in memory.
fn read(mut bytes: &[u8]) -> Result<Recording, RecordingError> {
    Recording::read(&mut bytes, |source| RecordingError::Read { file: PathBuf::new(), source })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_recording_shows_the_same_screen_again(
        msgs in prop::collection::vec((msg(), 0u64..20_000), 0..80),
    ) {
        let mut recorded = Recorded::new(3, Bounds::USUAL);
        for (msg, wait) in msgs {
            recorded.tell(&msg);
            recorded.tell(&Msg::Tick);
            recorded.wait(Duration::from_millis(wait));
            recorded.tell(&Msg::Tick);
        }
        let tape = recorded.tape();
        prop_assert_eq!(cells(tape.model(), 120, 40), cells(&recorded.model, 120, 40));
        prop_assert_eq!(cells(tape.model(), 80, 24), cells(&recorded.model, 80, 24));
    }

    #[test]
    fn a_recording_that_begins_in_mid_shift_shows_the_same_screen_too(
        msgs in prop::collection::vec((msg(), 0u64..20_000), 10..80),
    ) {
        let mut recorded = Recorded::new(3, Bounds { messages: 8, bytes: 1 << 20 });
        for (msg, wait) in msgs {
            recorded.tell(&msg);
            recorded.wait(Duration::from_millis(wait));
            recorded.tell(&Msg::Tick);
        }
        let tape = recorded.tape();
        prop_assert!(tape.len() <= 8);
        prop_assert_eq!(cells(tape.model(), 240, 67), cells(&recorded.model, 240, 67));
        prop_assert_eq!(cells(tape.model(), 80, 24), cells(&recorded.model, 80, 24));
        // And so does what follows: nothing that the screen knew is lost.
        let mut went_on = tape.model().clone();
        for msg in [Msg::Key(Key::Esc), Msg::Key(Key::Function(2)), Msg::Key(Key::Char('f')), Msg::Tick] {
            recorded.wait(Duration::from_secs(31));
            update(&mut went_on, recorded.now, msg.clone());
            update(&mut recorded.model, recorded.now, msg);
            prop_assert_eq!(cells(&went_on, 120, 40), cells(&recorded.model, 120, 40));
        }
    }

    #[test]
    fn going_back_shows_what_was_there(msgs in prop::collection::vec(msg(), 2..40), at in any::<prop::sample::Index>()) {
        let mut recorded = Recorded::new(3, Bounds::USUAL);
        for msg in msgs {
            recorded.tell(&msg);
        }
        let mut tape = recorded.tape();
        let at = at.index(tape.len());
        tape.go_to(at);
        prop_assert_eq!(tape.played(), at);
        let mut other = recorded.tape();
        other.go_to(0);
        for _ in 0..at {
            other.step();
        }
        prop_assert_eq!(cells(tape.model(), 80, 24), cells(other.model(), 80, 24));
    }

    #[test]
    fn a_ring_is_never_larger_than_it_may_be(msgs in prop::collection::vec(msg(), 1..200)) {
        let bounds = Bounds { messages: 20, bytes: 3000 };
        let mut recorded = Recorded::new(3, bounds);
        for msg in msgs {
            recorded.wait(Duration::from_secs(1));
            recorded.tell(&msg);
        }
        let recording = read(recorded.ring.file().as_bytes()).expect("a recording");
        prop_assert!(recording.entries.len() <= 20);
        prop_assert!(recording.head.screen.is_none() || recording.head.missing > 0);
    }

    #[test]
    fn whatever_is_in_a_file_is_a_recording_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(read(&bytes).is_err());
    }

    #[test]
    fn a_recording_with_something_else_in_it_is_no_reason_to_panic(
        msgs in prop::collection::vec(msg(), 1..20),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut recorded = Recorded::new(3, Bounds { messages: 5, bytes: 1 << 20 });
        for msg in msgs {
            recorded.tell(&msg);
        }
        let mut bytes = recorded.ring.file().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(recording) = read(&bytes) {
            let mut tape = Tape::new(recording, None);
            tape.go_to(usize::MAX);
            cells(tape.model(), 80, 24);
        }
    }

    #[test]
    fn times_that_make_no_sense_are_played_all_the_same(
        msgs in prop::collection::vec((msg(), any::<u64>(), -62_000_000_000i64..253_000_000_000), 1..40),
        scan_wait in any::<u64>(),
    ) {
        let mut setting = setting(3);
        setting.scan_wait = Duration::from_secs(scan_wait);
        let mut ring = Ring::new(setting, opened(), Bounds::USUAL);
        for (msg, elapsed_ms, seconds) in msgs {
            let now = time::OffsetDateTime::from_unix_timestamp(seconds).expect("a time");
            ring.push(Moment { elapsed_ms, now }, &msg);
        }
        let Ok(recording) = read(ring.file().as_bytes()) else { return Ok(()) };
        let mut tape = Tape::new(recording, None);
        while tape.step() {
            cells(tape.model(), 80, 24);
        }
    }
}

#[test]
fn what_began_before_the_recording_is_shown_as_it_was() {
    let mut recorded = Recorded::new(4, Bounds { messages: 5, bytes: 100_000 });
    let slot = |slot: &str| slot.to_owned();
    let run = super::fixture::run_id(7);
    recorded.tell(&Msg::Engine(Event::SlotWaiting { slot: slot("1") }));
    recorded.tell(&Msg::Engine(super::fixture::passed("2", run, "ab")));
    recorded.tell(&Msg::Engine(Event::SlotTrouble {
        slot: slot("2"),
        code: FaultCode::ProbeLost,
        chain: chain(),
    }));
    recorded.tell(&Msg::Engine(faulted("3", run, StepId::Greet, FaultCode::LinkSilent)));
    recorded.tell(&Msg::Engine(Event::CheckpointMissed { code: FaultCode::HsmLost, chain: chain() }));
    for device in Device::ALL {
        recorded.tell(&Msg::Device(device, Report::Good));
    }
    recorded.tell(&Msg::Engine(Event::RunStarted { slot: slot("4"), run }));
    for done in 0..20 {
        recorded.wait(Duration::from_secs(1));
        let step = StepId::Flash;
        recorded.tell(&Msg::Engine(Event::Progress { slot: slot("4"), run, step, done, total: 20 }));
    }
    assert!(recorded.tape().len() < 20, "nothing was left out");
    let shown = |model: &Model| text(&cells(model, 120, 40));
    let (before, after) = (shown(&recorded.model), shown(recorded.tape().model()));
    assert_eq!(before, after);
    recorded.tell(&Msg::Engine(Event::SlotRecovered { slot: slot("2") }));
    assert_eq!(shown(&recorded.model), shown(recorded.tape().model()));
}

#[test]
fn who_was_there_and_what_was_looked_at_outlasts_the_messages_that_told_it() {
    let mut recorded = Recorded::new(2, Bounds { messages: 4, bytes: 100_000 });
    let signed_in = pages::operator::Told::SignedIn("Bea Ortiz".parse().expect("a name"));
    recorded.tell(&Msg::Page(pages::Told::Operator(signed_in)));
    recorded.tell(&Msg::Key(Key::Char('l')));
    recorded.tell(&Msg::Key(Key::Char('b')));
    recorded.tell(&Msg::Key(Key::Function(5)));
    for _ in 0..20 {
        recorded.wait(Duration::from_secs(1));
        recorded.tell(&Msg::Device(Device::Clock, Report::Good));
    }
    let file = recorded.ring.file();
    assert!(file.lines().skip(1).all(|line| !line.contains("Bea Ortiz")), "{file}");
    let tape = recorded.tape();
    assert_eq!(tape.model().page, Page::Vendor);
    assert_eq!(tape.model().language, Language::Chinese);
    let shown = text(&cells(tape.model(), 120, 40));
    assert!(shown[0].contains("Bea Ortiz") && shown[0].contains("中文"), "{}", shown[0]);
    let spanish = Tape::new(tape.recording().clone(), Some(Language::Spanish));
    assert!(text(&cells(spanish.model(), 120, 40))[0].contains("Español"));
}

#[test]
fn a_head_that_grows_too_large_goes_without_what_passed_over_the_serial_lines() {
    let mut recorded = Recorded::new(1, Bounds { messages: 3, bytes: 20_000 });
    let run = super::fixture::run_id(1);
    recorded.tell(&Msg::Engine(faulted("1", run, StepId::Greet, FaultCode::LinkSilent)));
    recorded.tell(&Msg::Transcript(run, Some("> AT ".repeat(3900))));
    for _ in 0..4 {
        recorded.tell(&Msg::Key(Key::Right));
    }
    let file = recorded.ring.file();
    let read = read(file.as_bytes()).expect("a recording");
    assert!(read.head.screen.is_some() && !file.contains("> AT ") && file.contains("L-201"), "{file}");
}

#[test]
fn the_files_that_are_no_recordings_say_why() {
    let mut recorded = Recorded::new(1, Bounds::USUAL);
    recorded.tell(&Msg::Resized(None));
    let good = recorded.ring.file();
    let program = env!("CARGO_PKG_VERSION");
    let other = good.replace("\"format\":2", "\"format\":3");
    let older = "{\"format\":1,\"program\":\"0.0.9\",\"something\":\"of that time\"}\n{\"what\":1}\n";
    let nobody = older.replace("0.0.9", "\\u001b[2J");
    let mut recorded_late = Recorded::new(1, Bounds { messages: 1, bytes: 1 << 20 });
    recorded_late.tell(&Msg::Resized(None));
    recorded_late.tell(&Msg::Resized(None));
    let late = recorded_late.ring.file();
    assert!(read(late.as_bytes()).is_ok());
    let selected = late.replace("\"selected\":0", "\"selected\":18446744073709551615");
    let renamed = late.replacen("\"slots\":[\"1\"]", "\"slots\":[\"2\"]", 1);
    let strange = good.replace("\"format\":2", "\"format\":2,\"extra\":0");
    let cut = &good[..good.len() - 3];
    let slots = vec!["\"1\""; 1001].join(",");
    let many = good.replace("\"slots\":[\"1\"]", &format!("\"slots\":[{slots}]"));
    let deep = format!("{good}{}\n", "[".repeat(100_000));
    for (name, text, wanted) in [
        ("nothing", "", "it is empty"),
        ("not JSON", "PK\u{3}\u{4}\n", "line 1 is not that of a recording"),
        ("other JSON", "{\"a\":1}\n", "line 1 is not that of a recording"),
        (
            "a later version",
            &other,
            &format!(
                "it has format 3, of station {program}; station {program}, which is this one, plays format 2"
            ),
        ),
        (
            "an older version",
            older,
            &format!(
                "it has format 1, of station 0.0.9; station {program}, which is this one, plays format 2"
            ),
        ),
        (
            "no version",
            &nobody,
            &format!(
                "it has format 1, of station of unknown version; station {program}, which is this one, plays format 2"
            ),
        ),
        ("a slot that is not there", &selected, "the screen in it is not one of its setting"),
        ("other slots", &renamed, "the screen in it is not one of its setting"),
        ("something more in the head", &strange, "line 1 is not that of a recording"),
        ("cut", cut, "line 2 breaks off"),
        ("something else", &format!("{good}{{}}\n"), "line 3 is not that of a recording"),
        ("deep", &deep, "line 3 is not that of a recording"),
        ("slots", &many, "it has 1001 slots"),
    ] {
        let error = read(text.as_bytes()).expect_err(name);
        assert_eq!(error.to_string(), wanted, "{name}");
        assert_eq!(error.code(), FaultCode::RecordingFile);
    }
    assert!(read(good.as_bytes()).is_ok());
    let absent = Recording::open(Path::new("/nowhere/at/all.jsonl")).expect_err("it is not there");
    assert_eq!(absent.code(), FaultCode::RecordingFile);
}

#[test]
fn an_endless_file_is_not_read_to_its_end() {
    let failed = |source| RecordingError::Read { file: PathBuf::new(), source };
    let mut line = BufReader::new(io::repeat(b'a'));
    let error = Recording::read(&mut line, failed).expect_err("endless");
    assert!(matches!(error, RecordingError::LineTooLong { line: 1 }), "{error}");
    let mut recorded = Recorded::new(1, Bounds::USUAL);
    recorded.tell(&Msg::Transcript(super::fixture::run_id(1), Some("x".repeat(1 << 20))));
    let file = recorded.ring.file();
    let (head, entry) = file.split_once('\n').expect("two lines");
    let lines = io::Cursor::new(entry.repeat(20).into_bytes());
    let mut long = BufReader::new(io::Cursor::new(format!("{head}\n")).chain(lines));
    let error = Recording::read(&mut long, failed).expect_err("too long");
    assert!(matches!(error, RecordingError::TooLong | RecordingError::Cut { .. }), "{error}");
}

#[test]
fn a_message_that_is_too_large_for_the_ring_is_told_to_be_missing() {
    let mut recorded = Recorded::new(1, Bounds { messages: 10, bytes: 1000 });
    recorded.tell(&Msg::Key(Key::Esc));
    recorded.tell(&Msg::Transcript(super::fixture::run_id(1), Some("x".repeat(1000))));
    recorded.tell(&Msg::Key(Key::Esc));
    let recording = read(recorded.ring.file().as_bytes()).expect("a recording");
    assert_eq!((recording.head.missing, recording.entries.len()), (1, 2), "the others are there");
}

#[test]
fn what_the_screen_was_told_is_written_by_key_and_in_trouble_but_not_for_every_run() {
    let mut fixture = Fixture::new(2);
    assert_eq!(fixture.press(Key::Ctrl('r')), [Effect::Record]);
    assert_eq!(fixture.press(Key::Ctrl('r')), [], "the key is held");
    fixture.seconds(5);
    assert_eq!(fixture.press(Key::Ctrl('r')), [Effect::Record]);
    let mut fault = |code, minutes: u64| {
        fixture.seconds(minutes * 60);
        let run = fixture.run("1", StepId::Greet);
        fixture.hear(faulted("1", run, StepId::Greet, code)).contains(&Effect::Record)
    };
    assert!(fault(FaultCode::ModuleSelfTest, 0), "the module is bad");
    assert!(!fault(FaultCode::LinkSilent, 9), "one is there already");
    assert!(fault(FaultCode::LinkSilent, 1));
    let stopped = Event::LineStopped { code: FaultCode::LedgerWrite, chain: chain() };
    assert!(fixture.hear(stopped).contains(&Effect::Record));
}

#[test]
fn where_a_recording_was_put_is_said_for_a_while() {
    let mut fixture = Fixture::new(1);
    let shown = |fixture: &Fixture| text(&cells(&fixture.model, 80, 24)).join("\n");
    fixture.tell(Msg::Recorded(Ok("recordings/x.jsonl".to_owned())));
    assert!(shown(&fixture).contains("Recorded: recordings/x.jsonl"));
    fixture.seconds(121);
    fixture.tell(Msg::Tick);
    assert!(!shown(&fixture).contains("Recorded"));
    fixture.tell(Msg::Recorded(Err(FaultCode::FileWrite)));
    fixture.seconds(1000);
    assert!(shown(&fixture).contains("Not recorded: F-511"));
    fixture.press(Key::Char('a'));
    assert!(!shown(&fixture).contains("Not recorded"));
}

#[test]
fn every_recording_is_of_a_line_and_not_of_nothing() {
    let all = all();
    assert!(!all.is_empty());
    for (name, tape) in all {
        assert!(tape.len() > 3, "{name}");
    }
}

#[test]
#[ignore = "writes a recording of a module that did not answer"]
fn write_a_recording() {
    let mut recorded = Recorded::new(2, Bounds::USUAL);
    for device in Device::ALL {
        recorded.tell(&Msg::Device(device, Report::Good));
    }
    recorded.tell(&Msg::Engine(Event::SlotWaiting { slot: "1".to_owned() }));
    recorded.tell(&Msg::Engine(Event::SlotWaiting { slot: "2".to_owned() }));
    let run = super::fixture::run_id(12);
    recorded.wait(Duration::from_secs(4));
    recorded.tell(&Msg::Engine(Event::RunStarted { slot: "2".to_owned(), run }));
    for step in [StepId::Flash, StepId::Greet] {
        recorded.tell(&Msg::Engine(Event::StepStarted { slot: "2".to_owned(), run, step }));
        recorded.wait(Duration::from_secs(5));
        recorded.tell(&Msg::Tick);
    }
    recorded.tell(&Msg::Engine(faulted("2", run, StepId::Greet, FaultCode::LinkSilent)));
    recorded.tell(&Msg::Transcript(run, Some("> AT+DIAG INFO\n! no answer within 5000 ms\n".to_owned())));
    recorded.tell(&Msg::Key(Key::Char('f')));
    recorded.tell(&Msg::Key(Key::Char('e')));
    let folder = tempfile::tempdir().expect("a folder");
    let name = Recordings::new(Files::new(folder.path()))
        .save(recorded.now.now, &recorded.ring.file())
        .expect("written");
    let to = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("src/tui/tests/recordings/a-module-that-did-not-answer.jsonl");
    fs::copy(folder.path().join(name), to).expect("copied");
}
