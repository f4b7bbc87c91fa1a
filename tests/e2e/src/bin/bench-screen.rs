//! What a frame of the screen costs: a message taken in, and 24 busy slots drawn on a wall display, down to
//! the bytes for the terminal.
//!
//! Every frame differs from the one before, as it does while all slots flash. Prints medians and the
//! slowest of a hundred; `cargo xtask bench screen` builds and runs it.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use e2e::figures::median;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};
use serde_json::json;
use station::clock::Zone;
use station::config::{Flow, ScanEnd};
use station::engine::Event;
use station::operator::Badges;
use station::tui::msg::Counts;
use station::tui::text::Language;
use station::tui::{Bells, Model, Moment, Msg, Setting, update, view};
use time::OffsetDateTime;

const SLOTS: u64 = 24;
const SIZE: Rect = Rect { x: 0, y: 0, width: 240, height: 67 };
const FRAMES: u64 = 2000;

/// Counts what goes to the terminal.
#[derive(Debug, Default)]
struct Counting(u64);

impl Write for Counting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn main() -> Result<()> {
    let json = std::env::args().any(|argument| argument == "--json");
    let mut counting = Counting::default();
    let options = TerminalOptions { viewport: Viewport::Fixed(SIZE) };
    let mut terminal = Terminal::with_options(CrosstermBackend::new(&mut counting), options)?;
    let mut model = Model::new(setting(), moment(0));
    for slot in 1..=SLOTS {
        update(&mut model, moment(0), Msg::Engine(event("run-started", slot, 0)?));
        update(&mut model, moment(0), Msg::Engine(event("step-started", slot, 0)?));
    }
    let (mut updates, mut views) = (Vec::new(), Vec::new());
    for frame in 1..=FRAMES {
        // What every slot flashes between two frames.
        let messages: Vec<_> =
            (1..=SLOTS).map(|slot| event("progress", slot, frame)).collect::<Result<_>>()?;
        let began = Instant::now();
        for message in messages {
            update(&mut model, moment(frame * 50), Msg::Engine(message));
        }
        let drawing = Instant::now();
        terminal.draw(|frame| view(&model, frame)).context("draw")?;
        updates.push(milliseconds(drawing - began));
        views.push(milliseconds(drawing.elapsed()));
    }
    drop(terminal);
    let frames: Vec<f64> = updates.iter().zip(&views).map(|(update, view)| update + view).collect();
    let report = json!({
        "slots": SLOTS,
        "columns": SIZE.width,
        "rows": SIZE.height,
        "frames": FRAMES,
        "update-ms": median(&updates),
        "view-ms": median(&views),
        "frame-ms": median(&frames),
        "slow-frame-ms": slowest_of_a_hundred(frames),
        "bytes-a-frame": counting.0 / FRAMES,
    });
    let mut out = io::stdout();
    if json {
        writeln!(out, "{report:#}")?;
    } else {
        for (name, value) in report.as_object().context("an object")? {
            writeln!(out, "{name:<14} {value}")?;
        }
    }
    Ok(())
}

fn setting() -> Setting {
    Setting {
        order: "BENCH".into(),
        customer: "Example OEM".into(),
        product: "module".into(),
        flow: Flow::LateBinding,
        operator: "Ana".parse().ok(),
        operators: Badges::default(),
        sign_out_after: None,
        bells: Bells { pass: true, fail: true },
        slots: (1..=SLOTS).map(|slot| slot.to_string()).collect(),
        scan_wait: Duration::from_secs(30),
        keyboard_scanner: false,
        scan_end: ScanEnd::Enter,
        zone: Zone::utc(),
        language: Language::English,
        counts: Counts { quantity: 1000, passed: 500, failed: 5 },
    }
}

fn moment(elapsed_ms: u64) -> Moment {
    Moment { elapsed_ms, now: OffsetDateTime::UNIX_EPOCH }
}

/// An event as `station run --events` writes it.
fn event(name: &str, slot: u64, frame: u64) -> Result<Event> {
    let (done, total) = ((frame * 7 + slot * 13) % 101 * 1024, 102_400);
    let slot = slot.to_string();
    Ok(serde_json::from_value(
        json!({ "event": name, "slot": slot, "run": 1, "step": "flash", "done": done, "total": total }),
    )?)
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The time that one frame in a hundred takes longer than.
fn slowest_of_a_hundred(mut frames: Vec<f64>) -> f64 {
    frames.sort_by(f64::total_cmp);
    frames.get(frames.len() * 99 / 100).copied().unwrap_or(f64::NAN)
}
