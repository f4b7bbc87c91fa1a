//! A fault: for the operator what happened and what to do, for the engineer what is behind it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::card::{step_name, word_of};
use super::lines::{self, Line, hanging, numbered, wrapped};
use super::{footer, lights, paint};
use crate::fault::{Blame, Disposition};
use crate::tui::model::{Model, Shown};
use crate::tui::text::faults::fault_text;
use crate::tui::text::{self, fill};
use crate::tui::theme::Meaning;

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
    lines::draw_scrolled(model.language, &lines, scroll, body, buffer);
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
    let remedy = fault_text(model.language, shown.code).remedy.iter().copied();
    lines.extend(numbered(remedy, width, Meaning::Heading));
    if shown.ended.is_some() {
        lines.push(Line::default());
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
    let mut lines = vec![heading(text.engineer_heading), Line::default(), heading(text.engineer_causes)];
    for (depth, link) in shown.chain.links().iter().enumerate() {
        let mark = if depth == 0 { "- " } else { "  ← " };
        lines.extend(hanging(mark, link, width, Meaning::Plain));
    }
    let note = shown.code.entry().note;
    if !note.is_empty() {
        lines.extend(hanging("* ", note, width, Meaning::Dim));
    }
    let Some(ended) = shown.ended else { return lines };
    lines.extend([Line::default(), heading(text.engineer_facts)]);
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
    lines.extend([Line::default(), heading(text.engineer_transcript)]);
    match ended.transcript.as_deref() {
        None | Some("") => lines.push(Line::new(text.transcript_missing, Meaning::Dim)),
        Some(transcript) => {
            lines.extend(transcript.lines().flat_map(|line| wrapped(line, width, Meaning::Plain)));
        }
    }
    lines
}

fn heading(text: &str) -> Line {
    Line::new(text, Meaning::Heading)
}
