//! What a key is answered that can do nothing as things stand: no key is refused without a word.

use super::keymap::Command;
use super::model::{Line, Model, Page, Slot, State, Whose};
use super::pages::batches::Job;
use super::pages::unit;
use super::text::fill;
use crate::fault::Disposition;

/// Why this command would do nothing now; none, if it would do something. What the bottom of the screen offers
/// has no answer, and what is refused has one.
pub(super) fn why_not(model: &Model, command: Command) -> Option<String> {
    let text = model.language.answers();
    let say = |sentence: &str| Some(sentence.to_owned());
    match command {
        Command::Retry => retry(model),
        Command::Fault => {
            // Where one is open, there has to be another.
            let open = matches!(model.page, Page::Fault { .. });
            match model.faults().nth(open.into()) {
                Some(_) => None,
                None => say(if open { text.no_other_fault } else { text.no_fault }),
            }
        }
        Command::Acknowledge if model.notices.can_be_acknowledged() => None,
        Command::Acknowledge => say(text.nothing_noted),
        Command::CheckAgain if model.check.is_under_way() => say(text.check_under_way),
        Command::SignOut if model.operator.name().is_none() => say(text.nobody_signed_in),
        Command::Batches(job) => batches(model, job).and_then(say),
        Command::OpenAuthority | Command::CloseAuthority if model.may(command) => None,
        Command::OpenAuthority | Command::CloseAuthority => say(authority(model, command)),
        Command::Unit(unit::Command::Deed(_)) => deed(model, command),
        Command::Back
        | Command::BellFail
        | Command::BellPass
        | Command::CheckAgain
        | Command::Engineer
        | Command::Help
        | Command::Language
        | Command::Next
        | Command::Open(_)
        | Command::Previous
        | Command::Record
        | Command::Repaint
        | Command::ScrollDown
        | Command::ScrollFarDown
        | Command::ScrollFarUp
        | Command::ScrollUp
        | Command::SignOut
        | Command::Stop
        | Command::Unit(_) => None,
    }
}

/// Why the module on the page, or in the slot that keys are about, is not tried again.
fn retry(model: &Model) -> Option<String> {
    if model.to_retry().is_some() {
        return None;
    }
    let text = model.language.answers();
    let slot = match model.page {
        Page::Fault { of: Whose::Line | Whose::Noted(_), .. } => None,
        Page::Fault { of: Whose::Slot(index), .. } => model.slots.get(index),
        _ => model.slots.get(model.about()),
    };
    let Some(slot) = slot else { return Some(text.retry_of_line.to_owned()) };
    Some(fill(of_slot(model, slot), &[("slot", &slot.name)]))
}

fn of_slot(model: &Model, slot: &Slot) -> &'static str {
    let text = model.language.answers();
    match &slot.state {
        State::Unheard | State::Empty => text.retry_empty,
        State::Trouble { .. } => text.retry_trouble,
        State::Busy(_) => text.retry_at_work,
        State::Ended(ended) => match ended.disposition() {
            None => text.retry_passed,
            Some(Disposition::Rework) => text.retry_rework,
            Some(Disposition::Quarantine) => text.retry_quarantine,
            Some(Disposition::Finished) => text.retry_finished,
            Some(Disposition::StopStation) => text.retry_station,
            // It may be tried again, but the line takes up nothing.
            Some(Disposition::Retry) if model.line != Line::Running => text.retry_stopping,
            Some(Disposition::Retry) if model.operator.name().is_none() => text.retry_nobody,
            Some(Disposition::Retry) => model.language.sentences().next_deaf,
        },
    }
}

fn batches(model: &Model, job: Job) -> Option<&'static str> {
    let (text, state) = (model.language.answers(), &model.batches);
    match job {
        _ if state.may(job) => None,
        _ if state.is_at_work() => Some(text.batch_at_work),
        _ if !state.has_heard_of(job) => Some(text.batches_unknown),
        Job::Close => Some(text.batch_none_due),
        Job::Export | Job::ExportOther => Some(text.batch_none),
    }
}

fn authority(model: &Model, command: Command) -> &'static str {
    let (text, state) = (model.language.answers(), &model.vendor);
    match command {
        Command::OpenAuthority if model.has_ended() => text.ca_line_ended,
        _ if state.is_at_work() => text.ca_at_work,
        _ if !state.is_known() => text.ca_unknown,
        Command::OpenAuthority => text.ca_open,
        _ => text.ca_closed,
    }
}

fn deed(model: &Model, command: Command) -> Option<String> {
    let Command::Unit(asked) = command else { return None };
    let text = model.language.answers();
    if model.unit.is_at_work() {
        return Some(text.deed_at_work.to_owned());
    }
    if unit::offers(model, asked) {
        return None;
    }
    Some(if model.unit.shows_module() {
        fill(text.deed_not_now, &[("deed", command.says(model.language))])
    } else {
        text.deed_no_module.to_owned()
    })
}
