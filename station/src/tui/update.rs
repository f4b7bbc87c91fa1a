//! What a message changes, and what is to be done about it. Pure: no clock, no device, no terminal.

use std::time::Duration;

use super::answer;
use super::effect::Effect;
use super::keymap::{self, Command, Mode};
use super::model::{Line, Missed, Model, Page, Want, Whose};
use super::moment::Moment;
use super::msg::{Device, Key, Msg, Report};
use super::pages::{self, operator};
use super::view;
use crate::engine::{Event, StepId};
use crate::fault::{FaultCode, Verdict};
use crate::ledger::{RunId, SignOutBecause};
use crate::scanner::{Hand, Reading};

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
        Msg::Engine(event) => engine(model, &event),
        Msg::Ended(ending) => {
            let stopping = model.line == Line::Stopping;
            model.end(ending);
            // What to do now matters more than what a key could not do.
            model.refused = None;
            // Who asked for the end need not be kept waiting; but nobody has seen yet why a line stopped.
            let leave = model.told_to_leave || (stopping && model.stopped.is_none());
            vec![if leave { leave_when_done(model) } else { Effect::Draw }]
        }
        Msg::FeedEnded => {
            model.notices.grow_deaf(now);
            vec![Effect::Draw]
        }
        Msg::Key(key) => pressed(model, key),
        Msg::Recorded(recorded) => {
            model.notices.record(recorded, now);
            vec![Effect::Draw]
        }
        Msg::Page(told) => pages::told(model, told),
        Msg::Resized(size) => {
            model.size = size.unwrap_or(model.size);
            vec![Effect::Draw]
        }
        Msg::Scanned(reading) => scanned(model, &reading),
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

fn engine(model: &mut Model, event: &Event) -> Vec<Effect> {
    let now = model.now;
    let mut effects = vec![Effect::Draw];
    match event {
        Event::LineStopped { code, chain } => {
            model.stopped = Some((*code, chain.clone()));
            model.help = false;
            model.refused = None;
            let page = Page::Fault { of: Whose::Line, engineer: false, scroll: 0 };
            if !pages::vendor::keeps_waiting(model, page) {
                model.page = page;
            }
            effects.push(Effect::Record);
            if model.line == Line::Running {
                model.line = Line::Stopping;
            }
            effects.extend(model.bells.fail.then_some(Effect::Bell));
            return effects;
        }
        Event::CheckpointMissed { code, chain } => {
            blame(model, *code);
            model.notices.miss(Missed::Checkpoint, *code, chain, now);
            return effects;
        }
        Event::AuditMissed { code, chain } => {
            blame(model, *code);
            model.notices.miss(Missed::Audit, *code, chain, now);
            return effects;
        }
        Event::CheckpointMade => {
            model.notices.make_up(Missed::Checkpoint);
            return effects;
        }
        Event::AuditMade => {
            model.notices.make_up(Missed::Audit);
            return effects;
        }
        Event::SlotWaiting { slot }
        | Event::SlotTrouble { slot, .. }
        | Event::SlotRecovered { slot }
        | Event::RunStarted { slot, .. }
        | Event::StepStarted { slot, .. }
        | Event::Progress { slot, .. }
        | Event::StepEnded { slot, .. }
        | Event::RunEnded { slot, .. } => {
            let Some((_, slot)) = model.slot_named(slot) else { return Vec::new() };
            slot.hear(event, now);
        }
    }
    if matches!(event, Event::RunStarted { .. } | Event::RunEnded { .. }) {
        operator::stirred(model);
    }
    if let Event::SlotTrouble { .. } = event {
        effects.extend(record_trouble(model));
    }
    if let Event::StepEnded { slot, step, skipped: None, .. } = event {
        model.worked(slot, worked_in(*step));
    }
    if let Event::RunEnded { run, verdict, uid, .. } = event {
        effects.extend(ended(model, *run, *verdict, uid.as_deref()));
    }
    effects
}

