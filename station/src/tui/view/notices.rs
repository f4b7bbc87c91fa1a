//! What stays said until somebody has seen it: a row for each, below the lights.

use crate::tui::model::{Missed, Model};
use crate::tui::text::faults::fault_text;
use crate::tui::text::{self, fill};
use crate::tui::theme::Meaning;

/// The notices, each with its look.
pub(super) fn rows(model: &Model) -> Vec<(String, Meaning)> {
    let (language, text) = (model.language, model.language.notices());
    let ago = |since| text::duration(language, since);
    let mut rows = Vec::new();
    if let Some(silent) = model.deaf() {
        rows.push((format!("✖ {}", fill(text.deaf, &[("time", &ago(silent))])), Meaning::Fail));
    }
    for (what, miss) in model.notices.missed() {
        let sentence = match what {
            Missed::Checkpoint => text.checkpoint_missed,
            Missed::Audit => text.audit_missed,
        };
        let values = [
            ("code", miss.code.entry().code),
            ("title", fault_text(language, miss.code).title),
            ("n", &text::number(language, miss.times.into())),
            ("time", &ago(model.now.since(miss.last))),
        ];
        rows.push((format!("▲ {}", fill(sentence, &values)), Meaning::Warning));
    }
    match model.notices.recorded(model.now) {
        None => {}
        Some(Ok(file)) => {
            rows.push((format!("● {}", fill(text.recorded, &[("file", file)])), Meaning::Good));
        }
        Some(Err(code)) => {
            let values = [("code", code.entry().code), ("title", fault_text(language, *code).title)];
            rows.push((format!("▲ {}", fill(text.not_recorded, &values)), Meaning::Warning));
        }
    }
    rows
}

/// Those that are not well, the worst first: what may no longer be so, and then what was missed.
pub(super) fn bad(model: &Model) -> Vec<(String, Meaning)> {
    let mut bad: Vec<_> =
        rows(model).into_iter().filter(|row| matches!(row.1, Meaning::Fail | Meaning::Warning)).collect();
    bad.sort_by_key(|(_, meaning)| *meaning != Meaning::Fail);
    bad
}
