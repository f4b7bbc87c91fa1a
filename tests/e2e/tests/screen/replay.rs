//! What a screen was told, written down on the line and played by `station replay`.

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::Rig;
use e2e::person::{LIMIT, Person, ends_well};
use e2e::record::json;
use e2e::rig::{Order, USER_PIN, refused_with, text};
use e2e::terminal::{Frame, Key, Size};
use serde_json::Value;
use virtual_bench::fault::Fault;

const SIZE: Size = Size { columns: 120, rows: 40 };

/// At a line with one slot, whose devices take their time.
fn attended() -> Result<Person> {
    let rig = Rig::new(1)?;
    rig.open_order(&Order { quantity: 2, ..Order::default() })?;
    Person::at(rig, &["run"], SIZE)
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

#[test]
fn a_complaint_from_the_line_can_be_seen_again() -> Result<()> {
    let mut person = attended()?;
    person.bench.fault("1", Fault::PaperOut)?;
    person.bench.put_fresh("1")?;
    // Trouble of the station is written down unasked.
    person.sees("Recorded: recordings/")?;
    person.bench.clear("1")?;
    person.takes_out()?;
    person.terminal.press(Key::Control('r'))?;
    let two = |_: &Frame| recordings(&person.rig).is_ok_and(|files| files.len() == 2);
    person.terminal.wait_until("two recordings", LIMIT, two)?;
    person.stops(1)?;

    let rig = &person.rig;
    let files = recordings(rig)?;
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
    let listed = json(rig, &["--json", "replay", &of(0)])?;
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
    ends_well(&mut player, 0).map(drop)
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
    let mut person = attended()?;
    person.terminal.press(Key::Function(6))?;
    person.sees("all is well")?;
    person.sees("no module is in the slot")?;
    person.terminal.press(Key::Escape)?;
    person.bench.put_fresh("1")?;
    person.sees("Flash")?;
    person.terminal.press(Key::Function(6))?;
    person.terminal.type_text("a")?;
    // Checked over and over until the run has ended: none of it costs the module anything.
    person.sees("at work")?;
    for _ in 0..20 {
        person.terminal.type_text("a")?;
        person.terminal.settled(Duration::from_millis(100), LIMIT)?;
    }
    person.terminal.press(Key::Escape)?;
    person.sees("PASS")?;
    person.takes_out()?;
    person.stops(0).map(drop)
}

#[test]
fn a_slot_that_has_recovered_says_again_what_it_said_before() -> Result<()> {
    let mut person = attended()?;
    person.bench.put_fresh("1")?;
    person.sees("PASS")?;
    person.bench.fault("1", Fault::ProbeVanishes { after_bytes: 0 })?;
    person.sees("Trouble P-3")?;
    person.bench.clear("1")?;
    person.sees("PASS")?;
    person.takes_out()?;
    person.stops(0).map(drop)
}
