//! What keys and answers change.

use super::search::{NoSearch, Search};
use super::{Ask, Command, Hit, Notice, Prompt, Reach, Section, Shown, State, Told, is_final};
use crate::ledger::{DeedKind, Reason};
use crate::tui::effect::Effect;
use crate::tui::keymap;
use crate::tui::model::{Armed, Entry, Model, Typed};
use crate::tui::msg::Key;
use crate::tui::pages;
use crate::tui::view;

/// Somebody turns to the page. What was shown is still shown; a deed that was begun is called off.
pub(in crate::tui::pages) fn opened(model: &mut Model) -> Vec<Effect> {
    model.unit.prompt = None;
    Vec::new()
}

/// Something is told to the page. An answer to what nobody wants to know any more is none.
pub(in crate::tui::pages) fn told(model: &mut Model, told: Told) -> Vec<Effect> {
    let state = &mut model.unit;
    match told {
        Told::Hits { search, .. }
        | Told::Module { search, .. }
        | Told::Unknown { search }
        | Told::Failed { search, .. }
            if state.sought.as_ref() != Some(&search) =>
        {
            Vec::new()
        }
        Told::Hits { reach, hits, more, .. } => state.choose_from(reach, hits, more),
        Told::Module { dossier, .. } => {
            let same = matches!(&state.shown, Shown::Module(shown) if shown.uid == dossier.uid);
            if !same {
                state.section = Section::Story;
                state.scroll = 0;
                state.prompt = None;
            }
            state.show(Shown::Module(dossier))
        }
        Told::Unknown { search } => state.show(Shown::Unknown(search)),
        Told::Failed { fault, .. } => state.show(Shown::Failed(fault)),
        Told::Done { uid, deed, no_place_in } => {
            for slot in &mut model.slots {
                slot.undo(&uid.to_string(), deed);
            }
            let state = &mut model.unit;
            state.notice = Some(Notice::Done { deed, no_place_in });
            let mut effects = state.look_again(uid);
            // What is void, or is to pass anew, no longer counts.
            effects.push(Effect::Count);
            effects
        }
        Told::Refused { uid, deed, fault } => {
            state.notice = Some(Notice::Refused { deed, fault });
            state.look_again(uid)
        }
    }
}

/// A key, before the keymap has it: everything that is typed is for the search, or for a reason.
pub(in crate::tui::pages) fn pressed(model: &mut Model, key: Key) -> Option<Vec<Effect>> {
    let asks_reason = model.unit.prompt.as_ref().map(|prompt| prompt.reason.is_none());
    match (asks_reason, key) {
        (Some(_), Key::Esc) => {
            model.unit.prompt = None;
            Some(vec![Effect::Draw])
        }
        (Some(true), _) => reason_typed(model, key),
        // With its reason given, a deed waits for its second stroke, and anything that is typed calls it off.
        (Some(false), Key::Char(_) | Key::Backspace | Key::Enter | Key::Ctrl('u')) => {
            model.unit.prompt = None;
            search_typed(&mut model.unit, key)
        }
        (Some(false), _) => None,
        (None, _) => search_typed(&mut model.unit, key),
    }
}

/// A label is scanned. Whatever was typed or waits for a reason, its module is looked for.
pub(in crate::tui::pages) fn scanned(model: &mut Model, text: &str) -> Vec<Effect> {
    let state = &mut model.unit;
    state.prompt = None;
    state.asked = false;
    state.entry.set(text);
    state.entered()
}

fn search_typed(state: &mut State, key: Key) -> Option<Vec<Effect>> {
    if state.asked && matches!(key, Key::Char(_)) {
        state.entry.clear();
    }
    match state.entry.press(key) {
        Typed::Changed => {
            state.asked = false;
            state.refused = None;
            Some(vec![Effect::Draw])
        }
        Typed::Finished => Some(state.entered()),
        Typed::Nothing => None,
    }
}

