//! A hand scanner that is a keyboard.

use anyhow::{Context as _, Result, ensure};
use e2e::Rig;
use e2e::person::{Person, SIZE};
use e2e::record::events;
use e2e::rig::{USER_PIN, text};

#[test]
fn a_hand_scanner_on_the_keyboard_reads_the_label() -> Result<()> {
    let rig = Person::rig(1, 2)?;
    let settings = std::fs::read_to_string(rig.config())?;
    let own = settings.lines().find(|line| line.starts_with("scanner =")).context("no scanner")?;
    let config = rig.changed_config(own, "scanner = \"keyboard\"")?;
    std::fs::copy(config, rig.config())?;
    let mut person = Person::at(rig, &["run"], SIZE)?;
    person.bench.put_fresh("1")?;
    person.sees("stick its label, scan it")?;
    // A scanner sends the whole label at once, with Enter at its end; and twice, where a hand shakes.
    let label = printed_label(&person.rig)?;
    person.terminal.type_text(&format!("{label}\r{label}\r"))?;
    person.sees("PASS")?;

    person.takes_out()?;
    person.puts_in()?;
    person.sees("stick its label, scan it")?;
    person.terminal.type_text(&format!("{label}\r"))?;
    person.sees("F-533")?;
    let shown = person.stops(1)?;
    ensure!(shown.contains("1 passed"), "{shown}");

    let output = person.rig.station(&["run", "--pin-fd", "0"], USER_PIN)?;
    ensure!(output.status.code() == Some(3), "{}", text(&output));
    ensure!(text(&output).contains("there is no screen"), "{}", text(&output));
    Ok(())
}

/// The text of the label that was printed last.
fn printed_label(rig: &Rig) -> Result<String> {
    let printed = events(rig, "label-printed")?;
    Ok(printed.last().context("no label")?.payload["payload"].as_str().context("no text")?.to_owned())
}
