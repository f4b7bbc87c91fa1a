//! The security officer before the screen of a running line: closes the CA and opens it again, with a PIN
//! that is typed on the page and is nowhere afterwards.

use std::fs;

use anyhow::{Result, ensure};
use e2e::memory::{forgotten, places};
use e2e::person::{LIMIT, Person};
use e2e::record::{Recorded, events, passed};
use e2e::rig::{OPERATOR, USER_PIN};
use e2e::scenario::record::check_traces;
use e2e::terminal::{Key, Size};

pub(super) const SIZE: Size = Size { columns: 100, rows: 40 };
/// As no other text in any program, and not the PIN.
const WRONG_PIN: &str = "mistyped-pin-canary-5501";

/// At a line with one slot, whose officer has opened the CA for so many certificates.
fn attended(certificates: u32) -> Result<Person> {
    let rig = Person::rig(1, 4)?;
    let events = rig.path().join("events.ndjson").display().to_string();
    let certificates = certificates.to_string();
    let arguments = ["run", "--open-certificates", &certificates, "--events", &events];
    let person = Person::at(rig, &arguments, SIZE)?;
    person.sees("Slot 1: put a module in")?;
    Ok(person)
}

/// Says who opens the CA, for how long and how many, up to the question for the PIN.
fn say(person: &Person, certificates: &str) -> Result<()> {
    person.terminal.type_text("o")?;
    person.sees("Officer's name:")?;
    person.enters("Ana Officer")?;
    person.terminal.press(Key::Enter)?;
    person.terminal.press(Key::Control('u'))?;
    person.enters(certificates)?;
    person.sees("PIN of the HSM:").map(drop)
}

/// Closes the CA and begins to open it again, for one certificate, up to the question for the PIN.
pub(super) fn opened_again(person: &Person) -> Result<()> {
    person.terminal.press(Key::Function(5))?;
    person.sees("OPEN until")?;
    person.terminal.press_twice("c")?;
    person.sees("The CA is closed")?;
    say(person, "1")
}

/// Waits until the PIN is nowhere in the station's memory.
fn forgets(person: &Person, pin: &str) -> Result<()> {
    forgotten(person.terminal.id(), pin, LIMIT)
}

/// Leaves a line that still has something to do, and a module in its slot.
fn leave(person: &mut Person, code: i32) -> Result<()> {
    person.terminal.press_twice("q")?;
    person.leaves_modules()?;
    person.ends(code).map(drop)
}

#[test]
fn a_spent_ca_is_opened_again_and_the_module_that_was_turned_away_passes() -> Result<()> {
    let mut person = attended(1)?;
    person.bench.put_fresh("1")?;
    person.sees("PASS")?;
    person.takes_out()?;
    person.puts_in()?;
    person.sees("H-423")?;
    let module = person.bench.take("1")?;

    person.terminal.press(Key::Function(5))?;
    person.sees("SPENT")?;
    say(&person, "2")?;
    person.terminal.type_text(WRONG_PIN)?;
    // As many dots, and no letter of it.
    let typed = person.sees(&"•".repeat(WRONG_PIN.len()))?;
    ensure!(!typed.to_string().contains("mistyped"), "the PIN is shown:\n{typed}");
    person.terminal.press(Key::Enter)?;
    let refused = person.sees("H-403")?.to_string();
    ensure!(refused.contains("a wrong PIN was given"), "the tries are not shown:\n{refused}");
    person.sees("CLOSED")?;
    forgets(&person, WRONG_PIN)?;
    forgets(&person, USER_PIN)?;

    say(&person, "2")?;
    person.terminal.type_text(USER_PIN)?;
    person.terminal.press(Key::Enter)?;
    person.sees("The CA is open")?;
    // Without this, finding nothing would prove nothing.
    ensure!(!places(person.terminal.id(), USER_PIN)?.is_empty(), "the PIN is not where it must be");
    person.terminal.press(Key::Escape)?;
    person.sees("Slot 1: put a module in")?;
    person.bench.put_module("1", &module)?;
    person.sees("PASS")?;

    // Two strokes close it, and the PIN is gone while the program goes on.
    person.terminal.press(Key::Function(5))?;
    person.sees("OPEN until")?;
    person.terminal.press_twice("c")?;
    person.sees("The CA is closed")?;
    forgets(&person, USER_PIN)?;
    person.terminal.press(Key::Escape)?;
    person.bench.take("1")?;
    // No further module is asked for; one that is put in all the same is turned away.
    person.sees("The CA is closed: the security officer opens it with F5.")?;
    person.bench.put_fresh("1")?;
    person.sees("H-422")?;
    leave(&mut person, 1)?;

    let of = |kind: &str| -> Result<Vec<_>> {
        let number = |event: Recorded| (event.operator, event.payload["certificates"].as_u64());
        Ok(events(&person.rig, kind)?.into_iter().map(number).collect())
    };
    let opened = of("authority-opened")?;
    let both = [(OPERATOR, 1), ("Ana Officer", 2)].map(|(who, number)| (who.to_owned(), Some(number)));
    ensure!(opened == both, "{opened:?}");
    let closed: Vec<_> = of("authority-closed")?.into_iter().map(|(_, number)| number).collect();
    ensure!(closed == [Some(1), Some(1)], "{closed:?}");
    let told = fs::read_to_string(person.rig.path().join("events.ndjson"))?;
    ensure!(!told.contains(USER_PIN) && !told.contains(WRONG_PIN), "a PIN is in the events");
    let passed = passed(&person.rig)?;
    ensure!(passed == 2, "{passed} passed");
    check_traces(&person.rig)
}

#[test]
fn a_pin_that_is_given_up_or_typed_too_early_opens_nothing() -> Result<()> {
    let mut person = attended(1)?;
    opened_again(&person)?;
    person.terminal.type_text(WRONG_PIN)?;
    person.terminal.press(Key::Escape)?;
    person.sees("The PIN was not given.")?;
    forgets(&person, WRONG_PIN)?;

    // All in one go: what comes before the question is no answer to it, and no command either.
    person.terminal.type_text("oAna\r\r\u{15}1\rqqqq\r")?;
    person.sees("PIN of the HSM:")?;
    person.terminal.type_text(USER_PIN)?;
    // What comes after Enter is no command.
    person.terminal.type_text("\rqqqq")?;
    person.sees("The CA is open")?;
    person.terminal.press(Key::Escape)?;
    person.bench.put_fresh("1")?;
    person.sees("PASS")?;
    leave(&mut person, 0)?;
    check_traces(&person.rig)
}
