//! What the page says of CA, opening, HSM and record.

use std::time::Duration;

use time::OffsetDateTime;

use super::{Audit, Ca, Heard, Known, Opened, Standing, State, Token};
use crate::fault::FaultCode;
use crate::hsm::{PinTries, Usage};
use crate::tui::model::Model;
use crate::tui::msg::{Device, Report};
use crate::tui::text::faults::fault_text;
use crate::tui::text::{self, Language, duration, fill, number};
use crate::tui::theme::Meaning;

/// Rows that belong together.
pub(super) struct Section {
    pub(super) heading: &'static str,
    pub(super) rows: Vec<Row>,
}

/// What a value is called, the value, and what it means.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) value: String,
    pub(super) meaning: Meaning,
}

/// All that is known. Nothing before the ledger was asked. What never changes while the line is at work comes
/// last, where it may have to be scrolled to.
pub(super) fn sections(model: &Model) -> Vec<Section> {
    let text = model.language.vendor();
    let State { known, token, .. } = &model.vendor;
    let Some(known) = known else { return Vec::new() };
    vec![
        Section { heading: text.section_opening, rows: opening(model, &known.what) },
        Section { heading: text.section_hsm, rows: hsm(model, token.as_ref()) },
        Section { heading: text.section_record, rows: record(model, &known.what) },
        Section { heading: text.section_ca, rows: authority(model, &known.what) },
    ]
}

/// What the officer has to see while the CA is being opened: whether it is open, what a wrong PIN would do, and
/// which key the PIN is for.
pub(super) fn while_opening(model: &Model) -> Vec<Row> {
    let known = model.vendor.known.as_ref().map(|known| &known.what);
    let state = known.map(|known| state(model, known));
    let key = known.map(|known| plain(model.language.vendor().row_key, &known.issuing.key));
    state.into_iter().chain(pin(model)).chain(key).collect()
}

/// How old what ledger and station said is, where that has to be said.
pub(super) fn known_as_of(model: &Model) -> Option<String> {
    let age = model.vendor.known.as_ref()?.age(model.now)?;
    Some(filled(model.language.vendor().known_old, &[("ago", ago(model.language, age))]))
}

/// A point in time, by the clock of the hall.
fn moment(model: &Model, time: OffsetDateTime) -> String {
    text::moment(model.language, &model.setting.zone, time)
}

fn ago(language: Language, time: Duration) -> String {
    filled(language.sentences().ago, &[("time", duration(language, time))])
}

/// What the HSM said, and how long ago, where that has to be said.
fn as_of<T>(model: &Model, heard: &Heard<T>, value: String) -> String {
    match heard.age(model.now) {
        None => value,
        Some(age) => {
            let values = [("value", value), ("ago", ago(model.language, age))];
            filled(model.language.vendor().as_of, &values)
        }
    }
}

/// A code and what it is called.
pub(super) fn fault(language: Language, code: FaultCode) -> String {
    format!("{} {}", code.entry().code, fault_text(language, code).title)
}

/// What the HSM says of the tries at the PIN that remain.
pub(super) fn tries(language: Language, tries: PinTries) -> &'static str {
    let text = language.vendor();
    match tries {
        PinTries::NotLow => text.tries_not_low,
        PinTries::Low => text.tries_low,
        PinTries::Last => text.tries_last,
        PinTries::None => text.tries_none,
    }
}

fn plain(name: &'static str, value: impl Into<String>) -> Row {
    Row { name, value: value.into(), meaning: Meaning::Plain }
}

/// Whether the CA is open.
fn state(model: &Model, known: &Known) -> Row {
    let language = model.language;
    let text = language.vendor();
    let Opened { until, standing, .. } = known.opening;
    let (value, meaning) = match standing {
        Standing::Open => {
            let left: Duration = (until - model.now.now).try_into().unwrap_or_default();
            let values = [("until", moment(model, until)), ("left", duration(language, left))];
            (filled(text.state_open, &values), Meaning::Good)
        }
        Standing::Spent => (text.state_spent.to_owned(), Meaning::Warning),
        Standing::Closed => (text.state_closed.to_owned(), Meaning::Warning),
    };
    Row { name: text.row_state, value, meaning }
}

fn opening(model: &Model, known: &Known) -> Vec<Row> {
    let language = model.language;
    let text = language.vendor();
    let count = |count: u32| number(language, count.into());
    let Opened { most, signed, .. } = known.opening;
    let certificates = match most {
        u32::MAX => filled(text.certificates_unlimited, &[("signed", count(signed))]),
        most => {
            let left = most.saturating_sub(signed);
            let values = [("signed", count(signed)), ("most", count(most)), ("left", count(left))];
            filled(text.certificates_of, &values)
        }
    };
    let reserved = count(known.reserved);
    let order = match known.certificates {
        None => filled(text.order_unlimited, &[("used", reserved)]),
        Some(most) => {
            let left = count(most.saturating_sub(known.reserved));
            filled(text.order_of, &[("used", reserved), ("most", count(most)), ("left", left)])
        }
    };
    vec![state(model, known), plain(text.row_certificates, certificates), plain(text.row_order, order)]
}

