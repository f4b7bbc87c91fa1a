//! What the engine tells: what happened at a slot, or to the line.

use std::time::Duration;

use crate::engine::{Event, StepId};
use crate::fault::{Blame, FaultCode, Verdict};
use crate::ledger::RunId;
use crate::tui::effect::Effect;
use crate::tui::model::{Line, Missed, Model, Page, Whose};
use crate::tui::msg::{Device, Report};
use crate::tui::pages::{self, operator};

/// Something has happened.
pub(super) fn heard(model: &mut Model, event: &Event) -> Vec<Effect> {
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
    if let Event::RunEnded { slot, code: Some(code), .. } | Event::SlotTrouble { slot, code, .. } = event
        && let Some(device) = found_in_trouble(*code)
    {
        model.failed(slot, device, *code);
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
        Blame::Hsm => Device::Hsm,
        Blame::Module | Blame::Link | Blame::Probe | Blame::Feed | Blame::Record | Blame::Station => {
            Device::Ledger
        }
    }
}

/// The device that has to be seen to. A label that was not read says nothing about the scanner, nor a CA that is
/// closed, or has rules of its own, about the HSM.
fn found_in_trouble(code: FaultCode) -> Option<Device> {
    match code {
        FaultCode::PrinterOff
        | FaultCode::PrinterPaper
        | FaultCode::PrinterOpen
        | FaultCode::PrinterPaused
        | FaultCode::PrinterAnswer => Some(Device::Printer),
        FaultCode::ScannerOff => Some(Device::Scanner),
        FaultCode::HsmTokenMissing
        | FaultCode::HsmPinWrong
        | FaultCode::HsmPinLocked
        | FaultCode::HsmKeyAbsent
        | FaultCode::HsmKeyAmbiguous
        | FaultCode::HsmSign
        | FaultCode::HsmLost
        | FaultCode::HsmSlow
        | FaultCode::HsmSignatureWrong
        | FaultCode::HsmSessions
        | FaultCode::HsmTokenOther => Some(Device::Hsm),
        _ => None,
    }
}
