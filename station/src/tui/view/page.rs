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
    let body = area.height.saturating_sub(head + lamps + footer::HEIGHT);
    let rest = paint::below(area, head);
    pages::draw(model, paint::inset(Rect { height: body, ..rest }, 1), buffer);
    let rest = paint::below(rest, body);
    lights::draw(model, Rect { height: lamps.min(rest.height), ..rest }, buffer);
    footer::draw(model, paint::below(rest, lamps), buffer);
}
