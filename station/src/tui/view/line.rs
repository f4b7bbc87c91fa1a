//! All slots: header, cards, lights, what to do next.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{card, footer, grid, header, lights, paint};
use crate::tui::model::Model;

pub(super) fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let head = header::height(area);
    let foot = footer::HEIGHT;
    // What to do next is the last to go.
    let lamps = lights::height(model, area.width).min(area.height.saturating_sub(head + foot));
    header::draw(model, Rect { height: head.min(area.height), ..area }, buffer);
    let cards = area.height.saturating_sub(head + lamps + foot);
    let rest = paint::below(area, head);
    draw_cards(model, Rect { height: cards, ..rest }, buffer);
    let rest = paint::below(rest, cards);
    lights::draw(model, Rect { height: lamps.min(rest.height), ..rest }, buffer);
    footer::draw(model, paint::below(rest, lamps), buffer);
}

fn draw_cards(model: &Model, area: Rect, buffer: &mut Buffer) {
    let places = grid::places(area, model.slots.len());
    if places.len() < model.slots.len() {
        super::tiny::draw_list(model, area, buffer);
        return;
    }
    for (index, (slot, place)) in model.slots.iter().zip(places).enumerate() {
        card::draw(model, slot, model.chosen.is_some() && index == model.selected, place, buffer);
    }
}
