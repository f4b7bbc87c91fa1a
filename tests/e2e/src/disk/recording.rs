//! What a program did to the files of a database, and what it said meanwhile.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};

use super::trace::{self, Call};

/// A program's life, as far as the disk and the world saw it.
#[derive(Clone, Debug)]
pub struct Recording {
    /// What happened, in order.
    pub steps: Vec<Step>,
    /// The hash of each event that the program said is on disk, by its place.
    pub history: BTreeMap<i64, String>,
}

/// An event as far as this is concerned with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place: 1 for the first, then without a gap.
    pub place: i64,
    /// Its hash.
    pub hash: String,
}

/// A file, told from all others that had its name.
pub type FileId = usize;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A file was made.
    Create {
        /// Its name in the directory.
        name: String,
        /// Which file it is.
        file: FileId,
    },
    /// A name was removed.
    Unlink {
        /// The name.
        name: String,
    },
    /// A file was changed.
    Change {
        /// Which file.
        file: FileId,
        /// How.
        change: Change,
    },
    /// A file was synced.
    Sync {
        /// Which file.
        file: FileId,
    },
    /// The directory was synced.
    SyncDirectory,
    /// The program said that the event at this place is on disk.
    Said {
        /// The place.
        place: i64,
    },
}

/// A change of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Bytes were written.
    Write {
        /// Where.
        offset: usize,
        /// What.
        bytes: Arc<[u8]>,
    },
    /// The file was made this long.
    Resize {
        /// How long.
        length: usize,
    },
}

impl Recording {
    /// Runs a program that works on the database `file`, which does not exist yet, and keeps record.
    ///
    /// # Errors
    /// It cannot be run or traced, fails, or does something to the database that is not understood here.
    pub fn of(program: &Path, arguments: &[&str], file: &Path, log: &Path) -> Result<Self> {
        let mut recorder = Recorder::new(file)?;
        for call in trace::run(program, arguments, log)? {
            recorder.take(&call).with_context(|| format!("take down {call:.120?}"))?;
        }
        ensure!(!recorder.history.is_empty(), "the program said nothing");
        Ok(Self { steps: recorder.steps, history: recorder.history })
    }
}

impl Recording {
    /// Whether a file was written again from its very beginning, as a log is when all of it was folded into the database.
    pub fn begins_again(&self) -> bool {
        let mut begun = BTreeSet::new();
        self.steps.iter().any(|step| {
            matches!(step, Step::Change { file, change: Change::Write { offset: 0, bytes } }
                if bytes.len() == LOG_HEADER && !begun.insert(*file))
        })
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create { name, file } => write!(f, "create {name} (file {file})"),
            Self::Unlink { name } => write!(f, "unlink {name}"),
            Self::Change { file, change: Change::Write { offset, bytes } } => {
                write!(f, "write {} bytes at {offset} of file {file}", bytes.len())
            }
            Self::Change { file, change: Change::Resize { length } } => {
                write!(f, "resize file {file} to {length}")
            }
            Self::Sync { file } => write!(f, "sync file {file}"),
            Self::SyncDirectory => f.write_str("sync the directory"),
            Self::Said { place } => write!(f, "say that event {place} is on disk"),
        }
    }
}

/// Follows the calls of a program.
struct Recorder {
    directory: String,
    /// The files that matter: the database, its journal and its log.
    names: [String; 3],
    present: HashMap<String, FileId>,
    /// What open file descriptors stand for.
    open: HashMap<u64, Open>,
    files: usize,
    steps: Vec<Step>,
    history: BTreeMap<i64, String>,
}

#[derive(Clone, Copy)]
enum Open {
    File(FileId),
    Directory,
}

