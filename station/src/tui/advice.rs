//! What to do next: the one line that is always there.

use super::answer;
use super::keymap::{self, Command, Mode};
use super::model::{Armed, Line, Model, Page, Slot, State, Want};
use super::text::faults::fault_text;
use super::text::{self, fill};
use super::theme::Meaning;
use crate::fault::Disposition;

/// What the operator is to do next, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Advice {
    pub(super) text: String,
    pub(super) meaning: Meaning,
    /// Whether it is about one slot, whose card or row says as much.
    pub(super) of_slot: bool,
}

impl Advice {
    fn new(text: impl Into<String>, meaning: Meaning) -> Self {
        Self { text: text.into(), meaning, of_slot: false }
    }
}

/// What to do next, about the slot that wants it most.
pub(super) fn advice(model: &Model) -> Advice {
    let text = model.language.sentences();
    if let Some(Armed { command, .. }) = model.armed {
        let key = keymap::name(Mode::of(model.page), command);
        let values = [("key", key), ("deed", command.says(model.language))];
        let sentence = match command {
            // What has begun goes on to its end, so that stopping leaves nothing that one would have to undo.
            Command::Stop => model.language.answers().stop_once_more,
            Command::CloseAuthority => model.language.answers().close_once_more,
            _ => text.once_more,
        };
        return Advice::new(fill(sentence, &values), Meaning::Hurry);
    }
    let refused = model.refused.and_then(|(command, _)| answer::why_not(model, command));
    if let Some(text) = refused {
        return Advice::new(text, Meaning::Warning);
    }
    if let Some((code, _)) = &model.stopped {
        let title = fault_text(model.language, *code).title;
        let values = [("code", code.entry().code), ("title", title)];
        return Advice::new(fill(text.next_line_stopped, &values), Meaning::Error);
    }
    if model.line == Line::Ended {
        let complete = model.counts.passed >= model.counts.quantity;
        let sentence = if complete { text.next_complete } else { text.next_ended };
        return Advice::new(sentence, Meaning::Hand);
    }
    if model.deaf().is_some() {
        return Advice::new(text.next_deaf, Meaning::Error);
    }
    let most = model.most_wanting().map(|(_, slot, want)| (slot, want));
    match (most, model.line) {
        (Some((slot, Want::Scan)), Line::Stopping) => {
            let scan = of_slot(model, slot, Want::Scan);
            Advice { text: format!("{} {}", model.language.answers().stopping, scan.text), ..scan }
        }
        (Some((slot, Want::Scan)), _) => of_slot(model, slot, Want::Scan),
        (_, Line::Stopping) => stopping(model),
        _ if model.operator.name().is_none() => Advice::new(signing_in(model), Meaning::Hand),
        (Some((slot, want)), _) => of_slot(model, slot, want),
        (None, _) if model.is_closed() => Advice::new(text.next_closed, Meaning::Hurry),
        (None, _) => {
            let unheard = model.slots.iter().all(|slot| slot.state == State::Unheard);
            let sentence = if unheard { text.next_unheard } else { text.next_nothing };
            Advice::new(sentence, Meaning::Plain)
        }
    }
}

/// How to sign in from where one is, by a badge if there are any.
fn signing_in(model: &Model) -> &'static str {
    let text = model.language.operator();
    match (model.page, model.setting.operators.is_empty()) {
        (Page::Operator, true) => text.hint_name,
        (Page::Operator, false) => text.hint_badge,
        (_, true) => text.next_sign_in_name,
        (_, false) => text.next_sign_in,
    }
}

fn of_slot(model: &Model, slot: &Slot, want: Want) -> Advice {
    let text = model.language.sentences();
    let (sentence, meaning) = match want {
        Want::Scan => (text.next_scan, Meaning::Hurry),
        Want::TakeOut(disposition) => (taking_out(disposition, text), Meaning::Hand),
        Want::TakeOutPassed => (text.next_take_out, Meaning::Hand),
        Want::Mend => (text.next_mend, Meaning::Error),
        Want::PutIn => (text.next_put_in, Meaning::Hand),
    };
    let left = match &slot.state {
        State::Busy(busy) => model.setting.scan_wait.saturating_sub(model.now.since(busy.step_since)),
        State::Unheard | State::Empty | State::Trouble { .. } | State::Ended(_) => model.setting.scan_wait,
    };
    let (code, title) = slot
        .fault()
        .map_or(("", ""), |(code, _)| (code.entry().code, fault_text(model.language, code).title));
    let left = text::duration(model.language, left);
    let values = [("slot", slot.name.as_str()), ("left", &left), ("code", code), ("title", title)];
    Advice { of_slot: true, ..Advice::new(fill(sentence, &values), meaning) }
}

const fn taking_out(disposition: Disposition, text: &text::Sentences) -> &'static str {
    match disposition {
        Disposition::Retry => text.next_retry,
        Disposition::Rework => text.next_rework,
        Disposition::Quarantine => text.next_quarantine,
        Disposition::Finished => text.next_finished,
        Disposition::StopStation => text.next_mend,
    }
}

fn stopping(model: &Model) -> Advice {
    let text = model.language.sentences();
    let busy: Vec<_> = model.busy().collect();
    let sentence = if busy.is_empty() { text.next_stopping_idle } else { text.next_stopping };
    Advice::new(fill(sentence, &[("slots", &busy.join(", "))]), Meaning::Hand)
}
