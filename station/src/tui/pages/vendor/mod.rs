//! The CA and the HSM; the officer opens the CA.
//!
//! | file | what it holds |
//! |---|---|
//! | `known` | what the page is told of the CA, its record and the HSM |
//! | `form` | what the officer says before the PIN |
//! | `view` | the page as cells |
//! | `columns` | its sections, and as many of their lines as there is room for |
//! | `rows` | what the page says of CA, opening, HSM and record |
//!
//! The PIN itself never comes here: the page knows how many characters were typed. See
//! `keypad`.

mod columns;
mod form;
mod known;
mod rows;
mod view;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use form::{Filled, Form};
pub use known::{Audit, Ca, Known, Opened, Standing, Token, Vouched};
pub(super) use view::{draw, entry, furthest};

use super::{Ask as Asked, operator};
use crate::fault::Fault;
use crate::gate::Leave;
use crate::hsm::PinTries;
use crate::operator::Operator;
use crate::tui::effect::Effect;
use crate::tui::keymap::Command;
use crate::tui::model::{Model, Page};
use crate::tui::moment::Moment;
use crate::tui::msg::{Device, Key, Report};
use crate::tui::pages;

/// How old what the page shows may become while it is shown, in milliseconds.
const FRESH_MS: u64 = 2000;

/// After this, an answer that has not come is waited for no longer, in milliseconds.
const PATIENCE_MS: u64 = 30_000;

/// What is older than this says how old it is.
const OLD: Duration = Duration::from_secs(30);

/// What the page knows.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in crate::tui) struct State {
    known: Option<Heard<Known>>,
    /// As it was last heard; a closed HSM says nothing.
    token: Option<Heard<Token>>,
    /// As they were last heard: from the HSM itself, or when it refused a PIN.
    tries: Option<Heard<PinTries>>,
    /// Why nothing is known.
    unknown: Option<Fault>,
    /// When it was asked last, and what was known of the HSM's light then.
    asked: Option<(Moment, Option<Report>)>,
    /// Whether the answer is still to come.
    asking: bool,
    stage: Stage,
    /// What is to be shown when the PIN is typed, because something has happened meanwhile.
    then: Option<Page>,
    /// How the last try to open or close ended.
    last: Option<Last>,
    /// How many lines of what is known are above the page.
    scroll: u16,
}

/// Something that was told, and when.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Heard<T> {
    what: T,
    at: Moment,
}

impl<T> Heard<T> {
    /// How old it is, where that has to be said.
    fn age(&self, now: Moment) -> Option<Duration> {
        Some(now.since(self.at)).filter(|age| *age > OLD)
    }
}

/// How far the officer has come.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
enum Stage {
    /// Nobody opens or closes anything.
    #[default]
    Looking,
    /// The form is filled in.
    Filling(Form),
    /// The PIN is typed; so many characters, once keys are no messages any more.
    Typing(Option<u16>),
    /// The HSM is asked to let the officer in.
    Opening,
    /// The CA is being closed.
    Closing,
}

/// How a try to open or close ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Last {
    Opened,
    Closed,
    NotGiven,
    NotTyped,
    Refused(Fault, Option<PinTries>),
}

/// What the page is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "told", content = "of", rename_all = "kebab-case")]
pub enum Told {
    /// What ledger and station know.
    Known(Box<Known>),
    /// Why they know nothing.
    Unknown(Fault),
    /// What the HSM says of itself; nothing, if it is closed or does not answer. It comes after the others.
    Token(Option<Token>),
    /// So many characters of the PIN are typed.
    Typed(u16),
    /// The PIN is given, and the HSM asked.
    Opening,
    /// The CA is open.
    Opened,
    /// The CA is closed.
    Closed,
    /// The officer does not give the PIN.
    NotGiven,
    /// Nobody has typed the PIN for too long.
    NotTyped,
    /// The CA was not opened, or its closing is not on record.
    Refused {
        /// Why.
        fault: Fault,
        /// What the HSM says of the tries at the PIN that remain, if it was the PIN.
        tries: Option<PinTries>,
    },
}

/// What the page wants to know or have done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// How things stand.
    Look,
    /// Take the PIN from the keys, and open the CA with it.
    Open {
        /// Who opens it.
        officer: Operator,
        /// For how long and how many certificates.
        leave: Leave,
    },
    /// The PIN is wanted no longer.
    Forget,
    /// Close the CA.
    Close,
}

impl State {
    /// Whether ledger and station have said how the CA stands.
    pub(in crate::tui) const fn is_known(&self) -> bool {
        self.known.is_some()
    }

    /// Whether the CA is being opened or closed.
    pub(in crate::tui) const fn is_at_work(&self) -> bool {
        !matches!(self.stage, Stage::Looking)
    }

    /// Goes up or down, as far as there is anything that is not seen.
    pub(in crate::tui) fn scroll(&mut self, by: i16, most: u16) {
        self.scroll = self.scroll.min(most).saturating_add_signed(by).min(most);
    }

    /// Whether the officer may open the CA now: it is closed, or spent, and nobody is about to.
    pub(in crate::tui) fn may_open(&self) -> bool {
        let over = |known: &Heard<Known>| known.what.opening.standing != Standing::Open;
        matches!(self.stage, Stage::Looking) && self.known.as_ref().is_some_and(over)
    }

    /// Whether there is something to close. A spent CA has its PIN still.
    pub(in crate::tui) fn may_close(&self) -> bool {
        let open = |known: &Heard<Known>| known.what.opening.standing != Standing::Closed;
        matches!(self.stage, Stage::Looking) && self.known.as_ref().is_some_and(open)
    }
}

