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
        let mut links = vec![error.to_string()];
        let mut source = error.source();
        while let Some(cause) = source {
            let text = cause.to_string();
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
        Self(vec![what.into()])
    }

    /// The links, outermost first.
    pub fn links(&self) -> &[String] {
        &self.0
    }
}

/// One line: the links, separated by colons.
impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(": "))
    }
}
