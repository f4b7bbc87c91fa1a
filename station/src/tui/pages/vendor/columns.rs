//! Sections of the page below or beside each other, and as many of their lines as there is room for.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::rows::{Row, Section};
use crate::tui::model::Model;
use crate::tui::text::{columns, wrap};
use crate::tui::theme::Meaning;
use crate::tui::view::{more, paint};

/// From so many columns on, sections stand beside each other: the longest value needs half of them.
const WIDE: u16 = 170;

/// A line of the page: what a value is called, and the value behind it.
pub(super) struct Line {
    name: (&'static str, Meaning),
    indent: u16,
    value: (String, Meaning),
}

impl Line {
    /// A line without a value; an empty name makes it blank.
    const fn heading(name: &'static str) -> Self {
        Self { name: (name, Meaning::Heading), indent: 0, value: (String::new(), Meaning::Plain) }
    }

    pub(super) fn draw(&self, area: Rect, buffer: &mut Buffer) {
        let ((name, look), (value, meaning)) = (self.name, &self.value);
        paint::left(area, name, look, buffer);
        let indent = self.indent.min(area.width);
        if !value.is_empty() {
            let area = Rect { x: area.x + indent, width: area.width - indent, ..area };
            paint::left(area, value, *meaning, buffer);
        }
    }
}

/// Draws as many lines of the sections as there is room for, and how many there are below them.
pub(super) fn draw(sections: &[Section], model: &Model, area: Rect, buffer: &mut Buffer) {
    let columns = laid_out(sections, area);
    let longest = columns.iter().map(|(_, lines)| lines.len()).max().unwrap_or(0);
    let scroll = model.vendor.scroll.min(paint::furthest(longest, area));
    let rows = more::draw(model.language, longest, scroll, area, buffer);
    for (place, lines) in &columns {
        for (index, line) in (0..rows).zip(lines.iter().skip(scroll.into())) {
            line.draw(paint::row(*place, index), buffer);
        }
    }
}

/// How far there is to scroll in this area.
pub(super) fn furthest(sections: &[Section], area: Rect) -> u16 {
    let columns = laid_out(sections, area);
    columns.iter().map(|(_, lines)| paint::furthest(lines.len(), area)).max().unwrap_or(0)
}

/// The sections beside each other where there is room; with blank rows and headings where there is height.
fn laid_out(sections: &[Section], area: Rect) -> Vec<(Rect, Vec<Line>)> {
    let indent = indent(sections.iter().flat_map(|section| &section.rows));
    if area.width < WIDE {
        let headed = column(sections, indent, true, area.width);
        let fits = headed.len() <= usize::from(area.height);
        let lines = if fits { headed } else { column(sections, indent, false, area.width) };
        return vec![(area, lines)];
    }
    let half = area.width / 2;
    let (left, right) = sections.split_at(sections.len() / 2);
    let left_at = Rect { width: half.saturating_sub(2), ..area };
    let right_at = Rect { x: area.x + half, width: area.width - half, ..area };
    [(left_at, left), (right_at, right)]
        .map(|(place, sections)| (place, column(sections, indent, true, place.width)))
        .into()
}

fn column(sections: &[Section], indent: u16, headed: bool, width: u16) -> Vec<Line> {
    let mut all = Vec::new();
    for section in sections {
        if headed {
            all.extend([Line::heading(""), Line::heading(section.heading)]);
        }
        all.extend(lines(&section.rows, indent, width));
    }
    all
}

/// Where the values begin, behind the longest name.
pub(super) fn indent<'a>(rows: impl IntoIterator<Item = &'a Row>) -> u16 {
    let longest = rows.into_iter().map(|row| columns(row.name)).max().unwrap_or(0);
    u16::try_from(longest).unwrap_or(u16::MAX).saturating_add(2)
}

/// The lines of the rows: nothing of a value is cut.
pub(super) fn lines(rows: &[Row], indent: u16, width: u16) -> impl Iterator<Item = Line> {
    rows.iter().flat_map(move |row| {
        let values = wrap(&row.value, width.saturating_sub(indent).into());
        values.into_iter().enumerate().map(move |(index, value)| {
            let name = if index == 0 { row.name } else { "" };
            Line { name: (name, Meaning::Dim), indent, value: (value, row.meaning) }
        })
    })
}
