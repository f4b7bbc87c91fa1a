//! An error and its causes, as text that outlives the process.

use std::error::Error;
use std::fmt;

use serde::{Deserialize, Serialize};

/// What happened, then each cause, outermost first. Never empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Chain(Vec<String>);

impl Chain {
    /// The chain of an error and its sources.
    pub fn of(error: &(dyn Error + 'static)) -> Self {
        let mut links = vec![link(&error.to_string())];
        let mut source = error.source();
        while let Some(cause) = source {
            let text = link(&cause.to_string());
            // A transparent error repeats its source word for word.
            if links.last() != Some(&text) {
                links.push(text);
            }
            source = cause.source();
        }
        Self(links)
    }

    /// A chain of one link.
    pub fn from_message(what: impl Into<String>) -> Self {
        Self(vec![link(&what.into())])
    }

    /// The links, outermost first.
    pub fn links(&self) -> &[String] {
        &self.0
    }
}

/// A message without its full stop, after which no next link could come.
fn link(message: &str) -> String {
    match message.strip_suffix('.') {
        Some(sentence) if !sentence.ends_with('.') => sentence,
        _ => message,
    }
    .to_owned()
}

/// One line: the links, separated by colons.
impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(": "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Told(&'static str, #[source] Option<Box<Self>>);

    #[test]
    fn sentences_become_links_of_one_line() {
        let cause = Told("Cannot open 1366:1015...", None);
        let same = Told("A USB error occurred", Some(Box::new(cause)));
        let usb = Told("A USB error occurred.", Some(Box::new(same)));
        let probe = Told("The probe could not be created.", Some(Box::new(usb)));
        let chain = Chain::of(&probe);
        let one_line = "The probe could not be created: A USB error occurred: Cannot open 1366:1015...";
        assert_eq!(chain.to_string(), one_line);
        assert_eq!(chain.links().len(), 3);
        assert_eq!(Chain::from_message("No answer.").links(), ["No answer"]);
    }
}
