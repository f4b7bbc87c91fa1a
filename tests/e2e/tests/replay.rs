//! What a screen was told, written down on the line and played by `station replay`.

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::rig::{Order, USER_PIN, refused_with, text};
use e2e::terminal::{Key, Size, exited};
use e2e::{Rig, Terminal};
use serde_json::Value;
use virtual_bench::fault::Fault;

const SIZE: Size = Size { columns: 120, rows: 40 };
const LIMIT: Duration = Duration::from_mins(2);

/// A station with one slot, an open order and a person who has given the PIN.
fn attended(rig: &Rig, quantity: u32) -> Result<Terminal> {
    rig.open_order(&Order { quantity, ..Order::default() })?;
    let terminal = rig.start_in_terminal(&["run"], SIZE)?;
    terminal.wait_for("PIN of the HSM", LIMIT)?;
    terminal.type_text(USER_PIN)?;
    terminal.press(Key::Enter)?;
    terminal.wait_for("Slot 1: put a module in", LIMIT)?;
    Ok(terminal)
}

/// The recordings that there are, oldest first.
fn recordings(rig: &Rig) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(rig.data_path().join("recordings")).context("no recordings")?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    // One that is being written has another name.
    files.retain(|file| file.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    Ok(files)
}

/// Stops the line and leaves it.
fn leave(terminal: &mut Terminal, code: i32) -> Result<()> {
    terminal.press(Key::Control('c'))?;
    exited(terminal.wait(LIMIT)?, code)?;
    terminal.left_whole()
}

#[test]
fn a_complaint_from_the_line_can_be_seen_again() -> Result<()> {
    let rig = Rig::new(1)?;
    let mut bench = rig.bench()?;
    let mut terminal = attended(&rig, 2)?;
    bench.fault("1", Fault::PaperOut)?;
    bench.put_fresh("1")?;
    // Trouble of the station is written down unasked.
    terminal.wait_for("Recorded: recordings/", LIMIT)?;
    bench.clear("1")?;
    bench.take("1")?;
    terminal.wait_for("Slot 1: put a module in", LIMIT)?;
    terminal.press(Key::Control('r'))?;
    terminal.wait_until("two recordings", LIMIT, |_| recordings(&rig).is_ok_and(|files| files.len() == 2))?;
    leave(&mut terminal, 1)?;

    let files = recordings(&rig)?;
    let of = |index: usize| files[index].display().to_string();
    for file in &files {
        ensure!(!fs::read_to_string(file)?.contains(USER_PIN), "the PIN is in {}", file.display());
    }
    let first = rig.succeed(&["replay", &of(0), "--frame", "last", "--size", "120x40"], "")?;
    ensure!(first.lines().count() == 40 && first.contains("ERROR") && first.contains("F-522"), "{first}");
    let begin = rig.succeed(&["replay", &of(0), "--frame", "0", "--language", "es"], "")?;
    ensure!(begin.contains("Sin datos aún") && !begin.contains("F-522"), "{begin}");
    // Without a terminal the last screen is printed.
    let last = rig.succeed(&["replay", &of(1)], "")?;
    ensure!(last.contains("Put a module in"), "{last}");
    let listed: Value = serde_json::from_str(&rig.succeed(&["--json", "replay", &of(0)], "")?)?;
    let messages = listed["messages"].as_array().context("no messages")?;
    let ended = |message: &&Value| message["msg"]["of"]["event"] == "run-ended";
    ensure!(messages.iter().find(ended).context("no end")?["msg"]["of"]["code"] == "F-522", "{listed:#}");

    let mut player = rig.start_in_terminal(&["replay", &of(0), "--step"], SIZE)?;
    player.wait_for("Recording: 0 of", LIMIT)?;
    player.press(Key::Right)?;
    player.wait_for("Recording: 1 of", LIMIT)?;
    // A hundred messages each: more than there can be of one module, and further than the end is the end.
    for _ in 0..30 {
        player.press(Key::PageDown)?;
    }
    player.wait_for("F-522", LIMIT)?;
    player.type_text("q")?;
    exited(player.wait(LIMIT)?, 0)?;
    player.left_whole()
}

#[test]
fn what_is_no_recording_is_refused_with_a_code() -> Result<()> {
    let rig = Rig::new(1)?;
    let file = |name: &str, content: &str| -> Result<String> {
        let file = rig.path().join(name);
        fs::write(&file, content)?;
        Ok(file.display().to_string())
    };
    let large = rig.path().join("large.jsonl");
    File::create(&large)?.set_len(1 << 30)?;
    let missing = rig.path().join("missing.jsonl");
    for (name, file) in [
        ("not JSON", file("text.jsonl", "no recording\n")?),
        ("another version", file("newer.jsonl", "{\"format\":99}\n")?),
        ("empty", file("empty.jsonl", "")?),
        ("a gigabyte", large.display().to_string()),
        ("missing", missing.display().to_string()),
        ("a directory", rig.path().display().to_string()),
        ("endless", "/dev/zero".to_owned()),
    ] {
        let output = rig.station(&["replay", &file], "")?;
        refused_with(name, &output, "F-519")?;
        ensure!(!text(&output).contains("panicked"), "{name}: {}", text(&output));
    }
    Ok(())
}

#[test]
fn a_running_line_is_checked_and_not_disturbed() -> Result<()> {
    let rig = Rig::new(1)?;
    let mut bench = rig.bench()?;
    let mut terminal = attended(&rig, 2)?;
    terminal.press(Key::Function(6))?;
    terminal.wait_for("all is well", LIMIT)?;
    terminal.wait_for("no module is in the slot", LIMIT)?;
    terminal.press(Key::Escape)?;
    bench.put_fresh("1")?;
    terminal.wait_for("Flash", LIMIT)?;
    terminal.press(Key::Function(6))?;
    terminal.type_text("a")?;
    // Checked over and over until the run has ended: none of it costs the module anything.
    terminal.wait_until("at work", LIMIT, |frame| frame.to_string().contains("at work"))?;
    for _ in 0..20 {
        terminal.type_text("a")?;
        terminal.settled(Duration::from_millis(100), LIMIT)?;
    }
    terminal.press(Key::Escape)?;
    terminal.wait_for("PASS", LIMIT)?;
    bench.take("1")?;
    terminal.wait_for("Slot 1: put a module in", LIMIT)?;
    leave(&mut terminal, 0)
}

#[test]
fn a_slot_that_has_recovered_says_again_what_it_said_before() -> Result<()> {
    let rig = Rig::new(1)?;
    let mut bench = rig.bench()?;
    let mut terminal = attended(&rig, 2)?;
    bench.put_fresh("1")?;
    terminal.wait_for("PASS", LIMIT)?;
    bench.fault("1", Fault::ProbeVanishes { after_bytes: 0 })?;
    terminal.wait_for("Trouble P-3", LIMIT)?;
    bench.clear("1")?;
    terminal.wait_for("PASS", LIMIT)?;
    bench.take("1")?;
    terminal.wait_for("Slot 1: put a module in", LIMIT)?;
    leave(&mut terminal, 0)
}
