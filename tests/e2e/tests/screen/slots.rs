//! Eight slots, with trouble in some.

use anyhow::{Result, ensure};
use e2e::person::{LIMIT, Person};
use e2e::terminal::Key;
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
    person.terminal.press(Key::Right)?;
    person.terminal.type_text("r")?;
    person.sees("6 of 8")?;
    for _ in 0..5 {
        person.terminal.press(Key::Right)?;
    }
    person.terminal.type_text("r")?;
    person.sees("7 of 8")?;
    person.terminal.press(Key::Left)?;
    person.terminal.press(Key::Left)?;
    person.terminal.type_text("f")?;
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

fn count(frame: &e2e::terminal::Frame, text: &str) -> usize {
    frame.to_string().matches(text).count()
}
