//! The page as cells.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Trouble;
use crate::operator::{Operator, Unknown};
use crate::tui::model::Model;
use crate::tui::text::faults::fault_text;
use crate::tui::text::{self, fill, wrap};
use crate::tui::theme::Meaning;
use crate::tui::view::paint;

/// Draws the page between the header and the lights.
pub(in crate::tui::pages) fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let text = model.language.operator();
    paint::left(paint::row(area, 0), text.heading, Meaning::Heading, buffer);
    let rows = paint::below(area, 2);
    draw_present(model, paint::row(rows, 0), buffer);
    let (question, typed) = entry(model);
    paint::entry(paint::row(rows, 2), &question, &typed, buffer);
    if let Some(trouble) = model.operator.trouble {
        let said = format!("▲ {}", words(model, trouble));
        paint::left(paint::row(rows, 3), &said, Meaning::Warning, buffer);
    }
    let known = !model.setting.operators.is_empty();
    let hints = [if known { text.hint_badge } else { text.hint_name }, text.hint_change, text.hint_out];
    let width = usize::from(area.width);
    let lines = hints.iter().flat_map(|hint| wrap(hint, width));
    for (row, line) in (5..).zip(lines) {
        paint::left(paint::row(rows, row), &line, Meaning::Dim, buffer);
    }
}

/// What is asked for, and what was typed so far.
pub(in crate::tui::pages) fn entry(model: &Model) -> (String, String) {
    (model.language.operator().question.to_owned(), model.operator.entry.text().to_owned())
}

/// Who is signed in, and since when; or that nobody is, and what follows from it.
fn draw_present(model: &Model, area: Rect, buffer: &mut Buffer) {
    let text = model.language.operator();
    let Some((operator, since)) = &model.operator.present else {
        paint::left(area, text.nobody, Meaning::Hand, buffer);
        return;
    };
    let time = text::duration(model.language, model.now.since(*since));
    let values = [("operator", operator.as_str()), ("time", &time)];
    paint::left(area, &fill(text.present, &values), Meaning::Good, buffer);
}

fn words(model: &Model, trouble: Trouble) -> String {
    let text = model.language.operator();
    match trouble {
        Trouble::Unknown(Unknown::Nobody) => text.unknown.to_owned(),
        Trouble::Unknown(Unknown::NotAName) => {
            fill(text.not_a_name, &[("n", &Operator::LONGEST.to_string())])
        }
        Trouble::NotRecorded(code) => {
            let title = fault_text(model.language, code).title;
            fill(text.not_recorded, &[("code", code.entry().code), ("title", title)])
        }
    }
}
