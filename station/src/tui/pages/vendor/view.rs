//! The page as cells.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::form::{Field, Form};
use super::rows::{self, Section};
use super::{Last, Stage, State};
use crate::fault::FaultCode;
use crate::operator::Operator;
use crate::tui::model::Model;
use crate::tui::text::faults::fault_text;
use crate::tui::text::{columns, fill, wrap};
use crate::tui::theme::Meaning;
use crate::tui::view::paint;

/// From so many columns on, sections stand beside each other: the longest value needs half of them.
const WIDE: u16 = 170;

/// Draws the page between the header and the lights.
pub(in crate::tui::pages) fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let text = model.language.vendor();
    paint::left(paint::row(area, 0), text.heading, Meaning::Heading, buffer);
    let mut rest = paint::below(area, 1);
    for (line, meaning) in message(model) {
        paint::left(paint::row(rest, 0), &line, meaning, buffer);
        rest = paint::below(rest, 1);
    }
    match &model.vendor.stage {
        Stage::Looking => {}
        Stage::Filling(form) => rest = draw_form(model, form, rest, buffer),
        Stage::Typing(typed) => rest = draw_pin(model, *typed, rest, buffer),
        Stage::Opening => rest = draw_note(text.opening, rest, buffer),
        Stage::Closing => rest = draw_note(text.closing, rest, buffer),
    }
    draw_sections(&rows::sections(model), rest, buffer);
}

/// How the last try to open or close ended, and what there is to be done about it.
fn message(model: &Model) -> Vec<(String, Meaning)> {
    let language = model.language;
    let text = language.vendor();
    let State { last, unknown, .. } = &model.vendor;
    let mut lines = Vec::new();
    if let Some(fault) = unknown {
        lines.push((format!("✖ {}", rows::fault(language, fault.code)), Meaning::Fail));
    }
    match last {
        None => {}
        Some(Last::Opened) => lines.push((text.last_opened.to_owned(), Meaning::Good)),
        Some(Last::Closed) => lines.push((text.last_closed.to_owned(), Meaning::Warning)),
        Some(Last::NotGiven) => lines.push((text.last_not_given.to_owned(), Meaning::Warning)),
        Some(Last::NotTyped) => lines.push((text.last_not_typed.to_owned(), Meaning::Warning)),
        Some(Last::Refused(fault, tries)) => {
            lines.push((format!("✖ {}", rows::fault(language, fault.code)), Meaning::Fail));
            if let Some(tries) = tries {
                let tries = format!("{}: {}", text.row_pin, rows::tries(language, *tries));
                lines.push((tries, Meaning::Warning));
            }
            match fault.code {
                // Nobody has to start the program again for this.
                FaultCode::HsmPinWrong | FaultCode::HsmPinMissing => {
                    lines.push((text.try_again.to_owned(), Meaning::Hand));
                }
                code => lines.extend(remedy(model, code).map(|line| (line, Meaning::Hand))),
            }
        }
    }
    lines
}

fn remedy(model: &Model, code: FaultCode) -> impl Iterator<Item = String> + use<> {
    fault_text(model.language, code).remedy.iter().map(|line| format!("▶ {line}"))
}

fn draw_form(model: &Model, form: &Form, area: Rect, buffer: &mut Buffer) -> Rect {
    let text = model.language.vendor();
    let mut rest = area;
    for (field, typed, here) in form.fields() {
        let (question, wrong) = match field {
            Field::Officer => {
                let longest = Operator::LONGEST.to_string();
                (text.ask_officer, fill(text.wrong_officer, &[("n", &longest)]))
            }
            Field::Hours => (text.ask_hours, text.wrong_hours.to_owned()),
            Field::Certificates => (text.ask_certificates, text.wrong_certificates.to_owned()),
        };
        if here {
            paint::entry(paint::row(rest, 0), &format!("▶ {question}"), typed, buffer);
        } else {
            paint::left(paint::row(rest, 0), &format!("  {question} {typed}"), Meaning::Dim, buffer);
        }
        rest = paint::below(rest, 1);
        if here && form.wrong {
            paint::left(paint::row(rest, 0), &format!("✖ {wrong}"), Meaning::Fail, buffer);
            rest = paint::below(rest, 1);
        }
    }
    draw_hint(text.form_hint, rest, buffer)
}

/// As many dots as characters: who types sees that the keys arrive.
fn draw_pin(model: &Model, typed: Option<u16>, area: Rect, buffer: &mut Buffer) -> Rect {
    let text = model.language.vendor();
    let Some(count) = typed else { return draw_note(text.pin_wait, area, buffer) };
    let dots = "•".repeat(count.into());
    paint::entry(paint::row(area, 0), &format!("▶ {}", text.pin), &dots, buffer);
    draw_hint(text.pin_hint, paint::below(area, 1), buffer)
}

fn draw_note(note: &str, area: Rect, buffer: &mut Buffer) -> Rect {
    paint::left(paint::row(area, 0), note, Meaning::Busy, buffer);
    paint::below(area, 2)
}

fn draw_hint(hint: &str, area: Rect, buffer: &mut Buffer) -> Rect {
    let mut rest = area;
    for line in wrap(hint, area.width.into()) {
        paint::left(paint::row(rest, 0), &line, Meaning::Dim, buffer);
        rest = paint::below(rest, 1);
    }
    paint::below(rest, 1)
}

/// Beside each other where there is room; with their headings where there is height for them.
fn draw_sections(sections: &[Section], area: Rect, buffer: &mut Buffer) {
    let names = sections.iter().flat_map(|section| &section.rows).map(|row| columns(row.name));
    let indent = u16::try_from(names.max().unwrap_or(0)).unwrap_or(u16::MAX).saturating_add(2);
    if area.width >= WIDE {
        let half = area.width / 2;
        let (left, right) = sections.split_at(sections.len() / 2);
        let area = paint::below(area, 1);
        draw_column(left, indent, true, Rect { width: half.saturating_sub(2), ..area }, buffer);
        let right_area = Rect { x: area.x + half, width: area.width - half, ..area };
        draw_column(right, indent, true, right_area, buffer);
        return;
    }
    let rows: usize = sections.iter().map(|section| section.rows.len()).sum();
    let headed = rows + 2 * sections.len() <= usize::from(area.height);
    draw_column(sections, indent, headed, area, buffer);
}

fn draw_column(sections: &[Section], indent: u16, headed: bool, area: Rect, buffer: &mut Buffer) {
    let mut rest = area;
    for section in sections {
        if headed {
            paint::left(paint::row(rest, 0), section.heading, Meaning::Heading, buffer);
            rest = paint::below(rest, 1);
        }
        for row in &section.rows {
            let line = paint::row(rest, 0);
            paint::left(line, row.name, Meaning::Dim, buffer);
            let indent = indent.min(line.width);
            let value = Rect { x: line.x + indent, width: line.width - indent, ..line };
            paint::left(value, &row.value, row.meaning, buffer);
            rest = paint::below(rest, 1);
        }
        rest = paint::below(rest, headed.into());
    }
}
