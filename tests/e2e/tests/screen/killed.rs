//! The station is killed with a person before its screen, at what they do: signing in, a pass, a deed on a module,
//! signing out. What is on record afterwards is whole, and says of everybody when they were there.

use std::os::unix::process::ExitStatusExt as _;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::rig::{Order, USER_PIN};
use e2e::terminal::{Key, Size, exited};
use e2e::{Rig, Terminal};
use rustix::process::Signal;
use serde_json::Value;

const SIZE: Size = Size { columns: 120, rows: 40 };
const LIMIT: Duration = Duration::from_mins(2);

/// Each is died at before it is on disk and after.
const MOMENTS: [&str; 4] = ["operator-signed-in", "run-passed", "module-voided", "operator-signed-out"];

/// What somebody does in a shift, until the station dies of it.
fn work(rig: &Rig, terminal: &Terminal) -> Result<()> {
    let mut bench = rig.bench()?;
    terminal.wait_for("Name of whoever opens the CA", LIMIT)?;
    terminal.type_text("Olga\r")?;
    terminal.wait_for("PIN of the HSM", LIMIT)?;
    terminal.type_text(USER_PIN)?;
    terminal.press(Key::Enter)?;
    terminal.wait_for("Nobody is signed in", LIMIT)?;
    terminal.type_by_hand("Ana")?;
    terminal.press(Key::Enter)?;
    terminal.wait_for("Slot 1: put a module in", LIMIT)?;
    bench.put_fresh("1")?;
    terminal.wait_for("PASS", LIMIT)?;
    let uid = rig.succeed(&["unit", "list"], "")?.split_whitespace().next().context("a module")?.to_owned();
    terminal.press(Key::Function(3))?;
    terminal.wait_for("Find:", LIMIT)?;
    terminal.type_by_hand(&uid[..12])?;
    terminal.press(Key::Enter)?;
    terminal.wait_for("Passed, in no batch yet", LIMIT)?;
    // What begins so is found first, and then what has it anywhere: the page is drawn more than once.
    terminal.settled(Duration::from_secs(1), LIMIT)?;
    terminal.press(Key::Function(9))?;
    terminal.wait_for("make void, because:", LIMIT)?;
    terminal.type_by_hand("dropped")?;
    terminal.press(Key::Enter)?;
    terminal.wait_for("Press F9 once more: make void.", LIMIT)?;
    Terminal::read_the_question();
    terminal.press(Key::Function(9))?;
    terminal.wait_for("Never ship it.", LIMIT)?;
    terminal.press(Key::Function(7))?;
    terminal.wait_for("Ana is signed in", LIMIT)?;
    terminal.press(Key::Function(8))?;
    terminal.wait_for("Nobody is signed in", LIMIT)?;
    Ok(())
}

/// All that is on record.
fn events(rig: &Rig) -> Result<Vec<Value>> {
    let told = rig.succeed(&["ledger", "export"], "")?;
    told.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

/// Follows who was there, as the ledger's documentation says: up to the sign-out, or else to the next start. Checks
/// that every run began and every deed was done under the name of whoever was there, and gives who still is.
fn present(events: &[Value]) -> Result<Option<&str>> {
    let mut present = None;
    for event in events {
        let operator = event["operator"].as_str().context("a name")?;
        match event["kind"].as_str().context("a kind")? {
            "station-started" | "operator-signed-out" => present = None,
            "operator-signed-in" => present = Some(operator),
            "run-started" | "module-voided" => {
                ensure!(present == Some(operator), "{present:?} was there: {event}");
            }
            _ => {}
        }
    }
    Ok(present)
}

fn count(events: &[Value], kind: &str) -> usize {
    events.iter().filter(|event| event["kind"] == kind).count()
}

/// A shift that ends at this boundary, the restart, and the judgement.
fn die(phase: &str, kind: &str) -> Result<()> {
    let rig = Rig::with_bench_arguments(1, &["--pace", "none"])?;
    rig.open_order(&Order::default())?;
    let mut command = rig.command("frail-station", &["--operator", "", "run"])?;
    command
        .env("FRAIL_TRACE", rig.path().join("trace"))
        .env("FRAIL_DIE_ON", format!("{phase} ledger: {kind}"));
    let mut terminal = Terminal::start(&command, SIZE)?;
    let worked = work(&rig, &terminal);
    let status = terminal.wait(LIMIT)?;
    ensure!(status.signal() == Some(Signal::KILL.as_raw()), "{status}, {worked:?}");

    rig.succeed(&["ledger", "verify"], "")?;
    let before = events(&rig)?;
    ensure!(count(&before, kind) == usize::from(phase == "after"), "{} of them", count(&before, kind));
    let there = match (phase, kind) {
        ("before", "operator-signed-in") | ("after", "operator-signed-out") => None,
        _ => Some("Ana"),
    };
    ensure!(present(&before)? == there, "{:?} is there", present(&before)?);

    // Started again, nobody is there until somebody comes, and the module goes on from what is on record.
    let uid = rig.succeed(&["unit", "list"], "")?.split_whitespace().next().map(str::to_owned);
    let mut terminal = rig.start_nameless_in_terminal(&["run", "--leave-closed"], SIZE)?;
    terminal.wait_for("Nobody is signed in", LIMIT)?;
    terminal.signal(Signal::TERM)?;
    exited(terminal.wait(LIMIT)?, 0)?;
    terminal.left_whole()?;
    let after = events(&rig)?;
    ensure!(count(&after, "station-started") == 2 && present(&after)?.is_none(), "somebody is still there");
    let story = uid.map(|uid| rig.succeed(&["unit", "show", &uid], "")).transpose()?.unwrap_or_default();
    let state = match (phase, kind) {
        (_, "operator-signed-in") => "",
        ("before", "run-passed") => "scanned",
        ("after", "run-passed") | ("before", "module-voided") => "passed",
        _ => "void",
    };
    let is_so = story.lines().any(|line| line.starts_with("state") && line.ends_with(state));
    ensure!(is_so || state.is_empty() && story.is_empty(), "not {state:?}:\n{story}");
    rig.succeed(&["ledger", "verify"], "").map(drop)
}

#[test]
fn whoever_was_there_when_the_station_was_killed_is_on_record_as_far_as_they_were() -> Result<()> {
    for kind in MOMENTS {
        for phase in ["before", "after"] {
            die(phase, kind).with_context(|| format!("{phase} {kind}"))?;
        }
    }
    Ok(())
}
