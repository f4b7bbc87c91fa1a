//! Lines of text for a body that scrolls: each is made of pieces beside each other, each with its look.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{more, paint};
use crate::tui::text::{Language, wrap};
use crate::tui::theme::Meaning;

/// A line.
#[derive(Clone, Debug, Default)]
pub(in crate::tui) struct Line(Vec<(String, Meaning)>);

impl Line {
    /// A line in one look.
    pub(in crate::tui) fn new(text: impl Into<String>, meaning: Meaning) -> Self {
        Self::default().and(text, meaning)
    }

    /// With another piece at its end.
    pub(in crate::tui) fn and(mut self, text: impl Into<String>, meaning: Meaning) -> Self {
        self.0.push((text.into(), meaning));
        self
    }

    /// Draws it over the first row, cut to it.
    pub(in crate::tui) fn draw(&self, area: Rect, buffer: &mut Buffer) {
        let mut rest = area;
        for (text, meaning) in &self.0 {
            let used = paint::left(rest, text, *meaning, buffer).min(rest.width);
            rest = Rect { x: rest.x + used, width: rest.width - used, ..rest };
        }
    }
}

/// Text, in as many lines as it takes.
pub(in crate::tui) fn wrapped(
    text: &str,
    width: u16,
    meaning: Meaning,
) -> impl Iterator<Item = Line> + use<> {
    wrap(text, width.into()).into_iter().map(move |line| Line::new(line, meaning))
}

/// Text behind a mark; the lines after the first are set in as far.
pub(in crate::tui) fn hanging(
    mark: &str,
    text: &str,
    width: u16,
    meaning: Meaning,
) -> impl Iterator<Item = Line> + use<> {
    let indent = paint::width(mark);
    let lines = wrap(text, width.saturating_sub(indent).into());
    let marks = std::iter::once(mark.to_owned()).chain(std::iter::repeat(" ".repeat(indent.into())));
    marks.zip(lines).map(move |(mark, line)| Line::new(mark + &line, meaning))
}

/// Things to do, numbered from 1.
pub(in crate::tui) fn numbered<'a>(
    things: impl IntoIterator<Item = &'a str>,
    width: u16,
    meaning: Meaning,
) -> impl Iterator<Item = Line> {
    let numbers = (1..).map(|number: u8| format!("{number}. "));
    numbers.zip(things).flat_map(move |(number, thing)| hanging(&number, thing, width, meaning))
}

/// As many of the lines as there is room for.
pub(in crate::tui) fn draw(lines: &[Line], area: Rect, buffer: &mut Buffer) {
    for (index, line) in (0..area.height).zip(lines) {
        line.draw(paint::row(area, index), buffer);
    }
}

/// As many of the lines as there is room for, without the first ones that are scrolled away, and how many more
/// there are. What would be above the last screenful is as far as scrolling goes.
pub(in crate::tui) fn draw_scrolled(
    language: Language,
    lines: &[Line],
    scrolled: u16,
    area: Rect,
    buffer: &mut Buffer,
) {
    let above = scrolled.min(paint::furthest(lines.len(), area));
    let rows = more::draw(language, lines.len(), above, area, buffer);
    let rest = lines.get(usize::from(above)..).unwrap_or_default();
    draw(rest, Rect { height: rows, ..area }, buffer);
}
