//! The module in sentences.

use std::time::Duration;

use super::Command;
use super::dossier::{Standing, What};
use crate::ledger::{DeedKind, Fate, ModuleState};
use crate::tui::text::faults::title;
use crate::tui::text::{Language, duration, fill};
use crate::tui::theme::Meaning;
use crate::tui::view::step_name;

/// What a key of this page does.
pub(in crate::tui) const fn says(command: Command, language: Language) -> &'static str {
    let text = language.unit();
    match command {
        Command::Deed(deed) => deed_name(deed, language),
        Command::Down => text.key_down,
        Command::Left => text.key_left,
        Command::Right => text.key_right,
        Command::Up => text.key_up,
    }
}

/// What a deed is called.
pub(super) const fn deed_name(deed: DeedKind, language: Language) -> &'static str {
    let text = language.unit();
    match deed {
        DeedKind::Void => text.deed_void,
        DeedKind::Scrap => text.deed_scrap,
        DeedKind::Rework => text.deed_rework,
        DeedKind::Reprint => text.deed_reprint,
        DeedKind::Return => text.deed_return,
    }
}

/// What is said of a deed that is done.
pub(super) const fn deed_done(deed: DeedKind, language: Language) -> &'static str {
    let text = language.unit();
    match deed {
        DeedKind::Void => text.done_void,
        DeedKind::Scrap => text.done_scrap,
        DeedKind::Rework => text.done_rework,
        DeedKind::Reprint => text.done_reprint,
        DeedKind::Return => text.done_return,
    }
}

/// How a module stands: in words, with a shape, and what that means.
pub(super) fn standing(standing: &Standing, language: Language) -> (String, Meaning) {
    let text = language.unit();
    let (shape, sentence, meaning) = match standing {
        Standing::AtWork { slot } => ('●', fill(text.standing_at_work, &[("slot", slot)]), Meaning::Busy),
        Standing::InWork(state) => {
            let state = state_name(*state, language);
            ('◐', fill(text.standing_in_work, &[("state", state)]), Meaning::Plain)
        }
        Standing::Passed => ('✔', text.standing_passed.to_owned(), Meaning::Good),
        Standing::Batched { batch } => ('✔', fill(text.standing_batched, &[("batch", batch)]), Meaning::Good),
        Standing::Exported { batch } => {
            ('✔', fill(text.standing_exported, &[("batch", batch)]), Meaning::Good)
        }
        Standing::Quarantined => ('▲', text.standing_quarantined.to_owned(), Meaning::Warning),
        Standing::Void => ('✖', text.standing_void.to_owned(), Meaning::Fail),
        Standing::Scrapped => ('✖', text.standing_scrapped.to_owned(), Meaning::Fail),
    };
    (format!("{shape} {sentence}"), meaning)
}

/// What may be done with a module that stands so.
pub(super) const fn advice(standing: &Standing, language: Language) -> &'static str {
    let text = language.unit();
    match standing {
        Standing::AtWork { .. } => text.advice_at_work,
        Standing::InWork(_) => text.advice_in_work,
        Standing::Passed => text.advice_passed,
        Standing::Batched { .. } | Standing::Exported { .. } => text.advice_batched,
        Standing::Quarantined => text.advice_quarantined,
        Standing::Void => text.advice_void,
        Standing::Scrapped => text.advice_scrapped,
    }
}

const fn state_name(state: ModuleState, language: Language) -> &'static str {
    let text = language.unit();
    match state {
        ModuleState::Identified => text.state_identified,
        ModuleState::Reserved => text.state_reserved,
        ModuleState::Issued => text.state_issued,
        ModuleState::Installed => text.state_installed,
        ModuleState::Proved => text.state_proved,
        ModuleState::Sealed => text.state_sealed,
        ModuleState::Labelled => text.state_labelled,
        ModuleState::Scanned => text.state_scanned,
        // These two are no work any more, and have words of their own.
        ModuleState::Passed => text.standing_passed,
        ModuleState::Void => text.standing_void,
    }
}

/// What happened: the sentence, what stands behind it for an engineer, and what it means.
pub(in crate::tui) fn happened(what: &What, language: Language) -> (String, Option<String>, Meaning) {
    let text = language.unit();
    let plain = |sentence: &str| (sentence.to_owned(), None, Meaning::Plain);
    match what {
        What::RunStarted { slot, order } => {
            let sentence = fill(text.event_run, &[("slot", slot), ("order", order)]);
            (sentence, None, Meaning::Heading)
        }
        What::Identified { firmware } => plain(&fill(text.event_identified, &[("firmware", firmware)])),
        What::Recognised { device } => plain(&fill(text.event_recognised, &[("device", device)])),
        What::Reserved => plain(text.event_reserved),
        What::Issued => plain(text.event_issued),
        What::Installed => plain(text.event_installed),
        What::Proved => plain(text.event_proved),
        What::Sealed => plain(text.event_sealed),
        What::Printed => plain(text.event_printed),
        What::Scanned => plain(text.event_scanned),
        What::Step { step, skipped, elapsed_ms } => {
            let general = language.sentences();
            let step = step.map_or(general.fact_unknown, |step| step_name(step, general));
            let sentence = if let Some(reason) = skipped {
                fill(text.event_skipped, &[("step", step), ("reason", reason)])
            } else {
                let took = duration(language, Duration::from_millis(*elapsed_ms));
                fill(text.event_step, &[("step", step), ("time", &took)])
            };
            (sentence, None, Meaning::Dim)
        }
        What::Passed => (text.event_passed.to_owned(), None, Meaning::Good),
        What::Faulted { code, causes } => {
            (format!("▲ {}", title(language, *code)), Some(causes.join(" ← ")), Meaning::Warning)
        }
        What::Quarantined { code } => {
            (fill(text.event_quarantined, &[("code", code.entry().code)]), None, Meaning::Warning)
        }
        What::Deed { deed, reason } => {
            let meaning = if super::is_final(*deed) { Meaning::Warning } else { Meaning::Plain };
            (format!("{}: {reason}", deed_done(*deed, language)), None, meaning)
        }
        What::Batched { batch, fate } => {
            let sentence = match fate {
                Fate::Passed => text.event_batched,
                Fate::Void => text.event_batched_void,
                Fate::Withdrawn => text.event_batched_withdrawn,
            };
            plain(&fill(sentence, &[("batch", batch)]))
        }
        What::Exported { batch, file } => {
            plain(&fill(text.event_exported, &[("batch", batch), ("file", file)]))
        }
    }
}
