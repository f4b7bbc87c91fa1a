//! What the page `unit` says, in every language.

use super::sentences;

sentences! {
    /// Heading of the page.
    heading,
}

pub(super) const ENGLISH: Sentences = Sentences { heading: "Modules" };

pub(super) const CHINESE: Sentences = Sentences { heading: "模块" };

pub(super) const SPANISH: Sentences = Sentences { heading: "Módulos" };

pub(super) const VIETNAMESE: Sentences = Sentences { heading: "Mô-đun" };
