//! The page as cells: what is looked for, what came of it, and below it the modules or the one module.
//!
//! | file | what it holds |
//! |---|---|
//! | `sheet` | the one module |

mod sheet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::words::{deed_done, deed_name, standing};
use super::{Hit, Notice, Prompt, Search, Shown, State};
use crate::fault::Fault;
use crate::ledger::{Reason, UidPart};
use crate::tui::model::Model;
use crate::tui::text::faults::{fault_text, title};
use crate::tui::text::{Language, fill};
use crate::tui::theme::Meaning;
use crate::tui::view::lines::{self, Line, numbered, wrapped};
use crate::tui::view::paint;

/// Draws the page between the header and the lights.
pub(in crate::tui::pages) fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let (state, language) = (&model.unit, model.language);
    let text = language.unit();
    let head = paint::row(area, 0);
    let used = paint::left(head, text.heading, Meaning::Heading, buffer) + 2;
    let hint = Rect { x: head.x.saturating_add(used), width: head.width.saturating_sub(used), ..head };
    paint::left(hint, text.hint, Meaning::Dim, buffer);
    let search = paint::row(area, 1);
    if state.prompt.is_some() {
        // The cursor is in another line.
        paint::left(search, &format!("{} {}", text.search, state.entry.text()), Meaning::Dim, buffer);
    } else {
        paint::entry(search, text.search, state.entry.text(), buffer);
    }
    let used = draw_status(state, language, paint::below(area, 2), buffer);
    let body = paint::below(area, 2 + used.max(1));
    match &state.shown {
        Shown::Module(dossier) => sheet::draw(model, dossier, body, buffer),
        Shown::Hits { hits, more, selected } => {
            let going_on = state.sought.as_ref().is_some_and(|search| is_shown(state, search));
            draw_hits(hits, *more, *selected, going_on, language, body, buffer);
        }
        Shown::Nothing | Shown::Unknown(_) | Shown::Failed(_) => {}
    }
}

/// How far there is to scroll where the page has this area.
pub(in crate::tui::pages) fn furthest(model: &Model, area: Rect) -> u16 {
    let Shown::Module(dossier) = &model.unit.shown else { return 0 };
    // How many rows stand above the module is known by drawing them.
    let mut buffer = Buffer::empty(area);
    let used = draw_status(&model.unit, model.language, paint::below(area, 2), &mut buffer);
    sheet::furthest(model, dossier, paint::below(area, 2 + used.max(1)))
}

/// What is asked, what came of it, what is wrong. Gives the rows it takes.
fn draw_status(state: &State, language: Language, area: Rect, buffer: &mut Buffer) -> u16 {
    if let Some(prompt) = &state.prompt {
        return draw_prompt(prompt, language, area, buffer);
    }
    let lines = status(state, language, area.width);
    lines::draw(&lines, area, buffer);
    u16::try_from(lines.len()).unwrap_or(u16::MAX)
}

/// What is asked for, and what was typed so far.
pub(in crate::tui::pages) fn entry(model: &Model) -> (String, String) {
    let (state, language) = (&model.unit, model.language);
    match &state.prompt {
        None => (language.unit().search.to_owned(), state.entry.text().to_owned()),
        Some(prompt) => (question(prompt, language), prompt.entry.text().to_owned()),
    }
}

/// Why something is to be done, and with which module.
fn question(prompt: &Prompt, language: Language) -> String {
    let uid = prompt.uid.to_string();
    let values = [("deed", deed_name(prompt.deed, language)), ("uid", &uid[..8])];
    fill(language.unit().ask_reason, &values)
}

fn draw_prompt(prompt: &Prompt, language: Language, area: Rect, buffer: &mut Buffer) -> u16 {
    let text = language.unit();
    let question = question(prompt, language);
    if let Some(reason) = &prompt.reason {
        paint::left(paint::row(area, 0), &format!("{question} {reason}"), Meaning::Heading, buffer);
        paint::left(paint::row(area, 1), text.call_off, Meaning::Dim, buffer);
        return 2;
    }
    paint::entry(paint::row(area, 0), &question, prompt.entry.text(), buffer);
    if prompt.wrong {
        let wrong = fill(text.no_reason, &[("n", &Reason::LONGEST.to_string())]);
        paint::left(paint::row(area, 1), &format!("▲ {wrong}"), Meaning::Warning, buffer);
    } else {
        paint::left(paint::row(area, 1), text.how_reason, Meaning::Dim, buffer);
    }
    2
}

