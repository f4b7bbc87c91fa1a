//! Eight slots that want hands, and every page there is, one after the other.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::rig::{Order, USER_PIN};
use e2e::terminal::{Frame, Key, Size};
use e2e::{Rig, Terminal};
use rustix::process::Signal;
use serde_json::Value;
use virtual_bench::fault::Fault;

use super::scene::Scene;

const SLOTS: usize = 8;
/// Stays empty.
const LAST: usize = 8;
/// How long nothing may be written for a frame to be whole.
const STILL: Duration = Duration::from_millis(150);
const LIMIT: Duration = Duration::from_mins(2);

/// A page beside the line: its key, what its picture is called, what is to be seen, and words that it shows when
/// there is something to be seen.
const PAGES: [(u8, &str, &str, &str); 5] = [
    (3, "page-modules", "The page of one module", "Label read back"),
    (4, "page-batches", "The page of batches", "is exported"),
    (5, "page-vendor", "The page of the CA and the HSM", "OPEN until"),
    (6, "page-check", "The page of the check", "done "),
    (7, "page-operator", "The page of who works here", "is signed in"),
];

/// Has the pictures taken.
pub(super) fn take(size: Size) -> Result<Vec<Scene>> {
    let rig = Rig::with_bench_arguments(SLOTS, &["--pace", "none"])?;
    rig.open_order(&Order { id: "WO-2026-118".to_owned(), quantity: 250, ..Order::default() })?;
    let mut terminal = rig.start_in_terminal(&["--operator", "Ana", "run"], size)?;
    terminal.wait_for("PIN", LIMIT)?;
    terminal.type_text(USER_PIN)?;
    terminal.press(Key::Enter)?;
    wait(&terminal, "Put a module in", SLOTS)?;
    make_trouble(&rig)?;
    wait(&terminal, "PASS", 3)?;
    let scenes = Camera { terminal: &terminal, passed: passed(&rig)?, scenes: Vec::new() }.walk()?;
    terminal.signal(Signal::TERM)?;
    terminal.wait(LIMIT)?;
    terminal.left_whole()?;
    Ok(scenes)
}

/// The UID of a module that has passed.
fn passed(rig: &Rig) -> Result<String> {
    let listed: Value = serde_json::from_str(&rig.succeed(&["--json", "unit", "list"], "")?)?;
    let modules = listed.as_array().context("no modules")?;
    let passed = modules.iter().find(|module| module["state"] == "passed").context("none has passed")?;
    Ok(passed["uid"].as_str().context("no UID")?.to_owned())
}

/// One slot out of labels, one with another chip, one whose flash does not hold, one with a label still to be
/// stuck on, and three that pass.
fn make_trouble(rig: &Rig) -> Result<()> {
    let mut bench = rig.bench()?;
    bench.fault("2", Fault::PaperOut)?;
    bench.fault("5", Fault::WrongChip)?;
    bench.fault("6", Fault::FlashReadsBackWrong)?;
    bench.fault("7", Fault::ScannerReads { text: "NR".to_owned() })?;
    for slot in (1..LAST).filter(|slot| *slot != 7) {
        bench.put_fresh(&slot.to_string())?;
    }
    // The one whose label waits comes last: its time is short.
    std::thread::sleep(Duration::from_secs(2));
    bench.put_fresh("7").map(drop).map_err(Into::into)
}

/// Looks at a screen, page by page.
#[derive(Debug)]
struct Camera<'a> {
    terminal: &'a Terminal,
    /// The UID of a module that has passed.
    passed: String,
    scenes: Vec<Scene>,
}

impl Camera<'_> {
    fn walk(mut self) -> Result<Vec<Scene>> {
        for code in ["F-522", "P-304", "P-306"] {
            wait(self.terminal, code, 1)?;
        }
        wait(self.terminal, "Stick and scan", 1)?;
        self.shoot("eight-slots", "Eight slots that want hands")?;

        self.terminal.press(Key::Right)?;
        self.terminal.type_text("f")?;
        wait(self.terminal, "What becomes of the module", 1)?;
        self.shoot("fault", "What happened in a slot, and what to do")?;
        self.terminal.type_text("l")?;
        wait(self.terminal, "模块如何处理", 1)?;
        self.shoot("fault-chinese", "The same in Chinese")?;
        self.terminal.type_text("lll")?;
        wait(self.terminal, "What becomes of the module", 1)?;
        self.terminal.type_text("e")?;
        wait(self.terminal, "Causes, outermost first", 1)?;
        self.shoot("fault-engineer", "What the engineer wants to know")?;
        self.terminal.press(Key::Function(1))?;
        wait(self.terminal, "Any key goes back.", 1)?;
        self.terminal.type_text(" ")?;
        self.line()?;
        self.terminal.press(Key::Function(1))?;
        wait(self.terminal, "Any key goes back.", 1)?;
        self.shoot("help", "All keys")?;
        self.terminal.type_text(" ")?;
        for (key, name, title, word) in PAGES {
            self.line()?;
            self.terminal.press(Key::Function(key))?;
            self.terminal.wait_until("another page", LIMIT, |frame| !is_line(frame))?;
            match key {
                // As a scanner types it.
                3 => self.terminal.type_text(&format!("{}\r", self.passed))?,
                4 => self.make_batch()?,
                _ => {}
            }
            self.terminal.wait_until(word, LIMIT, |frame| !is_line(frame) && shows(frame, word, 1))?;
            self.shoot(name, title)?;
        }
        self.line()?;
        Ok(self.scenes)
    }

    /// Closes a batch, and exports it.
    fn make_batch(&self) -> Result<()> {
        wait(self.terminal, "Waiting for a batch", 1)?;
        self.terminal.press_twice("c")?;
        wait(self.terminal, "is closed", 1)?;
        self.terminal.type_text("e")
    }

    /// Back to all slots.
    fn line(&self) -> Result<()> {
        self.terminal.press(Key::Function(2))?;
        self.terminal.wait_until("all slots", LIMIT, is_line).map(drop)
    }

    fn shoot(&mut self, name: &'static str, title: &'static str) -> Result<()> {
        let frame = self.terminal.settled(STILL, LIMIT)?;
        ensure!(!frame.to_string().contains("panicked"), "{frame}");
        self.scenes.push(Scene { name, title, frame });
        Ok(())
    }
}

fn is_line(frame: &Frame) -> bool {
    shows(frame, "━ Slot 1 ━", 1) || shows(frame, "─ Slot 1 ─", 1)
}

fn shows(frame: &Frame, text: &str, times: usize) -> bool {
    frame.to_string().matches(text).count() >= times
}

fn wait(terminal: &Terminal, text: &str, times: usize) -> Result<()> {
    terminal.wait_until(text, LIMIT, |frame| shows(frame, text, times)).map(drop)
}
