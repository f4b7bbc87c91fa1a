//! The station ends while a PIN is typed on its screen, and whoever types has not seen it yet: the rest of the PIN
//! reaches nobody, least of all the shell that has the terminal next.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use e2e::rig::{Order, USER_PIN};
use e2e::terminal::{Key, Size, exited};
use e2e::{Rig, Terminal, programs};
use rustix::process::{Pid, Signal, kill_process};

const SIZE: Size = Size { columns: 100, rows: 40 };
const LIMIT: Duration = Duration::from_mins(2);

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
    let rig = Rig::with_bench_arguments(1, &["--pace", "none"])?;
    rig.open_order(&Order::default())?;
    let mut terminal = Terminal::start(&shell(&rig)?, SIZE)?;
    terminal.wait_for("PIN of the HSM", LIMIT)?;
    terminal.type_text(USER_PIN)?;
    terminal.press(Key::Enter)?;
    terminal.wait_for("Slot 1: put a module in", LIMIT)?;
    let station = station(terminal.id())?;
    terminal.press(Key::Function(5))?;
    terminal.wait_for("OPEN until", LIMIT)?;
    terminal.press_twice("c")?;
    terminal.wait_for("The CA is closed", LIMIT)?;
    terminal.type_text("o")?;
    terminal.wait_for("Officer's name:", LIMIT)?;
    terminal.type_text("Ana Officer\r\r\u{15}1\r")?;
    terminal.wait_for("PIN of the HSM:", LIMIT)?;
    terminal.type_by_hand(BEGUN)?;
    terminal.wait_for(&"•".repeat(BEGUN.len()), LIMIT)?;
    kill_process(station, signal)?;
    terminal.type_by_hand(REST)?;
    terminal.type_text(end)?;
    terminal.wait_for("the shell is back", LIMIT)?;
    terminal.left_whole()?;
    terminal.type_text("next")?;
    terminal.press(Key::Enter)?;
    let shown = terminal.wait_for("the shell read <", LIMIT)?.to_string();
    exited(terminal.wait(LIMIT)?, 0)?;
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
