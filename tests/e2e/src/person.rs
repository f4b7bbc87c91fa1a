//! A person before the screen of `station run`, with a hand at the bench.

use std::process::Command;
use std::time::Duration;

use anyhow::{Result, ensure};
use virtual_bench::client::Client;

use crate::rig::{Order, USER_PIN};
use crate::terminal::{Frame, Key, Size, exited};
use crate::{Rig, Terminal, record};

/// An ordinary terminal.
pub const SIZE: Size = Size { columns: 100, rows: 30 };
/// Nothing takes so long on any machine.
pub const LIMIT: Duration = Duration::from_mins(2);
/// What the screen says when the first slot is empty.
const PUT_IN: &str = "Slot 1: put a module in";

/// A person at a running line.
#[derive(Debug)]
pub struct Person {
    /// What they see, and what they type on.
    pub terminal: Terminal,
    /// What their hands do.
    pub bench: Client,
    /// Where they work; it goes last.
    pub rig: Rig,
}

impl Person {
    /// At a line with one slot, which waits for the first of so many modules.
    ///
    /// # Errors
    /// As of [`at_slots`](Self::at_slots).
    pub fn at_work(quantity: u32) -> Result<Self> {
        Self::at_slots(1, quantity, &["run"])
    }

    /// At a line with so many slots.
    ///
    /// # Errors
    /// A program is missing or fails, or the line is not shown.
    pub fn at_slots(slots: usize, quantity: u32, arguments: &[&str]) -> Result<Self> {
        Self::at(Self::rig(slots, quantity)?, arguments, SIZE)
    }

    /// A station with an open order, with devices that take no time beyond what the modules need.
    ///
    /// # Errors
    /// A program is missing or fails.
    pub fn rig(slots: usize, quantity: u32) -> Result<Rig> {
        let rig = Rig::with_bench_arguments(slots, &["--pace", "none"])?;
        rig.open_order(&Order { quantity, ..Order::default() })?;
        Ok(rig)
    }

    /// At a station that is started with these arguments, in a terminal of this size.
    ///
    /// # Errors
    /// The program cannot be started, or the line is not shown.
    pub fn at(rig: Rig, arguments: &[&str], size: Size) -> Result<Self> {
        let command = rig.command("station", arguments)?;
        Self::before(rig, &command, size)
    }

    /// Starts a program in a terminal, gives the PIN and waits until the line is shown.
    ///
    /// # Errors
    /// The program cannot be started, or the line is not shown.
    pub fn before(rig: Rig, command: &Command, size: Size) -> Result<Self> {
        let terminal = Terminal::start(command, size)?;
        give(&terminal, USER_PIN)?;
        terminal.wait_for("WO-1", LIMIT)?;
        let bench = rig.bench()?;
        Ok(Self { terminal, bench, rig })
    }

    /// Waits until the screen shows a text.
    ///
    /// # Errors
    /// It does not come, or the program ends first.
    pub fn sees(&self, text: &str) -> Result<Frame> {
        self.terminal.wait_for(text, LIMIT)
    }

    /// Waits until the screen shows all of these texts, each within one row: a frame is drawn in several
    /// writes, and the first text may be there before the last.
    ///
    /// # Errors
    /// They do not come, or the program ends first.
    pub fn sees_all(&self, texts: &[&str]) -> Result<Frame> {
        self.terminal.wait_until(&texts.join(", "), LIMIT, |frame| {
            let shown = frame.to_string();
            texts.iter().all(|text| shown.contains(text))
        })
    }

    /// Waits until the screen does not show a text.
    ///
    /// # Errors
    /// It stays, or the program ends first.
    pub fn sees_no_more(&self, text: &str) -> Result<Frame> {
        self.terminal.wait_until(&format!("no {text}"), LIMIT, |frame| !frame.to_string().contains(text))
    }

    /// Types a line and finishes it.
    ///
    /// # Errors
    /// The terminal is closed.
    pub fn enters(&self, line: &str) -> Result<()> {
        self.terminal.type_text(line)?;
        self.terminal.press(Key::Enter)
    }

    /// Puts a blank module into the first slot, as soon as the screen asks for one.
    ///
    /// # Errors
    /// The screen does not ask, or the bench does not answer.
    pub fn puts_in(&mut self) -> Result<()> {
        self.sees(PUT_IN)?;
        Ok(self.bench.put_fresh("1").map(drop)?)
    }

    /// Takes the module out of the first slot, waits until the screen has seen it, and gives its name at the
    /// bench.
    ///
    /// # Errors
    /// There is none in it, or the screen does not ask for the next one.
    pub fn takes_out(&mut self) -> Result<String> {
        let module = self.bench.take("1")?;
        self.sees(PUT_IN)?;
        Ok(module)
    }

    /// Leaves a screen whose order is complete.
    ///
    /// # Errors
    /// The order does not come to its end.
    pub fn leaves(&self) -> Result<()> {
        self.sees("The order is complete.")?;
        self.terminal.type_text("q")
    }

    /// Leaves a line that was stopped and has ended, whose last modules lie in their slots: what becomes of them is
    /// to be seen first.
    ///
    /// # Errors
    /// It does not end.
    pub fn leaves_modules(&self) -> Result<()> {
        self.sees("The line has ended. Take the modules out")?;
        self.terminal.type_text("q")
    }

    /// Waits for the end, which has to be with this code and with a terminal as it was before, and gives
    /// what it shows then.
    ///
    /// # Errors
    /// It ends otherwise, or not at all.
    pub fn ends(&mut self, code: i32) -> Result<String> {
        ends_well(&mut self.terminal, code)
    }

    /// Stops the line with Control and C, and waits for the end.
    ///
    /// # Errors
    /// As of [`ends`](Self::ends).
    pub fn stops(&mut self, code: i32) -> Result<String> {
        self.terminal.press(Key::Control('c'))?;
        self.ends(code)
    }

    /// Checks that nothing is lost: the ledger holds, and the module in slot 1 can be brought to its end.
    ///
    /// # Errors
    /// Something is.
    pub fn finishes_without_a_screen(&self) -> Result<()> {
        self.rig.succeed(&["ledger", "verify"], "")?;
        if record::passed(&self.rig)? == 0 {
            let mut run = self.rig.start_run(1)?;
            ensure!(run.wait(LIMIT)?.success(), "the module cannot be taken up again");
        }
        self.rig.succeed(&["ledger", "verify"], "").map(drop)
    }
}

/// Types a PIN when it is asked for, in whatever language.
///
/// # Errors
/// It is not asked for.
pub fn give(terminal: &Terminal, pin: &str) -> Result<()> {
    let asked = |frame: &Frame| ["HSM", "PIN"].iter().all(|word| frame.to_string().contains(word));
    terminal.wait_until("the question for the PIN", LIMIT, asked)?;
    terminal.type_text(pin)?;
    terminal.press(Key::Enter)
}

/// Waits for the end, which has to be with this code and with a terminal as it was before, and gives what it
/// shows then.
///
/// # Errors
/// It ends otherwise, or not at all; the terminal is not whole, or shows the PIN.
pub fn ends_well(terminal: &mut Terminal, code: i32) -> Result<String> {
    exited(terminal.wait(LIMIT)?, code)?;
    terminal.left_whole()?;
    let shown = terminal.frame().to_string();
    ensure!(!shown.contains(USER_PIN), "the PIN is shown:\n{shown}");
    Ok(shown)
}
