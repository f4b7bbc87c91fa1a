//! Styles by meaning. Colour is never alone: whatever has one is told by a word and a shape as well.
//!
//! The sixteen colours of every terminal are used, so that a terminal's own choice of colours, made for
//! the light of the hall, holds here too. Where no colour is wanted (`NO_COLOR`), what would be filled with one
//! changes places with its background.

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};

/// What a piece of the screen means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Text like any other.
    Plain,
    /// What need not be seen.
    Dim,
    /// A heading.
    Heading,
    /// A module passed.
    Pass,
    /// A module failed.
    Fail,
    /// The station is in trouble.
    Error,
    /// Something waits for a hand.
    Hand,
    /// Something waits for a hand, and time is short.
    Hurry,
    /// At work.
    Busy,
    /// A key.
    Key,
    /// A device is well.
    Good,
    /// A device that somebody should see to.
    Warning,
    /// What is printed on paper. The same on every terminal, so that a code in it can be scanned.
    Paper,
}

impl Meaning {
    /// All meanings.
    #[cfg(test)]
    pub(super) const ALL: [Self; 13] = [
        Self::Plain,
        Self::Dim,
        Self::Heading,
        Self::Pass,
        Self::Fail,
        Self::Error,
        Self::Hand,
        Self::Hurry,
        Self::Busy,
        Self::Key,
        Self::Good,
        Self::Warning,
        Self::Paper,
    ];

    /// How it looks.
    pub(super) const fn style(self) -> Style {
        let plain = Style::new();
        match self {
            Self::Plain => plain,
            Self::Dim => plain.add_modifier(Modifier::DIM),
            Self::Heading => plain.add_modifier(Modifier::BOLD),
            Self::Pass => filled_with(Color::Green),
            Self::Fail => plain_on(Color::White, Color::Red).add_modifier(Modifier::BOLD),
            Self::Error => filled_with(Color::Yellow),
            Self::Hand => plain.fg(Color::Cyan).add_modifier(Modifier::BOLD),
            Self::Hurry => filled_with(Color::Cyan),
            Self::Busy => plain.fg(Color::Blue),
            Self::Key => plain.add_modifier(Modifier::REVERSED),
            Self::Good => plain.fg(Color::Green),
            Self::Warning => plain.fg(Color::Yellow).add_modifier(Modifier::BOLD),
            Self::Paper => plain_on(Color::Black, Color::White),
        }
    }

    /// What has this look.
    #[cfg(test)]
    pub(super) fn of(style: Style) -> Option<Self> {
        let look = |style: Style| {
            (style.fg.unwrap_or(Color::Reset), style.bg.unwrap_or(Color::Reset), style.add_modifier)
        };
        Self::ALL.into_iter().find(|meaning| look(meaning.style()) == look(style))
    }
}

/// Takes the colours out of a drawn screen.
pub(super) fn without_colours(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if cell.bg != Color::Reset {
            cell.modifier |= Modifier::REVERSED;
        }
        (cell.fg, cell.bg) = (Color::Reset, Color::Reset);
    }
}

const fn plain_on(text: Color, back: Color) -> Style {
    Style::new().fg(text).bg(back)
}

const fn filled_with(back: Color) -> Style {
    plain_on(Color::Black, back).add_modifier(Modifier::BOLD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_colours_what_was_filled_changes_places() {
        let mut buffer = Buffer::empty(ratatui::layout::Rect { x: 0, y: 0, width: 2, height: 1 });
        buffer[(0, 0)].set_style(Meaning::Pass.style());
        buffer[(1, 0)].set_style(Meaning::Warning.style());
        without_colours(&mut buffer);
        assert_eq!(buffer[(0, 0)].modifier, Modifier::REVERSED | Modifier::BOLD);
        assert_eq!(buffer[(1, 0)].modifier, Modifier::BOLD);
        assert!(buffer.content.iter().all(|cell| (cell.fg, cell.bg) == (Color::Reset, Color::Reset)));
    }

    #[test]
    fn no_two_meanings_look_alike() {
        for (index, one) in Meaning::ALL.into_iter().enumerate() {
            for other in &Meaning::ALL[..index] {
                assert_ne!(one.style(), other.style(), "{one:?} and {other:?}");
            }
        }
    }
}
