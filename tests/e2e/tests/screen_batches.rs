//! A batch on the screen of a running line: closed by two strokes, exported while a module is at work, and checked as
//! its receiver would; and the order's last one, when nothing is at work any more.

use std::process::Command;
use std::time::Duration;

use anyhow::{Result, ensure};
use e2e::rig::{Order, USER_PIN, text};
use e2e::terminal::{Key, Size, exited};
use e2e::{Rig, Terminal};

const SIZE: Size = Size { columns: 100, rows: 30 };
const LIMIT: Duration = Duration::from_mins(2);

#[test]
fn a_batch_is_closed_and_exported_while_the_line_runs() -> Result<()> {
    let rig = Rig::new(1)?;
    let mut bench = rig.bench()?;
    rig.open_order(&Order { quantity: 2, ..Order::default() })?;
    let mut terminal = rig.start_in_terminal(&["--operator", "Ana", "run"], SIZE)?;
    terminal.wait_for("PIN of the HSM", LIMIT)?;
    terminal.type_text(USER_PIN)?;
    terminal.press(Key::Enter)?;
    terminal.wait_for("Slot 1: put a module in", LIMIT)?;
    bench.put_fresh("1")?;
    terminal.wait_for("PASS", LIMIT)?;

    terminal.press(Key::Function(4))?;
    terminal.wait_for("Waiting for a batch, order WO-1: 1", LIMIT)?;
    terminal.wait_for("No batch was closed yet.", LIMIT)?;
    bench.take("1")?;
    terminal.wait_for("Slot 1: put a module in", LIMIT)?;
    bench.put_fresh("1")?;
    terminal.type_text("c")?;
    terminal.wait_for("Press C once more: close a batch.", LIMIT)?;
    Terminal::read_the_question();
    terminal.type_text("c")?;
    terminal.wait_for("Batch WO-1-1 is closed. Modules in it: 1.", LIMIT)?;
    terminal.wait_for("The HSM has signed a checkpoint of the ledger.", LIMIT)?;
    terminal.wait_for("▲ not yet", LIMIT)?;
    terminal.type_text("e")?;
    terminal.wait_for("Batch WO-1-1 is exported, pre-registration:", LIMIT)?;
    terminal.wait_until("the list has the file", LIMIT, |frame| !frame.to_string().contains("▲ not yet"))?;

    // The module that was put in meanwhile is none of this one's, and completes the order.
    terminal.wait_for("The order is complete.", LIMIT)?;
    terminal.wait_for("Waiting for a batch, order WO-1: 1", LIMIT)?;
    // The last batch of an order is closed when nothing is at work any more: the HSM is still there for it.
    terminal.press_twice("c")?;
    terminal.wait_for("Batch WO-1-2 is closed. Modules in it: 1.", LIMIT)?;
    terminal.wait_for("The HSM has signed a checkpoint of the ledger.", LIMIT)?;
    terminal.type_text("e")?;
    terminal.wait_for("Batch WO-1-2 is exported, pre-registration:", LIMIT)?;
    terminal.type_text("q")?;
    exited(terminal.wait(LIMIT)?, 0)?;
    terminal.left_whole()?;
    let told = rig.succeed(&["ledger", "export"], "")?;
    let lines: Vec<&str> = told.lines().collect();
    let last = |kind: &str| lines.iter().rposition(|line| line.contains(&format!("\"{kind}\"")));
    let exported = last("batch-exported");
    ensure!(exported.is_some() && exported < last("operator-signed-out"), "{told}");
    ensure!(last("operator-signed-out") < last("authority-closed"), "{told}");
    let file = rig.data_path().join("batches/WO-1-1-pre-registration.zip");
    let mut oem = Command::new(e2e::programs::program("oem")?);
    let root = rig.data_path().join("ca/root.pem");
    let output = oem.arg("verify").arg(&file).arg("--ca").arg(root).output()?;
    ensure!(output.status.success(), "{}", text(&output));
    rig.succeed(&["ledger", "verify"], "")?;
    Ok(())
}
