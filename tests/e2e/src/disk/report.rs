//! What came of a sweep.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::cut::Kind;

/// What came of a sweep. Shown as a table.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// How many steps were recorded.
    pub steps: usize,
    /// How long it took to judge all.
    pub elapsed: Duration,
    /// The first failures, in words.
    pub failures: Vec<String>,
    counts: BTreeMap<Kind, Counts>,
}

/// What was found after a cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The event that was said to be on disk last, and none after it.
    AsSaid,
    /// Further events, of which nothing was said yet.
    More,
    /// An event is missing that was said to be on disk.
    Lost,
    /// It does not open, is damaged, or takes no further event.
    Unsound,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    cuts: usize,
    images: usize,
    as_said: usize,
    more: usize,
    lost: usize,
    unsound: usize,
}

impl Report {
    /// Takes down a cut; `is_new` if its image was found after no other before.
    pub fn count(&mut self, kind: Kind, is_new: bool, outcome: Outcome, explain: impl Fn() -> String) {
        let counts = self.counts.entry(kind).or_default();
        counts.cuts += 1;
        counts.images += usize::from(is_new);
        match outcome {
            Outcome::AsSaid => counts.as_said += 1,
            Outcome::More => counts.more += 1,
            Outcome::Lost => counts.lost += 1,
            Outcome::Unsound => counts.unsound += 1,
        }
        if matches!(outcome, Outcome::Lost | Outcome::Unsound) && self.failures.len() < FAILURES_SHOWN {
            self.failures.push(format!("{kind}, {}", explain()));
        }
    }

    /// Takes in another part of the same sweep.
    pub fn add(&mut self, part: Self) {
        for (kind, counts) in part.counts {
            self.counts.entry(kind).or_default().add(counts);
        }
        self.failures.extend(part.failures);
        self.failures.truncate(FAILURES_SHOWN);
    }

    /// How many cuts lost an event that was said to be on disk.
    pub fn lost(&self) -> usize {
        self.total().lost
    }

    /// After how many cuts something else was wrong.
    pub fn unsound(&self) -> usize {
        self.total().unsound
    }

    /// How many cuts there were of a kind.
    pub fn cuts(&self, kind: Kind) -> usize {
        self.counts.get(&kind).map_or(0, |counts| counts.cuts)
    }

    fn total(&self) -> Counts {
        self.counts.values().fold(Counts::default(), |mut total, counts| {
            total.add(*counts);
            total
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["cuts", "images", "as said", "more", "lost", "unsound"];
        write!(f, "{:27}", "taken back")?;
        head.iter().try_for_each(|column| write!(f, "{column:>9}"))?;
        writeln!(f)?;
        for kind in Kind::ALL {
            row(f, &kind, &self.counts.get(&kind).copied().unwrap_or_default())?;
        }
        row(f, &"all", &self.total())?;
        write!(f, "{} steps, {:.1} s", self.steps, self.elapsed.as_secs_f64())?;
        self.failures.iter().try_for_each(|failure| write!(f, "\n{failure}"))
    }
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.cuts += other.cuts;
        self.images += other.images;
        self.as_said += other.as_said;
        self.more += other.more;
        self.lost += other.lost;
        self.unsound += other.unsound;
    }
}

fn row(f: &mut fmt::Formatter<'_>, name: &dyn fmt::Display, counts: &Counts) -> fmt::Result {
    let Counts { cuts, images, as_said, more, lost, unsound } = *counts;
    write!(f, "{name:27}")?;
    [cuts, images, as_said, more, lost, unsound].iter().try_for_each(|count| write!(f, "{count:>9}"))?;
    writeln!(f)
}

const FAILURES_SHOWN: usize = 3;
