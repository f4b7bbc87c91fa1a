//! What the screen is told. Nothing else changes it: who has the messages can draw the screen again.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::engine::{Event, Tally};
use crate::fault::{Fault, FaultCode};
use crate::ledger::{OrderProgress, RunId};
use crate::scanner::{Hand, Reading};
use crate::tui::pages;

/// Something the screen is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "message", content = "of", rename_all = "kebab-case")]
pub enum Msg {
    /// The counts of the order, as the ledger has them.
    Counted(Counts),
    /// What a device was last known to be like.
    Device(Device, Report),
    /// The engine says what happened.
    Engine(Event),
    /// The line has ended: no slot is at work any more.
    Ended(Ending),
    /// Nothing more comes from the engine.
    FeedEnded,
    /// A key was pressed.
    Key(Key),
    /// A page is told something.
    Page(pages::Told),
    /// A recording was written, below the directory of the ledger; or could not be.
    Recorded(Result<String, FaultCode>),
    /// The terminal has another size: so many columns and rows, if it says how many.
    Resized(Option<(u16, u16)>),
    /// A hand scanner read this.
    Scanned(Reading),
    /// Somebody else wants the line to stop and the program to end: a signal, a closed terminal.
    Stop,
    /// Time has passed.
    Tick,
    /// What passed over the serial line in a run; none, if it was not kept.
    Transcript(RunId, Option<String>),
}

impl Msg {
    /// Whether the thread that reads the keys waits until this is taken in, as [`Keypad::enter`] says. What comes
    /// by another way must not be taken for it.
    ///
    /// [`Keypad::enter`]: super::keypad::Keypad::enter
    pub(super) const fn is_waited_for(&self) -> bool {
        matches!(self, Self::Key(Key::Enter) | Self::Scanned(Reading { by: Hand::Keyboard, .. }))
    }

    /// Whether nobody misses it if it is drawn a moment later, together with others of its kind: each slot at work
    /// tells many times a second how far it is.
    pub(super) const fn may_wait(&self) -> bool {
        matches!(self, Self::Engine(Event::Progress { .. }))
    }
}

/// How the line ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// It had enough, or was stopped.
    Well,
    /// A fault stopped it.
    Faulted(Fault),
}

impl Ending {
    /// How the engine says that it ended.
    pub fn of(result: &Result<Tally, Fault>) -> Self {
        match result {
            Ok(_) => Self::Well,
            Err(fault) => Self::Faulted(fault.clone()),
        }
    }
}

/// The counts of the order that the screen shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Modules that are to pass.
    pub quantity: u32,
    /// Modules that passed.
    pub passed: u32,
}

impl From<OrderProgress> for Counts {
    fn from(progress: OrderProgress) -> Self {
        let OrderProgress { quantity, passed, .. } = progress;
        Self { quantity, passed }
    }
}

/// What has a light.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Device {
    /// The HSM.
    Hsm,
    /// The label printers, the worst of them.
    Printer,
    /// The scanners, the worst of them.
    Scanner,
    /// The ledger.
    Ledger,
    /// The clock.
    Clock,
    /// The disk that the ledger is on.
    Disk,
    /// The last batch that was exported.
    Export,
}

impl Device {
    /// All of them, in the order of the lights.
    pub const ALL: [Self; 7] =
        [Self::Hsm, Self::Printer, Self::Scanner, Self::Ledger, Self::Clock, Self::Disk, Self::Export];
}

/// What a device was found to be like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Report {
    /// It answers.
    Good,
    /// The HSM answers, in so many sessions of so many.
    Sessions(u16, u16),
    /// The disk has so many percent of its room left.
    Free(u8),
    /// The last batch was exported then; none was, if there is no time.
    Exported(#[serde(with = "time::serde::rfc3339::option")] Option<OffsetDateTime>),
    /// It is closed, as the HSM is when its time is over.
    Closed,
    /// It is in trouble.
    Trouble(FaultCode),
}

/// A key, as far as the screen tells keys apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Key {
    /// The key that takes the last character back.
    Backspace,
    /// A character.
    Char(char),
    /// A character with Ctrl.
    Ctrl(char),
    /// Arrow down.
    Down,
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// A function key, from 1.
    Function(u8),
    /// Arrow left.
    Left,
    /// A page down.
    PageDown,
    /// A page up.
    PageUp,
    /// Arrow right.
    Right,
    /// Tab.
    Tab,
    /// Arrow up.
    Up,
}
