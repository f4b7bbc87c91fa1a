//! The page of one module before a person: a module of the bench is looked for, its label printed again, and
//! its certificate made void, while the line goes on.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::rig::{Order, USER_PIN};
use e2e::terminal::{Key, Size, exited};
use e2e::{Rig, Terminal};

const SIZE: Size = Size { columns: 120, rows: 40 };
const LIMIT: Duration = Duration::from_mins(2);

/// Asks for a deed and gives its reason.
fn ask(terminal: &Terminal, key: u8, question: &str, reason: &str) -> Result<()> {
    terminal.press(Key::Function(key))?;
    terminal.wait_for(question, LIMIT)?;
    terminal.type_by_hand(reason)?;
    terminal.press(Key::Enter)
}

/// How many labels the printer of slot 1 has printed.
fn labels(rig: &Rig) -> Result<usize> {
    Ok(fs::read_dir(rig.bench_path().join("slot-1/labels"))?.count())
}

#[test]
fn a_module_is_found_its_label_printed_again_and_its_certificate_made_void() -> Result<()> {
    let rig = Rig::new(1)?;
    rig.open_order(&Order { quantity: 2, ..Order::default() })?;
    let mut bench = rig.bench()?;
    let mut terminal = rig.start_in_terminal(&["--operator", "Ana", "run"], SIZE)?;
    terminal.wait_for("PIN of the HSM", LIMIT)?;
    terminal.type_text(USER_PIN)?;
    terminal.press(Key::Enter)?;
    terminal.wait_for("Slot 1: put a module in", LIMIT)?;
    bench.put_fresh("1")?;
    terminal.wait_for("PASS", LIMIT)?;
    bench.take("1")?;
    let listed = rig.succeed(&["unit", "list"], "")?;
    let uid = listed.split_whitespace().next().context("a module")?.to_owned();

    // A part of the UID is enough, typed as a person reads it off the label.
    terminal.press(Key::Function(3))?;
    terminal.wait_for("Find:", LIMIT)?;
    terminal.type_text(&format!("{} {}", &uid[8..12], &uid[12..16]))?;
    terminal.press(Key::Enter)?;
    terminal.wait_for("Passed, in no batch yet", LIMIT)?;
    terminal.wait_for(&uid, LIMIT)?;
    terminal.wait_for("Label read back", LIMIT)?;
    terminal.press(Key::Right)?;
    terminal.wait_for("Not void", LIMIT)?;

    let before = labels(&rig)?;
    ask(&terminal, 8, "print label, because:", "label torn")?;
    terminal.wait_for("Label printed again", LIMIT)?;
    ensure!(labels(&rig)? > before, "{before} labels before");

    ask(&terminal, 9, "make void, because:", "sold as a sample")?;
    terminal.wait_for("Press F9 once more: make void.", LIMIT)?;
    let untouched = rig.succeed(&["unit", "list"], "")?;
    ensure!(untouched.contains("passed"), "the reason alone did it: {untouched}");
    Terminal::read_the_question();
    terminal.press(Key::Function(9))?;
    terminal.wait_for("Void since", LIMIT)?;
    terminal.wait_for("Never ship it.", LIMIT)?;
    let story = rig.succeed(&["unit", "show", &uid], "")?;
    for part in ["void", "sold as a sample", "label torn", "Ana"] {
        ensure!(story.contains(part), "{part} in {story}");
    }

    // The line was not disturbed, and its order wants two others.
    terminal.press(Key::Escape)?;
    terminal.wait_for("Slot 1: put a module in", LIMIT)?;
    bench.put_fresh("1")?;
    terminal.wait_for("Slot 1: passed, take the module out", LIMIT)?;
    bench.take("1")?;
    terminal.wait_for("Slot 1: put a module in", LIMIT)?;
    bench.put_fresh("1")?;
    terminal.wait_for("The order is complete.", LIMIT)?;
    let order = rig.succeed(&["order", "show", "--json"], "")?;
    let order: serde_json::Value = serde_json::from_str(&order)?;
    ensure!(order["progress"]["passed"] == 2, "{order}");
    terminal.type_text("q")?;
    exited(terminal.wait(LIMIT)?, 0)?;
    terminal.left_whole()
}
