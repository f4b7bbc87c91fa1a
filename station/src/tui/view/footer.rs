//! What to do next, and the keys.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint;
use crate::tui::advice::advice;
use crate::tui::answer;
use crate::tui::keymap::{self, Binding, Command, Mode};
use crate::tui::model::Model;
use crate::tui::pages;
use crate::tui::theme::Meaning;

/// How many rows it takes.
pub(super) const HEIGHT: u16 = 2;

pub(super) fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    draw_advice(model, paint::row(area, 0), buffer);
    draw_keys(model, paint::row(area, 1), buffer);
}

/// What to do next.
pub(super) fn draw_advice(model: &Model, area: Rect, buffer: &mut Buffer) {
    let advice = advice(model);
    paint::fill(area, advice.meaning, buffer);
    paint::left(area, &format!("▶ {}", advice.text), advice.meaning, buffer);
}

/// The keys that matter here, as far as there is room.
fn draw_keys(model: &Model, area: Rect, buffer: &mut Buffer) {
    if pages::is_typed_on(model) {
        return;
    }
    let mode = Mode::of(model.page);
    let mut rest = paint::inset(area, 1);
    for binding in keymap::bindings(mode).filter(|binding| is_shown(model, binding)) {
        let says = binding.command.says(model.language);
        let wanted = paint::width(binding.name) + paint::width(says) + 5;
        if wanted > rest.width + 2 {
            break;
        }
        let key = paint::left(rest, &format!(" {} ", binding.name), Meaning::Key, buffer);
        let place = Rect { x: rest.x + key + 1, width: rest.width.saturating_sub(key + 1), ..rest };
        paint::left(place, says, Meaning::Plain, buffer);
        rest = Rect { x: rest.x.saturating_add(wanted), width: rest.width.saturating_sub(wanted), ..rest };
    }
}

/// A key that would do nothing now is not offered.
fn is_shown(model: &Model, binding: &Binding) -> bool {
    binding.is_named(Mode::of(model.page))
        && match binding.command {
            Command::Open(page) => {
                page != model.page && (!page.needs_name() || model.operator.name().is_some())
            }
            command => answer::why_not(model, command).is_none(),
        }
}
