//! What the screen knows. It is changed by [`update`](super::update()) alone and drawn by
//! [`view`](super::view()) alone.
//!
//! | file | what it holds |
//! |---|---|
//! | `entry` | a line of text that somebody types |
//! | `slot` | one slot: what it does, how its last run ended, what it wants of a hand |
//! | `shift` | counts and rates since the screen was opened |
//! | `lights` | the devices, and when each was last heard of |

mod entry;
mod lights;
mod shift;
mod slot;

use std::time::Duration;

pub(super) use entry::{Entry, Typed};
pub(super) use lights::{Light, Lights, Shade};
pub(super) use shift::Shift;
pub(super) use slot::{Busy, Ended, Slot, State, Want};

use super::keymap::Command;
use super::moment::Moment;
use super::msg::{Counts, Ending};
use super::pages::{batches, check, operator, unit, vendor};
use super::text::Language;
use crate::config::Flow;
use crate::fault::{Chain, Disposition, FaultCode};

/// What stays the same while the screen is open.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Number of the order.
    pub order: String,
    /// Whom the modules ship to.
    pub customer: String,
    /// Name of the product.
    pub product: String,
    /// How the customer gets the modules into their account.
    pub flow: Flow,
    /// Who works at the station; may be empty.
    pub operator: String,
    /// Names of the slots, in their order.
    pub slots: Vec<String>,
    /// How long an operator has to stick a label and scan it.
    pub scan_wait: Duration,
    /// The language to begin with.
    pub language: Language,
    /// The counts of the order to begin with.
    pub counts: Counts,
}

/// All that the screen knows.
#[derive(Clone, Debug)]
pub struct Model {
    pub(super) setting: Setting,
    /// The time of the last message.
    pub(super) now: Moment,
    /// When it was last told that time has passed.
    pub(super) ticked: Moment,
    pub(super) language: Language,
    pub(super) bells: Bells,
    pub(super) counts: Counts,
    pub(super) shift: Shift,
    pub(super) slots: Vec<Slot>,
    pub(super) lights: Lights,
    pub(super) line: Line,
    /// Somebody other than the operator wants the program to end.
    pub(super) told_to_leave: bool,
    /// Why the whole line stopped, if a fault stopped it.
    pub(super) stopped: Option<(FaultCode, Chain)>,
    pub(super) page: Page,
    pub(super) help: bool,
    /// The slot that keys are about.
    pub(super) selected: usize,
    /// A command that wants a second stroke, and when the first one came.
    pub(super) armed: Option<(Command, Moment)>,
    pub(super) unit: unit::State,
    pub(super) batches: batches::State,
    pub(super) vendor: vendor::State,
    pub(super) check: check::State,
    pub(super) operator: operator::State,
}

/// Which events ring the bell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bells {
    pub(super) pass: bool,
    pub(super) fail: bool,
}

/// Whether modules are taken up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Modules are taken up.
    Running,
    /// No further module is taken up; runs are under way.
    Stopping,
    /// Nothing is under way.
    Ended,
}

/// What fills the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    /// All slots.
    Line,
    /// A fault.
    Fault {
        /// Whose.
        of: Whose,
        /// Whether the engineer's part is shown instead of the operator's.
        engineer: bool,
        /// How many lines of it are above the screen.
        scroll: u16,
    },
    /// One module.
    Unit,
    /// The batches.
    Batches,
    /// The CA and the HSM.
    Vendor,
    /// What `station check` says.
    Check,
    /// Who works here.
    Operator,
}

/// Who is in trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// The slot with this index.
    Slot(usize),
    /// The whole line.
    Line,
}

/// A fault as a page shows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown<'a> {
    pub(super) code: FaultCode,
    pub(super) chain: &'a Chain,
    /// The slot, unless it is the whole line's fault.
    pub(super) slot: Option<&'a Slot>,
    /// The run that ended so, if one did.
    pub(super) ended: Option<&'a Ended>,
}

impl Model {
    /// A screen that has heard nothing yet.
    pub fn new(setting: Setting, now: Moment) -> Self {
        Self {
            now,
            ticked: now,
            language: setting.language,
            bells: Bells { pass: true, fail: true },
            counts: setting.counts,
            shift: Shift::new(now),
            slots: setting.slots.iter().map(|name| Slot::new(name, now)).collect(),
            lights: Lights::default(),
            line: Line::Running,
            told_to_leave: false,
            stopped: None,
            page: Page::Line,
            help: false,
            selected: 0,
            armed: None,
            unit: unit::State::default(),
            batches: batches::State::default(),
            vendor: vendor::State::default(),
            check: check::State::default(),
            operator: operator::State::default(),
            setting,
        }
    }

    /// The slot of this name, with its index.
    pub(super) fn slot_named(&mut self, name: &str) -> Option<(usize, &mut Slot)> {
        self.slots.iter_mut().enumerate().find(|(_, slot)| slot.name == name)
    }

    /// The fault that somebody is in, if they are.
    pub(super) fn fault_of(&self, whose: Whose) -> Option<Shown<'_>> {
        match whose {
            Whose::Line => {
                let (code, chain) = self.stopped.as_ref()?;
                Some(Shown { code: *code, chain, slot: None, ended: None })
            }
            Whose::Slot(index) => {
                let slot = self.slots.get(index)?;
                let (code, chain) = slot.fault()?;
                let ended = match &slot.state {
                    State::Ended(ended) => Some(ended),
                    State::Unheard | State::Empty | State::Trouble { .. } | State::Busy(_) => None,
                };
                Some(Shown { code, chain, slot: Some(slot), ended })
            }
        }
    }

    /// What this slot wants of a hand. A line that takes up no further module asks for none.
    pub(super) fn want(&self, slot: &Slot) -> Option<Want> {
        slot.want().filter(|want| self.line == Line::Running || *want != Want::PutIn)
    }

    /// Whether the module in this slot may be tried again by key.
    pub(super) fn may_retry(&self, index: usize) -> bool {
        let retry = |slot: &Slot| match &slot.state {
            State::Ended(ended) => ended.disposition() == Some(Disposition::Retry),
            State::Unheard | State::Empty | State::Trouble { .. } | State::Busy(_) => false,
        };
        self.line == Line::Running && self.slots.get(index).is_some_and(retry)
    }

    /// Whether this command would do what nothing can undo, as things stand.
    pub(super) fn may(&self, command: Command) -> bool {
        match command {
            Command::Stop => self.line == Line::Running,
            _ => true,
        }
    }

    /// Whether no slot is at work any more, for good.
    pub(super) fn has_ended(&self) -> bool {
        self.line == Line::Ended
    }

    /// Names of the slots that are at work.
    pub(super) fn busy(&self) -> impl Iterator<Item = &str> {
        self.slots.iter().filter(|slot| matches!(slot.state, State::Busy(_))).map(|slot| slot.name.as_str())
    }

    /// Notes how the line ended.
    pub(super) fn end(&mut self, ending: Ending) {
        self.line = Line::Ended;
        if let Ending::Faulted(fault) = ending {
            self.stopped.get_or_insert((fault.code, fault.chain));
        }
    }
}
