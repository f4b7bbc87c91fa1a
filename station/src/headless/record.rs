//! The events in a file, for other programs.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use crate::engine::Event;

/// A file that gets one JSON object a line for each event; or none, which gets nothing.
#[derive(Debug)]
pub struct Record(Option<File>);

impl Record {
    /// Appends to this file, if one is given.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn open(file: Option<&Path>) -> io::Result<Self> {
        let open = |file| std::fs::OpenOptions::new().create(true).append(true).open(file);
        file.map(open).transpose().map(Self)
    }

    /// Writes an event.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&mut self, event: &Event) -> io::Result<()> {
        let Some(file) = &mut self.0 else { return Ok(()) };
        let mut line = serde_json::to_vec(event)?;
        line.push(b'\n');
        file.write_all(&line)
    }
}
