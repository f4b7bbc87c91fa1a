//! Eight slots, with trouble in some.

use anyhow::{Result, bail, ensure};
use e2e::person::{LIMIT, Person};
use e2e::terminal::{Frame, Key};
use virtual_bench::fault::Fault;

const SLOTS: usize = 8;

#[test]
fn eight_slots_work_at_once_and_trouble_in_three_leaves_five_alone() -> Result<()> {
    let mut person = Person::at_slots(SLOTS, 8, &["run"])?;
    person
        .terminal
        .wait_until("eight empty slots", LIMIT, |frame| count(frame, "Put a module in") == SLOTS)?;
    let troubles = [
        ("2", Fault::PaperOut, "F-522"),
        ("5", Fault::WrongChip, "P-304"),
        ("7", Fault::ScannerOff, "F-531"),
    ];
    for (slot, fault, _) in &troubles {
        person.bench.fault(slot, fault.clone())?;
    }
    for slot in 1..=SLOTS {
        person.bench.put_fresh(&slot.to_string())?;
    }
    person.terminal.wait_until("five passes and three faults", LIMIT, |frame| {
        count(frame, "PASS") == 5 && count(frame, "ERROR") == 3
    })?;
    person.sees_all(&["5 of 8", "F-522", "P-304", "F-531", "Slot 8"])?;

    // Two are tried again where they are; the one with the wrong chip is not offered that, and gets out.
    for (slot, _, _) in &troubles {
        person.bench.clear(slot)?;
    }
    for (slot, counted) in [("2", "6 of 8"), ("7", "7 of 8")] {
        look_at_fault(&person, slot)?;
        person.terminal.type_text("r")?;
        person.sees(counted)?;
    }
    look_at_fault(&person, "5")?;
    person.sees("Put the module into the quarantine tray.")?;
    person.terminal.press(Key::Escape)?;
    let module = person.bench.take("5")?;
    person.terminal.wait_until("an empty slot", LIMIT, |frame| count(frame, "Put a module in") == 1)?;
    person.bench.put_module("5", &module)?;
    person.sees("8 of 8")?;
    person.leaves()?;
    let shown = person.ends(1)?;
    ensure!(shown.contains("8 passed, 0 failed, 3 errors"), "{shown}");
    person.rig.succeed(&["ledger", "verify"], "").map(drop)
}

/// Turns to the fault of a slot: F begins with the one that the screen asks for, and goes on to the next.
fn look_at_fault(person: &Person, slot: &str) -> Result<()> {
    let wanted = format!("Slot {slot} ·");
    for _ in 0..4 {
        let before = of_fault(&person.terminal.frame());
        person.terminal.type_text("f")?;
        let other = |frame: &Frame| of_fault(frame).is_some() && of_fault(frame) != before;
        let frame = person.terminal.wait_until("the fault of another slot", LIMIT, other)?;
        if of_fault(&frame).as_ref() == Some(&wanted) {
            return Ok(());
        }
    }
    bail!("no fault of slot {slot} is shown: {}", person.terminal.frame())
}

/// The slot whose fault is on the page.
fn of_fault(frame: &Frame) -> Option<String> {
    let shown = frame.to_string();
    let at = shown.lines().find_map(|line| Some(line.get(line.find("Slot ")?..)?.to_owned()))?;
    let end = at.find('·')? + '·'.len_utf8();
    at.get(..end).map(str::to_owned)
}

fn count(frame: &Frame, text: &str) -> usize {
    frame.to_string().matches(text).count()
}
