//! Every way in which somebody ends it.

use anyhow::{Result, ensure};
use e2e::Rig;
use e2e::person::{LIMIT, Person, SIZE, ends_well, give};
use e2e::rig::Order;
use e2e::terminal::Key;
use rustix::process::Signal;

#[test]
fn control_c_in_an_irreversible_step_says_so_and_ends_after_it() -> Result<()> {
    let mut person = Person::at_work(4)?;
    person.puts_in()?;
    person.sees("Seal 8 of 11")?;
    person.terminal.press(Key::Control('c'))?;
    person.sees("What has begun is not interrupted.")?;
    person.leaves_modules()?;
    let shown = person.ends(0)?;
    ensure!(shown.contains("1 passed"), "{shown}");
    person.rig.succeed(&["ledger", "verify"], "").map(drop)
}

#[test]
fn q_wants_two_strokes_and_ends_after_the_module() -> Result<()> {
    let mut person = Person::at_work(4)?;
    person.puts_in()?;
    person.sees("Flash")?;
    person.terminal.type_text("q")?;
    person.sees("Press Q once more")?;
    // Another key takes it back.
    person.terminal.press(Key::Right)?;
    person.sees("Nothing to do: the slots are at work")?;
    person.terminal.press_twice("q")?;
    person.sees("What has begun is not interrupted.")?;
    person.sees("PASS")?;
    person.leaves_modules()?;
    let shown = person.ends(0)?;
    ensure!(shown.contains("1 passed"), "{shown}");
    Ok(())
}

#[test]
fn a_station_that_is_asked_to_end_ends_after_the_module() -> Result<()> {
    let mut person = Person::at_work(4)?;
    person.puts_in()?;
    person.sees("Flash")?;
    person.terminal.signal(Signal::TERM)?;
    person.sees("Still at work: slot 1.")?;
    let shown = person.ends(0)?;
    ensure!(shown.contains("1 passed"), "{shown}");

    // And at once, when none is under way.
    let terminal = person.rig.start_in_terminal(&["run"], SIZE)?;
    person.terminal = terminal;
    give(&person.terminal, e2e::rig::USER_PIN)?;
    person.takes_out()?;
    person.terminal.signal(Signal::TERM)?;
    let shown = person.ends(0)?;
    ensure!(shown.contains("0 passed"), "{shown}");
    Ok(())
}

#[test]
fn a_pin_that_is_wrong_or_not_given_ends_it() -> Result<()> {
    let rig = Rig::new(1)?;
    rig.open_order(&Order::default())?;
    let mut terminal = rig.start_in_terminal(&["run"], SIZE)?;
    give(&terminal, "another-pin")?;
    let shown = ends_well(&mut terminal, 3)?;
    ensure!(shown.contains("H-403") && !shown.contains("another-pin"), "{shown}");

    let mut terminal = rig.start_in_terminal(&["run"], SIZE)?;
    terminal.wait_for("PIN of the HSM", LIMIT)?;
    terminal.press(Key::Control('c'))?;
    let shown = ends_well(&mut terminal, 3)?;
    ensure!(shown.contains("H-412"), "{shown}");
    Ok(())
}
