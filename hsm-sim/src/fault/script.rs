//! The script in force: read anew whenever its file changes, and how many calls were made since.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::Deserialize;

use super::entry::Fault;
use super::function::Function;
use super::{FILE, FaultError};
use crate::refusal::{Answer, Refusal};

/// The faults of one store.
pub(crate) struct Script {
    path: PathBuf,
    read: Option<Stamp>,
    /// `None` while the file makes no sense.
    faults: Option<Vec<Counted>>,
}

/// A fault, and how often its function was called since the script was read.
struct Counted {
    fault: Fault,
    calls: u64,
}

impl Script {
    /// The script of the store in `directory`. Reads nothing yet.
    pub(crate) fn new(directory: &Path) -> Self {
        Self { path: directory.join(FILE), read: None, faults: Some(Vec::new()) }
    }

    /// Whether this is the script of the store in `directory`.
    pub(crate) fn is_in(&self, directory: &Path) -> bool {
        self.path.parent() == Some(directory)
    }

    /// Counts a call; the faults that strike it, in the order of the file.
    pub(crate) fn call(&mut self, function: Function) -> Answer<Vec<Fault>> {
        let mut striking = Vec::new();
        for Counted { fault, calls } in
            self.faults()?.iter_mut().filter(|counted| counted.fault.function == function)
        {
            *calls += 1;
            if fault.strikes(*calls) {
                striking.push(fault.clone());
            }
        }
        Ok(striking)
    }

    /// Whether a fault is still in the script.
    pub(crate) fn holds(&mut self, fault: &Fault) -> Answer<bool> {
        Ok(self.faults()?.iter().any(|counted| counted.fault == *fault))
    }

    /// The faults in force.
    ///
    /// # Errors
    /// [`Refusal::GeneralError`] while the file makes no sense: a test with a slip in its script must not pass for lack of faults.
    fn faults(&mut self) -> Answer<&mut Vec<Counted>> {
        let found = Stamp::of(&self.path).map_err(|_| Refusal::GeneralError)?;
        if found != self.read {
            self.faults = match found {
                Some(_) => read(&self.path).ok(),
                None => Some(Vec::new()),
            };
            self.read = found;
        }
        self.faults.as_mut().ok_or(Refusal::GeneralError)
    }
}

/// By what a changed file is known. Times alone would not do: a file system may count them in steps of some milliseconds.
#[derive(PartialEq, Eq)]
struct Stamp {
    modified: SystemTime,
    length: u64,
    #[cfg(unix)]
    number: u64,
}

impl Stamp {
    /// The file's present one; `None` when there is no file.
    fn of(path: &Path) -> io::Result<Option<Self>> {
        let metadata = match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            metadata => metadata?,
        };
        Ok(Some(Self {
            modified: metadata.modified()?,
            length: metadata.len(),
            #[cfg(unix)]
            number: std::os::unix::fs::MetadataExt::ino(&metadata),
        }))
    }
}

fn read(path: &Path) -> Result<Vec<Counted>, FaultError> {
    let text =
        fs::read_to_string(path).map_err(|source| FaultError::Read { path: path.to_owned(), source })?;
    let faults = parse(&text).map_err(|source| FaultError::Malformed { path: path.to_owned(), source })?;
    Ok(faults.into_iter().map(|fault| Counted { fault, calls: 0 }).collect())
}

/// The faults that a script's text holds.
pub(super) fn parse(text: &str) -> Result<Vec<Fault>, toml::de::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        #[serde(default)]
        fault: Vec<Fault>,
    }
    Ok(toml::from_str::<File>(text)?.fault)
}

#[cfg(test)]
mod tests {
    use super::super::{lift, set};
    use super::*;

    const SECOND_SIGNATURE: &str = "[[fault]]\nfunction = \"C_Sign\"\ncall = 2\nhang = true\n";

    #[test]
    fn each_function_is_counted_for_itself_and_anew_with_the_file() {
        let directory = tempfile::tempdir().unwrap();
        let mut script = Script::new(directory.path());
        let mut struck = |function| script.call(function).unwrap().len();
        assert_eq!(struck(Function::Sign), 0, "no file, no faults");
        set(directory.path(), SECOND_SIGNATURE).unwrap();
        assert_eq!((struck(Function::Sign), struck(Function::Login), struck(Function::Sign)), (0, 0, 1));
        assert_eq!(struck(Function::Sign), 0);
        set(directory.path(), SECOND_SIGNATURE).unwrap();
        assert_eq!(
            (struck(Function::Sign), struck(Function::Sign)),
            (0, 1),
            "the same text, put there again"
        );
        lift(directory.path()).unwrap();
        assert_eq!((struck(Function::Sign), struck(Function::Sign)), (0, 0));
    }

    #[test]
    fn a_file_that_makes_no_sense_is_no_file_without_faults() {
        let directory = tempfile::tempdir().unwrap();
        let mut script = Script::new(directory.path());
        fs::write(directory.path().join(FILE), "[[fault]]\nfunction = \"C_Sign\"").unwrap();
        assert_eq!(script.call(Function::Login), Err(Refusal::GeneralError));
        assert_eq!(script.call(Function::Login), Err(Refusal::GeneralError));
        set(directory.path(), SECOND_SIGNATURE).unwrap();
        assert_eq!(script.call(Function::Login), Ok(Vec::new()));
    }

    #[test]
    fn what_makes_no_sense_is_not_put_in_place() {
        let directory = tempfile::tempdir().unwrap();
        assert!(matches!(set(directory.path(), "[[falt]]"), Err(FaultError::Malformed { .. })));
        assert!(!directory.path().join(FILE).exists());
        lift(directory.path()).unwrap();
    }
}
