//! The page as cells.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::model::Model;
use crate::tui::theme::Meaning;
use crate::tui::view::paint;

/// Draws the page between the header and the lights.
pub(in crate::tui::pages) fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let text = model.language.check();
    paint::left(paint::row(area, 0), text.heading, Meaning::Heading, buffer);
}