fn status(state: &State, language: Language, width: u16) -> Vec<Line> {
    let text = language.unit();
    let mut lines = Vec::new();
    match &state.notice {
        Some(Notice::Doing(deed)) => {
            let line = fill(text.doing, &[("deed", deed_name(*deed, language))]);
            lines.push(Line::new(line, Meaning::Busy));
        }
        Some(Notice::Done { deed, no_place_in }) => {
            lines.push(Line::new(format!("✔ {}", deed_done(*deed, language)), Meaning::Good));
            if let Some(order) = no_place_in {
                let line = format!("▲ {}", fill(text.no_place, &[("order", order)]));
                lines.extend(wrapped(&line, width, Meaning::Warning));
            }
        }
        Some(Notice::Refused { deed, fault }) => {
            let line = fill(text.refused, &[("deed", deed_name(*deed, language))]);
            lines.push(Line::new(format!("▲ {line}"), Meaning::Error));
            lines.extend(told(fault, language, width));
        }
        None => {}
    }
    if state.refused.is_some() {
        let line = fill(text.too_short, &[("n", &UidPart::FEWEST.to_string())]);
        lines.push(Line::new(format!("▲ {line}"), Meaning::Warning));
    } else if state.sought.as_ref().is_some_and(|search| !is_shown(state, search)) {
        lines.push(Line::new(text.searching, Meaning::Busy));
    } else if let Shown::Unknown(search) = &state.shown {
        lines.push(Line::new(format!("▲ {}", text.unknown), Meaning::Warning));
        lines.push(Line::new(search.to_string(), Meaning::Plain));
    } else if let Shown::Failed(fault) = &state.shown {
        lines.extend(told(fault, language, width));
    }
    lines
}

/// Whether what is looked for is on the page already, and only read anew or looked for further.
fn is_shown(state: &State, search: &Search) -> bool {
    match &state.shown {
        Shown::Module(dossier) => *search == Search::Module(dossier.uid),
        Shown::Hits { .. } => matches!(search, Search::Part(_)),
        Shown::Nothing | Shown::Unknown(_) | Shown::Failed(_) => false,
    }
}

/// A fault: code and title, what to do, and what is behind it.
fn told(fault: &Fault, language: Language, width: u16) -> Vec<Line> {
    let mut lines = vec![Line::new(format!("▲ {}", title(language, fault.code)), Meaning::Warning)];
    lines.extend(numbered(fault_text(language, fault.code).remedy.iter().copied(), width, Meaning::Plain));
    lines.extend(wrapped(&fault.chain.links().join(" ← "), width, Meaning::Dim).take(3));
    lines
}

/// The modules to choose from. The one that is chosen is always seen.
fn draw_hits(
    hits: &[Hit],
    more: bool,
    selected: usize,
    going_on: bool,
    language: Language,
    area: Rect,
    buffer: &mut Buffer,
) {
    let text = language.unit();
    let number = hits.len().to_string();
    let mut head = fill(if more { text.found_more } else { text.found }, &[("n", &number)]);
    if going_on {
        head = format!("{head} · {}", text.searching);
    }
    paint::left(paint::row(area, 0), &head, Meaning::Heading, buffer);
    let rows = paint::below(area, 1);
    let above = (selected + 1).saturating_sub(rows.height.into());
    for (index, (at, hit)) in (0..rows.height).zip(hits.iter().enumerate().skip(above)) {
        let row = paint::row(rows, index);
        let (stands, meaning) = standing(&hit.standing, language);
        let chosen = at == selected;
        let mark = if chosen { "▶" } else { " " };
        let uid = format!("{mark} {}", hit.uid);
        let used = paint::left(row, &uid, if chosen { Meaning::Hand } else { Meaning::Plain }, buffer) + 2;
        let row = Rect { x: row.x.saturating_add(used), width: row.width.saturating_sub(used), ..row };
        let order = hit.order.as_deref().unwrap_or_default();
        let taken = paint::right(row, order, Meaning::Dim, buffer);
        let row = Rect { width: row.width.saturating_sub(taken + 1), ..row };
        paint::left(row, &stands, meaning, buffer);
    }
}
