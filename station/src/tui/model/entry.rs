//! A line of text that somebody types.

use serde::{Deserialize, Serialize};

use crate::tui::msg::Key;

/// More than this is no answer to anything that is asked for here.
const LONGEST: usize = 200;

/// A line of text that somebody types. It is mended at its end alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::tui) struct Entry {
    text: String,
}

/// What a key has done to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tui) enum Typed {
    /// The line reads otherwise.
    Changed,
    /// The line is finished.
    Finished,
    /// It was no key for a line of text.
    Nothing,
}

impl Entry {
    /// What was typed so far.
    pub(in crate::tui) fn text(&self) -> &str {
        &self.text
    }

    /// Puts another text in its place, as far as it may be typed.
    pub(in crate::tui) fn set(&mut self, text: &str) {
        self.text = text.chars().filter(|letter| !letter.is_control()).take(LONGEST).collect();
    }

    /// Empties the line.
    pub(in crate::tui) fn clear(&mut self) {
        self.text.clear();
    }

    /// Takes a key in.
    pub(in crate::tui) fn press(&mut self, key: Key) -> Typed {
        match key {
            Key::Char(letter) if !letter.is_control() => {
                if self.text.chars().count() < LONGEST {
                    self.text.push(letter);
                }
                Typed::Changed
            }
            Key::Backspace => {
                self.text.pop();
                Typed::Changed
            }
            Key::Ctrl('u') => {
                self.text.clear();
                Typed::Changed
            }
            Key::Enter => Typed::Finished,
            _ => Typed::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_typed_mended_and_finished() {
        let mut entry = Entry::default();
        for letter in "Ánh模".chars() {
            assert_eq!(entry.press(Key::Char(letter)), Typed::Changed);
        }
        assert_eq!(entry.text(), "Ánh模");
        entry.press(Key::Backspace);
        assert_eq!(entry.text(), "Ánh");
        assert_eq!(entry.press(Key::Esc), Typed::Nothing);
        assert_eq!(entry.press(Key::Enter), Typed::Finished);
        entry.press(Key::Ctrl('u'));
        assert_eq!(entry.text(), "");
    }

    #[test]
    fn nothing_that_steers_a_terminal_gets_in_and_no_endless_text() {
        let mut entry = Entry::default();
        entry.set("a\u{1b}[2Jb\n");
        assert_eq!(entry.text(), "a[2Jb");
        entry.set(&"x".repeat(1000));
        entry.press(Key::Char('y'));
        assert_eq!(entry.text(), "x".repeat(LONGEST));
    }
}