fn reason_typed(model: &mut Model, key: Key) -> Option<Vec<Effect>> {
    let prompt = model.unit.prompt.as_mut()?;
    match prompt.entry.press(key) {
        Typed::Changed => prompt.wrong = false,
        Typed::Finished => return Some(reason_given(model)),
        Typed::Nothing => return None,
    }
    Some(vec![Effect::Draw])
}

/// The reason is typed. What nothing can undo waits for a second stroke of the key that asked for it.
fn reason_given(model: &mut Model) -> Vec<Effect> {
    let Some(prompt) = &mut model.unit.prompt else { return Vec::new() };
    let text = prompt.entry.text();
    // Somebody has scanned the next module instead of saying why. Who only names a module says more.
    if !text.trim().contains(' ')
        && let Ok(Search::Module(_) | Search::Label { uid: Some(_), .. }) = text.parse()
    {
        let text = text.to_owned();
        return scanned(model, &text);
    }
    let Ok(reason) = text.parse::<Reason>() else {
        prompt.wrong = true;
        return vec![Effect::Draw];
    };
    let deed = prompt.deed;
    prompt.reason = Some(reason);
    if is_final(deed) {
        model.armed = Some(Armed::new(keymap::Command::Unit(Command::Deed(deed)), model.now));
        return vec![Effect::Draw];
    }
    carry_out(model, Command::Deed(deed))
}

/// A key of this page.
pub(in crate::tui) fn carry_out(model: &mut Model, command: Command) -> Vec<Effect> {
    match command {
        Command::Deed(deed) => return ask_for(model, deed),
        Command::Down | Command::Up => {
            let most = view::furthest(model);
            model.unit.step(if command == Command::Down { 1 } else { -1 }, most);
        }
        Command::Left => model.unit.turn(Section::ALL.len() - 1),
        Command::Right => model.unit.turn(1),
    }
    vec![Effect::Draw]
}

/// Whether this command would do what nothing can undo, as things stand: it has its reason.
pub(in crate::tui) fn may(model: &Model, command: Command) -> bool {
    match command {
        Command::Deed(deed) => model.unit.reason_for(deed).is_some(),
        Command::Down | Command::Left | Command::Right | Command::Up => false,
    }
}

/// Whether the key does something now.
pub(in crate::tui) fn offers(model: &Model, command: Command) -> bool {
    match (command, &model.unit.shown) {
        (Command::Deed(deed), Shown::Module(dossier)) => dossier.may.contains(&deed),
        (Command::Left | Command::Right, Shown::Module(_))
        | (Command::Down | Command::Up, Shown::Module(_) | Shown::Hits { .. }) => true,
        (_, Shown::Nothing | Shown::Unknown(_) | Shown::Failed(_) | Shown::Hits { .. }) => false,
    }
}

/// Asks for the reason of a deed, or has it done that has one.
fn ask_for(model: &mut Model, deed: DeedKind) -> Vec<Effect> {
    let slot = model.setting.slots.get(model.selected).cloned().unwrap_or_default();
    let state = &mut model.unit;
    if let Some((uid, reason)) = state.reason_for(deed) {
        state.prompt = None;
        state.notice = Some(Notice::Doing(deed));
        return vec![Effect::Ask(pages::Ask::Unit(Ask::Do { uid, deed, reason, slot })), Effect::Draw];
    }
    // One after the other.
    if matches!(state.notice, Some(Notice::Doing(_))) {
        return Vec::new();
    }
    if let Shown::Module(dossier) = &state.shown
        && dossier.may.contains(&deed)
    {
        let (uid, entry) = (dossier.uid, Entry::default());
        state.prompt = Some(Prompt { uid, deed, entry, wrong: false, reason: None });
        state.notice = None;
    }
    vec![Effect::Draw]
}

impl State {
    /// Whether something is being done to a module.
    pub(in crate::tui) const fn is_at_work(&self) -> bool {
        matches!(self.notice, Some(Notice::Doing(_)))
    }

