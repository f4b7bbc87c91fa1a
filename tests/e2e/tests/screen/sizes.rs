//! Terminals of any size, and without colours.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::person::{LIMIT, Person, SIZE};
use e2e::terminal::{Colour, Frame, Key, Size};

/// So long nothing may be written for a frame to be whole.
const STILL: Duration = Duration::from_millis(150);

#[test]
fn a_terminal_of_any_size_will_do() -> Result<()> {
    let mut person = Person::at_work(1)?;
    person.sees("Slot 1: put a module in")?;
    for (columns, rows) in [(20, 5), (1, 1), (240, 67), (40, 10), (3, 40), (200, 2)] {
        person.terminal.resize(Size { columns, rows })?;
        let some = |frame: &Frame| !frame.to_string().trim().is_empty();
        let frame = person.terminal.wait_until("anything", LIMIT, some)?;
        ensure!(frame.rows.len() == usize::from(rows), "{frame}");
    }
    person.terminal.resize(Size { columns: 20, rows: 5 })?;
    person.terminal.wait_until("what to do", LIMIT, |frame| {
        let words = frame.lines().join(" ");
        words.contains("put a module") && words.contains("Slot 1")
    })?;
    person.terminal.resize(SIZE)?;
    whole(&person)?;

    // While every frame differs from the one before.
    person.bench.put_fresh("1")?;
    person.sees("Flash")?;
    for (columns, rows) in [(20, 5), (1, 1), (120, 40), (2, 2), (80, 24), (1, 30), (100, 1)] {
        person.terminal.resize(Size { columns, rows })?;
        person.terminal.resize(SIZE)?;
    }
    person.leaves()?;
    let shown = person.ends(0)?;
    ensure!(shown.contains("1 passed"), "{shown}");
    Ok(())
}

#[test]
fn without_colours_words_shapes_and_letters_are_left() -> Result<()> {
    let rig = Person::rig(1, 1)?;
    let mut command = rig.command("station", &["run"])?;
    command.env("NO_COLOR", "1");
    let mut person = Person::before(rig, &command, SIZE)?;
    person.puts_in()?;
    let frame = person.sees("PASS")?;
    let coloured =
        frame.rows.iter().flatten().find(|cell| {
            (cell.style.foreground, cell.style.background) != (Colour::Default, Colour::Default)
        });
    ensure!(coloured.is_none(), "{coloured:?} in\n{frame}");
    // What is filled with a colour otherwise stands out by changed places, and headings are bold.
    ensure!(frame.find("PASS").context("no PASS")?[0].style.inverse, "a pass looks like any text");
    ensure!(frame.find("Order WO-1").context("no order")?[0].style.bold, "a heading looks like any text");
    person.leaves()?;
    person.ends(0).map(drop)
}

/// Checks that a screen which has changed its size lacks nothing: the same drawn anew is the same.
fn whole(person: &Person) -> Result<()> {
    person.terminal.wait_until("the whole line", LIMIT, |frame| {
        let shown = frame.to_string();
        ["Order WO-1", "Slot 1", "HSM", "Disk", "▶", "language"].iter().all(|text| shown.contains(text))
    })?;
    let before = person.terminal.settled(STILL, LIMIT)?;
    // What another program writes stays until all is drawn again.
    fs::write(format!("/proc/{}/fd/1", person.terminal.id()), "\x1b[3;5Hwords from elsewhere")?;
    person.sees("words from elsewhere")?;
    person.terminal.press(Key::Control('l'))?;
    person
        .terminal
        .wait_until("the same again", LIMIT, |frame| without_numbers(frame) == without_numbers(&before))?;
    // A terminal that does not answer would hold the screen up.
    ensure!(person.terminal.questions() == 0, "the terminal was asked something");
    Ok(())
}

/// Room on the disk may change from one moment to the next.
fn without_numbers(frame: &Frame) -> String {
    frame.to_string().chars().map(|letter| if letter.is_ascii_digit() { '#' } else { letter }).collect()
}
