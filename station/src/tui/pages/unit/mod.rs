//! One module: its story, its certificate, its label; reprint and void.
//!
//! What is typed is looked for, until a deed asks for its reason; deeds and directions have keys that no
//! scanner sends. So a scan means the same whatever the page shows.
//!
//! | file | what it holds |
//! |---|---|
//! | [`search`] | what somebody looks for |
//! | [`dossier`] | what the ledger holds of one module |
//! | `desk` | what keys and answers change |
//! | `words` | the module in sentences |
//! | `view` | the page as cells |

mod desk;
pub mod dossier;
pub mod search;
mod view;
mod words;

use serde::{Deserialize, Serialize};
use wire::Uid;

pub(in crate::tui) use desk::{carry_out, may, offers};
pub(super) use desk::{opened, pressed, scanned, told};
pub use dossier::Dossier;
pub use search::Search;
pub(super) use search::is_label;
pub(super) use view::{draw, entry, furthest};
pub(in crate::tui) use words::{happened, says};

use crate::fault::Fault;
use crate::ledger::{DeedKind, Reason, text};
use crate::tui::model::Entry;
use search::NoSearch;

/// What the page knows.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in crate::tui) struct State {
    /// What is looked for, as it is typed.
    entry: Entry,
    /// Whether it was looked for as it stands; then what is typed next begins anew.
    asked: bool,
    /// Why it was not looked for.
    refused: Option<NoSearch>,
    /// What is being looked for.
    sought: Option<Search>,
    shown: Shown,
    /// A deed that wants a reason, or a second stroke.
    prompt: Option<Prompt>,
    notice: Option<Notice>,
    section: Section,
    /// How many lines are above the page.
    scroll: u16,
}

/// What fills the page.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
enum Shown {
    #[default]
    Nothing,
    /// Modules to choose from.
    Hits { hits: Vec<Hit>, more: bool, selected: usize },
    /// One module.
    Module(Box<Dossier>),
    /// There is none of that kind.
    Unknown(Search),
    /// The ledger could not be read.
    Failed(Fault),
}

/// A deed that is about to be done.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Prompt {
    #[serde(with = "text::uid")]
    uid: Uid,
    deed: DeedKind,
    entry: Entry,
    /// Whether what was typed is no reason.
    wrong: bool,
    /// The reason, once given, of a deed that wants a second stroke.
    reason: Option<Reason>,
}

/// What came of a deed.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Notice {
    /// It is being done.
    Doing(DeedKind),
    /// It is done.
    Done { deed: DeedKind, no_place_in: Option<String> },
    /// It was not done, or not all of it.
    Refused { deed: DeedKind, fault: Fault },
}

/// What of a module is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
enum Section {
    #[default]
    Story,
    Certificate,
    Label,
}

impl Section {
    const ALL: [Self; 3] = [Self::Story, Self::Certificate, Self::Label];
}

/// What a key on this page asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::tui) enum Command {
    /// Do this to the module.
    Deed(DeedKind),
    /// Further down.
    Down,
    /// What stands to the left.
    Left,
    /// What stands to the right.
    Right,
    /// Further up.
    Up,
}

impl Command {
    /// Whether it does what nothing can undo.
    pub(in crate::tui) const fn is_final(self) -> bool {
        match self {
            Self::Deed(deed) => is_final(deed),
            Self::Down | Self::Left | Self::Right | Self::Up => false,
        }
    }
}

/// Whether nothing can undo a deed.
const fn is_final(deed: DeedKind) -> bool {
    match deed {
        DeedKind::Void | DeedKind::Scrap => true,
        DeedKind::Rework | DeedKind::Reprint | DeedKind::Return => false,
    }
}

/// A module that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// Which module.
    #[serde(with = "text::uid")]
    pub uid: Uid,
    /// How it stands.
    pub standing: dossier::Standing,
    /// The order it was certified for.
    pub order: Option<String>,
}

/// Where a part of a UID was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// At its beginning; the rest is still being looked through.
    Beginning,
    /// In all of it.
    Anywhere,
}

/// What the page is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Told {
    /// These modules were found.
    Hits {
        /// What was looked for.
        search: Search,
        /// Where.
        reach: Reach,
        /// The newest first.
        hits: Vec<Hit>,
        /// Whether there are older ones.
        more: bool,
    },
    /// The one module was found.
    Module {
        /// What was looked for.
        search: Search,
        /// What the ledger holds of it.
        dossier: Box<Dossier>,
    },
    /// The ledger knows no such module.
    Unknown {
        /// What was looked for.
        search: Search,
    },
    /// The ledger could not be read.
    Failed {
        /// What was looked for.
        search: Search,
        /// Why.
        fault: Fault,
    },
    /// A deed is done.
    Done {
        /// To which module.
        #[serde(with = "text::uid")]
        uid: Uid,
        /// What.
        deed: DeedKind,
        /// The order that is complete, and has no place for a reworked module.
        no_place_in: Option<String>,
    },
    /// A deed was not done, or not all of it.
    Refused {
        /// To which module.
        #[serde(with = "text::uid")]
        uid: Uid,
        /// What.
        deed: DeedKind,
        /// Why.
        fault: Fault,
    },
}

/// What the page wants to know or have done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Look for this.
    Find(Search),
    /// Do this to a module.
    Do {
        /// Which module.
        uid: Uid,
        /// What.
        deed: DeedKind,
        /// Why.
        reason: Reason,
        /// The slot whose printer prints.
        slot: String,
    },
}
