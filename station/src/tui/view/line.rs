//! All slots: header, cards, lights, what to do next.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{card, footer, grid, header, lights, paint};
use crate::tui::model::Model;

pub(super) fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let [head, cards, lamps, foot] = parts(model, area);
    header::draw(model, head, buffer);
    draw_cards(model, cards, buffer);
    lights::draw(model, lamps, buffer);
    footer::draw(model, foot, buffer);
}

/// How many slots stand beside each other.
pub(super) fn abreast(model: &Model, area: Rect) -> usize {
    let [_, cards, ..] = parts(model, area);
    let places = grid::places(cards, model.slots.len());
    places.iter().filter(|place| places.first().is_some_and(|first| place.y == first.y)).count().max(1)
}

/// Header, cards, lights, what to do next, which is the last to go.
fn parts(model: &Model, area: Rect) -> [Rect; 4] {
    let (head, foot) = (header::height(area), footer::HEIGHT);
    let lamps = lights::height(model, area.width).min(area.height.saturating_sub(head + foot));
    let cards = area.height.saturating_sub(head + lamps + foot);
    let below = paint::below(area, head);
    let lights = paint::below(below, cards);
    [
        Rect { height: head.min(area.height), ..area },
        Rect { height: cards, ..below },
        Rect { height: lamps.min(lights.height), ..lights },
        paint::below(lights, lamps),
    ]
}

fn draw_cards(model: &Model, area: Rect, buffer: &mut Buffer) {
    let places = grid::places(area, model.slots.len());
    if places.len() < model.slots.len() {
        super::tiny::draw_list(model, area, buffer);
        return;
    }
    for (index, (slot, place)) in model.slots.iter().zip(places).enumerate() {
        card::draw(model, slot, model.chosen_slot() == Some(index), place, buffer);
    }
}
