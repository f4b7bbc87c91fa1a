//! The station ends while a PIN is typed on its screen, and whoever types has not seen it yet: the rest of the PIN
//! reaches nobody, least of all the shell that has the terminal next.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use e2e::person::{LIMIT, Person, ends_well};
use e2e::{Rig, Terminal, programs};
use rustix::process::{Pid, Signal, kill_process};

use super::officer::{SIZE, opened_again};

/// Begun before the signal, and typed on after it.
const BEGUN: &str = "cut-off-";
const REST: &str = "canary-6620";

/// A shell with a station in its terminal, which says what it reads once the station is gone.
fn shell(rig: &Rig) -> Result<Command> {
    const SCRIPT: &str =
        r#""$@"; echo "the shell is back"; IFS= read -r line; echo "the shell read <$line>""#;
    let mut command = Command::new("sh");
    command
        .args(["-c", SCRIPT, "sh"])
        .arg(programs::program("station")?)
        .arg("--config")
        .arg(rig.config())
        .args(["--operator", "Ana", "run"])
        .env("HSM_SIM_DIR", rig.path().join("tokens"));
    Ok(command)
}

/// The station that the shell has started.
fn station(shell: u32) -> Result<Pid> {
    let deadline = Instant::now() + LIMIT;
    loop {
        let children = fs::read_to_string(format!("/proc/{shell}/task/{shell}/children"))?;
        if let Some(child) = children.split_whitespace().next() {
            return Pid::from_raw(child.parse()?).context("a process");
        }
        ensure!(Instant::now() < deadline, "the shell has started nothing");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Signals the station in the middle of a PIN, types the rest of it, and gives what the shell reads of that and of
/// the line that comes after it.
fn typed_on(signal: Signal, end: &str) -> Result<String> {
    let rig = Person::rig(1, 4)?;
    let shell = shell(&rig)?;
    let mut person = Person::before(rig, &shell, SIZE)?;
    let station = station(person.terminal.id())?;
    opened_again(&person)?;
    person.terminal.type_by_hand(BEGUN)?;
    person.sees(&"•".repeat(BEGUN.len()))?;
    kill_process(station, signal)?;
    // At once: between two letters a slow machine might take longer than anybody who types.
    person.terminal.type_text(&format!("{REST}{end}"))?;
    person.sees("the shell is back")?;
    person.terminal.left_whole()?;
    person.enters("next")?;
    person.sees("the shell read <")?;
    let shown = person.ends(0)?;
    ensure!(!shown.contains("canary"), "the PIN is shown:\n{shown}");
    Ok(shown)
}

#[test]
fn the_rest_of_a_pin_is_no_line_of_the_shell_after_the_station() -> Result<()> {
    for (signal, end) in [(Signal::TERM, ""), (Signal::HUP, "\r")] {
        let shown = typed_on(signal, end)?;
        ensure!(shown.contains("the shell read <next>"), "{signal:?} {end:?}:\n{shown}");
    }
    Ok(())
}

/// The same at the question before the screen, for the PIN alone.
fn typed_on_before_the_screen(begun: &str) -> Result<String> {
    let rig = Person::rig(1, 4)?;
    let mut terminal = Terminal::start(&shell(&rig)?, SIZE)?;
    let station = station(terminal.id())?;
    terminal.wait_for("PIN of the HSM", LIMIT)?;
    terminal.type_text(begun)?;
    kill_process(station, Signal::TERM)?;
    if !begun.is_empty() {
        terminal.type_text(REST)?;
    }
    terminal.wait_for("the shell is back", LIMIT)?;
    terminal.left_whole()?;
    terminal.type_text("next\r")?;
    terminal.wait_for("the shell read <", LIMIT)?;
    ends_well(&mut terminal, 0)
}

#[test]
fn a_signal_at_the_question_for_the_pin_leaves_the_terminal_whole() -> Result<()> {
    for begun in ["", BEGUN] {
        let shown = typed_on_before_the_screen(begun)?;
        ensure!(shown.contains("the shell read <next>"), "{begun:?}:\n{shown}");
        ensure!(!shown.contains("canary"), "the PIN is shown:\n{shown}");
    }
    Ok(())
}
