//! What the screen wants done. The shell does it.

use super::pages;
use crate::ledger::RunId;

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// What a page wants.
    Ask(pages::Ask),
    /// Ring the terminal's bell.
    Bell,
    /// Ask the ledger for the counts of the order.
    Count,
    /// Draw the screen: it has changed.
    Draw,
    /// End the screen. Asked for only when no slot is at work.
    Leave,
    /// Write down what the screen was told.
    Record,
    /// Draw every cell anew: something else has written to the terminal.
    Repaint,
    /// Take up the module in this slot once more.
    Retry {
        /// Name of the slot.
        slot: String,
    },
    /// Give what was scanned to this slot, which waits for its label.
    Scanned {
        /// Name of the slot.
        slot: String,
        /// What was read.
        text: String,
    },
    /// Take up no further module; the runs under way go on to their end.
    Stop,
    /// Read what passed over the serial line in a run.
    Transcript(RunId),
}
