//! The terminal in software, held against programs that everybody knows: what it says of ours can be believed.

use std::os::unix::process::ExitStatusExt as _;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::terminal::{Colour, Key, Size, Terminal, exited};
use rustix::process::{Pid, Signal, test_kill_process};

const SIZE: Size = Size { columns: 80, rows: 24 };
const LIMIT: Duration = Duration::from_secs(30);

/// A shell that does this.
fn shell(script: &str) -> Result<Terminal> {
    Terminal::start(Command::new("sh").args(["-c", script]), SIZE)
}

#[test]
fn a_program_has_the_terminal_as_its_own() -> Result<()> {
    let mut terminal = shell("stty size; tty; echo out >/dev/tty; exit 5")?;
    exited(terminal.wait(LIMIT)?, 5)?;
    let lines = terminal.frame().lines();
    ensure!(lines[0] == "24 80" && lines[1].starts_with("/dev/pts/") && lines[2] == "out", "{lines:#?}");
    terminal.left_whole()
}

#[test]
fn what_is_typed_arrives_and_control_c_is_a_signal() -> Result<()> {
    let mut terminal = shell("trap 'echo stopped; exit 7' INT; read word; echo \"<$word>\"; read word")?;
    terminal.type_text("模块")?;
    terminal.press(Key::Enter)?;
    let frame = terminal.wait_for("<模块>", LIMIT)?;
    ensure!(frame.find("模").context("no character")?[0].wide, "{frame}");
    terminal.press(Key::Control('c'))?;
    terminal.wait_for("stopped", LIMIT)?;
    exited(terminal.wait(LIMIT)?, 7)
}

#[test]
fn a_program_hears_of_a_new_size() -> Result<()> {
    let script = "trap 'stty size; exit 0' WINCH; echo ready; while :; do sleep 0.05; done";
    let mut terminal = shell(script)?;
    terminal.wait_for("ready", LIMIT)?;
    terminal.resize(Size { columns: 20, rows: 5 })?;
    let frame = terminal.wait_for("5 20", LIMIT)?;
    ensure!(frame.rows.len() == 5 && frame.rows[0].len() == 20, "{frame}");
    exited(terminal.wait(LIMIT)?, 0)
}

#[test]
fn colours_and_bells_are_noticed() -> Result<()> {
    let mut terminal = shell(r"printf '\033[1;32mgood\033[0m\a\a'")?;
    exited(terminal.wait(LIMIT)?, 0)?;
    let frame = terminal.frame();
    let style = frame.find("good").context("not shown")?[0].style;
    ensure!(style.bold && style.foreground == Colour::Indexed(2), "{style:?}");
    ensure!(terminal.bells() == 2, "{} bells", terminal.bells());
    terminal.left_whole()
}

#[test]
fn a_program_that_asks_where_the_cursor_is_gets_an_answer() -> Result<()> {
    let script = r"stty -icanon -echo; printf 'ab\033[6n'; head -c 6 | od -An -c; stty icanon echo";
    let mut terminal = shell(script)?;
    exited(terminal.wait(LIMIT)?, 0)?;
    let shown = terminal.frame().to_string();
    ensure!(shown.contains("033   [   1   ;   3   R"), "{shown}");
    terminal.left_whole()
}

#[test]
fn a_terminal_that_is_left_in_disorder_is_found_out() -> Result<()> {
    for (script, complaint) in [
        (r"printf '\033[?1049h'", "the alternate screen"),
        (r"printf '\033[?25l'", "the cursor hidden"),
        (r"printf '\033[?1000h'", "mouse reports"),
        (r"printf '\033[31m'", "a colour of the text"),
        ("stty raw", "raw mode"),
        ("stty -echo", "other local modes"),
        ("stty -onlcr", "other input or output modes"),
    ] {
        let mut terminal = shell(script)?;
        exited(terminal.wait(LIMIT)?, 0)?;
        let found = terminal.left_whole().err().with_context(|| format!("{script}: nothing is found"))?;
        ensure!(found.to_string().contains(complaint), "{script}: {found}");
    }
    Ok(())
}

#[test]
fn waiting_for_what_does_not_come_ends_and_says_what_there_was() -> Result<()> {
    let terminal = shell("echo something; sleep 60")?;
    terminal.wait_for("something", LIMIT)?;
    let found = terminal.wait_for("anything", Duration::from_millis(100)).err().context("it came")?;
    ensure!(found.to_string().contains("something"), "{found}");

    let ended = shell("echo the last words")?;
    let found = ended.wait_for("anything", LIMIT).err().context("it came")?;
    ensure!(found.to_string().contains("ended") && found.to_string().contains("the last words"), "{found}");
    Ok(())
}

#[test]
fn a_frame_is_taken_when_the_program_has_drawn_it() -> Result<()> {
    let terminal = shell("printf half; sleep 0.1; printf whole; read word")?;
    terminal.wait_for("half", LIMIT)?;
    let frame = terminal.settled(Duration::from_secs(1), LIMIT)?;
    ensure!(frame.lines()[0] == "halfwhole", "{frame}");

    let busy = shell("while :; do printf x; done")?;
    busy.wait_for("x", LIMIT)?;
    ensure!(busy.settled(Duration::from_secs(5), Duration::from_millis(100)).is_err(), "it never stops");
    Ok(())
}

#[test]
fn a_terminal_that_is_closed_takes_its_program_along() -> Result<()> {
    let mut terminal = shell("echo ready; exec sleep 60")?;
    terminal.wait_for("ready", LIMIT)?;
    terminal.hang_up();
    let status = terminal.wait(LIMIT)?;
    ensure!(status.signal() == Some(Signal::HUP.as_raw()), "{status}");
    ensure!(terminal.frame().lines()[0] == "ready", "the screen keeps what was on it");
    ensure!(terminal.press(Key::Enter).is_err() && terminal.left_whole().is_err(), "closed");
    Ok(())
}

#[test]
fn no_program_outlives_its_terminal() -> Result<()> {
    let terminal = shell("trap '' HUP; echo ready; exec sleep 60")?;
    terminal.wait_for("ready", LIMIT)?;
    let id = Pid::from_raw(terminal.id().try_into()?).context("a process")?;
    test_kill_process(id)?;
    drop(terminal);
    ensure!(test_kill_process(id).is_err(), "it still runs");
    Ok(())
}
