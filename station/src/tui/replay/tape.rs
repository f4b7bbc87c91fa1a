//! A recording, and how far it was played.

use std::time::Duration;

use crate::tui::recording::{Entry, Head, Recording};
use crate::tui::text::Language;
use crate::tui::{Model, Moment, Msg, update, view};

/// A recording, and the screen as it was after so many of its messages.
#[derive(Clone, Debug)]
pub struct Tape {
    recording: Recording,
    /// How many messages were played.
    played: usize,
    model: Model,
}

impl Tape {
    /// A recording at its beginning, in the language in which it was recorded or in another one.
    pub fn new(mut recording: Recording, language: Option<Language>) -> Self {
        if let Some(language) = language {
            recording.head.setting.language = language;
            if let Some(screen) = &mut recording.head.screen {
                screen.language = language;
            }
        }
        let model = beginning(&recording);
        Self { recording, played: 0, model }
    }

    /// How many messages there are.
    pub fn len(&self) -> usize {
        self.recording.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.recording.entries.is_empty()
    }

    /// How many messages were played.
    pub const fn played(&self) -> usize {
        self.played
    }

    /// What is played.
    #[cfg(test)]
    pub(in crate::tui) const fn recording(&self) -> &Recording {
        &self.recording
    }

    /// The screen after the messages that were played.
    pub const fn model(&self) -> &Model {
        &self.model
    }

    /// Plays so many messages from the beginning; all, if there are fewer.
    pub fn go_to(&mut self, frame: usize) {
        if frame < self.played {
            self.model = beginning(&self.recording);
            self.played = 0;
        }
        while self.played < frame && self.step() {}
    }

    /// Plays the next message. `false`, if there is none.
    pub fn step(&mut self) -> bool {
        let Some(Entry { at, msg }) = self.recording.entries.get(self.played) else { return false };
        // What the screen wanted done was done then.
        drop(update(&mut self.model, *at, msg.clone()));
        self.played += 1;
        true
    }

    /// Lets time pass without a message, up to so long after the screen was opened.
    pub(super) fn wait(&mut self, elapsed: Duration) {
        let before = self.model.moment();
        let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        let passed = Duration::from_millis(elapsed_ms.saturating_sub(before.elapsed_ms));
        // A calendar that ends is no reason to stop.
        let now = time::Duration::try_from(passed).ok().and_then(|passed| before.now.checked_add(passed));
        if let Some(now) = now.filter(|_| !passed.is_zero()) {
            drop(update(&mut self.model, Moment { elapsed_ms, now }, Msg::Tick));
        }
    }

    /// When the next message came, after the screen was opened. None, if there is none.
    pub(super) fn next_at(&self) -> Option<Duration> {
        let entry = self.recording.entries.get(self.played)?;
        Some(Duration::from_millis(entry.at.elapsed_ms))
    }

    /// The rows of the screen, without the blanks at their ends.
    pub fn rows(&self, width: u16, height: u16) -> Vec<String> {
        view::rows(&self.model, width, height)
    }
}

/// The screen before the first message.
fn beginning(recording: &Recording) -> Model {
    let Head { setting, opened, screen, .. } = &recording.head;
    screen.as_deref().cloned().unwrap_or_else(|| Model::new(setting.clone(), *opened))
}
