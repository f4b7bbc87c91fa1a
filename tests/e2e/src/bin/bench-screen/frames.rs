//! Frames, without a program around them: messages taken in, and what they change drawn, down to the bytes for
//! the terminal.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use e2e::figures::{median, percentile};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};
use station::clock::Zone;
use station::config::{Flow, ScanEnd};
use station::engine::Event;
use station::operator::Badges;
use station::tui::msg::{Counts, Device, Report};
use station::tui::text::Language;
use station::tui::{Bells, Effect, Model, Moment, Msg, Setting, update, view};
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

/// A wall display on which every frame differs from the one before, as it does while all slots flash.
pub(super) fn busy() -> Result<Value> {
    let mut counting = Counting::default();
    let mut terminal = terminal(&mut counting)?;
    let mut model = at_work()?;
    let (mut updates, mut views, mut worked) = (Vec::new(), Vec::new(), Vec::new());
    for frame in 1..=FRAMES {
        // What every slot flashes between two frames.
        let messages: Vec<_> =
            (1..=SLOTS).map(|slot| event("progress", slot, frame)).collect::<Result<_>>()?;
        let (began, before) = (Instant::now(), own_time());
        for message in messages {
            update(&mut model, moment(frame * 50), Msg::Engine(message));
        }
        let taken_in = Instant::now();
        terminal.draw(|frame| view(&model, frame)).context("draw")?;
        updates.push(milliseconds(taken_in - began));
        views.push(milliseconds(taken_in.elapsed()));
        worked.push(milliseconds(own_time().saturating_sub(before)));
    }
    drop(terminal);
    let frames: Vec<f64> = updates.iter().zip(&views).map(|(update, view)| update + view).collect();
    Ok(json!({
        "slots": SLOTS,
        "columns": SIZE.width,
        "rows": SIZE.height,
        "frames": FRAMES,
        "update-ms": median(&updates),
        "view-ms": median(&views),
        "median-ms": median(&frames),
        "p99-ms": percentile(&frames, 99),
        "p99-processor-ms": percentile(&worked, 99),
        "bytes-a-frame": counting.0 / FRAMES,
    }))
}

/// A minute in which nothing happens but that time passes and every device is looked at as often as the real
/// program looks.
pub(super) fn idle() -> Result<Value> {
    /// Between two looks at a device, in seconds.
    const LOOK: u64 = 10;
    let mut counting = Counting::default();
    let mut terminal = terminal(&mut counting)?;
    let mut model = Model::new(setting(), moment(0));
    for slot in 1..=SLOTS {
        update(&mut model, moment(0), Msg::Engine(event("slot-waiting", slot, 0)?));
    }
    let reports = [
        (Device::Hsm, Report::Sessions(8, 8)),
        (Device::Printer, Report::Good),
        (Device::Scanner, Report::Good),
        (Device::Ledger, Report::Good),
        (Device::Clock, Report::Good),
        (Device::Disk, Report::Free(60)),
        (Device::Export, Report::Exported(None)),
    ];
    let (mut messages, mut frames, mut same) = (0, 0, 0);
    let mut shown = None;
    for second in 0..=60_u64 {
        let looks = if second % LOOK == 0 { reports.as_slice() } else { &[] };
        let looks = looks.iter().map(|(device, report)| Msg::Device(*device, *report));
        for message in looks.chain([Msg::Tick]) {
            let effects = update(&mut model, moment(second * 1000), message);
            // The first second shows the lights for the first time.
            if second > 0 {
                messages += 1;
                frames += u64::from(effects.contains(&Effect::Draw));
            }
            if effects.contains(&Effect::Draw) {
                let drawn = terminal.draw(|frame| view(&model, frame)).context("draw")?.buffer.clone();
                same += u64::from(shown.as_ref() == Some(&drawn));
                shown = Some(drawn);
            }
        }
    }
    Ok(json!({
        "slots": SLOTS,
        "messages": messages,
        "frames-drawn": frames,
        "frames-without-change": same,
    }))
}

fn terminal(counting: &mut Counting) -> Result<Terminal<CrosstermBackend<&mut Counting>>> {
    let options = TerminalOptions { viewport: Viewport::Fixed(SIZE) };
    Ok(Terminal::with_options(CrosstermBackend::new(counting), options)?)
}

fn at_work() -> Result<Model> {
    let mut model = Model::new(setting(), moment(0));
    for slot in 1..=SLOTS {
        update(&mut model, moment(0), Msg::Engine(event("run-started", slot, 0)?));
        update(&mut model, moment(0), Msg::Engine(event("step-started", slot, 0)?));
    }
    Ok(model)
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
        hands: std::collections::BTreeMap::new(),
        scan_end: ScanEnd::Enter,
        zone: Zone::utc(),
        language: Language::English,
        counts: Counts { quantity: 1000, passed: 500 },
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

/// Processor time of this thread. What others take of the machine does not count.
fn own_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.try_into().unwrap_or_default()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
