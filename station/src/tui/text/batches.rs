//! What the page `batches` says, in every language.

use super::sentences;

sentences! {
    /// Heading of the page.
    heading,
}

pub(super) const ENGLISH: Sentences = Sentences { heading: "Batches" };

pub(super) const CHINESE: Sentences = Sentences { heading: "批次" };

pub(super) const SPANISH: Sentences = Sentences { heading: "Lotes" };

pub(super) const VIETNAMESE: Sentences = Sentences { heading: "Lô" };
