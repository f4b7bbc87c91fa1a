//! The real program in a terminal, on the virtual bench.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use e2e::figures::{median, percentile, thread_time};
use e2e::rig::{Order, USER_PIN};
use e2e::run::Events;
use e2e::terminal::{Cell, Frame, Key, Size};
use e2e::{Rig, Terminal};
use rustix::process::Signal;
use serde_json::{Value, json};

const SIZE: Size = Size { columns: 240, rows: 67 };
const SLOTS: usize = 8;
const LIMIT: Duration = Duration::from_mins(3);
/// So that start-up does not count.
const SETTLE: Duration = Duration::from_secs(5);
/// How long an idle program is watched: twice as long as the longest time between two looks at a device.
const WATCH: Duration = Duration::from_secs(20);
/// Threads that are there for the screen alone.
const OWN: [&str; 2] = ["screen", "keys"];
const STROKES: usize = 60;
/// Between two strokes, not in step with anything the program does.
const BETWEEN: Duration = Duration::from_millis(73);
/// What the upper right corner says between operator and clock after each stroke of L, from the first on.
const LANGUAGES: [&str; 4] = ["中文", "Español", "Tiếng Việt", "English"];

/// A line that waits for modules.
#[derive(Debug)]
struct Line {
    terminal: Terminal,
    rig: Rig,
}

impl Line {
    fn start() -> Result<Self> {
        let rig = Rig::new(SLOTS)?;
        rig.open_order(&Order { quantity: 100, ..Order::default() })?;
        let events = rig.path().join("events.ndjson");
        let arguments = ["run", "--events", &events.display().to_string()];
        let terminal = rig.start_in_terminal(&arguments, SIZE)?;
        terminal.wait_for("PIN", LIMIT)?;
        terminal.type_text(USER_PIN)?;
        terminal.press(Key::Enter)?;
        let waiting = |frame: &Frame| frame.to_string().matches("Put a module in").count() == SLOTS;
        terminal.wait_until("empty slots", LIMIT, waiting)?;
        Ok(Self { terminal, rig })
    }

    fn end(mut self) -> Result<()> {
        self.terminal.signal(Signal::TERM)?;
        self.terminal.wait(LIMIT)?;
        self.terminal.left_whole()
    }
}

/// What the program takes of a core while all slots are empty: all of it, which looks for modules too, and the
/// threads that are there for the screen.
pub(super) fn idle() -> Result<Value> {
    let line = Line::start()?;
    let process = line.terminal.id();
    std::thread::sleep(SETTLE);
    let (all, own, began) = (thread_time(process, &[])?, thread_time(process, &OWN)?, Instant::now());
    std::thread::sleep(WATCH);
    let elapsed = began.elapsed().as_secs_f64();
    let percent = |before: f64, now: f64| (now - before) / elapsed * 100.0;
    let report = json!({
        "slots": SLOTS,
        "seconds": elapsed,
        "program-percent": percent(all, thread_time(process, &[])?),
        "screen-percent": percent(own, thread_time(process, &OWN)?),
    });
    line.end()?;
    Ok(report)
}

/// From a stroke of L to the frame in the next language, while every slot flashes.
pub(super) fn keys() -> Result<Value> {
    let line = Line::start()?;
    let mut bench = line.rig.bench()?;
    let mut flashing = Flashing::new(Events::of(line.rig.path().join("events.ndjson")));
    let (mut took, mut languages) = (Vec::new(), LANGUAGES.iter().cycle());
    let deadline = Instant::now() + LIMIT;
    while took.len() < STROKES {
        ensure!(Instant::now() < deadline, "only {} strokes while all slots flashed", took.len());
        flashing.hear()?;
        for slot in std::mem::take(&mut flashing.done) {
            bench.take(&slot)?;
        }
        for slot in std::mem::take(&mut flashing.empty) {
            bench.put_fresh(&slot)?;
        }
        std::thread::sleep(BETWEEN);
        if flashing.slots.len() < SLOTS {
            continue;
        }
        let Some(language) = languages.next() else { break };
        let began = Instant::now();
        line.terminal.type_text("l")?;
        line.terminal.wait_until(language, LIMIT, |frame| {
            frame
                .rows
                .first()
                .is_some_and(|row| text(row).contains(&format!("·{}·", without_blanks(language))))
        })?;
        took.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    line.end()?;
    Ok(json!({
        "slots-flashing": SLOTS,
        "columns": SIZE.columns,
        "rows": SIZE.rows,
        "strokes": took.len(),
        "median-ms": median(&took),
        "p95-ms": percentile(&took, 95),
        "slowest-ms": percentile(&took, 100),
    }))
}

/// A row of cells as text, without blanks.
fn text(row: &[Cell]) -> String {
    without_blanks(&row.iter().map(|cell| cell.text.as_str()).collect::<String>())
}

fn without_blanks(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Which slots flash, by the record of what happens.
#[derive(Debug)]
struct Flashing {
    events: Events,
    slots: BTreeSet<String>,
    /// Whose run has ended.
    done: Vec<String>,
    /// That wait for another module.
    empty: Vec<String>,
}

impl Flashing {
    fn new(events: Events) -> Self {
        Self { events, slots: BTreeSet::new(), done: Vec::new(), empty: Vec::new() }
    }

    fn hear(&mut self) -> Result<()> {
        for event in self.events.new_ones()? {
            let slot = event["slot"].as_str().unwrap_or_default().to_owned();
            match (event["event"].as_str(), event["step"].as_str()) {
                (Some("step-started"), Some("flash")) => {
                    self.slots.insert(slot);
                }
                (Some("step-ended"), Some("flash")) => {
                    self.slots.remove(&slot);
                }
                (Some("run-ended"), _) => {
                    self.slots.remove(&slot);
                    self.done.push(slot);
                }
                (Some("slot-waiting"), _) => self.empty.push(slot),
                _ => {}
            }
        }
        Ok(())
    }
}
