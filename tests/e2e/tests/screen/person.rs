//! Who sits before the station, and the line that they work at.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::rig::{Order, USER_PIN};
use e2e::terminal::{Frame, Key, Size, exited};
use e2e::{Rig, Terminal};
use serde_json::Value;
use virtual_bench::client::Client;

/// An ordinary terminal.
pub(super) const SIZE: Size = Size { columns: 100, rows: 30 };
/// Nothing takes so long on any machine.
pub(super) const LIMIT: Duration = Duration::from_mins(2);

/// A person at a running line. What they do is done to the fields.
#[derive(Debug)]
pub(super) struct Person {
    /// What they see.
    pub(super) terminal: Terminal,
    /// What their hands do.
    pub(super) bench: Client,
    /// Where they work; it goes last.
    pub(super) rig: Rig,
}

impl Person {
    /// At a line with one slot, which waits for the first of so many modules.
    pub(super) fn at_work(quantity: u32) -> Result<Self> {
        Self::at_slots(1, quantity, &["run"])
    }

    /// At a line with so many slots.
    pub(super) fn at_slots(slots: usize, quantity: u32, arguments: &[&str]) -> Result<Self> {
        let rig = Self::rig(slots, quantity)?;
        let command = rig.command("station", arguments)?;
        Self::before(rig, &command)
    }

    /// A station with an open order, with devices that take no time beyond what the modules need.
    pub(super) fn rig(slots: usize, quantity: u32) -> Result<Rig> {
        let rig = Rig::with_bench_arguments(slots, &["--pace", "none"])?;
        rig.open_order(&Order { quantity, ..Order::default() })?;
        Ok(rig)
    }

    /// Starts a program in a terminal, gives the PIN and waits until the line is shown.
    pub(super) fn before(rig: Rig, command: &Command) -> Result<Self> {
        let terminal = Terminal::start(command, SIZE)?;
        give(&terminal, USER_PIN)?;
        terminal.wait_for("WO-1", LIMIT)?;
        let bench = rig.bench()?;
        Ok(Self { terminal, bench, rig })
    }

    /// Waits until the screen shows a text.
    pub(super) fn sees(&self, text: &str) -> Result<Frame> {
        self.terminal.wait_for(text, LIMIT)
    }

    /// Waits until the screen shows all of these texts, each within one row: a frame is drawn in several
    /// writes, and the first text may be there before the last.
    pub(super) fn sees_all(&self, texts: &[&str]) -> Result<Frame> {
        self.terminal.wait_until(&texts.join(", "), LIMIT, |frame| {
            let shown = frame.to_string();
            texts.iter().all(|text| shown.contains(text))
        })
    }

    /// Waits until the screen does not show a text.
    pub(super) fn sees_no_more(&self, text: &str) -> Result<Frame> {
        self.terminal.wait_until(&format!("no {text}"), LIMIT, |frame| !frame.to_string().contains(text))
    }

    /// Types a line and finishes it.
    pub(super) fn enters(&self, line: &str) -> Result<()> {
        self.terminal.type_text(line)?;
        self.terminal.press(Key::Enter)
    }

    /// Leaves a screen whose order is complete.
    pub(super) fn leaves(&self) -> Result<()> {
        self.sees("The order is complete.")?;
        self.terminal.type_text("q")
    }

    /// Waits for the end, which has to be with this code and with a terminal as it was before, and gives
    /// what it shows then.
    pub(super) fn ends(&mut self, code: i32) -> Result<String> {
        ends_well(&mut self.terminal, code)
    }

    /// Checks that nothing is lost: the ledger holds, and the module in slot 1 can be brought to its end.
    pub(super) fn finishes_without_a_screen(&self) -> Result<()> {
        self.rig.succeed(&["ledger", "verify"], "")?;
        let order: Value = serde_json::from_str(&self.rig.succeed(&["order", "show", "--json"], "")?)?;
        if order["progress"]["passed"] == 0 {
            let mut run = self.rig.start_run(1)?;
            ensure!(run.wait(LIMIT)?.success(), "the module cannot be taken up again");
        }
        self.rig.succeed(&["ledger", "verify"], "").map(drop)
    }
}

/// Types a PIN when it is asked for.
pub(super) fn give(terminal: &Terminal, pin: &str) -> Result<()> {
    terminal.wait_for("PIN of the HSM", LIMIT)?;
    terminal.type_text(pin)?;
    terminal.press(Key::Enter)
}

/// Waits for the end, which has to be with this code and with a terminal as it was before.
pub(super) fn ends_well(terminal: &mut Terminal, code: i32) -> Result<String> {
    exited(terminal.wait(LIMIT)?, code)?;
    terminal.left_whole()?;
    let shown = terminal.frame().to_string();
    ensure!(!shown.contains(USER_PIN), "the PIN is shown:\n{shown}");
    Ok(shown)
}

/// The events of this kind, each with the name in the operator's column.
pub(super) fn recorded(rig: &Rig, kind: &str) -> Result<Vec<(String, Value)>> {
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
