//! Text at a place. Nothing is drawn outside of the area, however small it is.

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::tui::text::{columns, fit};
use crate::tui::theme::Meaning;

/// One row of an area; an empty one, if the area has no such row.
pub(in crate::tui) fn row(area: Rect, index: u16) -> Rect {
    let height = u16::from(index < area.height);
    Rect { y: area.y.saturating_add(index.min(area.height)), height, ..area }
}

/// The area without its first rows.
pub(in crate::tui) fn below(area: Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    Rect { y: area.y + rows, height: area.height - rows, ..area }
}

/// How many lines can go above an area before its last row is empty.
pub(in crate::tui) fn furthest(lines: usize, area: Rect) -> u16 {
    u16::try_from(lines).unwrap_or(u16::MAX).saturating_sub(area.height)
}

/// The area without some columns at its left and right.
pub(in crate::tui) fn inset(area: Rect, columns: u16) -> Rect {
    let columns = columns.min(area.width / 2);
    Rect { x: area.x + columns, width: area.width - 2 * columns, ..area }
}

/// Text at the left of the first row, cut to it. Gives the columns it takes.
pub(in crate::tui) fn left(area: Rect, text: &str, meaning: Meaning, buffer: &mut Buffer) -> u16 {
    if area.is_empty() {
        return 0;
    }
    let text = fit(text, usize::from(area.width));
    write(area.x, area.y, &text, meaning, buffer);
    width(&text)
}

/// Text at the right of the first row, if there is room for all of it. Gives the columns it takes.
pub(in crate::tui) fn right(area: Rect, text: &str, meaning: Meaning, buffer: &mut Buffer) -> u16 {
    let taken = width(text);
    if area.is_empty() || taken > area.width {
        return 0;
    }
    write(area.x + area.width - taken, area.y, text, meaning, buffer);
    taken
}

/// A line that somebody types, behind what is asked for. The cursor is at its end, and its end is seen.
pub(in crate::tui) fn entry(area: Rect, question: &str, typed: &str, buffer: &mut Buffer) {
    let used = left(area, &format!("{question} "), Meaning::Plain, buffer);
    let area = Rect { x: area.x.saturating_add(used), width: area.width.saturating_sub(used), ..area };
    let mut tail = typed;
    while width(tail) >= area.width.max(1) {
        let mut rest = tail.chars();
        rest.next();
        tail = rest.as_str();
    }
    left(area, &format!("{tail}▏"), Meaning::Hand, buffer);
}

/// Fills an area with one look.
pub(in crate::tui) fn fill(area: Rect, meaning: Meaning, buffer: &mut Buffer) {
    buffer.set_style(area.intersection(buffer.area), meaning.style());
}

/// A bar that is filled so far, over the first row.
pub(in crate::tui) fn bar(area: Rect, done: u64, total: u64, meaning: Meaning, buffer: &mut Buffer) {
    if area.is_empty() || total == 0 {
        return;
    }
    let width = u64::from(area.width);
    let filled = usize::try_from(done.min(total).saturating_mul(width) / total).unwrap_or(0);
    let text = "█".repeat(filled) + &"░".repeat(usize::from(area.width) - filled);
    left(area, &text, meaning, buffer);
}

/// Text in one look, whatever was there before.
fn write(x: u16, y: u16, text: &str, meaning: Meaning, buffer: &mut Buffer) {
    let place = Rect { x, y, width: width(text), height: 1 };
    buffer.set_style(place.intersection(buffer.area), Style::reset());
    buffer.set_string(x, y, text, meaning.style());
}

/// Columns of a text.
pub(in crate::tui) fn width(text: &str) -> u16 {
    u16::try_from(columns(text)).unwrap_or(u16::MAX)
}

/// The text of cells, row by row, without the blanks at their ends. A cell that a wide character covers is no
/// text.
pub(in crate::tui) fn rows(cells: &Buffer) -> Vec<String> {
    let width = usize::from(cells.area.width).max(1);
    let row = |row: &[Cell]| {
        let mut covered = 0;
        let mut text = String::new();
        for cell in row {
            if covered == 0 {
                text.push_str(cell.symbol());
                covered = columns(cell.symbol()).saturating_sub(1);
            } else {
                covered -= 1;
            }
        }
        text.trim_end().to_owned()
    };
    cells.content().chunks(width).map(row).collect()
}
