//! The page as cells.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::form::{Field, Form};
use super::{Last, Stage, State, columns, rows};
use crate::fault::FaultCode;
use crate::operator::Operator;
use crate::tui::model::Model;
use crate::tui::text::faults::fault_text;
use crate::tui::text::{fill, wrap};
use crate::tui::theme::Meaning;
use crate::tui::view::paint;

/// Rows of a note, with a blank one below it.
const NOTE: u16 = 2;

/// Draws the page between the header and the lights.
pub(in crate::tui::pages) fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let text = model.language.vendor();
    paint::left(paint::row(area, 0), text.heading, Meaning::Heading, buffer);
    let mut rest = paint::below(area, 1);
    for (line, meaning) in message(model, area.width) {
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
    match &model.vendor.stage {
        // Nothing is between the officer and what a wrong PIN would do.
        Stage::Filling(_) | Stage::Typing(_) | Stage::Opening => {
            let rows = rows::while_opening(model);
            let indent = columns::indent(&rows);
            for (index, line) in (0..rest.height).zip(columns::lines(&rows, indent, rest.width)) {
                line.draw(paint::row(rest, index), buffer);
            }
        }
        Stage::Looking | Stage::Closing => {
            columns::draw(&rows::sections(model), model, sections_at(model, area), buffer);
        }
    }
}

/// Where the sections are drawn, if they are.
fn sections_at(model: &Model, area: Rect) -> Rect {
    let messages = u16::try_from(message(model, area.width).len()).unwrap_or(u16::MAX);
    let note = if matches!(model.vendor.stage, Stage::Closing) { NOTE } else { 0 };
    paint::below(area, messages.saturating_add(1 + note))
}

/// How far there is to scroll where the page has this area.
pub(in crate::tui::pages) fn furthest(model: &Model, area: Rect) -> u16 {
    match model.vendor.stage {
        Stage::Looking | Stage::Closing => {
            columns::furthest(&rows::sections(model), sections_at(model, area))
        }
        // What is shown then has to be seen at once.
        Stage::Filling(_) | Stage::Typing(_) | Stage::Opening => 0,
    }
}

/// How the last try to open or close ended, and what there is to be done about it: in as many rows as it takes.
fn message(model: &Model, width: u16) -> Vec<(String, Meaning)> {
    let language = model.language;
    let text = language.vendor();
    let State { last, unknown, .. } = &model.vendor;
    let mut lines = Vec::new();
    if let Some(fault) = unknown {
        lines.push((format!("✖ {}", rows::fault(language, fault.code)), Meaning::Fail));
    }
    if let Some(old) = rows::known_as_of(model) {
        lines.push((format!("▲ {old}"), Meaning::Warning));
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
    let rows = |(line, meaning): (String, Meaning)| {
        wrap(&line, width.into()).into_iter().map(move |row| (row, meaning))
    };
    lines.into_iter().flat_map(rows).collect()
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
            rest = draw_wrapped(&format!("✖ {wrong}"), Meaning::Fail, rest, buffer);
        }
    }
    draw_hint(text.form_hint, rest, buffer)
}

/// What is asked for, and what was typed so far, as it is seen.
pub(in crate::tui::pages) fn entry(model: &Model) -> Option<(String, String)> {
    let text = model.language.vendor();
    match &model.vendor.stage {
        Stage::Filling(form) => {
            let (field, typed, _) = form.fields().into_iter().find(|(.., here)| *here)?;
            let question = match field {
                Field::Officer => text.ask_officer,
                Field::Hours => text.ask_hours,
                Field::Certificates => text.ask_certificates,
            };
            Some((question.to_owned(), typed.to_owned()))
        }
        Stage::Typing(Some(count)) => Some((text.pin.to_owned(), dots(*count))),
        Stage::Looking | Stage::Typing(None) | Stage::Opening | Stage::Closing => None,
    }
}

/// As many dots as characters: who types sees that the keys arrive.
fn dots(typed: u16) -> String {
    "•".repeat(typed.into())
}

fn draw_pin(model: &Model, typed: Option<u16>, area: Rect, buffer: &mut Buffer) -> Rect {
    let text = model.language.vendor();
    let Some(count) = typed else { return draw_note(text.pin_wait, area, buffer) };
    paint::entry(paint::row(area, 0), &format!("▶ {}", text.pin), &dots(count), buffer);
    draw_hint(text.pin_hint, paint::below(area, 1), buffer)
}

fn draw_note(note: &str, area: Rect, buffer: &mut Buffer) -> Rect {
    paint::left(paint::row(area, 0), note, Meaning::Busy, buffer);
    paint::below(area, NOTE)
}

fn draw_hint(hint: &str, area: Rect, buffer: &mut Buffer) -> Rect {
    paint::below(draw_wrapped(hint, Meaning::Dim, area, buffer), 1)
}

/// Text in as many rows as it takes. Gives what is left below it.
fn draw_wrapped(text: &str, meaning: Meaning, area: Rect, buffer: &mut Buffer) -> Rect {
    let mut rest = area;
    for line in wrap(text, area.width.into()) {
        paint::left(paint::row(rest, 0), &line, meaning, buffer);
        rest = paint::below(rest, 1);
    }
    rest
}
