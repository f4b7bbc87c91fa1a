//! What is left when there is room for nothing: what is being typed, the worst of what stays said, what to do
//! next, and the slots that want a hand.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{card, footer, notices, paint};
use crate::tui::advice::advice;
use crate::tui::model::{Model, State, Want};
use crate::tui::pages;
use crate::tui::text::{fill, fit, wrap};
use crate::tui::theme::Meaning;

pub(super) fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let mut area = area;
    // Nobody types blind. The question gives way to the answer.
    if let Some((question, typed)) = pages::entry(model) {
        let question = fit(&question, usize::from(area.width / 2));
        paint::entry(paint::row(area, 0), &question, &typed, buffer);
        area = paint::below(area, 1);
    }
    // What to do next matters more, if there is a row for one alone.
    if let Some((notice, meaning)) = notices::worst(model).filter(|_| area.height > 1) {
        paint::left(paint::row(area, 0), &notice, meaning, buffer);
        area = paint::below(area, 1);
    }
    let advice = advice(model);
    let lines = wrap(&advice.text, area.width.into());
    // At least one row is left for the slots, if there are two.
    let most = area.height.saturating_sub(1).max(1);
    let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(most);
    if rows == 1 {
        footer::draw_advice(model, paint::row(area, 0), buffer);
    } else {
        paint::fill(Rect { height: rows, ..area }, advice.meaning, buffer);
        for (index, line) in (0..rows).zip(&lines) {
            paint::left(paint::row(area, index), line, advice.meaning, buffer);
        }
    }
    draw_list(model, paint::below(area, rows), buffer);
}

/// A row for each slot, as many as there is room for: first those that want a hand, then those at work.
pub(super) fn draw_list(model: &Model, area: Rect, buffer: &mut Buffer) {
    let mut slots: Vec<_> = model.slots.iter().collect();
    slots.sort_by_key(|slot| {
        let busy = !matches!(slot.state, State::Busy(_));
        (model.want(slot).map_or(u8::MAX, Want::urgency), busy, slot.wants_since().elapsed_ms)
    });
    let room = usize::from(area.height);
    let shown = if slots.len() > room { room.saturating_sub(1) } else { slots.len() };
    for (index, slot) in (0..area.height).zip(slots.iter().take(shown)) {
        card::draw_brief(model, slot, paint::row(area, index), buffer);
    }
    if shown < slots.len() {
        let more = fill(model.language.sentences().more_slots, &[("n", &(slots.len() - shown).to_string())]);
        let last = paint::row(area, area.height.saturating_sub(1));
        paint::left(last, &more, Meaning::Dim, buffer);
    }
}
