//! The terminal's driver, as whoever asks for a line needs it.
//!
//! A program that was killed while it had the screen leaves the terminal raw: Enter sends CR then, no line ends, and
//! nothing is shown of what is typed. Whoever asks for a line there makes sure of the driver first.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;

use rustix::termios::{
    InputModes, LocalModes, OptionalActions, OutputModes, Termios, isatty, tcgetattr, tcsetattr,
};

/// What is typed comes line by line, Enter ends one, and what is written begins each line at the left.
pub(crate) fn by_line(modes: &mut Termios) {
    modes.input_modes.insert(InputModes::ICRNL);
    modes.input_modes.remove(InputModes::IGNCR | InputModes::INLCR);
    modes.output_modes.insert(OutputModes::OPOST | OutputModes::ONLCR);
    modes.local_modes.insert(LocalModes::ICANON);
}

/// A terminal that shows what is typed, lets it be mended, and takes Control-C; dropping this gives it back as it was.
#[derive(Debug)]
pub(crate) struct Lines(Option<(File, Termios)>);

impl Lines {
    /// Of this terminal. Nothing is done to one that is as it has to be, nor to what is no terminal.
    ///
    /// # Errors
    /// The driver takes no settings.
    pub(crate) fn at(terminal: impl AsFd) -> io::Result<Self> {
        if !isatty(&terminal) {
            return Ok(Self(None));
        }
        let before = tcgetattr(&terminal)?;
        let mut lines = before.clone();
        by_line(&mut lines);
        lines.local_modes.insert(
            LocalModes::ECHO | LocalModes::ECHOE | LocalModes::ECHOK | LocalModes::ISIG | LocalModes::IEXTEN,
        );
        if same(&lines, &before) {
            return Ok(Self(None));
        }
        // What was typed before is in no line.
        tcsetattr(&terminal, OptionalActions::Flush, &lines)?;
        Ok(Self(Some((File::from(terminal.as_fd().try_clone_to_owned()?), before))))
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        if let Some((terminal, before)) = &self.0 {
            // A terminal that is gone needs nothing back. What is written still goes out as it was meant.
            let _ = tcsetattr(terminal, OptionalActions::Drain, before);
        }
    }
}

fn same(one: &Termios, other: &Termios) -> bool {
    one.input_modes == other.input_modes
        && one.output_modes == other.output_modes
        && one.local_modes == other.local_modes
}