impl Recorder {
    fn new(file: &Path) -> Result<Self> {
        let directory = file.parent().and_then(Path::to_str).context("a directory")?.to_owned();
        let name = file.file_name().and_then(|name| name.to_str()).context("a name")?;
        Ok(Self {
            directory,
            names: ["", "-journal", "-wal"].map(|ending| format!("{name}{ending}")),
            present: HashMap::new(),
            open: HashMap::new(),
            files: 0,
            steps: Vec::new(),
            history: BTreeMap::new(),
        })
    }

    fn take(&mut self, call: &Call) -> Result<()> {
        match call.name.as_str() {
            "open" => self.opened(call, 0)?,
            "openat" => self.opened(call, 1)?,
            "close" => {
                self.open.remove(&call.number(0)?);
            }
            "write" if call.number(0)? == STANDARD_OUTPUT => self.said(call)?,
            "pwrite64" => {
                let (bytes, offset) = (call.bytes(1)?, call.number(3)?);
                ensure!(u64::try_from(bytes.len())? == call.result, "only a part was written");
                self.change(call, Change::Write { offset: usize::try_from(offset)?, bytes: bytes.into() })?;
            }
            "ftruncate" => {
                let length = usize::try_from(call.number(1)?)?;
                self.change(call, Change::Resize { length })?;
            }
            "fsync" | "fdatasync" => match self.open.get(&call.number(0)?) {
                Some(Open::File(file)) => self.steps.push(Step::Sync { file: *file }),
                Some(Open::Directory) => self.steps.push(Step::SyncDirectory),
                None => {}
            },
            "unlink" => self.unlinked(&call.text(0)?),
            "unlinkat" => self.unlinked(&call.text(1)?),
            "mmap" => {
                let shared =
                    call.argument(3)?.contains("MAP_SHARED") && call.argument(2)?.contains("PROT_WRITE");
                let file = call.argument(4)?.parse().ok().and_then(|file| self.open.get(&file));
                ensure!(!shared || file.is_none(), "the database is mapped into memory and written there");
            }
            // Nothing that SQLite does on the file systems it trusts; whoever adds a call here has to say what it does.
            _ => self.must_not_concern_us(call)?,
        }
        Ok(())
    }

    fn opened(&mut self, call: &Call, path: usize) -> Result<()> {
        let (path, flags) = (call.text(path)?, call.argument(path + 1)?);
        if path == self.directory {
            self.open.insert(call.result, Open::Directory);
        } else if let Some(name) = self.name_of(&path) {
            let file = match self.present.get(&name) {
                Some(file) => *file,
                None => self.create(&name),
            };
            ensure!(!flags.contains("O_TRUNC"), "emptied by opening it");
            self.open.insert(call.result, Open::File(file));
        }
        Ok(())
    }

    fn create(&mut self, name: &str) -> FileId {
        let file = self.files;
        self.files += 1;
        self.present.insert(name.to_owned(), file);
        self.steps.push(Step::Create { name: name.to_owned(), file });
        file
    }

    fn unlinked(&mut self, path: &str) {
        if let Some(name) = self.name_of(path) {
            self.present.remove(&name);
            self.steps.push(Step::Unlink { name });
        }
    }

    fn change(&mut self, call: &Call, change: Change) -> Result<()> {
        match self.open.get(&call.number(0)?) {
            Some(Open::File(file)) => self.steps.push(Step::Change { file: *file, change }),
            Some(Open::Directory) => bail!("a directory is changed"),
            None => {}
        }
        Ok(())
    }

    fn said(&mut self, call: &Call) -> Result<()> {
        let text = call.text(1)?;
        for line in text.lines() {
            let Some((place, hash)) = line.strip_prefix("on disk: ").and_then(|line| line.split_once(' '))
            else {
                bail!("the program said {line}");
            };
            let place = place.parse()?;
            let before = self.history.insert(place, hash.to_owned());
            ensure!(before.is_none_or(|before| before == hash), "two events at {place}");
            self.steps.push(Step::Said { place });
        }
        Ok(())
    }

