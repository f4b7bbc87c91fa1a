//! `station run` before a person: in a terminal, from the PIN to the end, however it ends.

use std::fs::File;
use std::io::Write as _;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::rig::{Order, USER_PIN, text};
use e2e::terminal::{Key, Size, exited};
use e2e::{Rig, Terminal};
use rustix::process::Signal;
use serde_json::Value;
use virtual_bench::fault::Fault;

const SIZE: Size = Size { columns: 100, rows: 30 };
/// The smallest terminal that anybody should work with.
const TINY: Size = Size { columns: 20, rows: 5 };
const LIMIT: Duration = Duration::from_mins(2);

/// A station with one slot, an open order and a person who has given the PIN.
fn attended(rig: &Rig, quantity: u32) -> Result<Terminal> {
    rig.open_order(&Order { quantity, ..Order::default() })?;
    let terminal = rig.start_in_terminal(&["run"], SIZE)?;
    give(&terminal, USER_PIN)?;
    terminal.wait_for("Slot 1: put a module in", LIMIT)?;
    Ok(terminal)
}

/// Types a PIN when it is asked for.
fn give(terminal: &Terminal, pin: &str) -> Result<()> {
    terminal.wait_for("PIN of the HSM", LIMIT)?;
    terminal.type_text(pin)?;
    terminal.press(Key::Enter)
}

/// Leaves a screen whose order is complete.
fn leave(terminal: &Terminal) -> Result<()> {
    terminal.wait_for("The order is complete.", LIMIT)?;
    terminal.type_text("q")
}

/// Waits for the end, which has to be with this code and with a terminal as it was before.
fn ends_well(terminal: &mut Terminal, code: i32) -> Result<String> {
    exited(terminal.wait(LIMIT)?, code)?;
    terminal.left_whole()?;
    let shown = terminal.frame().to_string();
    ensure!(!shown.contains(USER_PIN), "the PIN is shown:\n{shown}");
    Ok(shown)
}

#[test]
fn a_module_passes_after_another_failed() -> Result<()> {
    let rig = Rig::new(1)?;
    let mut bench = rig.bench()?;
    let mut terminal = attended(&rig, 1)?;
    bench.fault("1", Fault::PaperOut)?;
    bench.put_fresh("1")?;
    terminal.wait_for("Flash", LIMIT)?;
    terminal.wait_for("The printer has no labels", LIMIT)?;
    terminal.type_text("f")?;
    terminal.wait_for("Put a new roll of labels into the printer.", LIMIT)?;
    terminal.press(Key::Escape)?;

    bench.clear("1")?;
    let module = bench.take("1")?;
    terminal.wait_for("Slot 1: put a module in", LIMIT)?;
    bench.put_module("1", &module)?;
    terminal.wait_for("PASS", LIMIT)?;
    leave(&terminal)?;
    // Not all went well, and the exit code says so.
    let shown = ends_well(&mut terminal, 1)?;
    ensure!(shown.contains("1 passed, 0 failed, 1 errors"), "{shown}");
    Ok(())
}

#[test]
fn a_terminal_of_any_size_will_do() -> Result<()> {
    let rig = Rig::new(1)?;
    let mut terminal = attended(&rig, 1)?;
    rig.bench()?.put_fresh("1")?;
    terminal.wait_for("Flash", LIMIT)?;
    terminal.resize(TINY)?;
    terminal.resize(Size { columns: 1, rows: 1 })?;
    terminal.resize(SIZE)?;
    leave(&terminal)?;
    let shown = ends_well(&mut terminal, 0)?;
    ensure!(shown.contains("1 passed"), "{shown}");
    Ok(())
}

#[test]
fn control_c_waits_for_the_module_that_is_under_way() -> Result<()> {
    let rig = Rig::new(1)?;
    let mut terminal = attended(&rig, 4)?;
    rig.bench()?.put_fresh("1")?;
    terminal.wait_for("Flash", LIMIT)?;
    terminal.press(Key::Control('c'))?;
    terminal.wait_for("What has begun is not interrupted.", LIMIT)?;
    let shown = ends_well(&mut terminal, 0)?;
    ensure!(shown.contains("1 passed"), "{shown}");
    Ok(())
}

