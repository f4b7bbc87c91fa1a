//! Hand scanners: one that is a keyboard, one on a serial port.

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use e2e::Rig;
use e2e::person::{LIMIT, Person, SIZE};
use e2e::record::events;
use e2e::rig::{USER_PIN, text};
use e2e::terminal::Key;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// The same code again sooner than this counts once.
const APART: Duration = Duration::from_millis(2_100);

#[test]
fn a_hand_scanner_on_the_keyboard_reads_the_label() -> Result<()> {
    let rig = Person::rig(1, 2)?;
    has_scanner(&rig, "keyboard")?;
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
    person.terminal.press(Key::Control('c'))?;
    person.leaves_modules()?;
    let shown = person.ends(1)?;
    ensure!(shown.contains("1 passed"), "{shown}");

    let output = person.rig.station(&["run", "--pin-fd", "0"], USER_PIN)?;
    ensure!(output.status.code() == Some(3), "{}", text(&output));
    ensure!(text(&output).contains("there is no screen"), "{}", text(&output));
    Ok(())
}

#[test]
fn a_hand_scanner_on_a_serial_port_reads_labels_and_badges() -> Result<()> {
    let rig = Person::rig(1, 2)?;
    let mut scanner = SerialScanner::new()?;
    has_scanner(&rig, &format!("serial:{}", scanner.port.display()))?;
    let mut settings = std::fs::OpenOptions::new().append(true).open(rig.config())?;
    settings.write_all(b"[operators]\n\"00420042\" = \"Bao Line\"\n")?;
    let mut person = Person::at(rig, &["run"], SIZE)?;
    scanner.reads("00420042")?;
    person.sees("Bao Line")?;
    person.terminal.press(Key::Function(2))?;
    person.bench.put_fresh("1")?;
    person.sees("stick its label, scan it")?;
    let label = printed_label(&person.rig)?;
    scanner.reads(&label)?;
    scanner.reads(&label)?;
    person.sees("PASS")?;
    person.bench.take("1")?;
    person.sees("Slot 1: put a module in")?;
    // A label that no slot waits for is looked up.
    std::thread::sleep(APART);
    scanner.reads(&label)?;
    person.sees("Find:")?;
    person.terminal.press(Key::Control('c'))?;
    let shown = person.ends(0)?;
    ensure!(shown.contains("1 passed, 0 failed, 0 errors"), "{shown}");
    Ok(())
}

#[test]
fn without_a_screen_a_serial_scanner_reads_for_the_slot_that_waits() -> Result<()> {
    let rig = Person::rig(1, 1)?;
    let mut scanner = SerialScanner::new()?;
    has_scanner(&rig, &format!("serial:{}", scanner.port.display()))?;
    rig.bench()?.put_fresh("1")?;
    let mut run = rig.start_run(1)?;
    run.wait_for(LIMIT, |event| event["event"] == "step-started" && event["step"] == "scan")?;
    let label = printed_label(&rig)?;
    // The step is told of a moment before the slot listens; whoever sees nothing happen scans once more.
    let deadline = Instant::now() + LIMIT;
    while run.ended()?.is_none() {
        ensure!(Instant::now() < deadline, "nothing comes of the scans");
        scanner.reads(&label)?;
        std::thread::sleep(APART);
    }
    ensure!(run.wait(LIMIT)?.success(), "{:?}", run.events()?);
    ensure!(events(&rig, "run-passed")?.len() == 1, "no pass");
    Ok(())
}

/// The first slot's labels are read by this.
fn has_scanner(rig: &Rig, scanner: &str) -> Result<()> {
    let settings = std::fs::read_to_string(rig.config())?;
    let own = settings.lines().find(|line| line.starts_with("scanner =")).context("no scanner")?;
    let config = rig.changed_config(own, &format!("scanner = \"{scanner}\""))?;
    std::fs::copy(config, rig.config())?;
    Ok(())
}

/// A scanner at the other end of a serial cable.
struct SerialScanner {
    cable: File,
    port: PathBuf,
}

impl SerialScanner {
    fn new() -> Result<Self> {
        let cable = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&cable)?;
        unlockpt(&cable)?;
        let port = ptsname(&cable, Vec::new())?.into_string()?.into();
        Ok(Self { cable: cable.into(), port })
    }

    fn reads(&mut self, code: &str) -> Result<()> {
        Ok(self.cable.write_all(format!("{code}\r\n").as_bytes())?)
    }
}

/// The text of the label that was printed last.
fn printed_label(rig: &Rig) -> Result<String> {
    let printed = events(rig, "label-printed")?;
    Ok(printed.last().context("no label")?.payload["payload"].as_str().context("no text")?.to_owned())
}
