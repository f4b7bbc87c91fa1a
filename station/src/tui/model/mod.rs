//! What the screen knows. It is changed by [`update`](super::update()) alone and drawn by
//! [`view`](super::view()) alone.
//!
//! | file | what it holds |
//! |---|---|
//! | `entry` | a line of text that somebody types |
//! | `slot` | one slot: what it does, how its last run ended, what it wants of a hand |
//! | `shift` | counts and rates since the screen was opened |
//! | `lights` | the devices, and when each was last heard of |
//! | `notices` | what stays said until somebody has seen it |

mod entry;
mod lights;
mod notices;
mod shift;
mod slot;

use std::collections::BTreeMap;
use std::time::Duration;

pub(super) use entry::{Entry, Typed};
pub(super) use lights::{LITTLE_ROOM, Light, Lights, Shade};
pub(super) use notices::{Missed, Notices};
pub(super) use shift::Shift;
pub(super) use slot::{Busy, Ended, Slot, State, Want};

use serde::{Deserialize, Serialize};

use super::keymap::Command;
use super::moment::Moment;
use super::msg::{Counts, Device, Ending, Report};
use super::pages::{batches, check, operator, unit, vendor};
use super::text::Language;
use crate::clock::Zone;
use crate::config::{Flow, ScanEnd};
use crate::fault::{Chain, Disposition, FaultCode};
use crate::operator::{Badges, Operator};
use crate::scanner::{Hand, Reading};

/// What stays the same while the screen is open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Setting {
    /// Number of the order.
    pub order: String,
    /// Whom the modules ship to.
    pub customer: String,
    /// Name of the product.
    pub product: String,
    /// How the customer gets the modules into their account.
    pub flow: Flow,
    /// Who is signed in to begin with.
    pub operator: Option<Operator>,
    /// Who may sign in. A recording has stand-ins here, and wherever one of the badges is shown.
    #[serde(default)]
    pub operators: Badges,
    /// After how long without a key and without a module the operator is signed out; never, if not given.
    pub sign_out_after: Option<Duration>,
    /// Which bells ring to begin with.
    pub bells: Bells,
    /// Names of the slots, in their order.
    pub slots: Vec<String>,
    /// How long an operator has to stick a label and scan it.
    pub scan_wait: Duration,
    /// The slots whose labels are read by a hand scanner, and by which; the others have one that reads by itself.
    #[serde(default)]
    pub hands: BTreeMap<String, Hand>,
    /// The key with which a scanner on the keyboard closes what it reads.
    pub scan_end: ScanEnd,
    /// Where the clock on the wall hangs.
    pub zone: Zone,
    /// The language to begin with.
    pub language: Language,
    /// The counts of the order to begin with.
    pub counts: Counts,
}

/// All that the screen knows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Model {
    pub(super) setting: Setting,
    /// The time of the last message.
    pub(super) now: Moment,
    /// Columns and rows of the terminal, as it last said: how far there is to scroll depends on them.
    pub(super) size: (u16, u16),
    /// When it was last told that time has passed.
    pub(super) ticked: Moment,
    /// When it was last looked whether time alone has changed what is shown.
    pub(super) looked: Moment,
    pub(super) language: Language,
    pub(super) bells: Bells,
    pub(super) counts: Counts,
    pub(super) shift: Shift,
    pub(super) slots: Vec<Slot>,
    pub(super) lights: Lights,
    pub(super) notices: Notices,
    /// When what the screen was told was last written down without being asked for.
    pub(super) recorded: Option<Moment>,
    /// When somebody last asked for that.
    pub(super) asked: Option<Moment>,
    pub(super) line: Line,
    /// Somebody other than the operator wants the program to end.
    pub(super) told_to_leave: bool,
    /// Why the whole line stopped, if a fault stopped it.
    pub(super) stopped: Option<(FaultCode, Chain)>,
    pub(super) page: Page,
    pub(super) help: bool,
    /// The slot that was chosen last.
    pub(super) selected: usize,
    /// When it was chosen by hand, while that is not long ago.
    #[serde(default)]
    pub(super) chosen: Option<Moment>,
    /// A command that wants a second stroke.
    pub(super) armed: Option<Armed>,
    /// A command that could do nothing, and when it was asked for.
    pub(super) refused: Option<(Command, Moment)>,
    /// What was scanned last, and when.
    pub(super) scanned: Option<(String, Moment)>,
    /// The last label that was given to a slot, and to which.
    pub(super) given: Option<(String, String)>,
    pub(super) unit: unit::State,
    pub(super) batches: batches::State,
    pub(super) vendor: vendor::State,
    pub(super) check: check::State,
    pub(super) operator: operator::State,
}

/// A command that wants a second stroke of its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Armed {
    pub(super) command: Command,
    /// When the first stroke came.
    pub(super) first: Moment,
    /// When the last one came, if others came too soon.
    pub(super) last: Moment,
}

impl Armed {
    /// By a first stroke.
    pub(super) const fn new(command: Command, now: Moment) -> Self {
        Self { command, first: now, last: now }
    }
}

