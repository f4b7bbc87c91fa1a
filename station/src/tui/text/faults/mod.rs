//! The fault catalogue in the operator's language.
//!
//! | module | what it holds |
//! |---|---|
//! | `chinese` | Simplified Chinese |
//! | `spanish` | Latin American Spanish |
//! | `vietnamese` | Vietnamese |
//!
//! English stands in the [catalogue](FaultCode::entry) itself. A code without a translation does
//! not compile, and neither does one whose translation has fewer or more things to do than the
//! English. Commands, flags and file names are left as they are: they are typed, not read.
//!
//! They keep to the glossary of the screen, `text/glossary.rs`.

mod chinese;
mod spanish;
mod vietnamese;

use super::Language;
use crate::fault::FaultCode;

/// What an operator reads of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultText {
    /// What happened, in 40 columns of a terminal.
    pub title: &'static str,
    /// One to three things to do, each in 70 columns.
    pub remedy: &'static [&'static str],
}

/// The words of a fault in a language.
pub const fn fault_text(language: Language, code: FaultCode) -> FaultText {
    match language {
        Language::English => {
            let entry = code.entry();
            FaultText { title: entry.title, remedy: entry.remedy }
        }
        Language::Chinese => chinese::text(code),
        Language::Spanish => spanish::text(code),
        Language::Vietnamese => vietnamese::text(code),
    }
}

/// Code and title, as they stand in a line with other things.
pub(in crate::tui) fn title(language: Language, code: FaultCode) -> String {
    format!("{code} {}", fault_text(language, code).title)
}

/// `Code: "title" => "what to do", "and then";` for every code there is.
macro_rules! translation {
    ($($name:ident: $title:literal => $($remedy:expr),+;)+) => {
        /// The words of a fault in this language.
        pub(super) const fn text(code: FaultCode) -> FaultText {
            match code {
                $(FaultCode::$name => FaultText { title: $title, remedy: &[$($remedy),+] },)+
            }
        }

        $(const _: () = assert!(
            text(FaultCode::$name).remedy.len() == FaultCode::$name.entry().remedy.len(),
            concat!(stringify!($name), " has another number of things to do in English"),
        );)+
    };
}

use translation;

#[cfg(test)]
mod tests {
    use super::super::glossary;
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};
    use unicode_width::UnicodeWidthStr as _;

    const TRANSLATIONS: [Language; 3] = [Language::Chinese, Language::Spanish, Language::Vietnamese];

    /// Every sentence of every translation, beside the English it stands for.
    fn sentences(language: Language) -> impl Iterator<Item = (FaultCode, &'static str, &'static str)> {
        FaultCode::ALL.iter().flat_map(move |code| {
            let (english, text) = (fault_text(Language::English, *code), fault_text(language, *code));
            std::iter::once((*code, english.title, text.title))
                .chain(english.remedy.iter().zip(text.remedy).map(|(one, other)| (*code, *one, *other)))
        })
    }

    /// What is typed as it stands: commands in backquotes, and flags.
    fn typed(sentence: &str) -> BTreeSet<&str> {
        let commands = sentence.split('`').skip(1).step_by(2);
        let flags = sentence.split([' ', ',', '`']).filter(|word| word.starts_with("--"));
        commands.chain(flags).collect()
    }

    #[test]
    fn texts_fit_the_screen() {
        for language in TRANSLATIONS {
            for code in FaultCode::ALL {
                let FaultText { title, remedy } = fault_text(language, *code);
                assert!((1..=40).contains(&title.width()), "{code} {}: {title}", title.width());
                for line in remedy {
                    assert!((1..=70).contains(&line.width()), "{code} {}: {line}", line.width());
                }
            }
        }
    }

    #[test]
    fn what_is_typed_is_not_translated() {
        for language in TRANSLATIONS {
            for (code, english, text) in sentences(language) {
                assert_eq!(typed(text), typed(english), "{code}: {text}");
            }
        }
    }

    #[test]
    fn names_that_stay_what_they_are_stay() {
        let names = ["CA", "HSM", "PIN", "UID", "PEM"];
        let stated = |sentence: &str| -> BTreeSet<String> {
            let words = sentence.split(|c: char| !c.is_ascii_alphanumeric());
            words.filter(|word| names.contains(word)).map(str::to_owned).collect()
        };
        for language in TRANSLATIONS {
            for (code, english, text) in sentences(language) {
                assert_eq!(stated(text), stated(english), "{code}: {text}");
            }
        }
    }

    #[test]
    fn the_same_advice_has_the_same_words() {
        for language in TRANSLATIONS {
            let mut known: BTreeMap<&str, &str> = BTreeMap::new();
            for (code, english, text) in sentences(language) {
                let first = *known.entry(english).or_insert(text);
                assert_eq!(text, first, "{code}: {english}");
            }
        }
    }

    #[test]
    fn titles_that_english_tells_apart_are_told_apart() {
        for language in TRANSLATIONS {
            let mut seen: BTreeMap<&str, FaultCode> = BTreeMap::new();
            for code in FaultCode::ALL {
                let title = fault_text(language, *code).title;
                let first = *seen.entry(title).or_insert(*code);
                assert_eq!(first.entry().title, code.entry().title, "{first} and {code}: {title}");
            }
        }
    }

    /// A mark laid over the letter before it is drawn beside it by some terminals.
    #[test]
    fn accented_letters_are_single_characters() {
        for language in TRANSLATIONS {
            for (code, _, text) in sentences(language) {
                assert!(!text.contains(|c| ('\u{300}'..='\u{36f}').contains(&c)), "{code}: {text}");
            }
        }
    }

    /// The word of the glossary is used where English uses its word, so that a thing has one name.
    #[test]
    fn the_words_of_the_glossary_are_used() {
        let against = TRANSLATIONS.into_iter().flat_map(|language| {
            sentences(language).flat_map(move |(code, english, own)| {
                glossary::against(language, code.entry().code, english, own)
            })
        });
        assert_eq!(against.collect::<Vec<_>>(), Vec::<String>::new());
    }
}
