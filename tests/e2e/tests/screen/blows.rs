//! Ends that nobody asked for: panics, SIGKILL, a terminal that is closed.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;

use anyhow::{Result, ensure};
use e2e::person::{LIMIT, Person, SIZE};
use e2e::record::passed;
use rustix::process::Signal;
use virtual_bench::fault::Fault;

#[test]
fn a_panic_of_the_screen_gives_the_terminal_back_and_the_module_is_finished() -> Result<()> {
    let rig = Person::rig(1, 4)?;
    let blow = rig.path().join("panic");
    let mut command = rig.command("frail-station", &["run"])?;
    command.env("FRAIL_PANIC", &blow);
    let mut person = Person::before(rig, &command, SIZE)?;
    person.puts_in()?;
    person.sees("Flash")?;
    fs::write(&blow, "screen")?;
    let shown = person.ends(3)?;
    for text in ["thread 'screen'", "the screen's thread panicked"] {
        ensure!(shown.contains(text), "no {text:?}:\n{shown}");
    }
    ensure!(passed(&person.rig)? == 1, "what was under way did not come to its end");
    person.rig.succeed(&["ledger", "verify"], "").map(drop)
}

#[test]
fn a_panic_of_another_thread_is_a_fault_and_leaves_the_screen_alone() -> Result<()> {
    let mut person = Person::at_work(1)?;
    person.sees("Slot 1: put a module in")?;
    person.bench.fault("1", Fault::ProbeBabbles)?;
    person.bench.put_fresh("1")?;
    let frame = person.sees("P-309")?;
    ensure!(!frame.to_string().contains("panicked"), "{frame}");
    person.bench.clear("1")?;
    person.terminal.type_text("r")?;
    person.leaves()?;
    let shown = person.ends(1)?;
    ensure!(shown.contains("1 passed, 0 failed, 1 error in"), "{shown}");
    Ok(())
}

#[test]
fn a_station_that_is_killed_loses_nothing() -> Result<()> {
    let mut person = Person::at_work(1)?;
    person.puts_in()?;
    person.sees("Install")?;
    person.terminal.signal(Signal::KILL)?;
    let status = person.terminal.wait(LIMIT)?;
    ensure!(status.signal() == Some(Signal::KILL.as_raw()), "{status}");
    person.finishes_without_a_screen()
}

#[test]
fn a_terminal_that_is_closed_costs_nothing_on_record() -> Result<()> {
    let mut person = Person::at_work(1)?;
    person.puts_in()?;
    person.sees("Flash")?;
    person.terminal.hang_up();
    person.terminal.wait(LIMIT)?;
    person.finishes_without_a_screen()
}