/// Which events ring the bell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bells {
    /// A pass.
    pub pass: bool,
    /// A fault.
    pub fail: bool,
}

/// Whether modules are taken up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Line {
    /// Modules are taken up.
    Running,
    /// No further module is taken up; runs are under way.
    Stopping,
    /// Nothing is under way.
    Ended,
}

/// What fills the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

impl Page {
    /// Whether something is done there that stands on record under somebody's name.
    pub(super) const fn needs_name(self) -> bool {
        match self {
            Self::Unit | Self::Batches | Self::Vendor => true,
            Self::Line | Self::Fault { .. } | Self::Check | Self::Operator => false,
        }
    }
}

/// Who is in trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Whose {
    /// The slot with this index.
    Slot(usize),
    /// The whole line.
    Line,
    /// Nobody who stands still for it: what was missed, and is noted.
    Noted(Missed),
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
            size: (80, 24),
            ticked: now,
            looked: now,
            language: setting.language,
            bells: setting.bells,
            counts: setting.counts,
            shift: Shift::new(now),
            slots: setting.slots.iter().map(|name| Slot::new(name, now)).collect(),
            lights: Lights::default(),
            notices: Notices::default(),
            recorded: None,
            asked: None,
            line: Line::Running,
            told_to_leave: false,
            stopped: None,
            // Nothing happens before somebody answers for it.
            page: if setting.operator.is_some() { Page::Line } else { Page::Operator },
            help: false,
            selected: 0,
            chosen: None,
            armed: None,
            refused: None,
            scanned: None,
            given: None,
            unit: unit::State::default(),
            batches: batches::State::default(),
            vendor: vendor::State::default(),
            check: check::State::default(),
            operator: operator::State::new(setting.operator.clone(), now),
            setting,
        }
    }

    /// Whether it can be the screen of a station with this setting, in which every index is one of a slot.
    pub(super) fn is_of(&self, setting: &Setting) -> bool {
        let names = self.slots.iter().map(|slot| slot.name.as_str());
        self.setting == *setting
            && names.eq(setting.slots.iter().map(String::as_str))
            && self.selected < self.slots.len().max(1)
    }

    /// Forgets what passed over the serial lines.
    pub(super) fn forget_transcripts(&mut self) {
        for slot in &mut self.slots {
            slot.forget_transcripts();
        }
    }

    /// The time of the last message.
    pub(super) const fn moment(&self) -> Moment {
        self.now
    }

    /// The slot of this name, with its index.
    pub(super) fn slot_named(&mut self, name: &str) -> Option<(usize, &mut Slot)> {
        self.slots.iter_mut().enumerate().find(|(_, slot)| slot.name == name)
    }

    /// The slot that a label belongs to which was read: of several that have this scanner, the one whose time
    /// runs out first. None, if another slot has passed by this very label: whoever scans that once more, unsure,
    /// does not mean the next one.
    pub(super) fn to_scan(&self, reading: &Reading) -> Option<&Slot> {
        let slot = self.next_to_scan(&reading.by)?;
        let has_passed = |to: &str| self.slots.iter().any(|slot| slot.name == to && slot.has_passed());
        let passed_elsewhere = self
            .given
            .as_ref()
            .is_some_and(|(text, to)| *text == reading.text && *to != slot.name && has_passed(to));
        (!passed_elsewhere).then_some(slot)
    }

    /// The slot whose label is read next by this scanner, of all that wait for it.
    fn next_to_scan(&self, hand: &Hand) -> Option<&Slot> {
        let hands = &self.setting.hands;
        let waits = |slot: &&Slot| slot.want() == Some(Want::Scan) && hands.get(&slot.name) == Some(hand);
        self.slots.iter().filter(waits).min_by_key(|slot| slot.wants_since().elapsed_ms)
    }

    /// The slot whose label is to be read before the one of this slot, by the same scanner.
    pub(super) fn goes_before(&self, slot: &Slot) -> Option<&Slot> {
        let hand = self.setting.hands.get(&slot.name)?;
        self.next_to_scan(hand).filter(|first| first.name != slot.name)
    }

    /// Whether the labels of this slot are read by a scanner on the keyboard.
    fn has_keyboard(&self, slot: &str) -> bool {
        self.setting.hands.get(slot) == Some(&Hand::Keyboard)
    }

    /// Whether this device can be asked how it is, or is told of by itself. A keyboard is neither: that a label
    /// was scanned with it says nothing about it half a minute later.
    pub(super) fn has_light(&self, device: Device) -> bool {
        device != Device::Scanner || !self.slots.iter().all(|slot| self.has_keyboard(&slot.name))
    }

    /// Notes that a run in this slot has found a device in trouble.
    pub(super) fn failed(&mut self, slot: &str, device: Device, code: FaultCode) {
        if device != Device::Scanner || !self.has_keyboard(slot) {
            self.lights.failed(device, slot, code, self.now);
        }
    }

    /// Notes that a step of this slot has ended well, and so which devices have done their part.
    pub(super) fn worked(&mut self, slot: &str, devices: &[Device]) {
        for device in devices {
            if *device != Device::Scanner || !self.has_keyboard(slot) {
                self.lights.worked(*device, slot, self.now);
            }
        }
    }

    /// The fault that somebody is in, if they are.
    pub(super) fn fault_of(&self, whose: Whose) -> Option<Shown<'_>> {
        match whose {
            Whose::Line => {
                let (code, chain) = self.stopped.as_ref()?;
                Some(Shown { code: *code, chain, slot: None, ended: None })
            }
            Whose::Noted(missed) => {
                let (code, chain) = self.notices.of(missed)?;
                Some(Shown { code, chain, slot: None, ended: None })
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

    /// Everybody who is in a fault: the slots, the line, what was noted.
    pub(super) fn faults(&self) -> impl Iterator<Item = Whose> {
        let slots = (0..self.slots.len()).map(Whose::Slot);
        let others = std::iter::once(Whose::Line).chain(Missed::ALL.map(Whose::Noted));
        slots.chain(others).filter(|whose| self.fault_of(*whose).is_some())
    }

    /// What this slot wants of a hand. A line that takes up no further module, or could not certify it, asks for
    /// none.
    pub(super) fn want(&self, slot: &Slot) -> Option<Want> {
        let asks = self.takes_up() && !self.is_closed();
        slot.want().filter(|want| asks || *want != Want::PutIn)
    }

    /// Whether the CA is closed, so that the HSM signs nothing.
    pub(super) fn is_closed(&self) -> bool {
        self.lights.of(Device::Hsm).is_some_and(|light| light.report == Report::Closed)
    }

    /// Whether the line takes up modules: it was not told to stop, somebody answers for it, and it is heard.
    fn takes_up(&self) -> bool {
        self.line == Line::Running && self.operator.name().is_some() && self.deaf().is_none()
    }

    /// For how long nothing has come from a line that has not said how it ended.
    pub(super) fn deaf(&self) -> Option<Duration> {
        self.notices.deaf(self.now).filter(|_| self.line != Line::Ended)
    }

    /// Whether the module in this slot may be tried again by key.
    pub(super) fn may_retry(&self, index: usize) -> bool {
        let retry = |slot: &Slot| match &slot.state {
            State::Ended(ended) => ended.disposition() == Some(Disposition::Retry),
            State::Unheard | State::Empty | State::Trouble { .. } | State::Busy(_) => false,
        };
        self.takes_up() && self.slots.get(index).is_some_and(retry)
    }

    /// The slot that keys are about: the one that was chosen, or else the one that wants a hand most.
    pub(super) fn about(&self) -> usize {
        self.chosen_slot().or_else(|| Some(self.most_wanting()?.0)).unwrap_or(self.selected)
    }

    /// The slot that was chosen by hand, while that is not long ago.
    pub(super) fn chosen_slot(&self) -> Option<usize> {
        self.chosen.map(|_| self.selected)
    }

    /// Somebody chooses this slot.
    pub(super) fn choose(&mut self, slot: usize) {
        (self.selected, self.chosen) = (slot, Some(self.now));
    }

    /// The slot that wants a hand most, with its index, and what it wants.
    pub(super) fn most_wanting(&self) -> Option<(usize, &Slot, Want)> {
        let slots = self.slots.iter().enumerate();
        let wanting = slots.filter_map(|(index, slot)| Some((index, slot, self.want(slot)?)));
        wanting.min_by_key(|(_, slot, _)| slot.urgency())
    }

    /// The slot whose module is tried again by key: that of the fault on the page, or the one that keys are about.
    pub(super) fn to_retry(&self) -> Option<usize> {
        let index = match self.page {
            Page::Line => self.about(),
            Page::Fault { of: Whose::Slot(index), .. } => index,
            Page::Fault { of: Whose::Line | Whose::Noted(_), .. }
            | Page::Unit
            | Page::Batches
            | Page::Vendor
            | Page::Check
            | Page::Operator => return None,
        };
        Some(index).filter(|index| self.may_retry(*index))
    }

    /// Whether this command would do something, as things stand.
    pub(super) fn may(&self, command: Command) -> bool {
        match command {
            Command::CloseAuthority => self.vendor.may_close(),
            // A line that has ended needs no CA, and nobody would close it again.
            Command::OpenAuthority => self.line != Line::Ended && self.vendor.may_open(),
            Command::Stop => self.line == Line::Running,
            Command::Batches(job) => self.batches.may(job),
            Command::Unit(command) => unit::may(self, command),
            _ => true,
        }
    }

    /// Whether no slot is at work any more, for good.
    pub(super) fn has_ended(&self) -> bool {
        self.line == Line::Ended
    }

    /// Whether nothing is under way any more that leaving would cut short.
    pub(super) fn may_be_left(&self) -> bool {
        self.has_ended() && !self.batches.is_at_work()
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