#[test]
fn a_station_that_is_asked_to_end_while_it_waits_ends() -> Result<()> {
    let rig = Rig::new(1)?;
    let mut terminal = attended(&rig, 4)?;
    terminal.signal(Signal::TERM)?;
    let shown = ends_well(&mut terminal, 0)?;
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

#[test]
fn a_terminal_that_is_closed_costs_nothing_on_record() -> Result<()> {
    let rig = Rig::new(1)?;
    let mut terminal = attended(&rig, 1)?;
    rig.bench()?.put_fresh("1")?;
    terminal.wait_for("Flash", LIMIT)?;
    terminal.hang_up();
    terminal.wait(LIMIT)?;
    rig.succeed(&["ledger", "verify"], "")?;
    let order: Value = serde_json::from_str(&rig.succeed(&["order", "show", "--json"], "")?)?;
    // Whatever became of the module, it can be brought to an end.
    if order["progress"]["passed"].as_u64().context("a number")? == 0 {
        let mut run = rig.start_run(1)?;
        ensure!(run.wait(LIMIT)?.success(), "the module cannot be taken up again");
    }
    Ok(())
}

/// The events of this kind, each with the name in the operator's column.
fn recorded(rig: &Rig, kind: &str) -> Result<Vec<(String, Value)>> {
    let told = rig.succeed(&["ledger", "export"], "")?;
    let mut found = Vec::new();
    for line in told.lines() {
        let event: Value = serde_json::from_str(line)?;
        if event["kind"] == kind {
            let name = event["operator"].as_str().context("a name")?.to_owned();
            found.push((name, event["payload"].clone()));
        }
    }
    Ok(found)
}

#[test]
fn nothing_begins_before_somebody_has_signed_in_and_the_next_shift_has_another_name() -> Result<()> {
    let rig = Rig::new(1)?;
    rig.open_order(&Order { quantity: 2, ..Order::default() })?;
    let mut bench = rig.bench()?;
    let mut terminal = rig.start_nameless_in_terminal(&["run"], SIZE)?;
    terminal.wait_for("Name of whoever opens the CA", LIMIT)?;
    terminal.type_text("Olga Officer")?;
    terminal.press(Key::Enter)?;
    give(&terminal, USER_PIN)?;
    terminal.wait_for("Nobody is signed in", LIMIT)?;
    bench.put_fresh("1")?;
    terminal.type_text("Ana")?;
    terminal.press(Key::Enter)?;
    terminal.wait_for("PASS", LIMIT)?;
    ensure!(terminal.frame().to_string().contains("Ana"), "who is signed in is shown");

    terminal.press(Key::Function(7))?;
    terminal.wait_for("Ana is signed in", LIMIT)?;
    terminal.type_text("Bo")?;
    terminal.press(Key::Enter)?;
    terminal.wait_for("Operator Bo", LIMIT)?;
    bench.take("1")?;
    terminal.wait_for("Slot 1: put a module in", LIMIT)?;
    bench.put_fresh("1")?;
    leave(&terminal)?;
    ends_well(&mut terminal, 0)?;

    let names = |kind: &str| -> Result<Vec<String>> {
        Ok(recorded(&rig, kind)?.into_iter().map(|(name, _)| name).collect())
    };
    ensure!(names("authority-opened")? == ["Olga Officer"], "the CA");
    ensure!(names("operator-signed-in")? == ["Ana", "Bo"], "signed in");
    ensure!(names("run-started")? == ["Ana", "Bo"], "runs: {:?}", names("run-started")?);
    ensure!(names("run-passed")? == ["Ana", "Bo"], "passes: {:?}", names("run-passed")?);
    let why: Vec<_> = recorded(&rig, "operator-signed-out")?
        .iter()
        .map(|(_, payload)| payload["because"].clone())
        .collect();
    ensure!(why == ["relieved", "ended"], "{why:?}");
    rig.succeed(&["ledger", "verify"], "")?;
    Ok(())
}

#[test]
fn the_bell_rings_as_the_settings_say() -> Result<()> {
    let rig = Rig::new(1)?;
    let mut settings = File::options().append(true).open(rig.config())?;
    writeln!(settings, "\n[screen]\nbell-pass = false")?;
    let mut bench = rig.bench()?;
    let mut terminal = attended(&rig, 1)?;
    bench.fault("1", Fault::PaperOut)?;
    bench.put_fresh("1")?;
    terminal.wait_for("The printer has no labels", LIMIT)?;
    let rung = terminal.bells();
    ensure!(rung == 1, "{rung} at a fault");
    bench.clear("1")?;
    let module = bench.take("1")?;
    terminal.wait_for("Slot 1: put a module in", LIMIT)?;
    bench.put_module("1", &module)?;
    leave(&terminal)?;
    ends_well(&mut terminal, 1)?;
    ensure!(terminal.bells() == rung, "a pass is silent here");
    Ok(())
}

#[test]
fn a_line_without_a_screen_has_to_be_told_who_works_there() -> Result<()> {
    let rig = Rig::new(1)?;
    rig.open_order(&Order::default())?;
    let output = rig.station(&["--operator", "", "run", "--pin-fd", "0"], USER_PIN)?;
    ensure!(output.status.code() == Some(3) && text(&output).contains("F-512"), "{}", text(&output));
    Ok(())
}

/// The text of the label that was printed last.
fn printed_label(rig: &Rig) -> Result<String> {
    let printed = recorded(rig, "label-printed")?;
    let (_, payload) = printed.last().context("no label")?;
    Ok(payload["payload"].as_str().context("no text")?.to_owned())
}

#[test]
fn a_hand_scanner_on_the_keyboard_reads_the_label() -> Result<()> {
    let rig = Rig::new(1)?;
    let settings = std::fs::read_to_string(rig.config())?;
    let own = settings.lines().find(|line| line.starts_with("scanner =")).context("no scanner")?;
    let config = rig.changed_config(own, "scanner = \"keyboard\"")?;
    std::fs::copy(config, rig.config())?;
    let mut terminal = attended(&rig, 2)?;
    let mut bench = rig.bench()?;
    bench.put_fresh("1")?;
    terminal.wait_for("stick its label, scan it", LIMIT)?;
    // A scanner sends the whole label at once, with Enter at its end; and twice, where a hand shakes.
    let label = printed_label(&rig)?;
    terminal.type_text(&format!("{label}\r{label}\r"))?;
    terminal.wait_for("PASS", LIMIT)?;

    bench.take("1")?;
    terminal.wait_for("Slot 1: put a module in", LIMIT)?;
    bench.put_fresh("1")?;
    terminal.wait_for("stick its label, scan it", LIMIT)?;
    terminal.type_text(&format!("{label}\r"))?;
    terminal.wait_for("F-533", LIMIT)?;
    terminal.press(Key::Control('c'))?;
    let shown = ends_well(&mut terminal, 1)?;
    ensure!(shown.contains("1 passed"), "{shown}");

    let output = rig.station(&["run", "--pin-fd", "0"], USER_PIN)?;
    ensure!(output.status.code() == Some(3), "{}", text(&output));
    ensure!(text(&output).contains("there is no screen"), "{}", text(&output));
    Ok(())
}
