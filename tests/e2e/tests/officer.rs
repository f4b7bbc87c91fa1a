//! The security officer before the screen of a running line: closes the CA and opens it again, with a PIN
//! that is typed on the page and is nowhere afterwards.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use e2e::memory::places;
use e2e::rig::{OPERATOR, Order, USER_PIN};
use e2e::scenario::record::check_traces;
use e2e::terminal::{Key, Size, exited};
use e2e::{Rig, Terminal};
use serde_json::Value;

const SIZE: Size = Size { columns: 100, rows: 40 };
const LIMIT: Duration = Duration::from_mins(2);
/// As no other text in any program, and not the PIN.
const WRONG_PIN: &str = "mistyped-pin-canary-5501";

/// A station with one slot, whose officer has opened the CA for so many certificates.
fn attended(rig: &Rig, certificates: u32) -> Result<Terminal> {
    rig.open_order(&Order::default())?;
    let events = rig.path().join("events.ndjson").display().to_string();
    let certificates = certificates.to_string();
    let arguments = ["run", "--open-certificates", &certificates, "--events", &events];
    let terminal = rig.start_in_terminal(&arguments, SIZE)?;
    terminal.wait_for("PIN of the HSM", LIMIT)?;
    terminal.type_text(USER_PIN)?;
    terminal.press(Key::Enter)?;
    terminal.wait_for("Slot 1: put a module in", LIMIT)?;
    Ok(terminal)
}

/// Says who opens the CA, for how long and how many, up to the question for the PIN.
fn say(terminal: &Terminal, certificates: &str) -> Result<()> {
    terminal.type_text("o")?;
    terminal.wait_for("Officer's name:", LIMIT)?;
    terminal.type_text("Ana Officer")?;
    terminal.press(Key::Enter)?;
    terminal.press(Key::Enter)?;
    terminal.press(Key::Control('u'))?;
    terminal.type_text(certificates)?;
    terminal.press(Key::Enter)?;
    terminal.wait_for("PIN of the HSM:", LIMIT).map(drop)
}