/// Somebody turns to the page.
pub(super) fn opened(model: &mut Model) -> Vec<Effect> {
    let state = &mut model.vendor;
    state.scroll = 0;
    if matches!(state.stage, Stage::Looking | Stage::Filling(_)) {
        state.stage = Stage::Looking;
        state.last = None;
    }
    look(model)
}

/// Something is told to the page.
pub(super) fn told(model: &mut Model, told: Told) -> Vec<Effect> {
    let at = model.now;
    let state = &mut model.vendor;
    match told {
        Told::Known(known) => {
            state.known = Some(Heard { what: *known, at });
            state.unknown = None;
        }
        Told::Unknown(fault) => state.unknown = Some(fault),
        Told::Token(token) => {
            state.asking = false;
            if let Some(token) = token {
                state.tries = Some(Heard { what: token.tries, at });
                state.token = Some(Heard { what: token, at });
            }
        }
        Told::Typed(count) => {
            if let Stage::Typing(typed) = &mut state.stage {
                *typed = Some(count);
            }
            operator::stirred(model);
        }
        Told::Opening => state.stage = Stage::Opening,
        Told::Opened => return ended(model, Last::Opened),
        Told::Closed => return ended(model, Last::Closed),
        Told::NotGiven => return ended(model, Last::NotGiven),
        Told::NotTyped => return ended(model, Last::NotTyped),
        Told::Refused { fault, tries } => {
            if let Some(what) = tries {
                state.tries = Some(Heard { what, at });
            }
            return ended(model, Last::Refused(fault, tries));
        }
    }
    Vec::new()
}

/// Time has passed.
pub(super) fn ticked(model: &mut Model) -> Vec<Effect> {
    let light = light(model);
    let state = &mut model.vendor;
    if model.page != Page::Vendor {
        // Nobody sees any more that a PIN is wanted: once it is typed no further, the keys are the screen's.
        return match state.stage {
            Stage::Typing(_) => {
                state.stage = Stage::Looking;
                vec![ask(Ask::Forget)]
            }
            _ => Vec::new(),
        };
    }
    let look_again = state.asked.is_none_or(|(when, seen)| {
        let waited = model.now.elapsed_ms.saturating_sub(when.elapsed_ms);
        if state.asking { waited >= PATIENCE_MS } else { seen != light || waited >= FRESH_MS }
    });
    if look_again { look(model) } else { Vec::new() }
}

/// A key that is not the keymap's, but typed text.
pub(super) fn pressed(model: &mut Model, key: Key) -> Option<Vec<Effect>> {
    let state = &mut model.vendor;
    let Stage::Filling(form) = &mut state.stage else { return None };
    if key == Key::Esc {
        state.stage = Stage::Looking;
        return Some(vec![Effect::Draw]);
    }
    match form.press(key) {
        Filled::Changed => Some(vec![Effect::Draw]),
        Filled::Finished(open) => {
            state.stage = Stage::Typing(None);
            Some(vec![ask(open), Effect::Draw])
        }
        Filled::Nothing => None,
    }
}

/// Whether keys are typed text now.
pub(super) const fn is_typed_on(model: &Model) -> bool {
    matches!(model.vendor.stage, Stage::Filling(_) | Stage::Typing(_))
}

/// Whether the PIN is typed on the page.
pub(in crate::tui) fn is_typing(model: &Model) -> bool {
    model.page == Page::Vendor && matches!(model.vendor.stage, Stage::Typing(_))
}

/// Whether this page, which is to be shown because something has happened, has to wait: nothing is turned under
/// the hands of somebody who types the PIN. Then it is shown afterwards.
pub(in crate::tui) fn keeps_waiting(model: &mut Model, page: Page) -> bool {
    let waits = is_typing(model);
    if waits {
        model.vendor.then = Some(page);
    }
    waits
}

/// The officer is about to open the CA.
pub(in crate::tui) fn open(model: &mut Model) -> Vec<Effect> {
    if !model.may(Command::OpenAuthority) {
        return Vec::new();
    }
    let state = &mut model.vendor;
    state.last = None;
    state.then = None;
    state.stage = Stage::Filling(Form::new(state.known.as_ref().and_then(|known| known.what.certificates)));
    vec![Effect::Draw]
}

/// The CA is to be closed.
pub(in crate::tui) fn close(model: &mut Model) -> Vec<Effect> {
    if !model.may(Command::CloseAuthority) {
        return vec![Effect::Draw];
    }
    let state = &mut model.vendor;
    state.last = None;
    state.stage = Stage::Closing;
    vec![ask(Ask::Close), Effect::Draw]
}

/// A try to open or close has ended so.
fn ended(model: &mut Model, last: Last) -> Vec<Effect> {
    model.vendor.stage = Stage::Looking;
    model.vendor.last = Some(last);
    model.vendor.scroll = 0;
    let mut effects = look(model);
    // Whoever has left the page since has seen what there was to see.
    if let Some(page) = model.vendor.then.take().filter(|_| model.page == Page::Vendor) {
        effects.extend(pages::open(model, page));
    }
    effects
}

fn look(model: &mut Model) -> Vec<Effect> {
    model.vendor.asked = Some((model.now, light(model)));
    model.vendor.asking = true;
    vec![ask(Ask::Look)]
}

/// What was last heard of the HSM.
fn light(model: &Model) -> Option<Report> {
    model.lights.of(Device::Hsm).map(|light| light.report)
}

const fn ask(ask: Ask) -> Effect {
    Effect::Ask(Asked::Vendor(ask))
}
