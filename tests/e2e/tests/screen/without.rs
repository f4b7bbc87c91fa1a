//! No terminal, or half of one.

use std::fs;
use std::process::Command;

use anyhow::{Result, ensure};
use e2e::Terminal;
use e2e::person::{LIMIT, Person, SIZE, ends_well};
use e2e::rig::USER_PIN;

/// With keys from elsewhere nobody could answer, so there is no screen, but a line for each thing.
#[test]
fn with_its_input_from_elsewhere_there_are_lines() -> Result<()> {
    let rig = Person::rig(1, 2)?;
    let pin = rig.path().join("pin");
    fs::write(&pin, USER_PIN)?;
    for (redirection, descriptor) in [("0<\"$PIN\"", "0"), ("3<\"$PIN\" 0<&-", "3")] {
        let station = rig.command("station", &["run", "--units", "1", "--pin-fd", descriptor])?;
        let mut command = Command::new("sh");
        command.args(["-c", &format!("exec \"$0\" \"$@\" {redirection}")]);
        command.arg(station.get_program()).args(station.get_args()).env("PIN", &pin);
        for (name, value) in station.get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        let mut terminal = Terminal::start(&command, SIZE)?;
        let mut bench = rig.bench()?;
        terminal.wait_for("slot 1", LIMIT)?;
        bench.put_fresh("1")?;
        let shown = ends_well(&mut terminal, 0)?;
        ensure!(shown.contains("PASS") && shown.contains("1 passed"), "{redirection}:\n{shown}");
        ensure!(!shown.contains('│') && !shown.contains('▶'), "a screen:\n{shown}");
        bench.take("1")?;
    }
    Ok(())
}
