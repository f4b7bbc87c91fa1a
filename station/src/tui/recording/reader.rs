//! A recording read back, by somebody who trusts no file: what is no recording ends in an error, whatever is
//! in it and however long it is.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};

use super::format::{Entry, FORMAT, Head, Version};
use crate::fault::{Coded, FaultCode};

/// No recording is longer, in bytes. The station writes half of it: the screen in the head, and as much of messages.
const LONGEST: u64 = 16 << 20;

/// No line is longer, in bytes.
const LONGEST_LINE: u64 = 8 << 20;

/// No station has more slots.
const MOST_SLOTS: usize = 1000;

/// What a screen was told.
#[derive(Clone, Debug)]
pub struct Recording {
    /// What it was opened with.
    pub head: Head,
    /// What it was told, in order.
    pub entries: Vec<Entry>,
}

/// Why a file is no recording.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The file cannot be read.
    #[error("cannot read {}", file.display())]
    Read {
        /// Which file.
        file: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// The file is longer than any recording.
    #[error("it is longer than {LONGEST} bytes")]
    TooLong,
    /// A line is longer than any of a recording.
    #[error("line {line} is longer than {LONGEST_LINE} bytes")]
    LineTooLong {
        /// Which one, from 1.
        line: usize,
    },
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
    /// Another version of the program wrote it.
    #[error(
        "it has format {found}, of station {program}; station {}, which is this one, plays format {FORMAT}",
        env!("CARGO_PKG_VERSION")
    )]
    OtherFormat {
        /// The number in it.
        found: u32,
        /// The version of the program that wrote it, as far as it can be one.
        program: String,
    },
    /// The screen in its head is not one of the station in its head.
    #[error("the screen in it is not one of its setting")]
    OtherScreen,
    /// A line is not what it should be.
    #[error("line {line} is not that of a recording")]
    Malformed {
        /// Which one, from 1.
        line: usize,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// A line breaks off: the file is cut.
    #[error("line {line} breaks off")]
    Cut {
        /// Which one, from 1.
        line: usize,
    },
    /// More slots than any station has.
    #[error("it has {slots} slots")]
    TooManySlots {
        /// How many.
        slots: usize,
    },
}

impl Coded for RecordingError {
    fn code(&self) -> FaultCode {
        match self {
            Self::Read { .. }
            | Self::TooLong
            | Self::LineTooLong { .. }
            | Self::Empty
            | Self::OtherFormat { .. }
            | Self::OtherScreen
            | Self::Malformed { .. }
            | Self::Cut { .. }
            | Self::TooManySlots { .. } => FaultCode::RecordingFile,
        }
    }
}

impl Recording {
    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, or is no recording of this format.
    pub fn open(file: &Path) -> Result<Self, RecordingError> {
        let failed = |source| RecordingError::Read { file: file.to_owned(), source };
        let mut input = BufReader::new(File::open(file).map_err(failed)?);
        Self::read(&mut input, failed)
    }

    /// Reads lines until they end; `failed` says which error it is when they cannot be read.
    ///
    /// # Errors
    /// They cannot be read, or are no recording of this format.
    pub(in crate::tui) fn read(
        input: &mut impl BufRead,
        failed: impl Fn(io::Error) -> RecordingError,
    ) -> Result<Self, RecordingError> {
        let mut lines = Lines { input, number: 0, left: LONGEST };
        let first = lines.next(&failed)?.ok_or(RecordingError::Empty)?;
        let malformed = |line| move |source| RecordingError::Malformed { line, source };
        let Version { format, program } = serde_json::from_slice(&first).map_err(malformed(1))?;
        if format != FORMAT {
            return Err(RecordingError::OtherFormat { found: format, program: version(program.as_deref()) });
        }
        let head: Head = serde_json::from_slice(&first).map_err(malformed(1))?;
        let slots = head.setting.slots.len();
        if slots > MOST_SLOTS {
            return Err(RecordingError::TooManySlots { slots });
        }
        if head.screen.as_ref().is_some_and(|screen| !screen.is_of(&head.setting)) {
            return Err(RecordingError::OtherScreen);
        }
        let mut entries = Vec::new();
        while let Some(line) = lines.next(&failed)? {
            entries.push(serde_json::from_slice(&line).map_err(malformed(lines.number))?);
        }
        Ok(Self { head, entries })
    }
}

/// The version of a program, out of a file that anybody may have written.
fn version(program: Option<&str>) -> String {
    /// Longer is no version.
    const LONGEST: usize = 40;
    let known = program.filter(|text| {
        text.len() <= LONGEST
            && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))
    });
    known.unwrap_or("of unknown version").to_owned()
}

/// Lines, of which none is read further than it may be.
struct Lines<'a, R> {
    input: &'a mut R,
    /// How many were read.
    number: usize,
    /// How many bytes the file may have still.
    left: u64,
}

impl<R: BufRead> Lines<'_, R> {
    /// The next line without its end; none, if there is no further one.
    fn next(
        &mut self,
        failed: impl Fn(io::Error) -> RecordingError,
    ) -> Result<Option<Vec<u8>>, RecordingError> {
        let mut line = Vec::new();
        let most = LONGEST_LINE.min(self.left);
        let read = self.input.by_ref().take(most + 1).read_until(b'\n', &mut line).map_err(failed)?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        let read = u64::try_from(read).unwrap_or(u64::MAX);
        if read > self.left {
            return Err(RecordingError::TooLong);
        }
        self.left -= read;
        if line.pop() != Some(b'\n') {
            let line = self.number;
            let too_long = read > LONGEST_LINE;
            return Err(if too_long {
                RecordingError::LineTooLong { line }
            } else {
                RecordingError::Cut { line }
            });
        }
        Ok(Some(line))
    }
}
