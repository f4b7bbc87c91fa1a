//! Whose badge is whose.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};

use super::name::Operator;
use crate::ledger::SignInBy;

/// Codes of badges, each with the name of whoever wears it. Without any, everybody may sign in by a name.
///
/// Whoever knows the code of a badge is taken for who wears it, so only [stand-ins](Self::stand_ins) are ever
/// written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Badges(BTreeMap<String, Operator>);

/// Somebody who may not sign in here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum Unknown {
    /// Neither a badge nor a name that the table has.
    #[error("nobody here has this badge or this name")]
    Nobody,
    /// It could not stand on record.
    #[error("this is no name")]
    NotAName,
}

impl Badges {
    /// Whether there is a table at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this is the code of a badge.
    #[must_use]
    pub fn has_badge(&self, text: &str) -> bool {
        self.0.contains_key(text.trim())
    }

    /// Who it is that shows this badge or gives this name. With a table, nobody else may sign in.
    ///
    /// # Errors
    /// It is nobody who may.
    pub fn recognise(&self, text: &str) -> Result<(Operator, SignInBy), Unknown> {
        let text = text.trim();
        if let Some(operator) = self.0.get(text) {
            return Ok((operator.clone(), SignInBy::Badge));
        }
        if self.0.is_empty() {
            let name = text.parse().map_err(|_| Unknown::NotAName)?;
            return Ok((name, SignInBy::Name));
        }
        let known = self.0.values().find(|name| is_name_of(text, name));
        known.map(|name| (name.clone(), SignInBy::Name)).ok_or(Unknown::Nobody)
    }

    /// Whose badges have fewer characters than this.
    pub fn shorter_than(&self, length: usize) -> impl Iterator<Item = &Operator> {
        self.0.iter().filter(move |(code, _)| code.trim().chars().count() < length).map(|(_, name)| name)
    }

    /// As many badges as these, which tell of neither a code nor a name: a recording of the screen has them.
    #[must_use]
    pub fn stand_ins(&self) -> Self {
        let nobody = |text: String| Some((text.clone(), text.parse().ok()?));
        (1..=self.0.len()).map(stand_in).filter_map(nobody).collect()
    }

    /// What of the [stand-ins](Self::stand_ins) stands for this badge or this name; none, if the table has neither.
    #[must_use]
    pub fn stand_in_of(&self, text: &str) -> Option<String> {
        let text = text.trim();
        let place = self.0.iter().position(|(code, name)| code == text || is_name_of(text, name))?;
        Some(stand_in(place + 1))
    }
}

fn is_name_of(text: &str, name: &Operator) -> bool {
    name.as_str().to_lowercase() == text.to_lowercase()
}

fn stand_in(number: usize) -> String {
    format!("badge {number}")
}

impl Serialize for Badges {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.stand_ins().0.serialize(serializer)
    }
}

impl FromIterator<(String, Operator)> for Badges {
    fn from_iter<T: IntoIterator<Item = (String, Operator)>>(badges: T) -> Self {
        Self(badges.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(name: &str) -> Operator {
        name.parse().expect("a name")
    }

    #[test]
    fn with_a_table_only_those_in_it_sign_in() {
        let badges: Badges = [("0042".to_owned(), name("Ánh Nguyễn"))].into_iter().collect();
        assert_eq!(badges.recognise(" 0042 "), Ok((name("Ánh Nguyễn"), SignInBy::Badge)));
        assert_eq!(badges.recognise("ánh nguyễn"), Ok((name("Ánh Nguyễn"), SignInBy::Name)));
        assert_eq!(badges.recognise("0043"), Err(Unknown::Nobody));
        assert_eq!(badges.recognise(""), Err(Unknown::Nobody));
    }

    #[test]
    fn stand_ins_tell_of_nobody_and_sign_in_all_the_same() {
        let codes = [("0042", "Ana"), ("0043", "Bo")];
        let badges: Badges = codes.map(|(code, who)| (code.to_owned(), name(who))).into_iter().collect();
        let stand_ins = badges.stand_ins();
        for known in ["0042", " 0043 ", "ana", "Bo"] {
            let stand_in = badges.stand_in_of(known).expect("known");
            assert!(stand_ins.recognise(&stand_in).is_ok(), "{known}");
            assert!(stand_ins.recognise(known).is_err(), "{known}");
        }
        assert_eq!(badges.stand_in_of("0042"), badges.stand_in_of("Ana"));
        assert_eq!(badges.stand_in_of("0044"), None);
        assert!(Badges::default().stand_ins().is_empty());
        assert_eq!(stand_ins.stand_ins(), stand_ins);
        let written = serde_json::to_string(&badges).expect("written");
        assert_eq!(written, r#"{"badge 1":"badge 1","badge 2":"badge 2"}"#);
    }

    #[test]
    fn without_a_table_a_name_is_enough() {
        let badges = Badges::default();
        assert_eq!(badges.recognise(" Ana "), Ok((name("Ana"), SignInBy::Name)));
        assert_eq!(badges.recognise("\u{1b}[2J"), Err(Unknown::NotAName));
    }
}
