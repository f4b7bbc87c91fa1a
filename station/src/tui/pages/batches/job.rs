//! What can be done on the page.

use serde::{Deserialize, Serialize};

use crate::tui::text::Language;

/// What can be done on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::tui) enum Job {
    /// Make up a batch of all that waits for one.
    Close,
    /// Make the file that the order asks for.
    Export,
    /// Make the file in the flavour that the order does not ask for.
    ExportOther,
}

impl Job {
    /// Whether nothing can undo it.
    pub(in crate::tui) const fn is_final(self) -> bool {
        match self {
            Self::Close => true,
            Self::Export | Self::ExportOther => false,
        }
    }

    /// What it is, in words.
    pub(in crate::tui) const fn says(self, language: Language) -> &'static str {
        let text = language.batches();
        match self {
            Self::Close => text.key_close,
            Self::Export => text.key_export,
            Self::ExportOther => text.key_export_other,
        }
    }
}
