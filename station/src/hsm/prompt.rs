//! Asks for a PIN on the terminal, without echo and without leaving copies in memory.
//!
//! The line is edited by the terminal's driver, in the kernel, and read byte by byte into one buffer
//! that is wiped. Libraries that edit it themselves do so in text that grows, and leave its beginning
//! behind wherever it moved from.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write as _};

use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use super::pin::first_line;

/// Control-C.
const END_OF_TEXT: u8 = 3;

/// A terminal that shows nothing of what is typed; dropping this gives it back as it was.
#[derive(Debug)]
struct Silent<'a> {
    terminal: &'a File,
    before: Termios,
}

/// What is typed, up to Control-C.
#[derive(Debug)]
struct Keys<'a>(&'a File);

/// One line that is typed at the terminal of this process.
///
/// # Errors
/// There is no terminal, or Control-C is typed.
pub(super) fn ask(question: &str) -> io::Result<Zeroizing<Vec<u8>>> {
    ask_at(&OpenOptions::new().read(true).write(true).open("/dev/tty")?, question)
}

fn ask_at(mut terminal: &File, question: &str) -> io::Result<Zeroizing<Vec<u8>>> {
    let silent = Silent::new(terminal)?;
    terminal.write_all(question.as_bytes())?;
    let line = first_line(&mut Keys(terminal));
    // Enter was not shown either.
    terminal.write_all(b"\n")?;
    drop(silent);
    line
}

impl Read for Keys<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read(bytes)?;
        if bytes[..count].contains(&END_OF_TEXT) {
            return Err(io::Error::other("Control-C was typed"));
        }
        Ok(count)
    }
}

impl<'a> Silent<'a> {
    fn new(terminal: &'a File) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO | LocalModes::ECHONL);
        silent.local_modes.insert(LocalModes::ICANON);
        // A signal would end the process and leave the terminal silent, so Control-C ends the line.
        silent.local_modes.remove(LocalModes::ISIG);
        silent.special_codes[SpecialCodeIndex::VEOL] = END_OF_TEXT;
        // What was typed before the question was no answer to it.
        tcsetattr(terminal, OptionalActions::Flush, &silent)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Silent<'_> {
    fn drop(&mut self) {
        // A terminal that is gone needs nothing back.
        let _ = tcsetattr(self.terminal, OptionalActions::Now, &self.before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::fs::OFlags;
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    use std::thread;

    /// Asks at a terminal, types after the question, and gives what came of it and what was shown.
    fn typed(keys: &'static [u8]) -> (io::Result<Zeroizing<Vec<u8>>>, Vec<u8>) {
        let hand = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&hand).expect("granted");
        unlockpt(&hand).expect("unlocked");
        let name = ptsname(&hand, Vec::new()).expect("a name");
        let path = OsStr::from_bytes(name.as_bytes()).to_owned();
        // It must not become the terminal of whoever runs the tests, who would be hung up when it closes.
        let no_tty = i32::try_from(OFlags::NOCTTY.bits()).expect("a flag");
        let terminal = OpenOptions::new().read(true).write(true).custom_flags(no_tty).open(path);
        let terminal = terminal.expect("the other end");
        let mut hand = File::from(hand);
        let before = tcgetattr(&terminal).expect("a terminal");
        let asked = thread::spawn(move || {
            let line = ask_at(&terminal, "PIN: ");
            let after = tcgetattr(&terminal).expect("a terminal");
            assert_eq!(after.local_modes, before.local_modes, "given back as it was");
            line
        });
        let mut shown = Vec::new();
        let mut byte = [0];
        while !shown.ends_with(b"\n") {
            if let Err(error) = hand.read_exact(&mut byte) {
                panic!("{error} after {shown:?}: {:?}", asked.join().map(|line| line.map(|line| line.len())));
            }
            shown.push(byte[0]);
            if shown == b"PIN: " {
                hand.write_all(keys).expect("typed");
            }
        }
        (asked.join().expect("no panic"), shown)
    }

    #[test]
    fn what_is_typed_is_read_and_not_shown() {
        let (line, shown) = typed(b"1234567890123456\n");
        assert_eq!(line.expect("a line").as_slice(), b"1234567890123456");
        assert_eq!(shown, b"PIN: \r\n");
    }

    #[test]
    fn the_line_can_be_mended() {
        let (line, _) = typed(b"wrong\x1512x\x7f34\n");
        assert_eq!(line.expect("a line").as_slice(), b"1234");
    }

    #[test]
    fn control_c_ends_it() {
        let (line, _) = typed(b"12\x03");
        assert_eq!(line.expect_err("ended").to_string(), "Control-C was typed");
    }
}
