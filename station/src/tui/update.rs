//! What a message changes, and what is to be done about it. Pure: no clock, no device, no terminal.

use std::time::Duration;

use super::effect::Effect;
use super::keymap::{self, Command, Mode};
use super::model::{Line, Model, Page, State, Want, Whose};
use super::moment::Moment;
use super::msg::{Device, Key, Msg, Report};
use super::pages;
use crate::engine::{Event, StepId};
use crate::fault::{FaultCode, Verdict};

/// Takes in a message that came at `now`, and says what is to be done.
pub fn update(model: &mut Model, now: Moment, msg: Msg) -> Vec<Effect> {
    let before = std::mem::replace(&mut model.now, now);
    let mut effects = match msg {
        Msg::Counted(counts) => {
            let effects = heard(model, before, Device::Ledger, Report::Good);
            if std::mem::replace(&mut model.counts, counts) == counts { effects } else { vec![Effect::Draw] }
        }
        Msg::Device(device, report) => heard(model, before, device, report),
        Msg::Engine(event) => engine(model, &event),
        Msg::Ended(ending) => {
            let stopping = model.line == Line::Stopping;
            model.end(ending);
            // Who asked for the end need not be kept waiting; but nobody has seen yet why a line stopped.
            let leave = model.told_to_leave || (stopping && model.stopped.is_none());
            vec![if leave { Effect::Leave } else { Effect::Draw }]
        }
        Msg::Key(key) => pressed(model, key),
        Msg::Page(told) => pages::told(model, told),
        Msg::Resized => vec![Effect::Draw],
        Msg::Stop => {
            model.told_to_leave = true;
            stop(model)
        }
        Msg::Tick => {
            // Other messages may have come since the last tick, and must not hide that time has passed.
            let before = std::mem::replace(&mut model.ticked, now);
            tick(model, before)
        }
        Msg::Transcript(run, text) => {
            for slot in &mut model.slots {
                if let State::Ended(ended) = &mut slot.state
                    && ended.run == run
                {
                    ended.transcript.clone_from(&text);
                }
            }
            vec![Effect::Draw]
        }
    };
    leave_page_without_fault(model, &mut effects);
    effects
}

fn engine(model: &mut Model, event: &Event) -> Vec<Effect> {
    let now = model.now;
    let mut effects = vec![Effect::Draw];
    match event {
        Event::LineStopped { code, chain } => {
            model.stopped = Some((*code, chain.clone()));
            model.page = Page::Fault { of: Whose::Line, engineer: false, scroll: 0 };
            model.help = false;
            if model.line == Line::Running {
                model.line = Line::Stopping;
            }
            effects.extend(model.bells.fail.then_some(Effect::Bell));
            return effects;
        }
        Event::CheckpointMissed { code, .. } | Event::AuditMissed { code, .. } => {
            model.lights.hear(device_of(*code), Report::Trouble(*code), now);
            return effects;
        }
        Event::SlotWaiting { slot }
        | Event::SlotTrouble { slot, .. }
        | Event::RunStarted { slot, .. }
        | Event::StepStarted { slot, .. }
        | Event::Progress { slot, .. }
        | Event::StepEnded { slot, .. }
        | Event::RunEnded { slot, .. } => {
            let Some((_, slot)) = model.slot_named(slot) else { return Vec::new() };
            slot.hear(event, now);
        }
    }
    if let Event::StepEnded { step, skipped: None, .. } = event {
        for device in worked_in(*step) {
            model.lights.worked(*device, now);
        }
    }
    if let Event::RunEnded { run, verdict, uid, .. } = event {
        model.shift.count(*verdict, uid.as_deref(), now);
        let bell = if *verdict == Verdict::Pass { model.bells.pass } else { model.bells.fail };
        effects.extend(bell.then_some(Effect::Bell));
        effects.push(Effect::Count);
        effects.extend((*verdict != Verdict::Pass).then_some(Effect::Transcript(*run)));
    }
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

/// The devices that have done their part when a step has ended.
const fn worked_in(step: StepId) -> &'static [Device] {
    match step {
        StepId::Issue => &[Device::Hsm, Device::Ledger],
        StepId::Label => &[Device::Printer, Device::Ledger],
        StepId::Scan => &[Device::Scanner, Device::Ledger],
        StepId::Flash
        | StepId::Greet
        | StepId::SelfTest
        | StepId::Keygen
        | StepId::Install
        | StepId::Prove
        | StepId::Seal
        | StepId::Pass => &[Device::Ledger],
    }
}

/// Whose light a fault of the whole line belongs to.
fn device_of(code: FaultCode) -> Device {
    match code.blame() {
        crate::fault::Blame::Hsm => Device::Hsm,
        crate::fault::Blame::Module
        | crate::fault::Blame::Link
        | crate::fault::Blame::Probe
        | crate::fault::Blame::Feed
        | crate::fault::Blame::Record
        | crate::fault::Blame::Station => Device::Ledger,
    }
}

