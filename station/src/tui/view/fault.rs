//! A fault: for the operator what happened and what to do, for the engineer what is behind it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::card::{step_name, word_of};
use super::{footer, lights, more, paint};
use crate::fault::{Blame, Disposition};
use crate::tui::model::{Model, Shown};
use crate::tui::text::faults::fault_text;
use crate::tui::text::{self, fill, wrap};
use crate::tui::theme::Meaning;

/// A line of the page.
struct Line(String, Meaning);

pub(super) fn draw(
    model: &Model,
    shown: &Shown<'_>,
    engineer: bool,
    scroll: u16,
    area: Rect,
    buffer: &mut Buffer,
) {
    let text = model.language.sentences();
    let told = fault_text(model.language, shown.code);
    let meaning = match shown.code.blame() {
        Blame::Module => Meaning::Fail,
        Blame::Link | Blame::Probe | Blame::Hsm | Blame::Feed | Blame::Record | Blame::Station => {
            Meaning::Error
        }
    };
    let whose = shown.slot.map_or_else(
        || text.fault_of_line.to_owned(),
        |slot| {
            let since = text::duration(model.language, model.now.since(slot.since));
            format!("{} · {}", fill(text.slot, &[("slot", &slot.name)]), fill(text.ago, &[("time", &since)]))
        },
    );
    let head = Rect { height: area.height.min(3), ..area };
    paint::fill(head, meaning, buffer);
    let shape = if meaning == Meaning::Fail { '✖' } else { '▲' };
    let title_at = paint::inset(paint::row(head, 1), 2);
    let taken = paint::right(title_at, &whose, meaning, buffer) + 2;
    let title_at = Rect { width: title_at.width.saturating_sub(taken), ..title_at };
    let title = format!("{shape} {}  {}", shown.code.entry().code, told.title);
    paint::left(title_at, &title, meaning, buffer);

    let lamps = lamps(model, area);
    let foot = footer::HEIGHT + lamps;
    let (body, lines) = body(model, shown, engineer, area);
    // What would be above the last screenful is as far as scrolling goes.
    let scroll = scroll.min(paint::furthest(lines.len(), body));
    let rows = more::draw(model.language, lines.len(), scroll, body, buffer);
    for (index, Line(line, meaning)) in (0..rows).zip(lines.iter().skip(scroll.into())) {
        paint::left(paint::row(body, index), line, *meaning, buffer);
    }
    let rest = paint::below(area, area.height.saturating_sub(foot));
    lights::draw(model, Rect { height: lamps, ..rest }, buffer);
    footer::draw(model, paint::below(rest, lamps), buffer);
}

/// How far there is to scroll on a screen of this size.
pub(super) fn furthest(model: &Model, shown: &Shown<'_>, engineer: bool, area: Rect) -> u16 {
    let (body, lines) = body(model, shown, engineer, area);
    paint::furthest(lines.len(), body)
}

/// How many rows of lights there are.
fn lamps(model: &Model, area: Rect) -> u16 {
    lights::height(model, area.width).min(area.height.saturating_sub(footer::HEIGHT + 4))
}

/// Where the fault is told of, and the lines that tell of it.
fn body(model: &Model, shown: &Shown<'_>, engineer: bool, area: Rect) -> (Rect, Vec<Line>) {
    let foot = footer::HEIGHT + lamps(model, area);
    let body = paint::below(Rect { height: area.height.saturating_sub(foot), ..area }, 4);
    let body = paint::inset(body, 2);
    let tell = if engineer { for_engineer } else { for_operator };
    (body, tell(model, shown, body.width))
}

fn for_operator(model: &Model, shown: &Shown<'_>, width: u16) -> Vec<Line> {
    let text = model.language.sentences();
    let mut lines = vec![heading(text.what_to_do)];
    for (number, remedy) in (1..).zip(fault_text(model.language, shown.code).remedy) {
        lines.extend(hanging(&format!("{number}. "), remedy, width, Meaning::Heading));
    }
    if shown.ended.is_some() {
        lines.push(blank());
        lines.push(heading(text.what_becomes));
        let becomes = match shown.code.entry().disposition {
            Disposition::Retry => text.becomes_retry,
            Disposition::Rework => text.becomes_rework,
            Disposition::Quarantine => text.becomes_quarantine,
            Disposition::Finished => text.becomes_finished,
            Disposition::StopStation => text.becomes_stop,
        };
        lines.extend(hanging("→ ", becomes, width, Meaning::Plain));
        let slot = shown.slot.and_then(|slot| model.slots.iter().position(|other| other.name == slot.name));
        if slot.is_some_and(|index| model.may_retry(index)) {
            lines.extend(hanging("→ ", text.retry_hint, width, Meaning::Hand));
        }
    }
    lines
}

fn for_engineer(model: &Model, shown: &Shown<'_>, width: u16) -> Vec<Line> {
    let text = model.language.sentences();
    let mut lines = vec![heading(text.engineer_heading), blank(), heading(text.engineer_causes)];
    for (depth, link) in shown.chain.links().iter().enumerate() {
        let mark = if depth == 0 { "- " } else { "  ← " };
        lines.extend(hanging(mark, link, width, Meaning::Plain));
    }
    let note = shown.code.entry().note;
    if !note.is_empty() {
        lines.extend(hanging("* ", note, width, Meaning::Dim));
    }
    let Some(ended) = shown.ended else { return lines };
    lines.extend([blank(), heading(text.engineer_facts)]);
    let took = text::duration(model.language, std::time::Duration::from_millis(ended.elapsed_ms));
    let step = ended.step.map_or(text.fact_unknown, |step| step_name(step, text));
    let facts = [
        (text.fact_run, format!("{} {}", ended.run, word_of(ended.verdict()))),
        (text.fact_step, step.to_owned()),
        (text.fact_uid, ended.uid.clone().unwrap_or_else(|| text.fact_unknown.to_owned())),
        (text.fact_took, took),
    ];
    for (name, value) in facts {
        lines.extend(hanging(&format!("{name}: "), &value, width, Meaning::Plain));
    }
    lines.extend([blank(), heading(text.engineer_transcript)]);
    match ended.transcript.as_deref() {
        None | Some("") => lines.push(Line(text.transcript_missing.to_owned(), Meaning::Dim)),
        Some(transcript) => {
            for line in transcript.lines() {
                lines.extend(wrap(line, width.into()).into_iter().map(|line| Line(line, Meaning::Plain)));
            }
        }
    }
    lines
}

fn heading(text: &str) -> Line {
    Line(text.to_owned(), Meaning::Heading)
}

fn blank() -> Line {
    Line(String::new(), Meaning::Plain)
}

/// Text behind a mark; the lines after the first are set in as far.
fn hanging(mark: &str, text: &str, width: u16, meaning: Meaning) -> impl Iterator<Item = Line> {
    let indent = paint::width(mark);
    let lines = wrap(text, width.saturating_sub(indent).into());
    let mark = mark.to_owned();
    lines.into_iter().enumerate().map(move |(index, line)| {
        let before = if index == 0 { mark.clone() } else { " ".repeat(indent.into()) };
        Line(before + &line, meaning)
    })
}