    /// Whether one module is shown.
    pub(in crate::tui) const fn shows_module(&self) -> bool {
        matches!(self.shown, Shown::Module(_))
    }

    /// The module and the reason, if a deed has its reason.
    fn reason_for(&self, deed: DeedKind) -> Option<(wire::Uid, Reason)> {
        let prompt = self.prompt.as_ref().filter(|prompt| prompt.deed == deed)?;
        Some((prompt.uid, prompt.reason.clone()?))
    }

    /// Enter, with the search typed: the module that is chosen, or what is typed.
    fn entered(&mut self) -> Vec<Effect> {
        if self.asked
            && let Shown::Hits { hits, selected, .. } = &self.shown
            && let Some(hit) = hits.get(*selected)
        {
            let search = Search::Module(hit.uid);
            return self.look_for(search);
        }
        match self.entry.text().parse() {
            Ok(search) => self.look_for(search),
            Err(refused) => {
                self.refused = (refused == NoSearch::TooShort).then_some(refused);
                vec![Effect::Draw]
            }
        }
    }

    fn look_for(&mut self, search: Search) -> Vec<Effect> {
        // What a deed that is under way comes to is still to be told.
        self.notice = self.notice.take().filter(|notice| matches!(notice, Notice::Doing(_)));
        self.refused = None;
        self.asked = true;
        self.sought = Some(search.clone());
        vec![Effect::Ask(pages::Ask::Unit(Ask::Find(search))), Effect::Draw]
    }

    /// Reads the module anew that something was done to, if it is still shown.
    fn look_again(&mut self, uid: wire::Uid) -> Vec<Effect> {
        let shown = matches!(&self.shown, Shown::Module(dossier) if dossier.uid == uid);
        if !shown || self.sought.is_some() {
            return Vec::new();
        }
        let search = Search::Module(uid);
        self.sought = Some(search.clone());
        vec![Effect::Ask(pages::Ask::Unit(Ask::Find(search)))]
    }

    fn show(&mut self, shown: Shown) -> Vec<Effect> {
        self.sought = None;
        self.shown = shown;
        Vec::new()
    }

    fn choose_from(&mut self, reach: Reach, hits: Vec<Hit>, more: bool) -> Vec<Effect> {
        let before = match &self.shown {
            Shown::Hits { hits, selected, .. } => hits.get(*selected).map(|hit| hit.uid),
            Shown::Nothing | Shown::Module(_) | Shown::Unknown(_) | Shown::Failed(_) => None,
        };
        if reach == Reach::Anywhere {
            let search = self.sought.take();
            if let Some(search) = search.filter(|_| hits.is_empty()) {
                self.shown = Shown::Unknown(search);
                return Vec::new();
            }
            if let ([hit], false) = (hits.as_slice(), more) {
                let search = Search::Module(hit.uid);
                return self.look_for(search);
            }
        }
        // Modules that are found later must not change what is chosen.
        let selected = hits.iter().position(|hit| Some(hit.uid) == before).unwrap_or(0);
        self.prompt = None;
        self.shown = Shown::Hits { hits, more, selected };
        Vec::new()
    }

    /// Down or up: the module that is chosen, or the text.
    pub(in crate::tui) fn step(&mut self, by: i16, most: u16) {
        match &mut self.shown {
            Shown::Hits { hits, selected, .. } => {
                let last = hits.len().saturating_sub(1);
                *selected = selected.saturating_add_signed(by.into()).min(last);
            }
            Shown::Module(_) => {
                self.scroll = self.scroll.min(most).saturating_add_signed(by).min(most);
            }
            Shown::Nothing | Shown::Unknown(_) | Shown::Failed(_) => {}
        }
    }

    fn turn(&mut self, by: usize) {
        let at = Section::ALL.iter().position(|section| *section == self.section).unwrap_or(0);
        self.section = Section::ALL[(at + by) % Section::ALL.len()];
        self.scroll = 0;
    }
}
