//! What the page `vendor` says, in every language.

use super::sentences;

sentences! {
    /// Heading of the page.
    heading,
}

pub(super) const ENGLISH: Sentences = Sentences { heading: "CA and HSM" };

pub(super) const CHINESE: Sentences = Sentences { heading: "CA 与 HSM" };

pub(super) const SPANISH: Sentences = Sentences { heading: "CA y HSM" };

pub(super) const VIETNAMESE: Sentences = Sentences { heading: "CA và HSM" };
