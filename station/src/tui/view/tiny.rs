//! What is left when there is room for nothing: what is being typed, the worst of what is not well, what to do
//! next, and the slots: those that want a hand first.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{card, footer, lights, notices, paint};
use crate::tui::advice::{Advice, advice};
use crate::tui::model::{Model, Slot, State, Want};
use crate::tui::pages;
use crate::tui::text::{columns, fill, fit, wrap};
use crate::tui::theme::Meaning;

/// So many columns the name of a slot takes at most.
const NAME: u16 = 4;

pub(super) fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let mut area = area;
    // Nobody types blind. The question gives way to the answer.
    if let Some((question, typed)) = pages::entry(model) {
        let question = fit(&question, usize::from(area.width / 2));
        paint::entry(paint::row(area, 0), &question, &typed, buffer);
        area = paint::below(area, 1);
    }
    // What to do next matters more, if there is a row for one alone.
    let rows = if area.height > 1 { (area.height / 5).max(1) } else { 0 };
    for (trouble, meaning) in bad(model).iter().take(rows.into()) {
        paint::left(paint::row(area, 0), trouble, *meaning, buffer);
        area = paint::below(area, 1);
    }
    let advice = advice(model);
    let lines = wrap(&advice.text, area.width.into());
    let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(rows_for(model, &advice, area));
    if rows == 1 {
        footer::draw_advice(model, paint::row(area, 0), buffer);
    } else {
        paint::fill(Rect { height: rows, ..area }, advice.meaning, buffer);
        let cut = lines.len() > usize::from(rows);
        for (index, line) in (0..rows).zip(&lines) {
            let more = if cut && index + 1 == rows { " …" } else { "" };
            paint::left(paint::row(area, index), &format!("{line}{more}"), advice.meaning, buffer);
        }
    }
    draw_list(model, paint::below(area, rows), buffer);
}

/// What is not well, the worst first: that what is shown may no longer be so, devices in trouble, what was
/// missed, devices that somebody should see to.
fn bad(model: &Model) -> Vec<(String, Meaning)> {
    let mut bad: Vec<_> = notices::bad(model).into_iter().chain(lights::bad(model)).collect();
    bad.sort_by_key(|(_, meaning)| *meaning != Meaning::Fail);
    bad
}

/// How many rows what to do next may take. Every slot has its row before it is said at length, for the row says
/// the same; but a question and what is about the whole line are read in full, above one slot at least.
fn rows_for(model: &Model, advice: &Advice, area: Rect) -> u16 {
    let slots = u16::try_from(model.slots.len()).unwrap_or(u16::MAX);
    let kept = if advice.of_slot { slots } else { 1 };
    area.height.saturating_sub(kept).max(1)
}

/// A row for each slot, as many as there is room for: first those that want a hand, then those that may be
/// stuck, then those at work.
pub(super) fn draw_list(model: &Model, area: Rect, buffer: &mut Buffer) {
    let mut slots: Vec<_> = model.slots.iter().collect();
    slots.sort_by_key(|slot| place(model, slot));
    let room = usize::from(area.height);
    // In a row alone the slot that matters most is worth more than how many others there are.
    let shown = if slots.len() > room && room > 1 { room - 1 } else { slots.len().min(room) };
    let name = model.slots.iter().map(|slot| columns(&slot.name)).max().unwrap_or(0);
    let name = u16::try_from(name).unwrap_or(u16::MAX).min(NAME);
    for (index, slot) in (0..area.height).zip(slots.iter().take(shown)) {
        card::draw_brief(model, slot, name, paint::row(area, index), buffer);
    }
    if shown < slots.len() && room > 1 {
        let more = fill(model.language.sentences().more_slots, &[("n", &(slots.len() - shown).to_string())]);
        let last = paint::row(area, area.height.saturating_sub(1));
        paint::left(last, &more, Meaning::Dim, buffer);
    }
}

/// The place of a slot in the list: the lowest comes first.
fn place(model: &Model, slot: &Slot) -> (u8, bool, u64) {
    let urgency = match model.want(slot) {
        // A run that says nothing any more is somebody's to see to.
        _ if slot.silent(model.now, model.setting.scan_wait).is_some() => Want::Mend.urgency(),
        want => want.map_or(u8::MAX, Want::urgency),
    };
    (urgency, !matches!(slot.state, State::Busy(_)), slot.wants_since().elapsed_ms)
}
