//! What the page `check` says, in every language.

use super::sentences;

sentences! {
    /// Heading of the page.
    heading,
}

pub(super) const ENGLISH: Sentences = Sentences { heading: "Check" };

pub(super) const CHINESE: Sentences = Sentences { heading: "检查" };

pub(super) const SPANISH: Sentences = Sentences { heading: "Comprobación" };

pub(super) const VIETNAMESE: Sentences = Sentences { heading: "Kiểm tra" };
