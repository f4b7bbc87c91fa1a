//! The story of a module in the screen's own sentences, for those who have no screen.

use wire::Uid;

use super::office::unit::happened;
use super::pages::unit;
use super::text::Language;
use crate::ledger::StoredEvent;

/// What an event says of this module, in one line of English; none, if it is about none, or about others alone.
pub(crate) fn line(uid: Uid, stored: StoredEvent) -> Option<String> {
    let happened = happened(uid, stored)?;
    let (sentence, causes, _) = unit::happened(&happened.what, Language::English);
    let whole = match causes {
        Some(causes) => format!("{sentence}: {causes}"),
        None => sentence,
    };
    // A driver's message may have several lines.
    Some(whole.lines().map(str::trim).collect::<Vec<_>>().join(" "))
}
