//! What somebody looks for, read from what they typed or scanned.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use wire::Uid;

use crate::ledger::UidPart;

/// What somebody looks for.
///
/// As text it is a UID in one of its forms, as 32 digits, as a UUID or in the groups of four in which a label
/// shows it; or some of a UID's digits; or else what a label's code says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Search {
    /// One module. Its UID is also the code by which it is claimed.
    Module(Uid),
    /// The modules that have these digits in their UID.
    Part(UidPart),
    /// The module whose label says this.
    Label {
        /// What the label says, whole.
        payload: String,
        /// The one UID that stands in it, if one does: the label may be another ledger's form.
        uid: Option<Uid>,
    },
}

/// Why a text says nothing to look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum NoSearch {
    /// There is none.
    #[error("nothing is typed")]
    Empty,
    /// It is of digits, but of too few.
    #[error("fewer than {} hexadecimal digits", UidPart::FEWEST)]
    TooShort,
}

impl FromStr for Search {
    type Err = NoSearch;

    fn from_str(text: &str) -> Result<Self, NoSearch> {
        let text = text.trim();
        let digits: String =
            text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').collect();
        if digits.is_empty() {
            return Err(NoSearch::Empty);
        }
        if let Ok(uid) = digits.parse() {
            return Ok(Self::Module(uid));
        }
        if let Ok(part) = digits.parse() {
            return Ok(Self::Part(part));
        }
        if digits.len() < UidPart::FEWEST && digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(NoSearch::TooShort);
        }
        Ok(Self::Label { payload: text.to_owned(), uid: only_uid(text) })
    }
}

/// Whether a text names one module, as labels do.
pub(in crate::tui::pages) fn is_label(text: &str) -> bool {
    matches!(text.parse(), Ok(Search::Module(_) | Search::Label { uid: Some(_), .. }))
}

/// The UID that stands in a text, if no other does. A template may name it in both of its forms.
fn only_uid(text: &str) -> Option<Uid> {
    let words = text.split(|letter: char| !letter.is_ascii_hexdigit() && letter != '-');
    let mut uids = words.filter_map(|word| word.trim_matches('-').parse::<Uid>().ok());
    let first = uids.next()?;
    uids.all(|other| other == first).then_some(first)
}

impl fmt::Display for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Module(uid) => uid.fmt(f),
            Self::Part(part) => part.fmt(f),
            Self::Label { payload, .. } => payload.fmt(f),
        }
    }
}

impl TryFrom<String> for Search {
    type Error = NoSearch;

    fn try_from(text: String) -> Result<Self, NoSearch> {
        text.parse()
    }
}

impl From<Search> for String {
    fn from(search: Search) -> Self {
        search.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{Fields, Template};
    use proptest::prelude::*;

    fn search(text: &str) -> Result<Search, NoSearch> {
        text.parse()
    }

    #[test]
    fn what_is_no_uid_and_no_part_of_one_is_what_a_label_says() {
        let label = |payload: &str| Search::Label { payload: payload.to_owned(), uid: None };
        assert_eq!(search(" Claim me! "), Ok(label("Claim me!")));
        assert_eq!(search(&"a".repeat(33)), Ok(label(&"a".repeat(33))));
        assert_eq!(search("  "), Err(NoSearch::Empty));
        assert_eq!(search("--"), Err(NoSearch::Empty));
        assert_eq!(search("0a1"), Err(NoSearch::TooShort));
        assert_eq!(search("x"), Ok(label("x")));
    }

    #[test]
    fn a_label_that_names_two_modules_names_none() {
        let [one, other] = ["1", "2"].map(|digit| digit.repeat(32));
        let both = search(&format!("x/{one}/{other}")).expect("a label");
        assert!(matches!(both, Search::Label { uid: None, .. }), "{both:?}");
    }

    fn uid() -> impl Strategy<Value = Uid> {
        any::<[u8; 16]>().prop_map(Uid::from_bytes)
    }

    proptest! {
        #[test]
        fn a_uid_is_found_in_whatever_form_it_is_typed(uid in uid(), upper in any::<bool>()) {
            let digits = uid.to_string();
            let groups: Vec<_> =
                digits.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group)).collect();
            for form in [digits.clone(), uid.uuid_text().to_string(), groups.join(" "), format!("  {digits}\t")] {
                let form = if upper { form.to_uppercase() } else { form };
                prop_assert_eq!(search(&form), Ok(Search::Module(uid)), "{}", form);
            }
        }

        #[test]
        fn a_part_of_a_uid_stays_that_part(uid in uid(), at in 0usize..28, length in 4usize..32) {
            let digits = uid.to_string();
            let part = &digits[at..(at + length).min(32)];
            prop_assume!(part.len() < 32);
            prop_assert_eq!(search(part), Ok(Search::Part(part.parse().expect("a part"))));
        }

        #[test]
        fn a_label_tells_its_module_whatever_the_template(
            uid in uid(),
            template in "(https://claim\\.example/|x:|)\\{(uid|uuid)\\}(\\?\\{uuid\\}|#z|/\\{order\\})",
        ) {
            let template: Template = template.parse().expect("a template");
            let fields = Fields { uid, order: "WO-1", product: "sensor" };
            let payload = template.fill(&fields).expect("a payload");
            prop_assert_eq!(search(&payload), Ok(Search::Label { payload: payload.clone(), uid: Some(uid) }));
        }

        #[test]
        fn what_is_looked_for_reads_back_from_its_text(text in ".{0,60}") {
            if let Ok(found) = search(&text) {
                prop_assert_eq!(search(&found.to_string()), Ok(found));
            }
        }
    }
}
