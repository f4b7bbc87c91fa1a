//! The keys, as the keymap has them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{footer, lights, paint};
use crate::tui::keymap::{self, Command, Mode};
use crate::tui::model::Model;
use crate::tui::theme::Meaning;

pub(super) fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let text = model.language.sentences();
    let mode = Mode::of(model.page);
    let page = paint::inset(area, 2);
    let head = paint::row(page, 0);
    let used = paint::left(head, text.help_heading, Meaning::Heading, buffer) + 2;
    let hint = Rect { x: head.x.saturating_add(used), width: head.width.saturating_sub(used), ..head };
    paint::left(hint, text.help_any_key, Meaning::Dim, buffer);
    let lamps = lights::height(model, area.width).min(area.height.saturating_sub(3));
    let rows = paint::below(Rect { height: page.height.saturating_sub(1 + lamps), ..page }, 2);
    let bindings: Vec<_> = keymap::bindings(mode).collect();
    // Side by side where one column is too short.
    let columns = bindings.len().div_ceil(usize::from(rows.height.max(1))).max(1);
    let width = rows.width / u16::try_from(columns).unwrap_or(1);
    for (index, binding) in bindings.iter().enumerate() {
        let each = usize::from(rows.height.max(1));
        let (column, line) = (index / each, index % each);
        let offset = width.saturating_mul(u16::try_from(column).unwrap_or(u16::MAX));
        let place = Rect { x: rows.x.saturating_add(offset), width, ..rows };
        let place = paint::row(place, u16::try_from(line).unwrap_or(u16::MAX)).intersection(rows);
        paint::left(place, &format!(" {} ", binding.name), Meaning::Key, buffer);
        let says_at = Rect { x: place.x.saturating_add(9), width: place.width.saturating_sub(10), ..place };
        let mut says = binding.command.says(model.language).to_owned();
        let bell = match binding.command {
            Command::BellPass => Some(model.bells.pass),
            Command::BellFail => Some(model.bells.fail),
            _ => None,
        };
        if let Some(rings) = bell {
            says = format!("{says}: {}", if rings { text.bell_on } else { text.bell_off });
        }
        paint::left(says_at, &says, Meaning::Plain, buffer);
    }
    let rest = paint::below(area, area.height.saturating_sub(1 + lamps));
    lights::draw(model, Rect { height: lamps, ..rest }, buffer);
    footer::draw_advice(model, paint::below(rest, lamps), buffer);
}
