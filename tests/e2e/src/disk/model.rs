//! What of a recording is on disk at some moment, and what a power cut may take back.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use sha2::{Digest as _, Sha256};

use super::recording::{Change, FileId, Step};

/// A disk at one moment of a recording.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    /// What each file holds for sure.
    files: Vec<Vec<u8>>,
    /// What was done since each file's last sync, in order.
    pending: Vec<(FileId, Change)>,
    /// The names that are there for sure.
    names: BTreeMap<String, FileId>,
    /// What was done since the directory's last sync, in order.
    pending_names: Vec<(String, Option<FileId>)>,
    /// The last event that the program said is on disk.
    said: i64,
}

/// What becomes of a pending change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It reached the disk.
    Kept,
    /// It did not.
    Lost,
    /// The file grew as far as it says, but holds zeros there.
    Grown,
    /// Of a write, the bytes before this one reached the disk.
    Head(usize),
    /// Of a write, the bytes from this one on reached the disk.
    Tail(usize),
}

/// The files that are found after a power cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image(BTreeMap<String, Vec<u8>>);

impl Disk {
    /// Goes on by one step.
    pub fn step(&mut self, step: &Step) {
        match step {
            Step::Create { name, file } => {
                self.files.resize(self.files.len().max(file + 1), Vec::new());
                self.pending_names.push((name.clone(), Some(*file)));
            }
            Step::Unlink { name } => self.pending_names.push((name.clone(), None)),
            Step::Change { file, change } => self.pending.push((*file, change.clone())),
            Step::Sync { file } => {
                let (synced, pending) =
                    std::mem::take(&mut self.pending).into_iter().partition(|(other, _)| other == file);
                self.pending = pending;
                for (file, change) in synced {
                    apply(&mut self.files[file], &change, Fate::Kept);
                }
            }
            Step::SyncDirectory => self.names = self.names_with(|_| true),
            Step::Said { place } => self.said = self.said.max(*place),
        }
        if *step == Step::SyncDirectory {
            self.pending_names.clear();
        }
    }

    /// The last event that the program said is on disk.
    pub fn said(&self) -> i64 {
        self.said
    }

    /// What was done since the last syncs.
    pub fn pending(&self) -> impl ExactSizeIterator<Item = &Change> {
        self.pending.iter().map(|(_, change)| change)
    }

    /// How many names were given and removed since the directory's last sync.
    pub fn pending_names(&self) -> usize {
        self.pending_names.len()
    }

    /// The files that are found when each pending change and each pending name has this fate.
    pub fn image(&self, change: impl Fn(usize) -> Fate, name: impl Fn(usize) -> bool) -> Image {
        let names = self.names_with(name);
        let mut files: BTreeMap<FileId, Vec<u8>> =
            names.values().map(|file| (*file, self.files[*file].clone())).collect();
        for (index, (file, pending)) in self.pending.iter().enumerate() {
            if let Some(bytes) = files.get_mut(file) {
                apply(bytes, pending, change(index));
            }
        }
        Image(names.into_iter().map(|(name, file)| (name, files[&file].clone())).collect())
    }

    fn names_with(&self, kept: impl Fn(usize) -> bool) -> BTreeMap<String, FileId> {
        let mut names = self.names.clone();
        for (_, (name, file)) in self.pending_names.iter().enumerate().filter(|(index, _)| kept(*index)) {
            match file {
                Some(file) => drop(names.insert(name.clone(), *file)),
                None => drop(names.remove(name)),
            }
        }
        names
    }
}

impl Image {
    /// Puts the files into an empty directory.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn write(&self, directory: &Path) -> Result<()> {
        for (name, bytes) in &self.0 {
            std::fs::write(directory.join(name), bytes)?;
        }
        Ok(())
    }

    /// What no other image has.
    pub fn digest(&self) -> [u8; 32] {
        let mut hasher = Sha256::new();
        for (name, bytes) in &self.0 {
            hasher.update(format!("{name} {}\n", bytes.len()));
            hasher.update(bytes);
        }
        hasher.finalize().into()
    }
}

fn apply(file: &mut Vec<u8>, change: &Change, fate: Fate) {
    match (change, fate) {
        (_, Fate::Lost) => {}
        (Change::Resize { length }, _) => file.resize(*length, 0),
        (Change::Write { offset, bytes }, Fate::Grown) => grow(file, offset + bytes.len()),
        (Change::Write { offset, bytes }, Fate::Kept) => write(file, *offset, bytes),
        (Change::Write { offset, bytes }, Fate::Head(length)) => write(file, *offset, &bytes[..length]),
        (Change::Write { offset, bytes }, Fate::Tail(from)) => write(file, offset + from, &bytes[from..]),
    }
}

fn write(file: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    grow(file, offset + bytes.len());
    file[offset..offset + bytes.len()].copy_from_slice(bytes);
}

fn grow(file: &mut Vec<u8>, length: usize) {
    file.resize(file.len().max(length), 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(file: FileId, offset: usize, bytes: &[u8]) -> Step {
        Step::Change { file, change: Change::Write { offset, bytes: bytes.into() } }
    }

    fn image(files: &[(&str, &[u8])]) -> Image {
        Image(files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect())
    }

    #[test]
    fn what_is_synced_stays_and_all_else_may_go() {
        let mut disk = Disk::default();
        disk.step(&Step::Create { name: "a".into(), file: 0 });
        disk.step(&write(0, 0, b"abcd"));
        disk.step(&Step::Sync { file: 0 });
        assert_eq!(disk.image(|_| Fate::Lost, |_| false), image(&[]), "its name is not synced");
        disk.step(&Step::SyncDirectory);
        disk.step(&write(0, 2, b"xy12"));
        disk.step(&write(0, 7, b"z"));
        let found = |fate: fn(usize) -> Fate| disk.image(fate, |_| true);
        assert_eq!(found(|_| Fate::Lost), image(&[("a", b"abcd")]));
        assert_eq!(found(|_| Fate::Kept), image(&[("a", b"abxy12\0z")]));
        assert_eq!(found(|_| Fate::Grown), image(&[("a", b"abcd\0\0\0\0")]));
        let first = |fate| disk.image(|index| if index == 0 { fate } else { Fate::Kept }, |_| true);
        assert_eq!(first(Fate::Lost), image(&[("a", b"abcd\0\0\0z")]));
        assert_eq!(first(Fate::Head(1)), image(&[("a", b"abxd\0\0\0z")]));
        assert_eq!(first(Fate::Tail(3)), image(&[("a", b"abcd\x002\0z")]));
    }

    #[test]
    fn a_removed_name_may_come_back_with_the_file_it_had() {
        let mut disk = Disk::default();
        disk.step(&Step::Create { name: "a".into(), file: 0 });
        disk.step(&write(0, 0, b"old"));
        disk.step(&Step::Sync { file: 0 });
        disk.step(&Step::SyncDirectory);
        disk.step(&Step::Unlink { name: "a".into() });
        disk.step(&Step::Create { name: "a".into(), file: 1 });
        disk.step(&write(1, 0, b"new"));
        assert_eq!(disk.image(|_| Fate::Kept, |_| false), image(&[("a", b"old")]));
        assert_eq!(disk.image(|_| Fate::Kept, |index| index == 0), image(&[]));
        assert_eq!(disk.image(|_| Fate::Kept, |_| true), image(&[("a", b"new")]));
        disk.step(&Step::SyncDirectory);
        assert_eq!(disk.image(|_| Fate::Lost, |_| false), image(&[("a", b"")]));
    }
}
