//! Titles and remedies of the fault catalogue.

use super::Language;
use crate::fault::FaultCode;

/// What an operator reads of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultText {
    /// What happened.
    pub title: &'static str,
    /// One to three things to do.
    pub remedy: &'static [&'static str],
}

/// What an operator reads of this fault, in this language.
pub fn fault_text(language: Language, code: FaultCode) -> FaultText {
    let entry = code.entry();
    match language {
        Language::English | Language::Chinese | Language::Spanish | Language::Vietnamese => {
            FaultText { title: entry.title, remedy: entry.remedy }
        }
    }
}
