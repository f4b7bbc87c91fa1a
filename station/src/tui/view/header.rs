//! Order, counts and rates.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint;
use crate::config::Flow;
use crate::tui::model::Model;
use crate::tui::text::{self, fill};
use crate::tui::theme::Meaning;

/// From so many columns on, counts and figures stand in one row.
const WIDE: u16 = 110;

/// How many rows it takes: on a wide screen one may be blank, where there is room.
pub(super) fn height(area: Rect) -> u16 {
    if area.height >= 20 { 3 } else { 2 }
}

pub(super) fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let area = paint::inset(area, 1);
    draw_order(model, paint::row(area, 0), buffer);
    draw_counts(model, paint::row(area, 1), paint::row(area, 2), buffer);
}

/// The order and what it is for; at the right, who works here and in which language.
fn draw_order(model: &Model, area: Rect, buffer: &mut Buffer) {
    let text = model.language.sentences();
    let setting = &model.setting;
    let flow = match setting.flow {
        Flow::PreRegistration => text.flow_pre_registration,
        Flow::LateBinding => text.flow_late_binding,
    };
    let clock = text::clock(setting.zone.local(model.now.now));
    // Of what does not fit, first the language goes, then the product, then the customer; the name of whoever
    // works here, and last the flow.
    let mut named = Vec::new();
    if let Some(operator) = model.operator.name() {
        let titled = fill(text.operator, &[("operator", operator.as_str())]);
        named.push(format!("{titled} · {} · {clock}", text.language));
        named.push(format!("{operator} · {clock}"));
    }
    let nameless = vec![format!("{} · {clock}", text.language), clock.clone()];
    let order = fill(text.order, &[("order", &setting.order)]);
    let (customer, product) = (&setting.customer, &setting.product);
    let details = [
        format!(" · {customer} · {product} · {flow}"),
        format!(" · {customer} · {flow}"),
        format!(" · {flow}"),
    ];
    let room = area.width.saturating_sub(paint::width(&order) + 1);
    let choices = [named, nameless].into_iter().flat_map(|corners| {
        details.iter().flat_map(move |detail| {
            let corners = corners.clone();
            corners.into_iter().map(move |corner| (detail.as_str(), corner))
        })
    });
    let fits = |(detail, corner): &(&str, String)| paint::width(detail) + paint::width(corner) <= room;
    let (detail, corner) = choices.into_iter().find(fits).unwrap_or((&details[2], clock));
    let taken = paint::right(area, &corner, Meaning::Dim, buffer);
    let mut area = Rect { width: area.width.saturating_sub(taken + 1), ..area };
    let used = paint::left(area, &order, Meaning::Heading, buffer);
    area = Rect { x: area.x + used, width: area.width - used, ..area };
    paint::left(area, detail, Meaning::Plain, buffer);
}

/// How far the order is, how good the modules are and how fast the line is.
fn draw_counts(model: &Model, area: Rect, below: Rect, buffer: &mut Buffer) {
    let (text, language) = (model.language.sentences(), model.language);
    let counts = model.counts;
    let done = text::number(language, counts.passed.into());
    let target = text::number(language, counts.quantity.into());
    let done = fill(text.done_of, &[("done", &done), ("target", &target)]);
    let mut parts = Vec::new();
    if let Some(percent) = model.shift.yields() {
        parts.push(fill(text.yield_of, &[("percent", &text::percent(language, percent))]));
    }
    if let Some(percent) = model.shift.first_pass() {
        parts.push(fill(text.first_pass, &[("percent", &text::percent(language, percent))]));
    }
    if let (Some(hour), Some(shift)) = (model.shift.last_hour(model.now), model.shift.per_hour(model.now)) {
        let (hour, shift) = (text::number(language, hour), text::number(language, shift));
        parts.push(fill(text.rate, &[("hour", &hour), ("shift", &shift)]));
    }
    let left = counts.quantity.saturating_sub(counts.passed);
    if let Some(time) = model.shift.time_for(left, model.now).filter(|_| left > 0) {
        let zone = &model.setting.zone;
        let (end, now) = (zone.local(model.now.now.saturating_add(whole(time))), zone.local(model.now.now));
        parts.push(fill(text.end_at, &[("time", &text::time_to_come(language, end, now))]));
    }
    let used = paint::left(area, &done, Meaning::Heading, buffer) + 1;
    let mut bar = Rect { x: area.x + used.min(area.width), width: area.width.saturating_sub(used), ..area };
    if area.width < WIDE {
        draw_figures(&parts, below, buffer);
    } else {
        // The bar has at least a third of the row.
        let third = area.width / 3;
        let rest = Rect { x: area.x + third, width: area.width - third, ..area };
        bar.width = bar.width.saturating_sub(draw_figures(&parts, rest, buffer) + 1);
    }
    paint::bar(bar, counts.passed.into(), counts.quantity.into(), Meaning::Good, buffer);
}

fn whole(time: Duration) -> time::Duration {
    time::Duration::seconds(time.as_secs().try_into().unwrap_or(i64::MAX))
}

/// As many figures as there is room for, at the right. Gives the columns they take.
fn draw_figures(parts: &[String], area: Rect, buffer: &mut Buffer) -> u16 {
    let mut fitting = (1..=parts.len()).rev().map(|count| parts[..count].join(" · "));
    let figures = fitting.find(|figures| paint::width(figures) <= area.width);
    figures.map_or(0, |figures| paint::right(area, &figures, Meaning::Plain, buffer))
}
