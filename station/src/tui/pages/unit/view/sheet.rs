//! One module: how it stands, then its story, its certificate or its label.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::model::Model;
use crate::tui::pages::unit::dossier::{Certificate, Dossier, Happened, Label};
use crate::tui::pages::unit::words::{advice, happened, standing};
use crate::tui::pages::unit::{Section, State};
use crate::tui::text::faults::title;
use crate::tui::text::{self, Language, cell, fill};
use crate::tui::theme::Meaning;
use crate::tui::view::lines::{self, Line, hanging, wrapped};
use crate::tui::view::paint;

/// From so many columns on, the label stands beside the rest.
const WIDE: u16 = 116;
/// How many columns it has there.
const BESIDE: u16 = 46;
/// How many columns a name in the story has.
const NAME: usize = 12;
/// How many columns the word before a fact has.
const FACT: u16 = 16;

pub(super) fn draw(model: &Model, dossier: &Dossier, area: Rect, buffer: &mut Buffer) {
    let (state, language) = (&model.unit, model.language);
    let (stands, meaning) = standing(&dossier.standing, language);
    let head = paint::row(area, 0);
    if matches!(meaning, Meaning::Fail) {
        paint::fill(head, meaning, buffer);
    }
    let used = paint::left(head, &format!("{stands}  "), meaning, buffer);
    let rest = Rect { x: head.x.saturating_add(used), width: head.width.saturating_sub(used), ..head };
    let heading = if matches!(meaning, Meaning::Fail) { meaning } else { Meaning::Heading };
    paint::left(rest, &dossier.uid.to_string(), heading, buffer);
    paint::left(
        paint::row(area, 1),
        &format!("→ {}", advice(&dossier.standing, language)),
        Meaning::Plain,
        buffer,
    );
    paint::left(paint::row(area, 2), &origin(model, dossier), Meaning::Dim, buffer);

    let wide = area.width >= WIDE;
    let body = body(area);
    if wide {
        let below = paint::below(area, 3);
        let beside = Rect { x: below.x + below.width - BESIDE, width: BESIDE, ..below };
        draw_label(&dossier.label, language, beside, buffer);
    }
    let section = section(state, wide);
    draw_sections(section, wide, language, paint::row(body, 0), buffer);
    let body = paint::below(body, 1);
    match section {
        Section::Story | Section::Certificate => {
            lines::draw_scrolled(
                model.language,
                &lines(model, dossier, section, body.width),
                state.scroll,
                body,
                buffer,
            );
        }
        Section::Label => draw_label(&dossier.label, language, body, buffer),
    }
}

/// How far there is to scroll where the module has this area.
pub(super) fn furthest(model: &Model, dossier: &Dossier, area: Rect) -> u16 {
    let section = section(&model.unit, area.width >= WIDE);
    let body = paint::below(body(area), 1);
    paint::furthest(lines(model, dossier, section, body.width).len(), body)
}

/// Where the sections are drawn, below their names; the label is beside them where there is room.
fn body(area: Rect) -> Rect {
    let body = paint::below(area, 3);
    let beside = if area.width >= WIDE { BESIDE + 2 } else { 0 };
    Rect { width: body.width - beside, ..body }
}

/// The section that is shown. The label needs no place of its own where it is seen anyhow.
fn section(state: &State, wide: bool) -> Section {
    if wide && state.section == Section::Label { Section::Story } else { state.section }
}

fn lines(model: &Model, dossier: &Dossier, section: Section, width: u16) -> Vec<Line> {
    match section {
        Section::Story => story(model, dossier, width),
        Section::Certificate => certificate(model, dossier, width),
        Section::Label => Vec::new(),
    }
}

