//! Who works here: a badge or a name begins a shift, and a key ends it.
//!
//! | file | what it holds |
//! |---|---|
//! | `view` | the page as cells |
//!
//! A shift changes at any time: whoever signs in relieves whoever was there, and runs under way go on.

mod view;

use serde::{Deserialize, Serialize};

pub(super) use view::{draw, entry};

use crate::fault::FaultCode;
use crate::ledger::{SignInBy, SignOutBecause};
use crate::operator::{Operator, Unknown};
use crate::tui::effect::Effect;
use crate::tui::model::{Entry, Model, Page, Typed};
use crate::tui::moment::Moment;
use crate::tui::msg::Key;
use crate::tui::pages::{self, vendor};

/// What the page knows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::tui) struct State {
    /// Who is signed in, and since when.
    pub(in crate::tui) present: Option<(Operator, Moment)>,
    entry: Entry,
    /// Why nobody was signed in, or out, when it was asked for last.
    trouble: Option<Trouble>,
    /// When somebody was last seen to be there: a key, a scan, a module put in or finished.
    stirred: Moment,
    /// Somebody is being signed out.
    leaving: bool,
}

/// Why nobody was signed in or out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Trouble {
    /// It is nobody who may work here.
    Unknown(Unknown),
    /// It could not be put on record.
    NotRecorded(FaultCode),
}

/// What the page is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Told {
    /// Somebody is signed in, on record.
    SignedIn(Operator),
    /// Nobody is signed in any more.
    SignedOut,
    /// It could not be put on record, or not all of it.
    Failed {
        /// Why.
        code: FaultCode,
        /// Who is there now: whoever was, or nobody, if only that they left could be put on record.
        present: Option<Operator>,
    },
}

/// What the page wants to have done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Sign somebody in.
    SignIn(Operator, SignInBy),
    /// Sign out whoever is there.
    SignOut(SignOutBecause),
}

impl State {
    /// With whoever was signed in before the screen was opened.
    pub(in crate::tui) fn new(present: Option<Operator>, now: Moment) -> Self {
        Self {
            present: present.map(|operator| (operator, now)),
            entry: Entry::default(),
            trouble: None,
            stirred: now,
            leaving: false,
        }
    }

    /// The name or the badge that is being typed.
    pub(in crate::tui) fn typed(&self) -> &str {
        self.entry.text()
    }

    /// Who is signed in.
    pub(in crate::tui) fn name(&self) -> Option<&Operator> {
        self.present.as_ref().map(|(operator, _)| operator)
    }
}

/// Somebody turns to the page.
pub(super) fn opened(model: &mut Model) -> Vec<Effect> {
    model.operator.entry.clear();
    model.operator.trouble = None;
    Vec::new()
}

/// Something is told to the page.
pub(super) fn told(model: &mut Model, told: Told) -> Vec<Effect> {
    let now = model.now;
    let state = &mut model.operator;
    match told {
        Told::SignedIn(operator) => {
            *state = State::new(Some(operator), now);
            if model.page == Page::Operator {
                model.page = Page::Line;
            }
        }
        Told::SignedOut => {
            *state = State::new(None, now);
            // A page on which somebody acts in their own name has nobody to act any more.
            if model.page.needs_name() && !vendor::keeps_waiting(model, Page::Operator) {
                return pages::open(model, Page::Operator);
            }
        }
        Told::Failed { code, present } => {
            let gone = present.is_none() && state.present.is_some();
            if state.name() != present.as_ref() {
                *state = State::new(present, now);
            }
            state.leaving = false;
            let effects =
                if gone && model.page.needs_name() { pages::open(model, Page::Operator) } else { Vec::new() };
            // The page that is turned to begins without trouble.
            model.operator.trouble = Some(Trouble::NotRecorded(code));
            return effects;
        }
    }
    Vec::new()
}

/// A key that is not the keymap's, but typed text.
pub(super) fn pressed(model: &mut Model, key: Key) -> Option<Vec<Effect>> {
    match model.operator.entry.press(key) {
        Typed::Changed => {
            model.operator.trouble = None;
            Some(vec![Effect::Draw])
        }
        Typed::Finished => {
            let text = model.operator.entry.text().to_owned();
            Some(if text.trim().is_empty() { vec![Effect::Draw] } else { sign_in(model, &text) })
        }
        Typed::Nothing => None,
    }
}

/// Signs in whoever shows this badge or gives this name.
pub(super) fn sign_in(model: &mut Model, text: &str) -> Vec<Effect> {
    let state = &mut model.operator;
    state.entry.clear();
    state.trouble = None;
    match model.setting.operators.recognise(text) {
        Ok((operator, by)) => {
            vec![Effect::Ask(pages::Ask::Operator(Ask::SignIn(operator, by))), Effect::Draw]
        }
        Err(unknown) => {
            state.trouble = Some(Trouble::Unknown(unknown));
            vec![Effect::Draw]
        }
    }
}

/// Signs out whoever is there.
pub(in crate::tui) fn sign_out(model: &mut Model, because: SignOutBecause) -> Vec<Effect> {
    let state = &mut model.operator;
    if state.present.is_none() || state.leaving {
        return Vec::new();
    }
    state.leaving = true;
    vec![Effect::Ask(pages::Ask::Operator(Ask::SignOut(because))), Effect::Draw]
}

/// Somebody is seen to be there.
pub(in crate::tui) fn stirred(model: &mut Model) {
    model.operator.stirred = model.now;
}

/// Signs out whoever has gone without saying so. While a slot is at work, somebody is waited for; while the
/// PIN is typed, somebody is there, and it is given up by itself when nobody is.
pub(in crate::tui) fn tick(model: &mut Model) -> Vec<Effect> {
    let Some(limit) = model.setting.sign_out_after else { return Vec::new() };
    if model.busy().next().is_some() || vendor::is_typing(model) {
        stirred(model);
    }
    if model.now.since(model.operator.stirred) < limit {
        return Vec::new();
    }
    sign_out(model, SignOutBecause::Idle)
}
