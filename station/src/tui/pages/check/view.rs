//! The page as cells.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Round, words};
use crate::check::{Detail, Finding, Found};
use crate::tui::model::{LITTLE_ROOM, Model};
use crate::tui::text::faults::{fault_text, title};
use crate::tui::text::{self, fill, fit};
use crate::tui::theme::Meaning;
use crate::tui::view::lines::{self, Line, hanging};
use crate::tui::view::paint;

/// So many columns what was looked at may take, before what was found of it: on a small and on a wide screen.
const SUBJECT: [usize; 2] = [22, 30];

/// Draws the page between the header and the lights.
pub(in crate::tui::pages) fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let text = model.language.check();
    let used = paint::left(paint::row(area, 0), text.heading, Meaning::Heading, buffer) + 2;
    let head = paint::row(area, 0);
    let head = Rect { x: head.x.saturating_add(used), width: head.width.saturating_sub(used), ..head };
    let (status, meaning) = status(model);
    paint::left(head, &status, meaning, buffer);
    let (body, lines) = findings(model, area);
    lines::draw_scrolled(model.language, &lines, model.check.scroll, body, buffer);
}

/// Where what was found is drawn, and its lines.
fn findings(model: &Model, area: Rect) -> (Rect, Vec<Line>) {
    let body = paint::below(area, 2);
    (body, lines(model, body.width))
}

/// How far there is to scroll where the page has this area.
pub(in crate::tui::pages) fn furthest(model: &Model, area: Rect) -> u16 {
    let (body, lines) = findings(model, area);
    paint::furthest(lines.len(), body)
}

/// What is being looked at, or when that was last done, and how many things are wrong.
fn status(model: &Model) -> (String, Meaning) {
    let (language, text, state) = (model.language, model.language.check(), &model.check);
    let ago = |when| text::duration(language, model.now.since(when));
    let n = text::number(language, u64::try_from(state.wrong()).unwrap_or(u64::MAX));
    let result = match state.wrong() {
        0 => text.all_well.to_owned(),
        _ => fill(text.wrong_things, &[("n", &n)]),
    };
    let shape = if state.wrong() == 0 { '✔' } else { '✖' };
    let meaning = if state.wrong() == 0 { Meaning::Good } else { Meaning::Warning };
    match &state.round {
        Round::Never => (text.never.to_owned(), Meaning::Dim),
        Round::UnderWay(None) => (format!("▶ {}", text.begins), Meaning::Busy),
        Round::UnderWay(Some(subject)) => {
            let subject = words::subject(language, subject);
            (format!("▶ {}", fill(text.looking_at, &[("subject", &subject)])), Meaning::Busy)
        }
        Round::Done(when) => {
            (format!("{shape} {result} · {}", fill(text.done, &[("time", &ago(*when))])), meaning)
        }
        Round::BrokenOff(when) => {
            (format!("▲ {}", fill(text.broken_off, &[("time", &ago(*when))])), Meaning::Warning)
        }
    }
}

fn lines(model: &Model, width: u16) -> Vec<Line> {
    model.check.in_order().flat_map(|finding| of_finding(model, finding, width)).collect()
}

/// The lines of a finding. Of one that is wrong: the fault, what to do, and the causes.
fn of_finding(model: &Model, finding: &Finding, width: u16) -> Vec<Line> {
    let language = model.language;
    let text = language.check();
    let (shape, mark, meaning) = match &finding.found {
        Found::Well(Detail::Room(free)) if *free < LITTLE_ROOM => ('▲', text.little, Meaning::Warning),
        Found::Well(_) => ('✔', text.well, Meaning::Good),
        Found::AtWork => ('▶', text.at_work, Meaning::Busy),
        Found::Wrong(_) => ('✖', text.wrong, Meaning::Fail),
    };
    let marks = [text.well, text.little, text.at_work, text.wrong];
    let wide = marks.map(text::columns).into_iter().max().unwrap_or(0);
    let mark = text::padded(format!("{shape} {mark}"), wide + 2);
    let most = SUBJECT[usize::from(width >= 100)];
    let subject = text::cell(&words::subject(language, &finding.subject), most);
    let indent = wide + 3;
    let begin = Line::new(mark, meaning).and(format!(" {subject} "), Meaning::Heading);
    let room = usize::from(width).saturating_sub(indent + most + 1);
    let fault = match &finding.found {
        Found::Well(detail) => {
            return vec![begin.and(fit(&words::detail(model, detail), room), Meaning::Plain)];
        }
        Found::AtWork => return vec![begin],
        Found::Wrong(fault) => fault,
    };
    let mut lines = vec![begin.and(fit(&title(language, fault.code), room), Meaning::Warning)];
    let indent = " ".repeat(indent);
    for remedy in fault_text(language, fault.code).remedy {
        lines.extend(hanging(&format!("{indent}→ "), remedy, width, Meaning::Plain));
    }
    lines.extend(hanging(&format!("{indent}  "), &fault.chain.to_string(), width, Meaning::Dim));
    lines
}