/// Order, product, and since when this is how it is.
fn origin(model: &Model, dossier: &Dossier) -> String {
    let language = model.language;
    let text = language.unit();
    let order = dossier.order.as_ref().map(|order| fill(language.sentences().order, &[("order", order)]));
    let read = text::second(language, &model.setting.zone, dossier.read);
    let read = fill(text.read, &[("time", &read)]);
    let parts = [order, dossier.product.clone(), Some(read)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Which section is shown, among the others.
fn draw_sections(section: Section, wide: bool, language: Language, area: Rect, buffer: &mut Buffer) {
    let text = language.unit();
    let used = paint::left(area, "← ", Meaning::Dim, buffer);
    let mut rest = Rect { x: area.x + used, width: area.width - used, ..area };
    for one in Section::ALL.into_iter().filter(|one| !(wide && *one == Section::Label)) {
        let name = match one {
            Section::Story => text.section_story,
            Section::Certificate => text.section_certificate,
            Section::Label => text.section_label,
        };
        let (name, meaning) = if one == section {
            (format!("[{name}]"), Meaning::Hand)
        } else {
            (format!(" {name} "), Meaning::Dim)
        };
        let used = paint::left(rest, &name, meaning, buffer) + 1;
        rest = Rect { x: rest.x.saturating_add(used), width: rest.width.saturating_sub(used), ..rest };
    }
    paint::left(rest, "→", Meaning::Dim, buffer);
}

/// The last first: it is what somebody wants to know who has the module in hand.
fn story(model: &Model, dossier: &Dossier, width: u16) -> Vec<Line> {
    dossier.story.iter().rev().flat_map(|happened| event(model, happened, width)).collect()
}

fn event(model: &Model, event: &Happened, width: u16) -> Vec<Line> {
    let language = model.language;
    let (sentence, behind, meaning) = happened(&event.what, language);
    let time = text::second(language, &model.setting.zone, event.time);
    let before = format!("{} {} ", cell(&time, text::SECOND.into()), cell(&event.operator, NAME));
    let indent = paint::width(&before);
    let width = width.max(indent + 20);
    let mut lines: Vec<_> = hanging(&before, &sentence, width, meaning).collect();
    let before = " ".repeat(indent.into());
    lines.extend(behind.iter().flat_map(|behind| hanging(&before, behind, width, Meaning::Dim)));
    lines
}

fn certificate(model: &Model, dossier: &Dossier, width: u16) -> Vec<Line> {
    let language = model.language;
    let moment = |time| text::moment(language, &model.setting.zone, time);
    let text = language.unit();
    let Some(Certificate { subject, serial, not_before, not_after, issuer, key, sha256 }) =
        &dossier.certificate
    else {
        return vec![Line::new(text.no_certificate, Meaning::Dim)];
    };
    let mut lines = match &dossier.void {
        Some(void) => {
            let since = moment(void.since);
            let line = fill(text.certificate_void, &[("time", &since), ("reason", &void.reason)]);
            wrapped(&format!("✖ {line}"), width, Meaning::Warning).collect()
        }
        None => vec![Line::new(text.certificate_good, Meaning::Plain)],
    };
    let none = || language.sentences().fact_unknown.to_owned();
    let key = if key.is_empty() { none() } else { key.clone() };
    for (name, value) in [
        (text.fact_subject, subject.clone()),
        (text.fact_serial, serial.clone()),
        (text.fact_from, moment(*not_before)),
        (text.fact_until, moment(*not_after)),
        (text.fact_issuer, issuer.clone()),
        (text.fact_key, key),
        (text.fact_sha256, sha256.clone()),
    ] {
        lines.extend(hanging(&cell(name, FACT.into()), &value, width.max(FACT + 16), Meaning::Plain));
    }
    lines
}

/// The label as it looks: the code beside the text or above it, whichever fits; the text alone where there is
/// no room for the code.
fn draw_label(label: &Label, language: Language, area: Rect, buffer: &mut Buffer) {
    let text = language.unit();
    let (lines, code, payload) = match label {
        Label::None => {
            paint::left(paint::row(area, 0), text.no_label, Meaning::Dim, buffer);
            return;
        }
        Label::Lost { payload, code } => {
            let title = title(language, *code);
            paint::left(paint::row(area, 0), &format!("▲ {title}"), Meaning::Warning, buffer);
            draw_wrapped(payload, paint::below(area, 1), buffer);
            return;
        }
        Label::Drawn { payload, lines, code } => (lines, code, payload),
    };
    let longest = lines.iter().map(|line| paint::width(line)).max().unwrap_or(0);
    let square = code.first().map_or(0, |row| paint::width(row));
    let [rows, tall] = [lines, code].map(|lines| u16::try_from(lines.len()).unwrap_or(u16::MAX));
    let beside =
        square.saturating_add(longest).saturating_add(2) <= area.width && tall.max(rows) <= area.height;
    let above =
        square.max(longest.saturating_add(2)) <= area.width && tall.saturating_add(rows) <= area.height;
    let (width, height, at) = if beside {
        (square + longest + 2, tall.max(rows), (square, tall.saturating_sub(rows) / 2))
    } else if above {
        (square.max(longest + 2), tall + rows, (1, tall))
    } else {
        (longest.saturating_add(2), rows, (1, 0))
    };
    let paper = Rect { width: width.min(area.width), height: height.min(area.height), ..area };
    paint::fill(paper, Meaning::Paper, buffer);
    if beside || above {
        for (index, row) in (0..paper.height).zip(code) {
            paint::left(paint::row(paper, index), row, Meaning::Paper, buffer);
        }
    }
    let written = paint::below(
        Rect { x: paper.x + at.0.min(paper.width), width: paper.width - at.0.min(paper.width), ..paper },
        at.1,
    );
    for (index, line) in (0..written.height).zip(lines) {
        paint::left(paint::row(written, index), line, Meaning::Paper, buffer);
    }
    let rest = paint::below(area, paper.height);
    if beside || above {
        draw_wrapped(payload, rest, buffer);
    } else {
        paint::left(paint::row(rest, 0), text.no_room, Meaning::Dim, buffer);
        draw_wrapped(payload, paint::below(rest, 1), buffer);
    }
}

fn draw_wrapped(text: &str, area: Rect, buffer: &mut Buffer) {
    let lines: Vec<_> = wrapped(text, area.width, Meaning::Dim).collect();
    lines::draw(&lines, area, buffer);
}
