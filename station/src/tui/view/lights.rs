//! The devices: each a shape, its name, and what was last heard of it. Below them is what stays said until
//! somebody has seen it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{notices, paint};
use crate::tui::model::{Light, Model, Shade};
use crate::tui::msg::{Device, Report};
use crate::tui::text::{self, fill};
use crate::tui::theme::Meaning;

/// How many rows the lights take.
pub(super) fn height(model: &Model, width: u16) -> u16 {
    u16::try_from(rows(model, width).len()).unwrap_or(u16::MAX)
}

pub(super) fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    for (index, lamps) in (0..).zip(rows(model, area.width)) {
        let mut rest = paint::inset(paint::row(area, index), 1);
        for (text, meaning) in lamps {
            let used = paint::left(rest, &text, meaning, buffer) + 2;
            rest = Rect { x: rest.x.saturating_add(used), width: rest.width.saturating_sub(used), ..rest };
        }
    }
}

/// The devices that are not well, those in trouble first. How long ago a batch was exported is no trouble.
pub(super) fn bad(model: &Model) -> Vec<(String, Meaning)> {
    let devices =
        Device::ALL.into_iter().filter(|device| *device != Device::Export && model.has_light(*device));
    let lamps = devices.map(|device| lamp(model, device));
    let mut bad: Vec<_> =
        lamps.filter(|(_, meaning)| matches!(meaning, Meaning::Fail | Meaning::Warning)).collect();
    bad.sort_by_key(|(_, meaning)| *meaning != Meaning::Fail);
    bad
}

/// The lights, in as many rows as they take.
fn rows(model: &Model, width: u16) -> Vec<Vec<(String, Meaning)>> {
    let room = width.saturating_sub(2);
    let mut rows = vec![Vec::new()];
    let mut used = 0;
    for device in Device::ALL.into_iter().filter(|device| model.has_light(*device)) {
        let lamp = lamp(model, device);
        let wanted = paint::width(&lamp.0);
        if used > 0 && used + wanted > room {
            rows.push(Vec::new());
            used = 0;
        }
        used += wanted + 2;
        if let Some(row) = rows.last_mut() {
            row.push(lamp);
        }
    }
    rows.extend(notices::rows(model).into_iter().map(|notice| vec![notice]));
    rows
}

fn lamp(model: &Model, device: Device) -> (String, Meaning) {
    let (shape, meaning) = match model.lights.shade(device, model.now) {
        Shade::Dark => ('·', Meaning::Dim),
        Shade::Good => ('●', Meaning::Good),
        Shade::Warning => ('▲', Meaning::Warning),
        Shade::Silent => ('?', Meaning::Warning),
        Shade::Trouble => ('✖', Meaning::Fail),
    };
    let text = model.language.sentences();
    let name = match device {
        Device::Hsm => text.light_hsm,
        Device::Printer => text.light_printer,
        Device::Scanner => text.light_scanner,
        Device::Ledger => text.light_ledger,
        Device::Clock => text.light_clock,
        Device::Disk => text.light_disk,
        Device::Export => text.light_export,
    };
    let detail = model.lights.of(device).map_or_else(
        || text.light_unheard.to_owned(),
        |light| detail(model, light, model.lights.shade(device, model.now)),
    );
    let gap = if detail.is_empty() { "" } else { " " };
    (format!("{shape} {name}{gap}{detail}"), meaning)
}

/// What there is to say of a device beyond its colour. Of one that is silent, for how long it has been.
fn detail(model: &Model, light: &Light, shade: Shade) -> String {
    let (language, text) = (model.language, model.language.sentences());
    let time = |since| text::duration(language, model.now.since(since));
    if shade == Shade::Silent {
        return fill(text.light_silent, &[("time", &time(light.heard))]);
    }
    match light.report {
        Report::Good => String::new(),
        Report::Sessions(open, of) => format!("{open}/{of}"),
        Report::Free(percent) => {
            fill(text.light_free, &[("percent", &text::percent(language, percent.into()))])
        }
        Report::Exported(None) => text.light_never.to_owned(),
        Report::Exported(Some(when)) => {
            let passed = (model.now.now - when).try_into().unwrap_or_default();
            fill(text.ago, &[("time", &text::duration(language, passed))])
        }
        Report::Closed => text.light_closed.to_owned(),
        Report::Trouble(code) => {
            fill(text.light_for, &[("code", code.entry().code), ("time", &time(light.since))])
        }
    }
}
