//! All that the screen says, in every language.
//!
//! | file | what it holds |
//! |---|---|
//! | `sentences` | which sentences there are, and when each is said |
//! | `english`, `chinese`, `spanish`, `vietnamese` | the sentences in that language |
//! | `answers` | what a key is answered that can do nothing now, in every language |
//! | `batches`, `check`, `operator`, `unit`, `vendor` | the sentences of one page, in every language |
//! | `before` | what is said of the CA before the screen is there, in every language |
//! | `notices` | what stays said until somebody has seen it, in every language |
//! | `faults` | titles and remedies of the fault catalogue |
//! | `glossary` | one word for one thing, in every language; the tests hold the sentences to it |
//! | `numbers` | numbers and times as the language writes them |
//! | `width` | cutting and breaking text by the columns it takes |
//!
//! A sentence that a language lacks does not compile; one whose values differ from the English fails a
//! test. PASS, FAIL and ERROR are the same words in all languages, as on the ledger and on other
//! machines, with the language's own words beside them.

mod answers;
mod batches;
pub(crate) mod before;
mod check;
mod chinese;
mod english;
pub mod faults;
#[cfg(test)]
mod glossary;
mod notices;
mod numbers;
mod operator;
mod sentences;
mod spanish;
mod unit;
mod vendor;
mod vietnamese;
mod width;

pub(super) use numbers::{
    MOMENT, SECOND, clock, date, duration, moment, number, percent, second, time_to_come,
};
pub(super) use sentences::{Sentences, sentences};
pub(super) use width::{cell, columns, fit, padded, wrap};

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A language of the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Simplified Chinese.
    #[serde(rename = "zh")]
    Chinese,
    /// Spanish.
    #[serde(rename = "es")]
    Spanish,
    /// Vietnamese.
    #[serde(rename = "vi")]
    Vietnamese,
}

/// A text that names no language of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the screen speaks en, zh, es and vi")]
pub struct UnknownLanguage;

impl Language {
    /// All languages, in the order in which a key goes through them.
    pub const ALL: [Self; 4] = [Self::English, Self::Chinese, Self::Spanish, Self::Vietnamese];

    /// Its code (ISO 639-1), as on the command line and in `station.toml`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh",
            Self::Spanish => "es",
            Self::Vietnamese => "vi",
        }
    }

    /// The language after this one; the first after the last.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::English => Self::Chinese,
            Self::Chinese => Self::Spanish,
            Self::Spanish => Self::Vietnamese,
            Self::Vietnamese => Self::English,
        }
    }

    /// What the screen says in it.
    pub(super) const fn sentences(self) -> &'static Sentences {
        match self {
            Self::English => &english::SENTENCES,
            Self::Chinese => &chinese::SENTENCES,
            Self::Spanish => &spanish::SENTENCES,
            Self::Vietnamese => &vietnamese::SENTENCES,
        }
    }

    /// What a key is answered in it that can do nothing now.
    pub(super) const fn answers(self) -> &'static answers::Sentences {
        match self {
            Self::English => &answers::ENGLISH,
            Self::Chinese => &answers::CHINESE,
            Self::Spanish => &answers::SPANISH,
            Self::Vietnamese => &answers::VIETNAMESE,
        }
    }

    /// What the page `batches` says in it.
    pub(super) const fn batches(self) -> &'static batches::Sentences {
        match self {
            Self::English => &batches::ENGLISH,
            Self::Chinese => &batches::CHINESE,
            Self::Spanish => &batches::SPANISH,
            Self::Vietnamese => &batches::VIETNAMESE,
        }
    }

    /// What is said of the CA before the screen is there.
    const fn before(self) -> &'static before::Sentences {
        match self {
            Self::English => &before::ENGLISH,
            Self::Chinese => &before::CHINESE,
            Self::Spanish => &before::SPANISH,
            Self::Vietnamese => &before::VIETNAMESE,
        }
    }

    /// What the page `check` says in it.
    pub(super) const fn check(self) -> &'static check::Sentences {
        match self {
            Self::English => &check::ENGLISH,
            Self::Chinese => &check::CHINESE,
            Self::Spanish => &check::SPANISH,
            Self::Vietnamese => &check::VIETNAMESE,
        }
    }

    /// What stays said until somebody has seen it.
    pub(super) const fn notices(self) -> &'static notices::Sentences {
        match self {
            Self::English => &notices::ENGLISH,
            Self::Chinese => &notices::CHINESE,
            Self::Spanish => &notices::SPANISH,
            Self::Vietnamese => &notices::VIETNAMESE,
        }
    }

    /// What the page `operator` says in it.
    pub(super) const fn operator(self) -> &'static operator::Sentences {
        match self {
            Self::English => &operator::ENGLISH,
            Self::Chinese => &operator::CHINESE,
            Self::Spanish => &operator::SPANISH,
            Self::Vietnamese => &operator::VIETNAMESE,
        }
    }

    /// What the page `unit` says in it.
    pub(super) const fn unit(self) -> &'static unit::Sentences {
        match self {
            Self::English => &unit::ENGLISH,
            Self::Chinese => &unit::CHINESE,
            Self::Spanish => &unit::SPANISH,
            Self::Vietnamese => &unit::VIETNAMESE,
        }
    }

    /// What the page `vendor` says in it.
    pub(super) const fn vendor(self) -> &'static vendor::Sentences {
        match self {
            Self::English => &vendor::ENGLISH,
            Self::Chinese => &vendor::CHINESE,
            Self::Spanish => &vendor::SPANISH,
            Self::Vietnamese => &vendor::VIETNAMESE,
        }
    }
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(code: &str) -> Result<Self, UnknownLanguage> {
        Self::ALL.into_iter().find(|language| language.code() == code).ok_or(UnknownLanguage)
    }
}

