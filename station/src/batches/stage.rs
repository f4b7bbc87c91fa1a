//! How far the making of a batch, or of its file, is.

use serde::{Deserialize, Serialize};

/// What is being done. The stages come in this order; making up a batch ends with the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Modules are read from the ledger.
    Reading {
        /// How many were read.
        done: u64,
        /// How many there are.
        total: u64,
    },
    /// The manifest is put together, and checked as its receiver will check it.
    Checking,
    /// The HSM is asked for the signature.
    Signing,
    /// The file is packed and written.
    Writing,
}

/// Tells how many of `total` modules were read, whenever that is another percent of them: whoever listens has
/// something else to do as well.
pub(super) fn reading(total: usize, mut tell: impl FnMut(Stage)) -> impl FnMut(usize) {
    let mut told = None;
    move |done| {
        let percent = done.saturating_mul(100).checked_div(total).unwrap_or(100);
        if told.replace(percent) != Some(percent) {
            let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
            tell(Stage::Reading { done: count(done), total: count(total) });
        }
        if done == total {
            tell(Stage::Checking);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(total: usize) -> Vec<Stage> {
        let mut told = Vec::new();
        let mut read = reading(total, |stage| told.push(stage));
        (0..=total).for_each(&mut read);
        drop(read);
        told
    }

    #[test]
    fn every_module_of_a_few_is_told_and_every_percent_of_many() {
        let few: Vec<_> =
            (0..=3).map(|done| Stage::Reading { done, total: 3 }).chain([Stage::Checking]).collect();
        assert_eq!(told(3), few);
        let many = told(123_457);
        assert_eq!(many.len(), 102, "0 to 100 percent, and that it is checked");
        assert_eq!(many[0], Stage::Reading { done: 0, total: 123_457 });
        assert_eq!(many[100], Stage::Reading { done: 123_457, total: 123_457 });
    }
}
