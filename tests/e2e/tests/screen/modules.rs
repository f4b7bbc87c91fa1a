//! Modules that pass, that fail, that are tried again.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::person::{LIMIT, Person};
use e2e::terminal::{Cell, Frame, Key};
use virtual_bench::fault::Fault;

#[test]
fn a_module_passes_after_another_failed() -> Result<()> {
    let mut person = Person::at_work(2)?;
    person.sees("Slot 1: put a module in")?;
    person.bench.fault("1", Fault::PaperOut)?;
    person.bench.put_fresh("1")?;
    person.sees("Flash")?;
    // The printer's light may tell of it before the run has ended.
    person.sees("ERROR")?;
    bells(&person, 1)?;
    person.terminal.type_text("f")?;
    person.sees_all(&[
        "F-522  The printer has no labels",
        "Put a new roll of labels into the printer.",
        "What becomes of the module",
        "It may be tried again at once.",
    ])?;
    person.terminal.type_text("e")?;
    person.sees("Causes, outermost first")?;
    person.terminal.press(Key::Escape)?;
    person.sees("Slot 1: put the module in again")?;

    // In again by hand.
    person.bench.clear("1")?;
    let module = person.takes_out()?;
    person.bench.put_module("1", &module)?;
    person.sees("PASS")?;
    bells(&person, 2)?;

    // And another one that is tried again where it is.
    person.takes_out()?;
    person.bench.fault("1", Fault::PrinterOff)?;
    person.bench.put_fresh("1")?;
    person.sees_all(&["ERROR", "F-521"])?;
    person.bench.clear("1")?;
    person.terminal.type_text("r")?;
    person.leaves()?;
    // Not all went well, and the exit code says so.
    let shown = person.ends(1)?;
    ensure!(shown.contains("2 passed, 0 failed, 2 errors"), "{shown}");
    ensure!(person.terminal.bells() == 4, "{} bells", person.terminal.bells());
    Ok(())
}

#[test]
fn a_person_who_reads_chinese_is_told_what_to_do_in_chinese() -> Result<()> {
    let mut person = Person::at_slots(1, 1, &["run", "--language", "zh"])?;
    person.sees("工位 1：放入模块")?;
    // Neither bell is wanted.
    person.terminal.type_text("bB")?;
    person.bench.fault("1", Fault::ScannerOff)?;
    person.bench.put_fresh("1")?;
    person.sees_all(&["ERROR", "F-531"])?;
    person.terminal.wait_until("a card with straight edges", LIMIT, edges_are_straight)?;
    person.terminal.press(Key::Enter)?;
    let remedies = ["检查扫码器的线。", "然后重新放入模块。", "按 R 无需取出即可重试。"];
    let page = person.sees_all(&remedies)?;
    for text in remedies {
        let cells = page.find(text).with_context(|| format!("no {text}:\n{page}"))?;
        ensure!(cells.iter().any(|cell| cell.wide), "narrow characters: {text}");
    }
    person.bench.clear("1")?;
    person.terminal.type_text("r")?;
    person.sees("工单已完成。取出模块，按 Q 退出。")?;
    person.terminal.type_text("q")?;
    person.ends(1)?;
    ensure!(person.terminal.bells() == 0, "{} bells", person.terminal.bells());
    Ok(())
}

/// A bell comes with the frame that shows why, or right behind it.
fn bells(person: &Person, count: u32) -> Result<()> {
    person.terminal.settled(Duration::from_millis(50), LIMIT)?;
    ensure!(person.terminal.bells() == count, "{} bells, not {count}", person.terminal.bells());
    Ok(())
}

/// Whether the right edge of the only card is in one column on all of its rows, whatever stands between.
fn edges_are_straight(frame: &Frame) -> bool {
    let places = |row: &[Cell], texts: [&str; 2]| -> Vec<usize> {
        let cells = row.iter().enumerate();
        cells.filter(|(_, cell)| texts.contains(&cell.text.as_str())).map(|(place, _)| place).collect()
    };
    let corners = |texts| frame.rows.iter().position(|row| places(row, texts).len() == 2);
    let (Some(top), Some(bottom)) = (corners(["┏", "┓"]), corners(["┗", "┛"])) else { return false };
    let edges = places(&frame.rows[top], ["┏", "┓"]);
    frame.rows[top + 1..bottom].iter().all(|row| places(row, ["┃", "┃"]) == edges)
}
