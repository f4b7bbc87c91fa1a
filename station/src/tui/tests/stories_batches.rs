//! What messages and keys lead to on the page of batches.

use super::fixture::Fixture;
use super::picture::{cells, text};
use super::scenes::batches::{batch, listed, tell};
use crate::batches::Stage;
use crate::config::Flow;
use crate::engine::StepId;
use crate::fault::{Fault, FaultCode};
use crate::ledger::{BatchId, Digest, DueCounts};
use crate::tui::model::Page;
use crate::tui::msg::{Counts, Device, Ending, Key, Report};
use crate::tui::pages::Ask as AskPage;
use crate::tui::pages::batches::{Ask, Exported, Told};
use crate::tui::text::Language;
use crate::tui::{Effect, Msg};

fn ask(ask: Ask) -> Effect {
    Effect::Ask(AskPage::Batches(ask))
}

fn export(batch: &str, flavour: Flow) -> Effect {
    ask(Ask::Export(batch.into(), flavour))
}

fn shown(fixture: &Fixture) -> String {
    text(&cells(&fixture.model, 120, 40)).join("\n")
}

fn made(batch: &str) -> Told {
    Told::Exported(Exported {
        batch: BatchId::new(batch),
        flavour: Flow::LateBinding,
        file: "/data/batches/one.zip".to_owned(),
        sha256: Digest::of(b"one"),
    })
}

#[test]
fn the_ledger_is_asked_when_somebody_looks_and_when_modules_have_passed() {
    let mut fixture = Fixture::new(1);
    let counted = Msg::Counted(Counts::default());
    assert_eq!(fixture.tell(counted.clone()), [Effect::Draw], "nobody looks");
    assert_eq!(fixture.press(Key::Function(4)), [ask(Ask::List), Effect::Draw]);
    assert_eq!(fixture.tell(counted), [ask(Ask::Due)]);
    assert!(shown(&fixture).contains("The ledger has not answered yet."));
}

#[test]
fn a_batch_is_closed_by_the_second_stroke_and_its_file_is_a_key_away() {
    let mut fixture = listed(3);
    assert_eq!(fixture.press(Key::Char('c')), [Effect::Draw]);
    assert!(shown(&fixture).contains("Press C once more: close a batch. This cannot be undone."));
    assert_eq!(fixture.press(Key::Char('c')), [ask(Ask::Close), Effect::Draw]);
    tell(&mut fixture, Told::Stage(Stage::Reading { done: 10, total: 1034 }));
    assert!(shown(&fixture).contains("modules read: 10 of 1,034"));
    assert!(!shown(&fixture).contains("is closed"), "it is not, before the ledger has it");
    let effects = tell(&mut fixture, Told::Closed { batch: "WO-4711-4".into(), modules: 1034 });
    assert_eq!(effects, [ask(Ask::List), Effect::Draw]);
    assert!(shown(&fixture).contains("✔ Batch WO-4711-4 is closed. Modules in it: 1,034."));
    assert_eq!(fixture.press(Key::Char('e')), [Effect::Draw], "the checkpoint is under way");
    tell(&mut fixture, Told::Vouched(None));
    assert!(shown(&fixture).contains("The HSM has signed a checkpoint of the ledger."));
    tell(&mut fixture, Told::Batches((1..=4).rev().map(batch).collect()));
    assert_eq!(fixture.press(Key::Char('e')), [export("WO-4711-4", Flow::LateBinding), Effect::Draw]);
}

#[test]
fn a_batch_that_nobody_vouched_for_is_closed_all_the_same() {
    let mut fixture = listed(1);
    fixture.press(Key::Char('c'));
    fixture.press(Key::Char('c'));
    tell(&mut fixture, Told::Closed { batch: "WO-4711-2".into(), modules: 9 });
    tell(&mut fixture, Told::Vouched(Some(Fault::new(FaultCode::AuthorityClosed, "no PIN"))));
    for part in [
        "WO-4711-2 is closed",
        "closed all the same",
        "H-422  The CA is closed",
        "1. Call the security",
        "2. The next checkpoint is made by itself.",
    ] {
        assert!(shown(&fixture).contains(part), "{part} in {}", shown(&fixture));
    }
}

#[test]
fn where_nothing_waits_there_is_nothing_to_close() {
    let mut fixture = listed(3);
    tell(&mut fixture, Told::Due(DueCounts::default()));
    for _ in 0..3 {
        assert_eq!(fixture.press(Key::Char('c')), [Effect::Draw]);
    }
    assert!(!shown(&fixture).contains("once more"));
    assert!(shown(&fixture).contains("No module of order WO-4711 waits for a batch."));
}

#[test]
fn arrows_select_and_a_new_batch_does_not_move_the_mark() {
    let mut fixture = listed(20);
    let selected = |fixture: &mut Fixture| {
        let effects = fixture.press(Key::Char('o'));
        tell(fixture, Told::Faulted(Fault::new(FaultCode::BatchState, "x")));
        effects[0].clone()
    };
    assert_eq!(selected(&mut fixture), export("WO-4711-20", Flow::PreRegistration));
    fixture.press(Key::Up);
    assert_eq!(selected(&mut fixture), export("WO-4711-20", Flow::PreRegistration));
    fixture.press(Key::Down);
    fixture.press(Key::Down);
    assert_eq!(selected(&mut fixture), export("WO-4711-18", Flow::PreRegistration));
    tell(&mut fixture, Told::Batches((1..=21).rev().map(batch).collect()));
    assert_eq!(selected(&mut fixture), export("WO-4711-18", Flow::PreRegistration));
    for _ in 0..30 {
        fixture.press(Key::Down);
    }
    assert_eq!(selected(&mut fixture), export("WO-4711-1", Flow::PreRegistration));
}

