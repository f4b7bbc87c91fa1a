//! The page of one module.

use time::macros::datetime;
use wire::Uid;

use crate::engine::StepId;
use crate::fault::{Fault, FaultCode};
use crate::label::{Fields, blocks};
use crate::ledger::{DeedKind, Fate, ModuleState};
use crate::tui::Msg;
use crate::tui::msg::Key;
use crate::tui::pages::Told;
use crate::tui::pages::unit::dossier::{Certificate, Dossier, Happened, Label, Standing, Void, What};
use crate::tui::pages::unit::{self, Hit, Reach, Search};
use crate::tui::tests::fixture::Fixture;
use crate::tui::tests::golden::Scene;

pub(in crate::tui::tests) const SCENES: &[Scene] = &[
    ("module-none-yet", page),
    ("module-found-many", found_many),
    ("module-unknown", unknown),
    ("module-too-short", too_short),
    ("module-exported", || shown(exported())),
    ("module-certificate", certificate),
    ("module-label", label),
    ("module-void", || shown(void())),
    ("module-void-certificate", void_certificate),
    ("module-in-quarantine", || shown(quarantined())),
    ("module-at-work", || shown(at_work())),
    ("module-void-asks-why", asks_why),
    ("module-void-no-reason", no_reason),
    ("module-void-second-stroke", second_stroke),
    ("module-label-printed", printed),
    ("module-label-not-printed", not_printed),
    ("module-ledger-unreadable", unreadable),
];

pub(in crate::tui::tests) const UID: Uid = Uid::from_bytes([
    0x00, 0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0x46, 0x07, 0x98, 0x29, 0x3a, 0x4b, 0x5c, 0x6d, 0x7e, 0x8f,
]);

pub(in crate::tui::tests) fn tell(fixture: &mut Fixture, told: unit::Told) -> Vec<crate::tui::Effect> {
    fixture.tell(Msg::Page(Told::Unit(told)))
}

pub(in crate::tui::tests) fn write(fixture: &mut Fixture, text: &str) {
    for letter in text.chars() {
        fixture.press(Key::Char(letter));
    }
}

/// The page, of a line at work.
pub(in crate::tui::tests) fn page() -> Fixture {
    let mut fixture = Fixture::new(4);
    fixture.lights();
    fixture.run("2", StepId::Issue);
    fixture.press(Key::Function(3));
    fixture
}

/// The page, with this text looked for.
pub(in crate::tui::tests) fn seeking(text: &str) -> Fixture {
    let mut fixture = page();
    write(&mut fixture, text);
    fixture.press(Key::Enter);
    fixture
}

/// The page with one module.
pub(in crate::tui::tests) fn shown(dossier: Dossier) -> Fixture {
    let mut fixture = seeking(&UID.to_string());
    let search = Search::Module(UID);
    tell(&mut fixture, unit::Told::Module { search, dossier: Box::new(dossier) });
    fixture
}

fn found_many() -> Fixture {
    let mut fixture = seeking("00a1");
    let standings = [
        Standing::AtWork { slot: "2".into() },
        Standing::InWork(ModuleState::Labelled),
        Standing::Passed,
        Standing::Exported { batch: "WO-4711-1".into() },
        Standing::Quarantined,
        Standing::Void,
        Standing::Scrapped,
    ];
    let hits = (0u8..40).zip(standings.into_iter().cycle()).map(|(number, standing)| {
        let mut bytes = *UID.as_bytes();
        bytes[15] = number;
        Hit { uid: Uid::from_bytes(bytes), standing, order: Some("WO-4711".into()) }
    });
    let search = "00a1".parse().expect("a part");
    let told = unit::Told::Hits { search, reach: Reach::Beginning, hits: hits.collect(), more: true };
    tell(&mut fixture, told);
    for _ in 0..3 {
        fixture.press(Key::Down);
    }
    fixture
}

fn unknown() -> Fixture {
    let mut fixture = seeking("https://claim.example/?");
    let search: Search = "https://claim.example/?".parse().expect("a label");
    tell(&mut fixture, unit::Told::Unknown { search });
    fixture
}

fn too_short() -> Fixture {
    seeking("0a1")
}

fn unreadable() -> Fixture {
    let mut fixture = seeking("00a1b2");
    let search = "00a1b2".parse().expect("a part");
    let fault = Fault::new(FaultCode::LedgerOpen, "cannot read the modules: disk I/O error");
    tell(&mut fixture, unit::Told::Failed { search, fault });
    fixture
}

fn happened(minute: i64, operator: &str, what: What) -> Happened {
    let time = datetime!(2026-02-27 14:03:05 UTC) + time::Duration::minutes(minute);
    Happened { time, operator: operator.to_owned(), what }
}

