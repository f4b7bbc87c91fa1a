//! What a message changes, and what is to be done about it. Pure: no clock, no device, no terminal.
//!
//! | file | what it holds |
//! |---|---|
//! | `events` | what the engine tells |
//! | `keys` | a key |
//! | `scans` | what a hand scanner read |

mod events;
mod keys;
mod scans;

use std::time::Duration;

use super::effect::Effect;
use super::model::{Line, Model, Page, Slot};
use super::moment::Moment;
use super::msg::{Device, Msg, Report};
use super::pages::{self, operator};
use super::view;

/// Takes in a message that came at `now`, and says what is to be done.
pub fn update(model: &mut Model, now: Moment, msg: Msg) -> Vec<Effect> {
    let before = std::mem::replace(&mut model.now, now);
    let mut effects = match msg {
        Msg::Counted(counts) => {
            let changed = std::mem::replace(&mut model.counts, counts) != counts;
            let mut effects = heard(model, before, Device::Ledger, Report::Good);
            if changed && effects.is_empty() {
                effects.push(Effect::Draw);
            }
            effects.extend(pages::batches::counted(model));
            effects
        }
        Msg::Device(device, report) => heard(model, before, device, report),
        Msg::Engine(event) => events::heard(model, &event),
        Msg::Ended(ending) => {
            let stopping = model.line == Line::Stopping;
            model.end(ending);
            // What to do now matters more than what a key could not do.
            model.refused = None;
            // Who asked for the end need not be kept waiting; but nobody has seen yet why a line stopped, nor what
            // is to become of the modules that lie in the slots.
            let seen = model.stopped.is_none() && !model.slots.iter().any(Slot::has_module);
            let leave = model.told_to_leave || (stopping && seen);
            vec![if leave { leave_when_done(model) } else { Effect::Draw }]
        }
        Msg::FeedEnded => {
            model.notices.grow_deaf(now);
            vec![Effect::Draw]
        }
        Msg::Key(key) => keys::pressed(model, key),
        Msg::Recorded(recorded) => {
            model.notices.record(recorded, now);
            vec![Effect::Draw]
        }
        Msg::Page(told) => pages::told(model, told),
        Msg::Resized(size) => {
            model.size = size.unwrap_or(model.size);
            vec![Effect::Draw]
        }
        Msg::Scanned(reading) => scans::scanned(model, &reading),
        Msg::Stop => {
            model.told_to_leave = true;
            stop(model)
        }
        Msg::Tick => {
            // Other messages may have come since the last tick, and must not hide that time has passed.
            let before = std::mem::replace(&mut model.ticked, now);
            let mut effects = tick(model, before);
            effects.extend(pages::ticked(model));
            effects
        }
        Msg::Transcript(run, text) => {
            for slot in &mut model.slots {
                slot.transcribe(run, text.as_deref());
            }
            vec![Effect::Draw]
        }
    };
    leave_page_without_fault(model, &mut effects);
    effects
}

/// A device is looked at all the time; only what makes its light another one is drawn.
fn heard(model: &mut Model, before: Moment, device: Device, report: Report) -> Vec<Effect> {
    let look = |model: &Model, at| {
        (model.lights.of(device).map(|light| light.report), model.lights.shade(device, at))
    };
    let shown = look(model, before);
    model.lights.hear(device, report, model.now);
    if look(model, model.now) == shown { Vec::new() } else { vec![Effect::Draw] }
}

/// Times are shown in whole seconds, and some change every second only while a slot is at work.
fn tick(model: &mut Model, before: Moment) -> Vec<Effect> {
    /// A second stroke that comes later than this is a first one. As long, a key that can do nothing is answered.
    const SECOND_STROKE: Duration = Duration::from_secs(5);
    /// Whoever has chosen a slot and does nothing more has turned to something else.
    const CHOICE: Duration = Duration::from_secs(30);
    let now = model.now;
    let gone = operator::tick(model);
    if !gone.is_empty() {
        return gone;
    }
    let over = |said: Option<Moment>, time| said.is_some_and(|at| now.since(at) > time);
    let asked = model.armed.map(|armed| armed.last).or(model.refused.map(|(_, at)| at));
    if over(asked, SECOND_STROKE) {
        (model.armed, model.refused) = (None, None);
        return vec![Effect::Draw];
    }
    if model.page == Page::Line && over(model.chosen, CHOICE) {
        model.chosen = None;
        return vec![Effect::Draw];
    }
    let period = if model.busy().next().is_some() { 1 } else { 10 };
    let passed = |moment: Moment| moment.elapsed_ms / 1000 / period;
    if passed(before) == passed(now) {
        return Vec::new();
    }
    // How long a run takes is seen to change every second. Else it is seldom that time alone changes anything.
    let before = std::mem::replace(&mut model.looked, now);
    let shown = (period > 1).then(|| view::cells(&Model { now: before, ..model.clone() }));
    model.shift.forget(now);
    if shown.is_some_and(|shown| shown == view::cells(model)) { Vec::new() } else { vec![Effect::Draw] }
}

/// The first stroke stops the line, and says so; once it has ended, a stroke leaves.
fn stop(model: &mut Model) -> Vec<Effect> {
    match model.line {
        Line::Running => {
            model.line = Line::Stopping;
            vec![Effect::Stop, Effect::Draw]
        }
        Line::Stopping => vec![Effect::Draw],
        Line::Ended => vec![leave_when_done(model)],
    }
}

/// Leaves, or shows what is still under way and leaves after it.
fn leave_when_done(model: &mut Model) -> Effect {
    if model.may_be_left() {
        return Effect::Leave;
    }
    model.told_to_leave = true;
    if !pages::vendor::keeps_waiting(model, Page::Batches) {
        model.page = Page::Batches;
    }
    Effect::Draw
}

/// A page whose fault is over shows nothing that is so; all slots are shown again.
fn leave_page_without_fault(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Page::Fault { of, .. } = model.page
        && model.fault_of(of).is_none()
    {
        model.page = Page::Line;
        if !effects.contains(&Effect::Draw) {
            effects.push(Effect::Draw);
        }
    }
}
