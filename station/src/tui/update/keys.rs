//! A key: what it asks for, whether that needs a second stroke, and what comes of it.

use std::time::Duration;

use super::stop;
use crate::ledger::SignOutBecause;
use crate::tui::answer;
use crate::tui::effect::Effect;
use crate::tui::keymap::{self, Command, Mode};
use crate::tui::model::{Armed, Model, Page, Whose};
use crate::tui::msg::Key;
use crate::tui::pages::{self, operator};
use crate::tui::view;

/// A key was pressed.
pub(super) fn pressed(model: &mut Model, key: Key) -> Vec<Effect> {
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
    /// Nobody has read the question sooner. A key that is held down begins to repeat sooner.
    const READ: Duration = Duration::from_millis(700);
    /// Keys that are held down repeat sooner than this, and so do codes that are scanned as if they were typed.
    const APART: Duration = Duration::from_millis(150);
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
    let now = model.now;
    let asked = armed.filter(|armed| armed.command == command);
    let confirmed =
        asked.is_some_and(|armed| now.since(armed.first) >= READ && now.since(armed.last) >= APART);
    // What a signal's key asks for was never pressed by mistake.
    if command.is_final() && !confirmed && !matches!(key, Key::Ctrl(_)) && model.may(command) {
        // Whoever is impatient gets through; whoever holds the key does not.
        model.armed = Some(asked.map_or(Armed::new(command, now), |armed| Armed { last: now, ..armed }));
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
        Command::Next => choose(model, 1),
        Command::Open(page) => return pages::open(model, page),
        Command::Previous => choose(model, model.slots.len().saturating_sub(1)),
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
        Page::Line => choose_across(model, by > 0),
        Page::Operator => {}
    }
}

/// Chooses the slot so many further on than the one that keys were about.
fn choose(model: &mut Model, further: usize) {
    model.choose((model.about() + further) % model.slots.len().max(1));
}

/// Chooses the slot above or below, if there is one.
fn choose_across(model: &mut Model, below: bool) {
    let (from, abreast) = (model.about(), view::abreast(model));
    let to = if below { from.checked_add(abreast) } else { from.checked_sub(abreast) };
    model.choose(to.filter(|to| *to < model.slots.len()).unwrap_or(from));
}

/// Opens the fault of the chosen slot, or else the one that wants a hand most, or the line's, or one that
/// was noted. Where a fault is open already, the next one.
fn open_fault(model: &mut Model) {
    if let Page::Fault { of, .. } = model.page {
        let all: Vec<Whose> = model.faults().collect();
        let next = all.iter().position(|other| *other == of).map_or(0, |index| (index + 1) % all.len());
        if let Some(of) = all.get(next).copied() {
            if let Whose::Slot(index) = of {
                model.choose(index);
            }
            model.page = Page::Fault { of, engineer: false, scroll: 0 };
        }
        return;
    }
    let urgent = || {
        let faults = model.slots.iter().enumerate().filter(|(_, slot)| slot.fault().is_some());
        faults.min_by_key(|(_, slot)| slot.urgency()).map(|(index, _)| index)
    };
    let about = Some(model.about()).filter(|index| model.fault_of(Whose::Slot(*index)).is_some());
    let of = match about.or_else(urgent) {
        Some(index) => {
            model.choose(index);
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

/// Tries the module again that is on the page, or in the slot that keys are about.
fn retry(model: &mut Model) -> Vec<Effect> {
    match model.to_retry().and_then(|index| model.slots.get(index)) {
        Some(slot) => vec![Effect::Retry { slot: slot.name.clone() }, Effect::Draw],
        None => Vec::new(),
    }
}
