//! The kinds of power cut, and the disks that each leaves.

use std::fmt;

use super::model::{Disk, Fate, Image};
use super::recording::{Change, Step};

/// What a cut takes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Nothing: only the program died.
    Nothing,
    /// Only names that were given or removed since the directory was synced.
    Names,
    /// All that was written since each file's last sync.
    Unsynced,
    /// The same, but the files have grown.
    UnsyncedGrown,
    /// One write, while all later ones are there.
    OneWrite,
    /// Some writes, as chance has it.
    SomeWrites,
    /// A part of the last write.
    PartOfWrite,
}

/// One cut at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    /// What it takes back.
    pub kind: Kind,
    changes: Changes,
    names: Names,
}

#[derive(Clone, Copy, Debug)]
enum Changes {
    /// All have this fate.
    All(Fate),
    /// This one has this fate, the others are kept.
    One(usize, Fate),
    /// Half of them are lost, this number says which.
    Half(u64),
}

#[derive(Clone, Copy, Debug)]
enum Names {
    Kept,
    Lost,
    OneLost(usize),
}

impl Kind {
    /// All of them, in the order in which a report lists them.
    pub const ALL: [Self; 7] = [
        Self::Nothing,
        Self::Names,
        Self::Unsynced,
        Self::UnsyncedGrown,
        Self::OneWrite,
        Self::SomeWrites,
        Self::PartOfWrite,
    ];
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Nothing => "nothing (the program dies)",
            Self::Names => "names not synced",
            Self::Unsynced => "all that was not synced",
            Self::UnsyncedGrown => "the same, files grown",
            Self::OneWrite => "one write not synced",
            Self::SomeWrites => "some writes not synced",
            Self::PartOfWrite => "sectors of the last write",
        })
    }
}

/// The cuts between the step that led to `disk` and the `next`, the `number`th of the recording. Of cuts at single writes only every `stride`th is
/// among them, except where most is at stake: right before a sync.
pub fn cuts(disk: &Disk, last: &Step, next: Option<&Step>, number: usize, stride: usize) -> Vec<Cut> {
    let mut changes = vec![
        (Kind::Nothing, Changes::All(Fate::Kept)),
        (Kind::Unsynced, Changes::All(Fate::Lost)),
        (Kind::UnsyncedGrown, Changes::All(Fate::Grown)),
    ];
    let before_sync = matches!(next, Some(Step::Sync { .. }));
    // Without the last one is the same as a step earlier with all.
    let holes = 0..disk.pending().len().saturating_sub(1);
    changes.extend(
        holes
            .filter(|index| before_sync || (number + index).is_multiple_of(stride))
            .map(|index| (Kind::OneWrite, Changes::One(index, Fate::Lost))),
    );
    let halves = if before_sync { HALVES_BEFORE_SYNC } else { u64::from(number.is_multiple_of(stride)) };
    if disk.pending().len() > 2 {
        // Another choice at each moment, and the same at the next run of the test.
        let half =
            |half| (Kind::SomeWrites, Changes::Half(scatter(number as u64 * HALVES_BEFORE_SYNC + half)));
        changes.extend((0..halves).map(half));
    }
    if let (Step::Change { .. }, Some((index, write))) = (last, disk.pending().enumerate().last()) {
        let tears = tears(write).enumerate().filter(|(tear, _)| (number + tear).is_multiple_of(stride));
        changes.extend(tears.flat_map(|(_, at)| {
            [Fate::Head(at), Fate::Tail(at)].map(|fate| (Kind::PartOfWrite, Changes::One(index, fate)))
        }));
    }
    let mut names = vec![Names::Kept];
    if disk.pending_names() > 0 {
        names.push(Names::Lost);
        names.extend((0..disk.pending_names()).map(Names::OneLost));
    }
    let cut = |names| {
        changes.iter().map(move |(kind, changes)| match (kind, names) {
            (Kind::Nothing, Names::Lost | Names::OneLost(_)) => {
                Cut { kind: Kind::Names, changes: *changes, names }
            }
            _ => Cut { kind: *kind, changes: *changes, names },
        })
    };
    names.into_iter().flat_map(cut).collect()
}

impl Cut {
    /// What is found afterwards.
    pub fn image(&self, disk: &Disk) -> Image {
        let change = |index| match self.changes {
            Changes::All(fate) => fate,
            Changes::One(one, fate) if one == index => fate,
            Changes::Half(which) if scatter(which ^ index as u64).is_multiple_of(2) => Fate::Lost,
            Changes::One(..) | Changes::Half(_) => Fate::Kept,
        };
        disk.image(change, |index| match self.names {
            Names::Kept => true,
            Names::Lost => false,
            Names::OneLost(one) => one != index,
        })
    }
}

/// A number that looks like chance, made from another (`splitmix64`).
fn scatter(number: u64) -> u64 {
    let mut number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// Where a write can tear: where the file's sectors end.
fn tears(change: &Change) -> impl Iterator<Item = usize> {
    let (offset, length) = match change {
        Change::Write { offset, bytes } => (*offset, bytes.len()),
        Change::Resize { .. } => (0, 0),
    };
    (1..length).filter(move |at| (offset + at).is_multiple_of(SECTOR))
}

/// How often chance chooses right before a sync.
const HALVES_BEFORE_SYNC: u64 = 4;

/// What a disk writes as a whole.
const SECTOR: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_tear_where_sectors_end() {
        let write = |offset, length| Change::Write { offset, bytes: vec![0; length].into() };
        assert_eq!(tears(&write(0, 1024)).collect::<Vec<_>>(), [512]);
        assert_eq!(tears(&write(56, 1024)).collect::<Vec<_>>(), [456, 968]);
        assert_eq!(tears(&write(500, 12)).count(), 0);
        assert_eq!(tears(&Change::Resize { length: 4096 }).count(), 0);
    }
}
