//! What the page `operator` says, in every language.

use super::sentences;

sentences! {
    /// Heading of the page.
    heading,
}

pub(super) const ENGLISH: Sentences = Sentences { heading: "Operator" };

pub(super) const CHINESE: Sentences = Sentences { heading: "操作员" };

pub(super) const SPANISH: Sentences = Sentences { heading: "Operario" };

pub(super) const VIETNAMESE: Sentences = Sentences { heading: "Người vận hành" };