fn authority(model: &Model, known: &Known) -> Vec<Row> {
    let text = model.language.vendor();
    let Ca { name, not_after, key, sha256 } = &known.issuing;
    let mut rows = vec![
        plain(text.row_name, name),
        plain(text.row_valid, moment(model, *not_after)),
        plain(text.row_key, key),
        plain(text.row_sha256, sha256),
    ];
    if let Some(successor) = &known.successor {
        let until = moment(model, successor.not_after);
        let values = [("name", successor.name.clone()), ("until", until), ("key", successor.key.clone())];
        rows.push(plain(text.row_successor, filled(text.successor, &values)));
    }
    rows
}

/// The tries at the PIN that remain, if the HSM ever said so.
fn pin(model: &Model) -> Option<Row> {
    let heard = model.vendor.tries.as_ref()?;
    let meaning = if heard.what == PinTries::NotLow { Meaning::Plain } else { Meaning::Warning };
    let value = as_of(model, heard, tries(model.language, heard.what).to_owned());
    Some(Row { name: model.language.vendor().row_pin, value, meaning })
}

fn hsm(model: &Model, heard: Option<&Heard<Token>>) -> Vec<Row> {
    let language = model.language;
    let text = language.vendor();
    let count = |count: u64| number(language, count);
    let mut rows = Vec::new();
    if let Some(Heard { what: Token { label, manufacturer, model, serial, .. }, .. }) = heard {
        rows.push(plain(text.row_token, label));
        rows.push(plain(text.row_model, format!("{manufacturer}, {model}")));
        rows.push(plain(text.row_serial, serial));
    }
    let (sessions, meaning) = match model.lights.of(Device::Hsm).map(|light| light.report) {
        Some(Report::Sessions(open, of)) => {
            let values = [("open", count(open.into())), ("of", count(of.into()))];
            (filled(text.sessions_of, &values), Meaning::Good)
        }
        Some(Report::Trouble(code)) => (format!("✖ {}", fault(language, code)), Meaning::Fail),
        Some(Report::Closed) => (text.sessions_closed.to_owned(), Meaning::Warning),
        _ => (language.sentences().light_unheard.to_owned(), Meaning::Dim),
    };
    rows.push(Row { name: text.row_sessions, value: sessions, meaning });
    rows.extend(pin(model));
    let Some(heard) = heard else { return rows };
    let usage = match heard.what.usage {
        None | Some(Usage { count: None, .. }) => text.usage_none.to_owned(),
        Some(Usage { count: Some(used), limit: None }) => filled(text.usage_count, &[("used", count(used))]),
        Some(Usage { count: Some(used), limit: Some(limit) }) => {
            filled(text.usage_of, &[("used", count(used)), ("limit", count(limit))])
        }
    };
    rows.push(plain(text.row_usage, as_of(model, heard, usage)));
    rows
}

fn record(model: &Model, known: &Known) -> Vec<Row> {
    let language = model.language;
    let text = language.vendor();
    let ago = |at: OffsetDateTime| ago(language, (model.now.now - at).try_into().unwrap_or_default());
    let (log, meaning) = match &known.audit {
        Audit::NoLog => (text.log_none.to_owned(), Meaning::Dim),
        Audit::NotYet => (text.log_not_yet.to_owned(), Meaning::Dim),
        Audit::Compared { at, fault: None } => (filled(text.log_agrees, &[("ago", ago(*at))]), Meaning::Good),
        Audit::Compared { at, fault: Some(found) } => {
            (format!("✖ {}, {}", fault(language, found.code), ago(*at)), Meaning::Fail)
        }
    };
    let checkpoint = match &known.checkpoint {
        None => {
            Row { name: text.row_checkpoint, value: text.checkpoint_none.to_owned(), meaning: Meaning::Dim }
        }
        Some(vouched) => {
            let upto = number(language, vouched.upto.unsigned_abs());
            let value = filled(text.checkpoint_at, &[("event", upto), ("ago", ago(vouched.at))]);
            plain(text.row_checkpoint, value)
        }
    };
    vec![Row { name: text.row_log, value: log, meaning }, checkpoint]
}

/// A sentence with its values.
pub(super) fn filled(sentence: &str, values: &[(&str, String)]) -> String {
    let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fill(sentence, &values)
}
