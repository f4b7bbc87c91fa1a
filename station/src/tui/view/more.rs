//! That there is more than is seen: a row at the bottom of what is scrolled.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint;
use crate::tui::text::{self, Language, fill};
use crate::tui::theme::Meaning;

/// Where an area is lower than this, none of its rows is given up for it.
const LOWEST: u16 = 3;

/// Says in the last row of the area how many of so many lines are below it, with so many above. Gives the rows
/// that are left for the lines.
pub(in crate::tui) fn draw(
    language: Language,
    lines: usize,
    scroll: u16,
    area: Rect,
    buffer: &mut Buffer,
) -> u16 {
    let below = lines.saturating_sub(usize::from(scroll) + usize::from(area.height));
    if below == 0 || area.height < LOWEST {
        return area.height;
    }
    // The line in whose place it stands is not seen either.
    let n = text::number(language, u64::try_from(below + 1).unwrap_or(u64::MAX));
    let said = fill(language.answers().more_below, &[("n", &n)]);
    paint::left(paint::row(area, area.height - 1), &said, Meaning::Hand, buffer);
    area.height - 1
}