#[test]
fn one_export_at_a_time_and_then_where_the_file_is() {
    let mut fixture = listed(3);
    fixture.press(Key::Char('e'));
    fixture.press(Key::Down);
    for key in ['e', 'o', 'c', 'c'] {
        assert_eq!(fixture.press(Key::Char(key)), [Effect::Draw], "{key}");
    }
    assert!(shown(&fixture).contains("▶ Exporting WO-4711-3, late binding"));
    assert!(shown(&fixture).contains("The next one can begin when this is done."));
    assert_eq!(tell(&mut fixture, made("WO-4711-3")), [ask(Ask::List), Effect::Draw]);
    for part in ["✔ Batch WO-4711-3 is exported", "/data/batches/one.zip", &Digest::of(b"one").to_string()]
    {
        assert!(shown(&fixture).contains(part), "{part}");
    }
    assert_eq!(fixture.press(Key::Char('e')), [export("WO-4711-2", Flow::LateBinding), Effect::Draw]);
    assert!(!shown(&fixture).contains("one.zip"), "that was the one before");
}

#[test]
fn a_fault_is_told_with_what_to_do_and_what_was_said_in_every_language() {
    for (language, title) in [
        (Language::English, "F-510  The batch cannot be made"),
        (Language::Chinese, "F-510  无法生成批次"),
        (Language::Spanish, "F-510  No se puede hacer el lote"),
        (Language::Vietnamese, "F-510  Không tạo được lô"),
    ] {
        let mut fixture = listed(3);
        fixture.model.language = language;
        fixture.press(Key::Char('e'));
        let said = "batch WO-4711-3 does not come out as it was closed";
        tell(&mut fixture, Told::Faulted(Fault::new(FaultCode::BatchState, said)));
        for part in [title, "1. ", said] {
            assert!(shown(&fixture).contains(part), "{part} in {}", shown(&fixture));
        }
    }
}

#[test]
fn a_ledger_that_does_not_answer_is_no_end_of_the_work() {
    let mut fixture = listed(3);
    fixture.press(Key::Char('e'));
    tell(&mut fixture, Told::Unanswered(Fault::new(FaultCode::LedgerOpen, "x")));
    assert!(shown(&fixture).contains("▶ Exporting"));
    tell(&mut fixture, made("WO-4711-3"));
    tell(&mut fixture, Told::Unanswered(Fault::new(FaultCode::LedgerOpen, "x")));
    assert!(!shown(&fixture).contains("one.zip") && shown(&fixture).contains("R-601"), "{}", shown(&fixture));
}

#[test]
fn nobody_leaves_before_the_file_is_written() {
    let mut fixture = listed(3);
    fixture.press(Key::Char('e'));
    fixture.press(Key::Esc);
    assert_eq!(fixture.tell(Msg::Ended(Ending::Well)), [Effect::Draw]);
    assert_eq!(fixture.press(Key::Char('q')), [Effect::Draw]);
    assert_eq!(fixture.model.page, Page::Batches);
    assert!(shown(&fixture).contains("The program ends when this is done."));
    assert_eq!(tell(&mut fixture, made("WO-4711-3")), [Effect::Leave, Effect::Draw]);

    // As well if the line was told to stop, and ends, while the file is made.
    let mut fixture = listed(3);
    fixture.press(Key::Char('e'));
    fixture.press(Key::Ctrl('c'));
    assert_eq!(fixture.tell(Msg::Ended(Ending::Well)), [Effect::Draw]);
    assert_eq!(
        tell(&mut fixture, Told::Faulted(Fault::new(FaultCode::FileWrite, "x"))),
        [Effect::Leave, Effect::Draw]
    );
}

#[test]
fn the_line_goes_on_while_a_file_is_made() {
    let mut fixture = listed(3);
    fixture.press(Key::Char('e'));
    let run = fixture.run("1", StepId::Seal);
    tell(&mut fixture, Told::Stage(Stage::Writing));
    let effects = fixture.hear(super::fixture::passed("1", run, "ab"));
    assert!(effects.contains(&Effect::Count));
    assert!(shown(&fixture).contains("▶ Slot 1: passed, take the module out"));
}

#[test]
fn the_light_of_the_last_export_is_that_of_the_ledger() {
    let mut fixture = listed(3);
    let now = fixture.model.now.now;
    fixture.tell(Msg::Device(Device::Export, Report::Exported(Some(now))));
    assert!(shown(&fixture).contains("● Export 0 s ago"), "{}", shown(&fixture));
}

#[test]
fn what_is_said_fits_on_the_smallest_screen_in_all_languages() {
    for language in Language::ALL {
        let mut fixture = listed(3);
        fixture.model.language = language;
        fixture.press(Key::Char('e'));
        tell(&mut fixture, Told::Stage(Stage::Reading { done: 99_999, total: 100_000 }));
        let rows = text(&cells(&fixture.model, 80, 24));
        // The header above it is not this page's.
        assert!(rows[3..].iter().all(|row| !row.contains('…')), "{}", rows.join("\n"));
        let mut fixture = listed(3);
        fixture.model.language = language;
        fixture.press(Key::Char('c'));
        let rows = text(&cells(&fixture.model, 80, 24));
        assert!(!rows[22].contains('…'), "{}", rows[22]);
    }
}
