//! Whose badge is whose.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::name::Operator;
use crate::ledger::SignInBy;

/// Codes of badges, each with the name of whoever wears it. Without any, everybody may sign in by a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
        let known = self.0.values().find(|name| name.as_str().to_lowercase() == text.to_lowercase());
        known.map(|name| (name.clone(), SignInBy::Name)).ok_or(Unknown::Nobody)
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
    fn without_a_table_a_name_is_enough() {
        let badges = Badges::default();
        assert_eq!(badges.recognise(" Ana "), Ok((name("Ana"), SignInBy::Name)));
        assert_eq!(badges.recognise("\u{1b}[2J"), Err(Unknown::NotAName));
    }
}
