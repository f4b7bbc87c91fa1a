//! Notable states of the page of batches.

use time::macros::datetime;

use crate::batches::Stage;
use crate::config::Flow;
use crate::fault::{Fault, FaultCode};
use crate::ledger::{BatchExport, BatchSummary, Digest, DueCounts};
use crate::tui::Msg;
use crate::tui::msg::Key;
use crate::tui::pages::Told as ToldPage;
use crate::tui::pages::batches::{Exported, Told};
use crate::tui::tests::fixture::Fixture;
use crate::tui::tests::golden::Scene;

pub(in crate::tui::tests) const SCENES: &[Scene] = &[
    ("batches-unheard", unheard),
    ("batches", || listed(3)),
    ("batches-many", many),
    ("batches-reading", || at_work(Some(Stage::Reading { done: 612, total: 1034 }))),
    ("batches-signing", || at_work(Some(Stage::Signing))),
    ("batches-closed", closed),
    ("batches-not-vouched", not_vouched),
    ("batches-exported", exported),
    ("batches-empty", empty),
];

pub(in crate::tui::tests) fn tell(fixture: &mut Fixture, told: Told) -> Vec<crate::tui::Effect> {
    fixture.tell(Msg::Page(ToldPage::Batches(told)))
}

/// A batch that was exported, if its number is even, in both flavours, if it can be divided by four.
pub(in crate::tui::tests) fn batch(number: u32) -> BatchSummary {
    let id = format!("WO-4711-{number}");
    let closed = datetime!(2026-02-20 14:05 UTC) + time::Duration::hours(number.into());
    let file = |flavour: Flow| BatchExport {
        flavour: flavour.name().to_owned(),
        file_name: format!("{id}-{}.zip", flavour.name()),
        sha256: Digest::of(id.as_bytes()),
        exported: closed + time::Duration::minutes(2),
    };
    let mut exports = Vec::new();
    exports.extend(number.is_multiple_of(4).then(|| file(Flow::PreRegistration)));
    exports.extend(number.is_multiple_of(2).then(|| file(Flow::LateBinding)));
    BatchSummary {
        id: id.as_str().into(),
        order: "WO-4711".into(),
        flow: Flow::LateBinding.name().to_owned(),
        customer: "Example OEM".to_owned(),
        modules: 1000 + u64::from(number),
        closed,
        exports,
    }
}

fn unheard() -> Fixture {
    let mut fixture = Fixture::new(4);
    fixture.lights();
    fixture.press(Key::Function(4));
    fixture
}

/// The page, with so many batches, the newest of which was not exported.
pub(in crate::tui::tests) fn listed(batches: u32) -> Fixture {
    let mut fixture = unheard();
    fixture.empty("1");
    tell(&mut fixture, Told::Due(DueCounts { passed: 1029, void: 4, withdrawn: 1 }));
    tell(&mut fixture, Told::Batches((1..=batches).rev().map(batch).collect()));
    fixture
}

fn many() -> Fixture {
    let mut fixture = listed(50);
    for _ in 0..18 {
        fixture.press(Key::Down);
    }
    fixture
}

fn empty() -> Fixture {
    let mut fixture = unheard();
    tell(&mut fixture, Told::Due(DueCounts::default()));
    tell(&mut fixture, Told::Batches(Vec::new()));
    fixture
}

fn at_work(stage: Option<Stage>) -> Fixture {
    let mut fixture = listed(3);
    fixture.press(Key::Char('e'));
    if let Some(stage) = stage {
        tell(&mut fixture, Told::Stage(stage));
    }
    fixture
}

fn closed() -> Fixture {
    let mut fixture = listed(3);
    fixture.press(Key::Char('c'));
    fixture.press(Key::Char('c'));
    tell(&mut fixture, Told::Closed { batch: "WO-4711-4".into(), modules: 1034 });
    fixture
}

fn not_vouched() -> Fixture {
    let mut fixture = closed();
    let fault = Fault::new(FaultCode::AuthorityClosed, "the checkpoint was not signed");
    tell(&mut fixture, Told::Vouched(Some(fault)));
    fixture
}

fn exported() -> Fixture {
    let mut fixture = at_work(None);
    let file = BatchExport {
        flavour: Flow::LateBinding.name().to_owned(),
        file_name: "WO-4711-3-late-binding.zip".to_owned(),
        sha256: Digest::of(b"a file"),
        exported: fixture.model.now.now,
    };
    let exported = Exported {
        batch: "WO-4711-3".into(),
        flavour: Flow::LateBinding,
        file: format!("/var/lib/station/data/batches/{}", file.file_name),
        sha256: file.sha256,
    };
    tell(&mut fixture, Told::Exported(exported));
    let mut batches: Vec<_> = (1..=3).rev().map(batch).collect();
    batches[0].exports.push(file);
    tell(&mut fixture, Told::Batches(batches));
    fixture
}