/// Waits until the PIN is nowhere in the station's memory.
fn forgotten(terminal: &Terminal, pin: &str) -> Result<()> {
    let deadline = Instant::now() + LIMIT;
    loop {
        let found = places(terminal.id(), pin)?;
        if found.is_empty() {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "the PIN is still in {found:#?}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The events of a kind on record: the operator, and what they say.
fn recorded(rig: &Rig, kind: &str) -> Result<Vec<(String, Value)>> {
    let mut found = Vec::new();
    for line in rig.succeed(&["ledger", "export"], "")?.lines() {
        let mut event: Value = serde_json::from_str(line)?;
        if event["kind"] == kind {
            let operator = event["operator"].as_str().unwrap_or_default().to_owned();
            found.push((operator, event["payload"].take()));
        }
    }
    Ok(found)
}

fn leave(mut terminal: Terminal, code: i32) -> Result<()> {
    terminal.press_twice("q")?;
    exited(terminal.wait(LIMIT)?, code)?;
    terminal.left_whole()
}

#[test]
fn a_spent_ca_is_opened_again_and_the_module_that_was_turned_away_passes() -> Result<()> {
    let rig = Rig::with_bench_arguments(1, &["--pace", "none"])?;
    let terminal = attended(&rig, 1)?;
    let mut bench = rig.bench()?;
    bench.put_fresh("1")?;
    terminal.wait_for("PASS", LIMIT)?;
    bench.take("1")?;
    terminal.wait_for("Slot 1: put a module in", LIMIT)?;
    bench.put_fresh("1")?;
    terminal.wait_for("H-423", LIMIT)?;
    let module = bench.take("1")?;

    terminal.press(Key::Function(5))?;
    terminal.wait_for("SPENT", LIMIT)?;
    say(&terminal, "2")?;
    terminal.type_text(WRONG_PIN)?;
    // As many dots, and no letter of it.
    let typed = terminal.wait_for(&"•".repeat(WRONG_PIN.len()), LIMIT)?;
    ensure!(!typed.to_string().contains("mistyped"), "the PIN is shown:\n{typed}");
    terminal.press(Key::Enter)?;
    let refused = terminal.wait_for("H-403", LIMIT)?.to_string();
    ensure!(refused.contains("a wrong PIN was given"), "the tries are not shown:\n{refused}");
    terminal.wait_for("CLOSED", LIMIT)?;
    forgotten(&terminal, WRONG_PIN)?;
    forgotten(&terminal, USER_PIN)?;

    say(&terminal, "2")?;
    terminal.type_text(USER_PIN)?;
    terminal.press(Key::Enter)?;
    terminal.wait_for("The CA is open", LIMIT)?;
    // Without this, finding nothing would prove nothing.
    ensure!(!places(terminal.id(), USER_PIN)?.is_empty(), "the PIN is not where it must be");
    terminal.press(Key::Escape)?;
    terminal.wait_for("Slot 1: put a module in", LIMIT)?;
    bench.put_module("1", &module)?;
    terminal.wait_for("PASS", LIMIT)?;

    // Two strokes close it, and the PIN is gone while the program goes on.
    terminal.press(Key::Function(5))?;
    terminal.wait_for("OPEN until", LIMIT)?;
    terminal.press_twice("c")?;
    terminal.wait_for("The CA is closed", LIMIT)?;
    forgotten(&terminal, USER_PIN)?;
    bench.take("1")?;
    terminal.wait_for("Slot 1: put a module in", LIMIT)?;
    bench.put_fresh("1")?;
    terminal.press(Key::Escape)?;
    terminal.wait_for("H-422", LIMIT)?;
    leave(terminal, 1)?;

    let opened = recorded(&rig, "authority-opened")?;
    let opened: Vec<_> = opened.iter().map(|(who, it)| (who.as_str(), it["certificates"].as_u64())).collect();
    ensure!(opened == [(OPERATOR, Some(1)), ("Ana Officer", Some(2))], "{opened:?}");
    let closed = recorded(&rig, "authority-closed")?;
    let closed: Vec<_> = closed.iter().map(|(_, it)| it["certificates"].as_u64()).collect();
    ensure!(closed == [Some(1), Some(1)], "{closed:?}");
    let events = fs::read_to_string(rig.path().join("events.ndjson"))?;
    ensure!(!events.contains(USER_PIN) && !events.contains(WRONG_PIN), "a PIN is in the events");
    let passed = rig.succeed(&["order", "show", "--json"], "")?;
    let order: Value = serde_json::from_str(&passed)?;
    ensure!(order["progress"]["passed"].as_u64().context("a number")? == 2, "{order:#}");
    check_traces(&rig)
}

#[test]
fn a_pin_that_is_given_up_or_typed_too_early_opens_nothing() -> Result<()> {
    let rig = Rig::with_bench_arguments(1, &["--pace", "none"])?;
    let terminal = attended(&rig, 1)?;
    terminal.press(Key::Function(5))?;
    terminal.wait_for("OPEN until", LIMIT)?;
    terminal.press_twice("c")?;
    terminal.wait_for("The CA is closed", LIMIT)?;

    say(&terminal, "1")?;
    terminal.type_text(WRONG_PIN)?;
    terminal.press(Key::Escape)?;
    terminal.wait_for("The PIN was not given.", LIMIT)?;
    forgotten(&terminal, WRONG_PIN)?;

    // All in one go: what comes before the question is no answer to it, and no command either.
    terminal.type_text("oAna\r\r\u{15}1\rqqqq\r")?;
    terminal.wait_for("PIN of the HSM:", LIMIT)?;
    terminal.type_text(USER_PIN)?;
    // What comes after Enter is no command.
    terminal.type_text("\rqqqq")?;
    terminal.wait_for("The CA is open", LIMIT)?;
    terminal.press(Key::Escape)?;
    let mut bench = rig.bench()?;
    bench.put_fresh("1")?;
    terminal.wait_for("PASS", LIMIT)?;
    leave(terminal, 0)?;
    check_traces(&rig)
}