    /// Refuses a call on one of our files that nothing here understands.
    fn must_not_concern_us(&self, call: &Call) -> Result<()> {
        let descriptor = call.argument(0)?.parse().is_ok_and(|number: u64| self.open.contains_key(&number));
        let path = (0..4).filter_map(|index| call.text(index).ok()).any(|path| self.name_of(&path).is_some());
        ensure!(!descriptor && !path && !call.name.starts_with("sync"), "not understood");
        Ok(())
    }

    /// The name of a path, if it is one of our files.
    fn name_of(&self, path: &str) -> Option<String> {
        let name = path.strip_prefix(&self.directory)?.strip_prefix('/')?;
        self.names.iter().find(|known| *known == name).cloned()
    }
}

/// The length of a write-ahead log's header, which no page of a database has.
const LOG_HEADER: usize = 32;

const STANDARD_OUTPUT: u64 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    fn record(calls: &[(&str, &str, u64)]) -> Result<Vec<Step>> {
        let mut recorder = Recorder::new(Path::new("/d/a"))?;
        for (name, arguments, result) in calls {
            let arguments = arguments.split('\'').enumerate().map(|(index, part)| match index % 2 {
                0 => part.to_owned(),
                _ => format!("\"{}\"", hex::encode(part)),
            });
            let call = Call { name: (*name).to_owned(), arguments: arguments.collect(), result: *result };
            recorder.take(&call)?;
        }
        Ok(recorder.steps)
    }

    #[test]
    fn calls_become_steps_of_files_and_names() {
        let steps = record(&[
            ("openat", "AT_FDCWD, '/d/a-wal', O_RDWR|O_CREAT, 0644", 3),
            ("openat", "AT_FDCWD, '/d/a-shm', O_RDWR|O_CREAT, 0644", 4),
            ("openat", "AT_FDCWD, '/d', O_RDONLY", 5),
            ("pwrite64", "3, 'bytes', 5, 7", 5),
            ("pwrite64", "4, 'bytes', 5, 7", 5),
            ("fsync", "5", 0),
            ("unlink", "'/d/a-wal'", 0),
            ("fdatasync", "3", 0),
            ("close", "3", 0),
            ("fsync", "3", 0),
            ("openat", "AT_FDCWD, '/d/a-wal', O_RDWR|O_CREAT, 0644", 3),
            ("ftruncate", "3, 9", 0),
            ("write", "1, 'on disk: 1 ab\n', 14", 14),
        ]);
        let change = |file, change| Step::Change { file, change };
        let expected = [
            Step::Create { name: "a-wal".into(), file: 0 },
            change(0, Change::Write { offset: 7, bytes: b"bytes".as_slice().into() }),
            Step::SyncDirectory,
            Step::Unlink { name: "a-wal".into() },
            Step::Sync { file: 0 },
            Step::Create { name: "a-wal".into(), file: 1 },
            change(1, Change::Resize { length: 9 }),
            Step::Said { place: 1 },
        ];
        assert_eq!(steps.unwrap(), expected);
    }

    #[test]
    fn what_is_not_understood_is_not_passed_over() {
        let open = ("openat", "AT_FDCWD, '/d/a', O_RDWR|O_CREAT, 0644", 3);
        let refused = |call| record(&[open, call]).is_err();
        assert!(refused(("write", "3, 'bytes', 5", 5)));
        assert!(refused(("pwritev", "3, [], 1, 0", 5)));
        assert!(refused(("fallocate", "3, 0, 0, 4096", 0)));
        assert!(refused(("rename", "'/d/a', '/d/b'", 0)));
        assert!(refused(("mmap", "NULL, 4096, PROT_READ|PROT_WRITE, MAP_SHARED, 3, 0", 0)));
        assert!(refused(("pwrite64", "3, 'bytes', 5, 0", 4)), "a part of it");
        assert!(!refused(("mmap", "NULL, 4096, PROT_READ, MAP_SHARED, 3, 0", 0)));
        assert!(!refused(("write", "2, 'bytes', 5", 5)));
    }
}