/// Times are shown in whole seconds, and some change every second only while a slot is at work.
fn tick(model: &mut Model, before: Moment) -> Vec<Effect> {
    /// A second stroke that comes later than this is a first one.
    const SECOND_STROKE: Duration = Duration::from_secs(5);
    let now = model.now;
    model.shift.forget(now);
    if model.armed.is_some_and(|(_, since)| now.since(since) > SECOND_STROKE) {
        model.armed = None;
        return vec![Effect::Draw];
    }
    let period = if model.busy().next().is_some() { 1 } else { 10 };
    let passed = |moment: Moment| moment.elapsed_ms / 1000 / period;
    if passed(before) == passed(now) { Vec::new() } else { vec![Effect::Draw] }
}

fn pressed(model: &mut Model, key: Key) -> Vec<Effect> {
    if model.help && key != Key::Ctrl('c') {
        // Any key ends help.
        model.help = false;
        return vec![Effect::Draw];
    }
    if let Some(effects) = pages::pressed(model, key) {
        model.armed = None;
        return effects;
    }
    let armed = model.armed.take().map(|(command, _)| command);
    let Some(command) = keymap::command(Mode::of(model.page), key) else {
        return if armed.is_some() { vec![Effect::Draw] } else { Vec::new() };
    };
    // What a signal's key asks for was never pressed by mistake.
    if command.is_final() && armed != Some(command) && !matches!(key, Key::Ctrl(_)) && model.may(command) {
        model.armed = Some((command, model.now));
        return vec![Effect::Draw];
    }
    match command {
        Command::Back => model.page = Page::Line,
        Command::BellFail => model.bells.fail = !model.bells.fail,
        Command::BellPass => model.bells.pass = !model.bells.pass,
        Command::Engineer => {
            if let Page::Fault { engineer, scroll, .. } = &mut model.page {
                *engineer = !*engineer;
                *scroll = 0;
            }
        }
        Command::Fault => open_fault(model),
        Command::Help => model.help = true,
        Command::Language => model.language = model.language.next(),
        Command::Next => model.selected = (model.selected + 1) % model.slots.len().max(1),
        Command::Open(page) => return pages::open(model, page),
        Command::Previous => {
            let slots = model.slots.len().max(1);
            model.selected = (model.selected + slots - 1) % slots;
        }
        Command::Repaint => return vec![Effect::Repaint],
        Command::Retry => return retry(model),
        Command::ScrollDown => scroll(model, 1),
        Command::ScrollUp => scroll(model, -1),
        Command::Stop => return stop(model),
    }
    vec![Effect::Draw]
}

/// The first stroke stops the line, and says so; once it has ended, a stroke leaves.
fn stop(model: &mut Model) -> Vec<Effect> {
    match model.line {
        Line::Running => {
            model.line = Line::Stopping;
            vec![Effect::Stop, Effect::Draw]
        }
        Line::Stopping => vec![Effect::Draw],
        Line::Ended => vec![Effect::Leave],
    }
}

fn scroll(model: &mut Model, by: i16) {
    /// No fault has more to say than this many lines.
    const FURTHEST: u16 = 10_000;
    if let Page::Fault { scroll, .. } = &mut model.page {
        *scroll = scroll.saturating_add_signed(by).min(FURTHEST);
    }
}

/// Opens the fault of the selected slot, or else the one that wants a hand most, or the line's.
fn open_fault(model: &mut Model) {
    let urgent = || {
        let faults = model.slots.iter().enumerate().filter(|(_, slot)| slot.fault().is_some());
        faults.min_by_key(|(_, slot)| slot.want().map_or(u8::MAX, Want::urgency)).map(|(index, _)| index)
    };
    let selected = Some(model.selected).filter(|index| model.fault_of(Whose::Slot(*index)).is_some());
    let of = match selected.or_else(urgent) {
        Some(index) => {
            model.selected = index;
            Whose::Slot(index)
        }
        None if model.stopped.is_some() => Whose::Line,
        None => return,
    };
    model.page = Page::Fault { of, engineer: false, scroll: 0 };
}

/// Tries the module again that is on the page, or in the selected slot.
fn retry(model: &mut Model) -> Vec<Effect> {
    let index = match model.page {
        Page::Fault { of: Whose::Slot(index), .. } => index,
        Page::Line => model.selected,
        Page::Fault { of: Whose::Line, .. }
        | Page::Unit
        | Page::Batches
        | Page::Vendor
        | Page::Check
        | Page::Operator => return Vec::new(),
    };
    match model.slots.get(index) {
        Some(slot) if model.may_retry(index) => vec![Effect::Retry { slot: slot.name.clone() }, Effect::Draw],
        _ => Vec::new(),
    }
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
