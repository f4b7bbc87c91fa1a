//! What `station check` says.
//!
//! | file | what it holds |
//! |---|---|
//! | `view` | the page as cells |
//! | `words` | what was found, in words |

mod view;
mod words;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub(super) use view::{draw, furthest};

use crate::check::{Finding, Found, Seen, Subject};
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::moment::Moment;
use crate::tui::pages;

/// What the page knows.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in crate::tui) struct State {
    /// What was found in the check that is under way, or in the last one.
    findings: Vec<Finding>,
    round: Round,
    /// How many lines are above the page.
    scroll: u16,
}

/// Whether there was a check, and when.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
enum Round {
    /// None so far.
    #[default]
    Never,
    /// One is under way, and looks at this.
    UnderWay(Option<Subject>),
    /// One was done then.
    Done(Moment),
    /// One was broken off then.
    BrokenOff(Moment),
}

/// What the page is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Told {
    /// Something is being looked at, or was found.
    Seen(Seen),
    /// All has been looked at.
    Done,
    /// The check has ended before its time.
    BrokenOff,
}

/// What the page wants to know or have done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Everything looked at.
    Look,
}

/// Somebody turns to the page: what it says should be so now.
pub(super) fn opened(model: &mut Model) -> Vec<Effect> {
    /// Who looks away from the page and back again still finds what they were reading.
    const FRESH: Duration = Duration::from_mins(1);
    model.check.scroll = 0;
    match model.check.round {
        Round::UnderWay(_) => Vec::new(),
        Round::Done(when) if model.now.since(when) <= FRESH => Vec::new(),
        Round::Never | Round::Done(_) | Round::BrokenOff(_) => begin(model),
    }
}

/// Somebody wants it checked again.
pub(in crate::tui) fn again(model: &mut Model) -> Vec<Effect> {
    let mut effects = match model.check.round {
        Round::UnderWay(_) => Vec::new(),
        Round::Never | Round::Done(_) | Round::BrokenOff(_) => begin(model),
    };
    effects.push(Effect::Draw);
    effects
}

fn begin(model: &mut Model) -> Vec<Effect> {
    model.check = State { round: Round::UnderWay(None), ..State::default() };
    vec![Effect::Ask(pages::Ask::Check(Ask::Look))]
}

/// Something is told to the page.
pub(super) fn told(model: &mut Model, told: Told) -> Vec<Effect> {
    /// No station has more to look at than this.
    const MOST: usize = 1000;
    let state = &mut model.check;
    match told {
        Told::Seen(Seen::Looking(subject)) => state.round = Round::UnderWay(Some(subject)),
        Told::Seen(Seen::Found(finding)) => {
            if state.findings.len() < MOST {
                state.findings.push(finding);
            }
        }
        Told::Done => state.round = Round::Done(model.now),
        Told::BrokenOff => state.round = Round::BrokenOff(model.now),
    }
    Vec::new()
}

impl State {
    /// Whether a check is under way.
    pub(in crate::tui) const fn is_under_way(&self) -> bool {
        matches!(self.round, Round::UnderWay(_))
    }

    /// Moves on in what was found, as far as there is more.
    pub(in crate::tui) fn scroll(&mut self, by: i16, most: u16) {
        self.scroll = self.scroll.min(most).saturating_add_signed(by).min(most);
    }

    /// What was found: what is wrong first, then the rest in the order in which it was found.
    fn in_order(&self) -> impl Iterator<Item = &Finding> {
        let wrong = |finding: &&Finding| matches!(finding.found, Found::Wrong(_));
        self.findings.iter().filter(wrong).chain(self.findings.iter().filter(move |finding| !wrong(finding)))
    }

    /// How many things are wrong.
    fn wrong(&self) -> usize {
        self.findings.iter().filter(|finding| matches!(finding.found, Found::Wrong(_))).count()
    }
}
