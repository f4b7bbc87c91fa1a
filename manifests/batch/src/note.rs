//! What was done to a module by hand, and why.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::limits;
use crate::text::is_line;
use crate::timestamp::Timestamp;

/// Something that was done to a module by hand. Members stand in the alphabetical order of the canonical form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// When.
    pub at: Timestamp,
    /// What was done.
    pub event: NoteEvent,
    /// Why, in words: up to 200 characters, one line.
    pub reason: String,
}

/// What can be done to a module by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoteEvent {
    /// Its label was printed once more.
    Reprint,
    /// It came back from the customer.
    Return,
    /// It was taken back to the line, to go through it again.
    Rework,
    /// It was thrown away.
    Scrap,
    /// It was declared void.
    Void,
}

/// The notes on a module, in order of time: at most [`limits::NOTES`], and the newest of them if there were more.
///
/// Made by collecting [`Note`]s in any order; of notes of one second, the order given is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Note>")]
pub struct Notes(Vec<Note>);

/// Why a list is not that of the notes on a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NotesError {
    /// There are more than a module may have.
    #[error("there are more than {} notes", limits::NOTES)]
    TooMany,
    /// A later note stands before an earlier one.
    #[error("the notes are not in order of time")]
    Order,
    /// A reason is no line of text, or too long.
    #[error("the reason of a note is not a line of 1 to {} characters", limits::NAME_CHARACTERS)]
    Reason,
}

impl Notes {
    /// Whether nothing was done by hand.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The notes, the oldest first.
    pub fn iter(&self) -> std::slice::Iter<'_, Note> {
        self.0.iter()
    }

    /// The newest note.
    pub fn last(&self) -> Option<&Note> {
        self.0.last()
    }
}

impl FromIterator<Note> for Notes {
    fn from_iter<I: IntoIterator<Item = Note>>(notes: I) -> Self {
        let mut notes: Vec<Note> = notes.into_iter().collect();
        notes.sort_by_key(|note| note.at);
        notes.drain(..notes.len().saturating_sub(limits::NOTES));
        Self(notes)
    }
}

impl<'a> IntoIterator for &'a Notes {
    type Item = &'a Note;
    type IntoIter = std::slice::Iter<'a, Note>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Takes a list as it stands: what a reader does.
impl TryFrom<Vec<Note>> for Notes {
    type Error = NotesError;

    fn try_from(notes: Vec<Note>) -> Result<Self, Self::Error> {
        if notes.len() > limits::NOTES {
            return Err(NotesError::TooMany);
        }
        if !notes.is_sorted_by_key(|note| note.at) {
            return Err(NotesError::Order);
        }
        if !notes.iter().all(|note| is_line(&note.reason)) {
            return Err(NotesError::Reason);
        }
        Ok(Self(notes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(seconds: u64, reason: &str) -> Note {
        let at = Timestamp::from_unix_seconds(seconds).unwrap();
        Note { at, event: NoteEvent::Rework, reason: reason.into() }
    }

    #[test]
    fn collecting_sorts_and_keeps_the_newest() {
        let seconds = |notes: &Notes| notes.iter().map(|note| note.at.unix_seconds()).collect::<Vec<_>>();
        let many: Notes = (0..40).rev().map(|second| note(second, "x")).collect();
        assert_eq!(seconds(&many), (8..40).collect::<Vec<_>>());
        let twins: Notes = [note(7, "b"), note(7, "a"), note(1, "c")].into_iter().collect();
        assert_eq!(twins.iter().map(|note| note.reason.as_str()).collect::<Vec<_>>(), ["c", "b", "a"]);
    }

    #[test]
    fn a_list_that_collecting_would_change_is_refused() {
        let read = |notes: Vec<Note>| Notes::try_from(notes);
        assert!(read(vec![note(1, "x"), note(1, "x"), note(2, "x")]).is_ok());
        assert_eq!(read(vec![note(2, "x"), note(1, "x")]), Err(NotesError::Order));
        assert_eq!(read((0..33).map(|second| note(second, "x")).collect()), Err(NotesError::TooMany));
        for reason in ["", "two\nlines", &"x".repeat(201)] {
            assert_eq!(read(vec![note(1, reason)]), Err(NotesError::Reason));
        }
    }
}
