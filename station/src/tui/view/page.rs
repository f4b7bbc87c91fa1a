//! A page beside the line: the order above it, the lights, what to do next and the keys below.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{footer, header, lights, paint};
use crate::tui::model::Model;
use crate::tui::pages;

pub(super) fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let head = header::height(area);
    // What to do next is the last to go.
    let lamps = lights::height(model, area.width).min(area.height.saturating_sub(head + footer::HEIGHT));
    header::draw(model, Rect { height: head.min(area.height), ..area }, buffer);
    let body = body(model, area);
    pages::draw(model, body, buffer);
    let rest = paint::below(paint::below(area, head), body.height);
    lights::draw(model, Rect { height: lamps.min(rest.height), ..rest }, buffer);
    footer::draw(model, paint::below(rest, lamps), buffer);
}

/// Where the page itself is drawn.
pub(super) fn body(model: &Model, area: Rect) -> Rect {
    let head = header::height(area);
    let lamps = lights::height(model, area.width);
    let height = area.height.saturating_sub(head + lamps + footer::HEIGHT);
    paint::inset(Rect { height, ..paint::below(area, head) }, 1)
}
