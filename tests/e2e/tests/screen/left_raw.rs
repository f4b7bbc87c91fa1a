//! A terminal that a killed program has left raw: the station asks its questions there all the same, and gives it back
//! as it was.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::record::events;
use e2e::rig::{Order, USER_PIN};
use e2e::terminal::{Key, Size, exited};
use e2e::{Rig, Terminal};

const SIZE: Size = Size { columns: 100, rows: 40 };
const LIMIT: Duration = Duration::from_mins(2);

/// Leaves the terminal as the screen has it, runs the program, and says whether it is as it was before.
const SCRIPT: &str = r#"
stty raw -echo
before=$(stty -g)
"$@"
code=$?
[ "$before" = "$(stty -g)" ] && echo as it was
exit $code
"#;

#[test]
fn name_and_pin_are_asked_for_in_a_terminal_that_was_left_raw() -> Result<()> {
    let rig = Rig::with_bench_arguments(1, &["--pace", "none"])?;
    rig.open_order(&Order { quantity: 1, ..Order::default() })?;
    let station = rig.command("station", &["--operator", "", "run"])?;
    let mut shell = Command::new("sh");
    shell.args(["-c", SCRIPT, "sh"]).arg(station.get_program()).args(station.get_args());
    for (name, value) in station.get_envs() {
        shell.env(name, value.context("a variable is taken away")?);
    }
    let mut terminal = Terminal::start(&shell, SIZE)?;
    terminal.wait_for("Name of whoever opens the CA", LIMIT)?;
    terminal.type_text("Olgo\u{7f}a")?;
    terminal.wait_for("Olga", LIMIT)?;
    terminal.press(Key::Enter)?;
    terminal.wait_for("PIN of the HSM", LIMIT)?;
    terminal.type_text(USER_PIN)?;
    terminal.press(Key::Enter)?;
    terminal.wait_for("Nobody is signed in", LIMIT)?;
    terminal.press(Key::Control('c'))?;
    exited(terminal.wait(LIMIT)?, 0)?;
    let shown = terminal.frame().to_string();
    ensure!(shown.contains("as it was") && !shown.contains(USER_PIN), "{shown}");
    let opened = events(&rig, "authority-opened")?;
    ensure!(opened.len() == 1 && opened[0].operator == "Olga", "{} times", opened.len());
    Ok(())
}
