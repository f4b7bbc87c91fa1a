//! The last messages, bounded in number and bytes.
//!
//! They are kept as the lines of the file, so that their size is known and writing them down is copying.
//! What no longer fits is told to a screen that nobody sees, so that a recording that begins in the middle of a
//! shift begins with the screen as it was then: the slots and the lights, and who was signed in, the language and
//! the page, of which no message tells any more.

use std::collections::{BTreeMap, VecDeque};

use super::format::{Entry, FORMAT, Head, Written};
use crate::engine::{Event, StepId};
use crate::ledger::RunId;
use crate::tui::{Model, Moment, Msg, Setting, update};

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
    /// The screen as it was before the first of the lines.
    before: Model,
    /// Whether that is another one than a screen that was just opened.
    begun: bool,
    /// The slots of which nothing but progress was told last: in which run and step, and whether more than once.
    advancing: BTreeMap<String, (RunId, StepId, bool)>,
}

#[derive(Debug)]
struct Line {
    text: String,
    /// Time has passed, and nothing else.
    tick: bool,
    /// The slot whose progress it tells, if a line before it told that too: then it need not be kept when it
    /// has come further.
    progress: Option<String>,
}

impl Ring {
    pub(in crate::tui) fn new(setting: Setting, opened: Moment, bounds: Bounds) -> Self {
        let program = env!("CARGO_PKG_VERSION").to_owned();
        // Whoever plays the recording is asked for a badge as well, and has none.
        let setting = Setting { operators: setting.operators.stand_ins(), ..setting };
        let before = Model::new(setting.clone(), opened);
        let head = Head { format: FORMAT, program, opened, missing: 0, setting, screen: None };
        Self {
            head,
            bounds,
            lines: VecDeque::new(),
            bytes: 0,
            before,
            begun: false,
            advancing: BTreeMap::new(),
        }
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
        self.lines.push_back(Line { text, tick, progress });
        while self.lines.len() > self.bounds.messages || self.bytes > self.bounds.bytes {
            let Some(line) = self.take(VecDeque::pop_front) else { break };
            self.head.missing += 1;
            if let Ok(Entry { at, msg }) = serde_json::from_str(&line.text) {
                // What the screen wanted done was done then.
                drop(update(&mut self.before, at, msg));
                self.begun = true;
            }
        }
    }

    /// The file: the head, and the lines.
    pub(in crate::tui) fn file(&self) -> String {
        let screen = self.begun.then(|| Box::new(self.before.clone()));
        let mut head = Head { screen, ..self.head.clone() };
        let mut text = serde_json::to_string(&head).unwrap_or_default();
        if text.len() > self.bounds.bytes {
            // Without what passed over the serial lines it is as large as any other line.
            if let Some(screen) = &mut head.screen {
                screen.forget_transcripts();
            }
            text = serde_json::to_string(&head).unwrap_or_default();
        }
        for line in &self.lines {
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
}
