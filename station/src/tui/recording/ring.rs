//! The last messages, bounded in number and bytes.
//!
//! They are kept as the lines of the file, so that their size is known and writing them down is copying.
//! Of what no longer fits, the last that was told of each slot, light and notice stays, so that a recording
//! that begins in the middle of a shift begins with the line as it was then.

use std::collections::{BTreeMap, VecDeque};

use super::format::{Entry, FORMAT, Head, Written};
use crate::engine::{Event, StepId};
use crate::ledger::RunId;
use crate::tui::{Moment, Msg, Setting};

/// What is kept at most.
#[derive(Clone, Copy, Debug)]
pub(in crate::tui) struct Bounds {
    /// Messages.
    pub(in crate::tui) messages: usize,
    /// Bytes of their lines.
    pub(in crate::tui) bytes: usize,
}

impl Bounds {
    /// Some seventy runs of modules: each tells about thirty things, and every percent of its flashing.
    pub(in crate::tui) const USUAL: Self = Self { messages: 10_000, bytes: 4 << 20 };
}

/// The last messages.
#[derive(Debug)]
pub(in crate::tui) struct Ring {
    head: Head,
    bounds: Bounds,
    lines: VecDeque<Line>,
    bytes: usize,
    /// How many were ever taken in.
    pushed: u64,
    /// What the lines that are gone have left, by what it is about.
    standing: BTreeMap<About, Line>,
    /// The slots of which nothing but progress was told last: in which run and step, and whether more than once.
    advancing: BTreeMap<String, (RunId, StepId, bool)>,
}

#[derive(Debug)]
struct Line {
    /// Its place among all.
    number: u64,
    text: String,
    /// Time has passed, and nothing else.
    tick: bool,
    /// The slot whose progress it tells, if a line before it told that too: then it need not be kept when it
    /// has come further.
    progress: Option<String>,
}

/// What a message is about, of which only the last one counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum About {
    Counts,
    Light(crate::tui::msg::Device),
    Slot(String),
    Trouble(String),
    Checkpoint,
    Audit,
    LineStopped,
    Ended,
    Stop,
    Feed,
    Size,
}

impl Ring {
    pub(in crate::tui) fn new(setting: Setting, opened: Moment, bounds: Bounds) -> Self {
        let program = env!("CARGO_PKG_VERSION").to_owned();
        let head = Head { format: FORMAT, program, opened, missing: 0, setting };
        let (standing, advancing) = (BTreeMap::new(), BTreeMap::new());
        Self { head, bounds, lines: VecDeque::new(), bytes: 0, pushed: 0, standing, advancing }
    }

    /// Takes in a message. One that is too large for the ring is missing.
    pub(in crate::tui) fn push(&mut self, at: Moment, msg: &Msg) {
        let tick = *msg == Msg::Tick;
        // Time that passes twice has passed.
        if tick && self.lines.back().is_some_and(|line| line.tick) {
            self.take(VecDeque::pop_back);
        }
        let progress = match msg {
            Msg::Engine(Event::Progress { slot, run, step, .. }) => self.advance(slot, *run, *step),
            Msg::Engine(_) => {
                self.advancing.clear();
                None
            }
            _ => None,
        };
        let Ok(text) = serde_json::to_string(&Written { at, msg }) else {
            self.head.missing += 1;
            return;
        };
        // It would push out all others, and then itself.
        if text.len() > self.bounds.bytes {
            self.head.missing += 1;
            return;
        }
        self.bytes += text.len();
        self.pushed += 1;
        self.lines.push_back(Line { number: self.pushed, text, tick, progress });
        while self.lines.len() > self.bounds.messages || self.bytes > self.bounds.bytes {
            let Some(line) = self.take(VecDeque::pop_front) else { break };
            self.head.missing += 1;
            self.leave_standing(line);
        }
    }

    /// The file: the head, what is left of the lines that are gone, and the lines.
    pub(in crate::tui) fn file(&self) -> String {
        let mut text = serde_json::to_string(&self.head).unwrap_or_default();
        let mut standing: Vec<&Line> = self.standing.values().collect();
        standing.sort_by_key(|line| line.number);
        for line in standing.into_iter().chain(&self.lines) {
            text.push('\n');
            text.push_str(&line.text);
        }
        text.push('\n');
        text
    }

    /// How far a run had come is of no interest once it has come further, but for the first time: a run of which
    /// nothing was told before has begun then. It was told a moment ago, if at all. Gives the slot, if this is
    /// not the first time.
    fn advance(&mut self, slot: &str, run: RunId, step: StepId) -> Option<String> {
        /// Other slots and devices say no more in between.
        const NEAR: usize = 64;
        let before = self.advancing.get(slot).filter(|(other, at, _)| (*other, *at) == (run, step)).copied();
        self.advancing.insert(slot.to_owned(), (run, step, before.is_some()));
        let (.., again) = before?;
        if again {
            let mut near = self.lines.iter().enumerate().rev().take(NEAR);
            let told = near.find(|(_, line)| line.progress.as_deref() == Some(slot)).map(|(place, _)| place);
            if let Some(place) = told {
                self.take(|lines| lines.remove(place));
            }
        }
        Some(slot.to_owned())
    }

    fn take(&mut self, pop: impl FnOnce(&mut VecDeque<Line>) -> Option<Line>) -> Option<Line> {
        let line = pop(&mut self.lines)?;
        self.bytes -= line.text.len();
        Some(line)
    }

    /// Keeps a line that is gone, if the screen still shows what it told.
    fn leave_standing(&mut self, line: Line) {
        let Ok(Entry { msg, .. }) = serde_json::from_str(&line.text) else { return };
        let about = match msg {
            Msg::Counted(_) => About::Counts,
            Msg::Device(device, _) => About::Light(device),
            Msg::Ended(_) => About::Ended,
            Msg::Stop => About::Stop,
            Msg::FeedEnded => About::Feed,
            Msg::Resized(_) => About::Size,
            Msg::Engine(event) => match event {
                Event::SlotTrouble { slot, .. } => About::Trouble(slot),
                Event::SlotRecovered { slot } => {
                    self.standing.remove(&About::Trouble(slot));
                    return;
                }
                Event::SlotWaiting { slot }
                | Event::RunStarted { slot, .. }
                | Event::StepStarted { slot, .. }
                | Event::RunEnded { slot, .. } => {
                    self.standing.remove(&About::Trouble(slot.clone()));
                    About::Slot(slot)
                }
                // The step that it belongs to is told of already.
                Event::Progress { .. } | Event::StepEnded { .. } => return,
                Event::CheckpointMissed { .. } => About::Checkpoint,
                Event::AuditMissed { .. } => About::Audit,
                Event::CheckpointMade => {
                    self.standing.remove(&About::Checkpoint);
                    return;
                }
                Event::AuditMade => {
                    self.standing.remove(&About::Audit);
                    return;
                }
                Event::LineStopped { .. } => About::LineStopped,
            },
            // What was looked at then, and what was said of it, is gone.
            Msg::Key(_)
            | Msg::Scanned(_)
            | Msg::Page(_)
            | Msg::Recorded(_)
            | Msg::Tick
            | Msg::Transcript(..) => return,
        };
        self.standing.insert(about, line);
    }
}
