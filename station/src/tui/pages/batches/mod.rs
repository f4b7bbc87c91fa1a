//! Close a batch, export it, see the last ones.
//!
//! | file | what it holds |
//! |---|---|
//! | `job` | what can be done here |
//! | `view` | the page as cells |

mod job;
mod view;

use serde::{Deserialize, Serialize};

pub(in crate::tui) use job::Job;
pub(super) use view::draw;

use super::Ask as Asked;
use crate::batches::Stage;
use crate::config::Flow;
use crate::fault::Fault;
use crate::ledger::{BatchId, BatchSummary, Digest, DueCounts};
use crate::tui::effect::Effect;
use crate::tui::model::{Model, Page};

/// What the page knows.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in crate::tui) struct State {
    /// What waits for a batch, as the ledger said last.
    due: Option<DueCounts>,
    /// The last batches, the newest first, as the ledger said last.
    batches: Option<Vec<BatchSummary>>,
    /// The batch that keys are about; the newest, if it is not in the list.
    selected: Option<BatchId>,
    at_work: Option<Work>,
    /// How what was done last came out.
    outcome: Option<Outcome>,
}

/// What is being done. Nothing else is begun meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Work {
    Closing {
        stage: Option<Stage>,
    },
    /// A batch is closed, and the HSM vouches for the ledger.
    Vouching,
    Exporting {
        batch: BatchId,
        flavour: Flow,
        stage: Option<Stage>,
    },
}

/// How something came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Outcome {
    Closed { batch: BatchId, modules: u64, vouched: Option<Result<(), Fault>> },
    Exported(Exported),
    Faulted(Fault),
}

/// A file that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exported {
    /// The batch.
    pub batch: BatchId,
    /// What the file discloses.
    pub flavour: Flow,
    /// Where it is.
    pub file: String,
    /// SHA-256 of the file.
    pub sha256: Digest,
}

/// What the page is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Told {
    /// How many modules wait for a batch.
    Due(DueCounts),
    /// The last batches, the newest first.
    Batches(Vec<BatchSummary>),
    /// How far the work is.
    Stage(Stage),
    /// A batch is closed: the ledger has it on disk.
    Closed {
        /// The batch.
        batch: BatchId,
        /// How many modules are in it.
        modules: u64,
    },
    /// Whether the HSM has vouched for the ledger with that batch in it; why not, if it has not.
    Vouched(Option<Fault>),
    /// A file is made.
    Exported(Exported),
    /// What was being done came to nothing.
    Faulted(Fault),
    /// The ledger does not answer.
    Unanswered(Fault),
}

/// What the page wants to know or have done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// How many modules wait for a batch.
    Due,
    /// The last batches, and how many modules wait for the next.
    List,
    /// Close a batch of the order.
    Close,
    /// Make a file of a batch.
    Export(BatchId, Flow),
}

impl State {
    /// Whether something is being done that leaving would cut short.
    pub(in crate::tui) const fn is_at_work(&self) -> bool {
        self.at_work.is_some()
    }

    /// Whether a key for this would do anything, as things stand.
    pub(in crate::tui) fn may(&self, job: Job) -> bool {
        let waiting = || self.due.is_some_and(|due| due.total() > 0);
        !self.is_at_work()
            && match job {
                Job::Close => waiting(),
                Job::Export | Job::ExportOther => self.file_for(job).is_some(),
            }
    }

    /// Whether the ledger has told what this is about.
    pub(in crate::tui) const fn has_heard_of(&self, job: Job) -> bool {
        match job {
            Job::Close => self.due.is_some(),
            Job::Export | Job::ExportOther => self.batches.is_some(),
        }
    }

    /// Selects a batch so many further down.
    pub(in crate::tui) fn select(&mut self, by: i16) {
        let Some(batches) = &self.batches else { return };
        let index = self.index().saturating_add_signed(by.into()).min(batches.len().saturating_sub(1));
        self.selected = batches.get(index).map(|batch| batch.id.clone());
    }

    /// The place of the selected batch in the list.
    fn index(&self) -> usize {
        let place = |id: &BatchId| self.listed().iter().position(|batch| batch.id == *id);
        self.selected.as_ref().and_then(place).unwrap_or(0)
    }

    fn listed(&self) -> &[BatchSummary] {
        self.batches.as_deref().unwrap_or_default()
    }

    fn selected_batch(&self) -> Option<&BatchSummary> {
        self.listed().get(self.index())
    }

    /// The file that this would make of the selected batch.
    fn file_for(&self, job: Job) -> Option<(BatchId, Flow)> {
        let batch = self.selected_batch()?;
        let flow = Flow::named(&batch.flow)?;
        match job {
            Job::Close => None,
            Job::Export => Some((batch.id.clone(), flow)),
            Job::ExportOther => Some((batch.id.clone(), flow.other())),
        }
    }
}

/// Somebody turns to the page.
pub(super) fn opened(_model: &mut Model) -> Vec<Effect> {
    vec![ask(Ask::List)]
}

/// The order has other counts. What waits for a batch may have changed with them.
pub(in crate::tui) fn counted(model: &Model) -> Vec<Effect> {
    if model.page == Page::Batches { vec![ask(Ask::Due)] } else { Vec::new() }
}

/// Begins with something, unless something else is under way.
pub(in crate::tui) fn begin(model: &mut Model, job: Job) -> Vec<Effect> {
    let state = &mut model.batches;
    if !state.may(job) {
        return vec![Effect::Draw];
    }
    let (work, wanted) = match state.file_for(job) {
        None => (Work::Closing { stage: None }, Ask::Close),
        Some((batch, flavour)) => {
            (Work::Exporting { batch: batch.clone(), flavour, stage: None }, Ask::Export(batch, flavour))
        }
    };
    state.at_work = Some(work);
    state.outcome = None;
    vec![ask(wanted), Effect::Draw]
}

/// Something is told to the page.
pub(super) fn told(model: &mut Model, told: Told) -> Vec<Effect> {
    let state = &mut model.batches;
    match told {
        Told::Due(due) => state.due = Some(due),
        Told::Batches(batches) => state.batches = Some(batches),
        Told::Stage(now) => {
            if let Some(Work::Closing { stage } | Work::Exporting { stage, .. }) = &mut state.at_work {
                *stage = Some(now);
            }
        }
        Told::Closed { batch, modules } => {
            // Whoever closes a batch wants its file next.
            state.selected = Some(batch.clone());
            state.at_work = Some(Work::Vouching);
            state.outcome = Some(Outcome::Closed { batch, modules, vouched: None });
            return vec![ask(Ask::List)];
        }
        Told::Vouched(fault) => {
            if let Some(Outcome::Closed { vouched, .. }) = &mut state.outcome {
                *vouched = Some(fault.map_or(Ok(()), Err));
            }
            return ended(model);
        }
        Told::Exported(exported) => {
            state.outcome = Some(Outcome::Exported(exported));
            return ended(model);
        }
        Told::Faulted(fault) => {
            state.outcome = Some(Outcome::Faulted(fault));
            return ended(model);
        }
        // What is being done says itself how it comes out.
        Told::Unanswered(fault) => {
            if state.at_work.is_none() {
                state.outcome = Some(Outcome::Faulted(fault));
            }
        }
    }
    Vec::new()
}

/// The work has ended, well or not.
fn ended(model: &mut Model) -> Vec<Effect> {
    model.batches.at_work = None;
    let leave = model.told_to_leave && model.may_be_left();
    if leave { vec![Effect::Leave] } else { vec![ask(Ask::List)] }
}

const fn ask(ask: Ask) -> Effect {
    Effect::Ask(Asked::Batches(ask))
}
