//! How a step ends.

use crate::fault::Fault;

/// A step that went well: it was done, or there was nothing to do, for a reason in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step<T> {
    /// The step was carried out.
    Done(T),
    /// There was nothing to do.
    Skipped(T, &'static str),
}

impl<T> Step<T> {
    /// What the next steps need, and why the step was skipped, if it was.
    pub fn into_parts(self) -> (T, Option<&'static str>) {
        match self {
            Self::Done(value) => (value, None),
            Self::Skipped(value, reason) => (value, Some(reason)),
        }
    }
}

/// A step that went well, or the fault that ends the run.
pub type StepResult<T> = Result<Step<T>, Fault>;