/// A module that failed once, passed at its second run and was exported.
pub(in crate::tui::tests) fn exported() -> Dossier {
    let run = || What::RunStarted { slot: "1".into(), order: "WO-4711".into() };
    let step = |step, skipped: Option<&str>| What::Step {
        step: Some(step),
        skipped: skipped.map(str::to_owned),
        elapsed_ms: 2400,
    };
    let fault = What::Faulted {
        code: FaultCode::PrinterPaper,
        causes: vec!["tcp://printer-1 cannot print: it has no paper".into()],
    };
    let story = [
        (0, run()),
        (0, step(StepId::Flash, None)),
        (0, What::Identified { firmware: "1.0.0".into() }),
        (0, What::Recognised { device: "10000060:7f3a".into() }),
        (0, What::Reserved),
        (0, What::Issued),
        (0, What::Installed),
        (0, What::Proved),
        (0, What::Sealed),
        (0, fault),
        (4, run()),
        (4, step(StepId::Flash, Some("it is sealed"))),
        (4, What::Identified { firmware: "1.0.0".into() }),
        (4, What::Printed),
        (4, What::Scanned),
        (4, What::Passed),
    ];
    let mut story: Vec<_> =
        story.into_iter().map(|(minute, what)| happened(minute, "Ánh Nguyễn", what)).collect();
    let batch = || "WO-4711-1".to_owned();
    story.push(happened(90, "陈静", What::Batched { batch: batch(), fate: Fate::Passed }));
    story.push(happened(91, "陈静", What::Exported { batch: batch(), file: "WO-4711-1.zip".into() }));
    Dossier {
        uid: UID,
        standing: Standing::Exported { batch: batch() },
        may: DeedKind::ALL.to_vec(),
        order: Some("WO-4711".into()),
        product: Some("C3 module".into()),
        void: None,
        story,
        certificate: Some(Certificate {
            subject: format!("CN={},O=Example Modules,C=CH", UID.uuid_text()),
            serial: UID.to_string(),
            not_before: datetime!(2026-02-27 13:03:05 UTC),
            not_after: datetime!(2036-02-28 14:03:05 UTC),
            issuer: "CN=Example Issuing CA 2,O=Example Modules,C=CH".into(),
            key: "5e0a".repeat(10),
            sha256: "c0ffee11".repeat(8),
        }),
        label: drawn(),
        read: datetime!(2026-03-01 8:00:00 UTC),
    }
}

/// A label as an order of the examples would make it.
fn drawn() -> Label {
    let design = "captions = [\"{product}\", \"{order}\"]
                  stock = { width-mm = 40, height-mm = 15, dots-per-mm = 12 }";
    let design = toml::from_str(design).expect("a design");
    let template = "https://claim.example/{uid}".parse().expect("a template");
    let fields = Fields { uid: UID, order: "WO-4711", product: "C3 module" };
    let label = crate::label::Label::new(&fields, &template, &design).expect("a label");
    Label::Drawn {
        payload: label.payload().to_owned(),
        lines: label.lines().map(str::to_owned).collect(),
        code: blocks::render(&label),
    }
}

pub(in crate::tui::tests) fn void() -> Dossier {
    let mut dossier = exported();
    let reason = "sold as a sample, must not connect";
    dossier.story.push(happened(1000, "Ana", What::Deed { deed: DeedKind::Void, reason: reason.into() }));
    let since = datetime!(2026-02-28 06:43:05 UTC);
    let void = Some(Void { since, reason: reason.into() });
    Dossier { standing: Standing::Void, may: vec![DeedKind::Scrap], void, ..dossier }
}

fn quarantined() -> Dossier {
    let mut dossier = exported();
    dossier.story.truncate(8);
    let code = FaultCode::ProofWrong;
    let causes = vec!["the signature over the challenge does not verify".to_owned()];
    dossier.story.push(happened(1, "Ánh Nguyễn", What::Quarantined { code }));
    dossier.story.push(happened(1, "Ánh Nguyễn", What::Faulted { code, causes }));
    let may = vec![DeedKind::Void, DeedKind::Scrap, DeedKind::Rework];
    Dossier { standing: Standing::Quarantined, may, label: Label::None, ..dossier }
}

pub(in crate::tui::tests) fn at_work() -> Dossier {
    let mut dossier = exported();
    dossier.story.truncate(3);
    Dossier {
        standing: Standing::AtWork { slot: "2".into() },
        may: Vec::new(),
        certificate: None,
        label: Label::None,
        ..dossier
    }
}

fn certificate() -> Fixture {
    let mut fixture = shown(exported());
    fixture.press(Key::Right);
    fixture
}

fn void_certificate() -> Fixture {
    let mut fixture = shown(void());
    fixture.press(Key::Right);
    fixture
}

fn label() -> Fixture {
    let mut fixture = shown(exported());
    fixture.press(Key::Left);
    fixture
}

fn asks_why() -> Fixture {
    let mut fixture = shown(exported());
    fixture.press(Key::Function(9));
    write(&mut fixture, "sold as a sam");
    fixture
}

fn no_reason() -> Fixture {
    let mut fixture = shown(exported());
    fixture.press(Key::Function(9));
    fixture.press(Key::Enter);
    fixture
}

fn second_stroke() -> Fixture {
    let mut fixture = asks_why();
    write(&mut fixture, "ple");
    fixture.press(Key::Enter);
    fixture
}

fn reprinting() -> Fixture {
    let mut fixture = shown(exported());
    fixture.press(Key::Function(8));
    write(&mut fixture, "label torn");
    fixture.press(Key::Enter);
    fixture
}

fn printed() -> Fixture {
    let mut fixture = reprinting();
    tell(&mut fixture, unit::Told::Done { uid: UID, deed: DeedKind::Reprint, no_place_in: None });
    fixture
}

fn not_printed() -> Fixture {
    let mut fixture = reprinting();
    let fault = Fault::new(FaultCode::PrinterPaper, "tcp://printer-1 cannot print: it has no paper");
    tell(&mut fixture, unit::Told::Refused { uid: UID, deed: DeedKind::Reprint, fault });
    fixture
}
