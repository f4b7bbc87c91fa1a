//! A batch on the screen of a running line: closed by two strokes, exported while a module is at work, and checked as
//! its receiver would; and the order's last one, when nothing is at work any more.

use std::process::Command;

use anyhow::{Result, ensure};
use e2e::person::{Person, SIZE};
use e2e::programs;
use e2e::rig::{Order, text};
use e2e::terminal::Key;
use e2e::{Rig, Terminal};

#[test]
fn a_batch_is_closed_and_exported_while_the_line_runs() -> Result<()> {
    let rig = Rig::new(1)?;
    rig.open_order(&Order { quantity: 2, ..Order::default() })?;
    let mut person = Person::at(rig, &["--operator", "Ana", "run"], SIZE)?;
    person.puts_in()?;
    person.sees("PASS")?;

    person.terminal.press(Key::Function(4))?;
    person.sees("Waiting for a batch, order WO-1: 1")?;
    person.sees("No batch was closed yet.")?;
    person.takes_out()?;
    person.puts_in()?;
    person.terminal.type_text("c")?;
    person.sees("Press C once more: close a batch.")?;
    Terminal::read_the_question();
    person.terminal.type_text("c")?;
    person.sees("Batch WO-1-1 is closed. Modules in it: 1.")?;
    person.sees("The HSM has signed a checkpoint of the ledger.")?;
    person.sees("▲ not yet")?;
    person.terminal.type_text("e")?;
    person.sees("Batch WO-1-1 is exported, pre-registration:")?;
    person.sees_no_more("▲ not yet")?;

    // The module that was put in meanwhile is none of this one's, and completes the order.
    person.sees("The order is complete.")?;
    person.sees("Waiting for a batch, order WO-1: 1")?;
    // The last batch of an order is closed when nothing is at work any more: the HSM is still there for it.
    person.terminal.press_twice("c")?;
    person.sees("Batch WO-1-2 is closed. Modules in it: 1.")?;
    person.sees("The HSM has signed a checkpoint of the ledger.")?;
    person.terminal.type_text("e")?;
    person.sees("Batch WO-1-2 is exported, pre-registration:")?;
    person.terminal.type_text("q")?;
    person.ends(0)?;
    let rig = &person.rig;
    let told = rig.succeed(&["ledger", "export"], "")?;
    let lines: Vec<&str> = told.lines().collect();
    let last = |kind: &str| lines.iter().rposition(|line| line.contains(&format!("\"{kind}\"")));
    let exported = last("batch-exported");
    ensure!(exported.is_some() && exported < last("operator-signed-out"), "{told}");
    ensure!(last("operator-signed-out") < last("authority-closed"), "{told}");
    let file = rig.data_path().join("batches/WO-1-1-pre-registration.zip");
    let mut oem = Command::new(programs::program("oem")?);
    let root = rig.data_path().join("ca/root.pem");
    let output = oem.arg("verify").arg(&file).arg("--ca").arg(root).output()?;
    ensure!(output.status.success(), "{}", text(&output));
    rig.succeed(&["ledger", "verify"], "").map(drop)
}
