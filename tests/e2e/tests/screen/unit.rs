//! The page of one module before a person: a module of the bench is looked for, its label printed again, and
//! its certificate made void, while the line goes on.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use e2e::person::Person;
use e2e::record::passed;
use e2e::rig::Order;
use e2e::terminal::{Key, Size};
use e2e::{Rig, Terminal};

const SIZE: Size = Size { columns: 120, rows: 40 };

/// Asks for a deed and gives its reason.
fn ask(person: &Person, key: u8, question: &str, reason: &str) -> Result<()> {
    person.terminal.press(Key::Function(key))?;
    person.sees(question)?;
    person.terminal.type_by_hand(reason)?;
    person.terminal.press(Key::Enter)
}

/// How many labels the printer of slot 1 has printed.
fn labels(rig: &Rig) -> Result<usize> {
    Ok(fs::read_dir(rig.bench_path().join("slot-1/labels"))?.count())
}

#[test]
fn a_module_is_found_its_label_printed_again_and_its_certificate_made_void() -> Result<()> {
    let rig = Rig::new(1)?;
    rig.open_order(&Order { quantity: 2, ..Order::default() })?;
    let mut person = Person::at(rig, &["--operator", "Ana", "run"], SIZE)?;
    person.puts_in()?;
    person.sees("PASS")?;
    person.bench.take("1")?;
    let listed = person.rig.succeed(&["unit", "list"], "")?;
    let uid = listed.split_whitespace().next().context("a module")?.to_owned();

    // A part of the UID is enough, typed as a person reads it off the label.
    person.terminal.press(Key::Function(3))?;
    person.sees("Find:")?;
    person.terminal.type_text(&format!("{} {}", &uid[8..12], &uid[12..16]))?;
    person.terminal.press(Key::Enter)?;
    person.sees("Passed, in no batch yet")?;
    person.sees(&uid)?;
    person.sees("Label read back")?;
    person.terminal.press(Key::Right)?;
    person.sees("Not void")?;

    let before = labels(&person.rig)?;
    ask(&person, 8, "print label, because:", "label torn")?;
    person.sees("Label printed again")?;
    ensure!(labels(&person.rig)? > before, "{before} labels before");

    ask(&person, 9, "make void, because:", "sold as a sample")?;
    person.sees("Press F9 once more: make void.")?;
    let untouched = person.rig.succeed(&["unit", "list"], "")?;
    ensure!(untouched.contains("passed"), "the reason alone did it: {untouched}");
    Terminal::read_the_question();
    person.terminal.press(Key::Function(9))?;
    person.sees("Void since")?;
    person.sees("Never ship it.")?;
    let story = person.rig.succeed(&["unit", "show", &uid], "")?;
    for part in ["void", "sold as a sample", "label torn", "Ana"] {
        ensure!(story.contains(part), "{part} in {story}");
    }

    // The line was not disturbed, and its order wants two others.
    person.terminal.press(Key::Escape)?;
    person.puts_in()?;
    person.sees("Slot 1: passed, take the module out")?;
    person.takes_out()?;
    person.puts_in()?;
    person.sees("The order is complete.")?;
    ensure!(passed(&person.rig)? == 2, "the one that is void counts");
    person.terminal.type_text("q")?;
    person.ends(0).map(drop)
}
