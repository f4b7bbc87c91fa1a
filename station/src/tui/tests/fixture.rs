//! A screen to tell things to, by a clock that goes when it is told to.

use std::time::Duration;

use time::macros::datetime;

use super::picture::{cells, text};
use crate::clock::Zone;
use crate::config::{Flow, ScanEnd};
use crate::engine::{Event, StepId};
use crate::fault::{Chain, FaultCode, Verdict};
use crate::ledger::RunId;
use crate::operator::Badges;
use crate::scanner::{Hand, Reading};
use crate::tui::msg::{Counts, Device, Key, Report};
use crate::tui::text::Language;
use crate::tui::{Bells, Effect, Model, Moment, Msg, Setting, update};

pub(super) const UID: &str = "00a1b2c3d4e5f60718293a4b5c6d7e8f";

pub(super) struct Fixture {
    pub(super) model: Model,
    now: Moment,
    runs: i64,
}

impl Fixture {
    /// A screen with slots called 1, 2, and so on.
    pub(super) fn new(slots: usize) -> Self {
        let now = opened();
        Self { model: Model::new(setting(slots), now), now, runs: 100 }
    }

    pub(super) fn wait(&mut self, time: Duration) {
        self.now.elapsed_ms += u64::try_from(time.as_millis()).expect("not so long");
        self.now.now += time;
    }

    pub(super) fn seconds(&mut self, seconds: u64) {
        self.wait(Duration::from_secs(seconds));
    }

    pub(super) fn tell(&mut self, msg: Msg) -> Vec<Effect> {
        update(&mut self.model, self.now, msg)
    }

    pub(super) fn hear(&mut self, event: Event) -> Vec<Effect> {
        self.tell(Msg::Engine(event))
    }

    /// Presses a key; a second stroke when the question has been read.
    pub(super) fn press(&mut self, key: Key) -> Vec<Effect> {
        if self.model.armed.is_some() {
            self.seconds(1);
        }
        self.tell(Msg::Key(key))
    }

    /// Types a text, key by key.
    pub(super) fn type_text(&mut self, text: &str) {
        for letter in text.chars() {
            self.press(Key::Char(letter));
        }
    }

    /// The labels of these slots, and of no others, are read by a scanner on the keyboard.
    pub(super) fn have_keyboards(&mut self, slots: &[&str]) {
        self.model.setting.hands = slots.iter().map(|slot| ((*slot).to_owned(), Hand::Keyboard)).collect();
    }

    /// A scanner on the keyboard reads something.
    pub(super) fn scan(&mut self, text: &str) -> Vec<Effect> {
        self.tell(Msg::Scanned(by_keyboard(text)))
    }

    /// All devices are well.
    pub(super) fn lights(&mut self) {
        let exported = self.now.now - time::Duration::hours(26);
        for (device, report) in [
            (Device::Hsm, Report::Sessions(4, 4)),
            (Device::Printer, Report::Good),
            (Device::Scanner, Report::Good),
            (Device::Ledger, Report::Good),
            (Device::Clock, Report::Good),
            (Device::Disk, Report::Free(62)),
            (Device::Export, Report::Exported(Some(exported))),
        ] {
            self.tell(Msg::Device(device, report));
        }
    }

    pub(super) fn empty(&mut self, slot: &str) {
        self.hear(Event::SlotWaiting { slot: slot.to_owned() });
    }

    /// A module is put in and comes as far as this step.
    pub(super) fn run(&mut self, slot: &str, step: StepId) -> RunId {
        self.runs += 1;
        let run = run_id(self.runs);
        self.hear(Event::RunStarted { slot: slot.to_owned(), run });
        for done in StepId::ALL.into_iter().take_while(|done| *done < step) {
            self.hear(Event::StepStarted { slot: slot.to_owned(), run, step: done });
            self.hear(ended(slot, run, done));
        }
        self.hear(Event::StepStarted { slot: slot.to_owned(), run, step });
        run
    }

    pub(super) fn flash(&mut self, slot: &str, percent: u64) {
        let run = self.run(slot, StepId::Flash);
        let (done, total) = (percent * 1024, 102_400);
        self.hear(Event::Progress { slot: slot.to_owned(), run, step: StepId::Flash, done, total });
    }

    pub(super) fn pass(&mut self, slot: &str) -> Vec<Effect> {
        let run = self.run(slot, StepId::Pass);
        self.seconds(38);
        let uid = format!("{:032x}", self.runs);
        self.hear(passed(slot, run, &uid))
    }

    pub(super) fn fault(&mut self, slot: &str, step: StepId, code: FaultCode) -> RunId {
        let run = self.run(slot, step);
        self.seconds(12);
        self.hear(faulted(slot, run, step, code));
        run
    }
}

/// Everything on a screen of the usual size.
pub(super) fn shown(fixture: &Fixture) -> String {
    text(&cells(&fixture.model, 120, 40)).join("\n")
}

/// What the screen is opened with: slots called 1, 2, and so on.
pub(in crate::tui) fn setting(slots: usize) -> Setting {
    Setting {
        order: "WO-4711".to_owned(),
        customer: "Example OEM".to_owned(),
        product: "C3 module".to_owned(),
        flow: Flow::LateBinding,
        operator: Some("Ánh Nguyễn".parse().expect("a name")),
        operators: Badges::default(),
        sign_out_after: None,
        bells: Bells { pass: true, fail: true },
        slots: (1..=slots).map(|number| number.to_string()).collect(),
        scan_wait: Duration::from_secs(30),
        hands: std::collections::BTreeMap::new(),
        scan_end: ScanEnd::Enter,
        zone: Zone::utc(),
        language: Language::English,
        counts: Counts { quantity: 1200, passed: 1034 },
    }
}

/// When the screen is opened.
pub(in crate::tui) fn opened() -> Moment {
    Moment { elapsed_ms: 0, now: datetime!(2026-03-01 8:00 UTC) }
}

pub(super) fn ended(slot: &str, run: RunId, step: StepId) -> Event {
    Event::StepEnded { slot: slot.to_owned(), run, step, skipped: None, elapsed_ms: 700 }
}

pub(super) fn passed(slot: &str, run: RunId, uid: &str) -> Event {
    Event::RunEnded {
        slot: slot.to_owned(),
        run,
        verdict: Verdict::Pass,
        uid: Some(uid.to_owned()),
        step: None,
        code: None,
        chain: None,
        elapsed_ms: 38_400,
    }
}

pub(super) fn faulted(slot: &str, run: RunId, step: StepId, code: FaultCode) -> Event {
    let fault = crate::fault::Fault::new(code, "x");
    Event::RunEnded {
        slot: slot.to_owned(),
        run,
        verdict: fault.verdict(),
        uid: (step > StepId::Keygen).then(|| UID.to_owned()),
        step: Some(step),
        code: Some(code),
        chain: Some(chain()),
        elapsed_ms: 12_000,
    }
}

pub(super) fn chain() -> Chain {
    let causes =
        r#"["the module refuses AT+FACTORY SELFTEST: ERR24 RNG", "the health test of the generator failed"]"#;
    serde_json::from_str(causes).expect("a chain")
}

/// The run of this number. The ledger alone gives them out, but reads them too.
pub(super) fn run_id(number: i64) -> RunId {
    serde_json::from_value(number.into()).expect("a number")
}

pub(super) fn by_keyboard(text: &str) -> Reading {
    Reading { by: Hand::Keyboard, text: text.to_owned() }
}

pub(super) fn by_serial(text: &str) -> Reading {
    Reading { by: Hand::Serial("/dev/ttyACM0".into()), text: text.to_owned() }
}
