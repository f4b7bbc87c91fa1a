//! The directory of recordings, in which only the last ones are kept.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

use crate::files::Files;

/// So many recordings are kept; of more, the oldest go.
const KEPT: usize = 20;

/// A time as the name of a file, in UTC, so that names are in the order of time. Of two in one second the later
/// one has a number, behind a sign that comes after the full stop.
const NAME: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]T[hour]-[minute]-[second]Z");

/// The recordings of a station. Clones are the same.
#[derive(Clone, Debug)]
pub struct Recordings {
    files: Files,
    /// One is written at a time.
    writing: Arc<Mutex<()>>,
}

impl Recordings {
    /// The recordings among these files.
    pub fn new(files: Files) -> Self {
        Self { files, writing: Arc::default() }
    }

    /// Writes a recording, whole or not at all, and lets the oldest go. Gives its name, below the directory of
    /// the ledger.
    ///
    /// # Errors
    /// What the operating system said. That an old one cannot be deleted is no error.
    pub(in crate::tui) fn save(&self, now: OffsetDateTime, text: &str) -> io::Result<String> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let time = now.to_offset(UtcOffset::UTC).format(NAME).map_err(io::Error::other)?;
        let directory = self.files.recordings();
        let names = std::iter::once(time.clone()).chain((2..).map(|number| format!("{time}_{number}")));
        let name = names.map(|name| format!("{name}.jsonl")).find(|name| !directory.join(name).exists());
        let name = name.unwrap_or_default();
        self.files.write_now(&directory.join(&name), text.as_bytes())?;
        self.forget();
        Ok(format!("recordings/{name}"))
    }

    /// Deletes all but the last ones.
    fn forget(&self) {
        let Ok(entries) = std::fs::read_dir(self.files.recordings()) else { return };
        let is_recording = |file: &PathBuf| file.extension().is_some_and(|extension| extension == "jsonl");
        let mut files: Vec<PathBuf> =
            entries.filter_map(|entry| Some(entry.ok()?.path())).filter(is_recording).collect();
        files.sort();
        for file in &files[..files.len().saturating_sub(KEPT)] {
            if let Err(error) = std::fs::remove_file(file) {
                tracing::warn!("cannot delete {}: {error}", file.display());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn the_last_ones_are_kept_and_none_is_written_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let recordings = Recordings::new(Files::new(folder.path()));
        let first = datetime!(2026-03-01 9:00 +1);
        assert_eq!(recordings.save(first, "a").expect("written"), "recordings/2026-03-01T08-00-00Z.jsonl");
        assert_eq!(recordings.save(first, "b").expect("written"), "recordings/2026-03-01T08-00-00Z_2.jsonl");
        let file = folder.path().join("recordings/2026-03-01T08-00-00Z.jsonl");
        assert_eq!(std::fs::read_to_string(&file).expect("read"), "a");
        for day in 2..=21 {
            recordings.save(first + time::Duration::days(day), "c").expect("written");
        }
        assert_eq!(std::fs::read_dir(folder.path().join("recordings")).expect("a folder").count(), KEPT);
        assert!(!file.exists(), "the oldest is there still");
    }
}