/// A sentence with its values in their places: `{slot}` is replaced by the value called `slot`.
pub(crate) fn fill(sentence: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(sentence.len() + 16);
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            rest = after;
            break;
        };
        text.push_str(values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value));
        rest = after;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of a sentence's values, sorted.
    fn values(sentence: &str) -> Vec<&str> {
        let mut names: Vec<_> =
            sentence.split('{').skip(1).filter_map(|part| part.split('}').next()).collect();
        names.sort_unstable();
        names
    }

    /// Every sentence, with its name.
    fn all(language: Language) -> Vec<(&'static str, &'static str)> {
        let mut all = language.sentences().all();
        all.extend(language.answers().all());
        all.extend(language.batches().all());
        all.extend(language.check().all());
        all.extend(language.notices().all());
        all.extend(language.before().all());
        all.extend(language.operator().all());
        all.extend(language.unit().all());
        all.extend(language.vendor().all());
        all
    }

    #[test]
    fn every_language_says_the_same_values() {
        for language in Language::ALL {
            for ((name, english), (_, sentence)) in all(Language::English).iter().zip(all(language)) {
                assert_eq!(values(english), values(sentence), "{name} in {}", language.code());
                assert!(!sentence.trim().is_empty(), "{name} in {}", language.code());
                assert_eq!(sentence.matches('{').count(), sentence.matches('}').count());
            }
        }
    }

    /// A thing has one name on all pages.
    #[test]
    fn the_words_of_the_glossary_are_used() {
        let against = Language::ALL.into_iter().flat_map(|language| {
            let pairs = all(Language::English).into_iter().zip(all(language));
            pairs.flat_map(move |((name, english), (_, own))| glossary::against(language, name, english, own))
        });
        assert_eq!(against.collect::<Vec<_>>(), Vec::<String>::new());
    }

    #[test]
    fn values_stand_where_the_sentence_wants_them() {
        let values = [("slot", "3"), ("left", "{slot}")];
        assert_eq!(fill("Slot {slot}: {left}", &values), "Slot 3: {slot}", "a value is no sentence");
        assert_eq!(fill("no values", &values), "no values");
    }

    #[test]
    fn a_language_is_named_by_its_code() {
        for language in Language::ALL {
            assert_eq!(language.code().parse(), Ok(language));
            assert_eq!(serde_json::to_value(language).expect("serialises"), language.code());
        }
        assert_eq!("tlh".parse::<Language>(), Err(UnknownLanguage));
        assert_eq!(
            Language::ALL.iter().fold(Language::English, |language, _| language.next()),
            Language::English
        );
    }
}
