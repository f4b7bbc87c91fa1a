//! The line without a screen: one line for each thing that happens, and a bar while flashing when
//! somebody watches.
//!
//! In a terminal each busy slot has a bar at the bottom; elsewhere there are plain lines only,
//! without colour, so that a log reads like a record.

mod lines;
mod record;

pub use record::Record;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Write as _};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::engine::Event;

/// Shows events on standard output, and writes them to a file if one is given.
#[derive(Debug)]
pub struct Headless {
    bars: Option<Bars>,
    record: Record,
}

#[derive(Debug)]
struct Bars {
    all: MultiProgress,
    slots: BTreeMap<String, ProgressBar>,
}

impl Headless {
    /// A display on standard output, which also writes events to `record`.
    pub fn new(record: Record) -> Self {
        let bars = std::io::stdout().is_terminal().then(|| Bars {
            all: MultiProgress::with_draw_target(ProgressDrawTarget::stdout()),
            slots: BTreeMap::new(),
        });
        Self { bars, record }
    }

    /// Shows events until the engine ends.
    ///
    /// # Errors
    /// Standard output or the file cannot be written.
    pub async fn show_all(mut self, mut events: UnboundedReceiver<Event>) -> std::io::Result<()> {
        while let Some(event) = events.recv().await {
            self.record.write(&event)?;
            self.show(&event)?;
        }
        Ok(())
    }

    fn show(&mut self, event: &Event) -> std::io::Result<()> {
        if let Some(bars) = &mut self.bars {
            bars.update(event);
        }
        for line in lines::of(event) {
            match &self.bars {
                Some(bars) => bars.all.println(&line)?,
                None => writeln!(std::io::stdout(), "{line}")?,
            }
        }
        Ok(())
    }
}

impl Bars {
    fn update(&mut self, event: &Event) {
        match event {
            Event::Progress { slot, step, done, total, .. } => {
                let bar = self.slots.entry(slot.clone()).or_insert_with(|| {
                    // Added before it is changed: a bar on its own would draw itself, and be left standing.
                    let bar = self.all.add(ProgressBar::new(*total).with_style(style()));
                    bar.set_prefix(format!("slot {slot}"));
                    bar
                });
                bar.set_message(step.name());
                bar.set_length(*total);
                bar.set_position(*done);
            }
            Event::StepEnded { slot, .. } | Event::RunEnded { slot, .. } => {
                if let Some(bar) = self.slots.remove(slot) {
                    bar.finish_and_clear();
                }
            }
            Event::SlotWaiting { .. }
            | Event::SlotTrouble { .. }
            | Event::SlotRecovered { .. }
            | Event::RunStarted { .. }
            | Event::StepStarted { .. }
            | Event::CheckpointMissed { .. }
            | Event::CheckpointMade
            | Event::AuditMissed { .. }
            | Event::AuditMade
            | Event::LineStopped { .. } => {}
        }
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{prefix:<8} {msg:<10} [{bar:30}] {percent:>3} %")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
}