/// A run has ended.
fn ended(model: &mut Model, run: RunId, verdict: Verdict, uid: Option<&str>) -> Vec<Effect> {
    model.shift.count(verdict, uid, model.now);
    let bell = if verdict == Verdict::Pass { model.bells.pass } else { model.bells.fail };
    let mut effects: Vec<_> = bell.then_some(Effect::Bell).into_iter().collect();
    effects.push(Effect::Count);
    if verdict != Verdict::Pass {
        effects.extend(record_trouble(model));
        effects.push(Effect::Transcript(run));
    }
    effects
}

/// Writes down what the screen was told; once, however long the key is held.
fn record(model: &mut Model) -> Vec<Effect> {
    const APART: Duration = Duration::from_secs(5);
    let now = model.now;
    if model.asked.is_some_and(|last| now.since(last) < APART) {
        return Vec::new();
    }
    model.asked = Some(now);
    vec![Effect::Record]
}

/// Writes down what the screen was told because a run did not pass, or a slot came into trouble. One recording
/// tells of many of them, so that a station in trouble does not fill its disk.
fn record_trouble(model: &mut Model) -> Option<Effect> {
    const APART: Duration = Duration::from_mins(10);
    if model.recorded.is_some_and(|last| model.now.since(last) < APART) {
        return None;
    }
    model.recorded = Some(model.now);
    Some(Effect::Record)
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

/// A fault of the whole line is one of a device. An HSM that is closed is in no trouble, and is still closed.
fn blame(model: &mut Model, code: FaultCode) {
    if code != FaultCode::AuthorityClosed {
        model.lights.hear(device_of(code), Report::Trouble(code), model.now);
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
    /// A second stroke that comes later than this is a first one. As long, a key that can do nothing is answered.
    const SECOND_STROKE: Duration = Duration::from_secs(5);
    let now = model.now;
    let gone = operator::tick(model);
    if !gone.is_empty() {
        return gone;
    }
    let over = |said: &Option<(Command, Moment)>| said.is_some_and(|(_, at)| now.since(at) > SECOND_STROKE);
    if over(&model.armed) || over(&model.refused) {
        (model.armed, model.refused) = (None, None);
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

fn pressed(model: &mut Model, key: Key) -> Vec<Effect> {
    let asked = model.armed.is_some() || model.refused.is_some();
    model.refused = None;
    let mut effects = stroke(model, key);
    // The question of a first stroke, or the answer to the last one, does not stand any more.
    if asked && !effects.contains(&Effect::Draw) && !effects.contains(&Effect::Leave) {
        effects.push(Effect::Draw);
    }
    effects
}

fn stroke(model: &mut Model, key: Key) -> Vec<Effect> {
    /// Keys that are held down repeat sooner, and so do codes that are scanned as if they were typed.
    const READ: Duration = Duration::from_millis(700);
    operator::stirred(model);
    if model.help && key != Key::Ctrl('c') {
        // Any key ends help.
        model.help = false;
        return vec![Effect::Draw];
    }
    // A page that takes a key may want a second stroke itself.
    let armed = model.armed.take();
    if let Some(effects) = pages::pressed(model, key) {
        return effects;
    }
    let Some(command) = keymap::command(Mode::of(model.page), key) else { return Vec::new() };
    if answer::why_not(model, command).is_some() {
        model.refused = Some((command, model.now));
        return vec![Effect::Draw];
    }
    let confirmed = armed.is_some_and(|(asked, at)| asked == command && model.now.since(at) >= READ);
    // What a signal's key asks for was never pressed by mistake.
    if command.is_final() && !confirmed && !matches!(key, Key::Ctrl(_)) && model.may(command) {
        model.armed = Some((command, model.now));
        return vec![Effect::Draw];
    }
    carry_out(model, command)
}

/// Does what a key asks for.
fn carry_out(model: &mut Model, command: Command) -> Vec<Effect> {
    match command {
        Command::Acknowledge => model.notices.acknowledge(),
        Command::Back => model.page = Page::Line,
        Command::Batches(job) => return pages::batches::begin(model, job),
        Command::BellFail => model.bells.fail = !model.bells.fail,
        Command::BellPass => model.bells.pass = !model.bells.pass,
        Command::CloseAuthority => return pages::vendor::close(model),
        Command::OpenAuthority => return pages::vendor::open(model),
        Command::CheckAgain => return pages::check::again(model),
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
        Command::Record => return record(model),
        Command::Repaint => return vec![Effect::Repaint],
        Command::Retry => return retry(model),
        Command::ScrollDown => scroll(model, 1),
        Command::ScrollFarDown => scroll(model, FAR),
        Command::ScrollFarUp => scroll(model, -FAR),
        Command::ScrollUp => scroll(model, -1),
        Command::SignOut => return operator::sign_out(model, SignOutBecause::Asked),
        Command::Stop => return stop(model),
        Command::Unit(command) => return pages::unit::carry_out(model, command),
    }
    vec![Effect::Draw]
}

/// A label or a badge was read. The same one twice in a row is one.
fn scanned(model: &mut Model, reading: &Reading) -> Vec<Effect> {
    /// A hand that means it takes longer to scan the same code again.
    const TWICE: Duration = Duration::from_secs(2);
    let text = reading.text.as_str();
    let now = model.now;
    operator::stirred(model);
    if model.scanned.as_ref().is_some_and(|(last, then)| last == text && now.since(*then) < TWICE) {
        return Vec::new();
    }
    model.scanned = Some((text.to_owned(), now));
    model.help = false;
    (model.armed, model.refused) = (None, None);
    let slot = model.to_scan(reading).map(|slot| slot.name.clone());
    let give = |model: &mut Model, slot: String| {
        model.given = Some((text.to_owned(), slot.clone()));
        vec![Effect::Scanned { slot, text: text.to_owned() }, Effect::Draw]
    };
    let beside_keys = matches!(reading.by, Hand::Serial(_)) && pages::is_typed_on(model);
    if pages::vendor::is_typing(model) || beside_keys {
        // Nothing is turned under the hands of the officer, and nothing typed for them. Whoever has scanned sees
        // that, too.
        let slot = slot.filter(|_| !model.setting.operators.has_badge(text));
        return slot.map_or_else(Vec::new, |slot| give(model, slot));
    }
    // A badge is never the label of a module: read as one, it would stand in the ledger, and the module in
    // quarantine.
    if model.setting.operators.has_badge(text) {
        return pages::badge_shown(model, text);
    }
    // Its time is short, whatever somebody looks at meanwhile.
    if let Some(slot) = slot.filter(|_| !pages::is_asked_for(model, text)) {
        return give(model, slot);
    }
    pages::scanned(model, text).unwrap_or_else(|| pages::looked_up(model, text))
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

/// So many lines, or rows of a list, a key goes that goes far.
const FAR: i16 = 10;

/// Goes up or down on the page, as far as there is anything that is not seen: further, and as many strokes
/// back would do nothing.
fn scroll(model: &mut Model, by: i16) {
    let most = view::furthest(model);
    match &mut model.page {
        Page::Fault { scroll, .. } => *scroll = (*scroll).min(most).saturating_add_signed(by).min(most),
        Page::Batches => model.batches.select(by),
        Page::Check => model.check.scroll(by, most),
        Page::Unit => model.unit.step(by, most),
        Page::Vendor => model.vendor.scroll(by, most),
        Page::Line | Page::Operator => {}
    }
}

/// Opens the fault of the selected slot, or else the one that wants a hand most, or the line's, or one that
/// was noted. Where a fault is open already, the next one.
fn open_fault(model: &mut Model) {
    if let Page::Fault { of, .. } = model.page {
        let all: Vec<Whose> = model.faults().collect();
        let next = all.iter().position(|other| *other == of).map_or(0, |index| (index + 1) % all.len());
        if let Some(of) = all.get(next).copied() {
            if let Whose::Slot(index) = of {
                model.selected = index;
            }
            model.page = Page::Fault { of, engineer: false, scroll: 0 };
        }
        return;
    }
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
        // No slot is in a fault, so this is the line's own, or one that was noted.
        None => match model.faults().next() {
            Some(whose) => whose,
            None => return,
        },
    };
    model.page = Page::Fault { of, engineer: false, scroll: 0 };
}

/// Tries the module again that is on the page, or in the selected slot.
fn retry(model: &mut Model) -> Vec<Effect> {
    match model.to_retry().and_then(|index| model.slots.get(index)) {
        Some(slot) => vec![Effect::Retry { slot: slot.name.clone() }, Effect::Draw],
        None => Vec::new(),
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
