//! Asks for a PIN on the terminal, without echo and without leaving copies in memory.
//!
//! The line is edited by the terminal's driver, in the kernel, and read byte by byte into one buffer
//! that is wiped. Libraries that edit it themselves do so in text that grows, and leave its beginning
//! behind wherever it moved from.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::os::fd::AsFd as _;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::termios::{
    LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios, tcflush, tcgetattr, tcsetattr,
};
use zeroize::Zeroizing;

use super::pin::{LONGEST, first_line};
use crate::signals::{First, Held};
use crate::terminal::by_line;

/// Control-C.
const END_OF_TEXT: u8 = 3;

/// How long nothing has to come for nobody to be typing any more.
const STILLNESS: Timespec = Timespec { tv_sec: 2, tv_nsec: 0 };

/// A terminal that shows nothing of what is typed; dropping this gives it back as it was.
#[derive(Debug)]
struct Silent<'a> {
    terminal: &'a File,
    before: Termios,
}

/// What is typed, up to Control-C or a signal.
#[derive(Debug)]
struct Keys<'a> {
    terminal: &'a File,
    signal: &'a Held,
}

/// One line that is typed at the terminal of this process.
///
/// # Errors
/// There is no terminal, or Control-C is typed. SIGTERM ends the program, when the terminal is as it was.
pub(super) fn ask(question: &str) -> io::Result<Zeroizing<Vec<u8>>> {
    ask_at(&OpenOptions::new().read(true).write(true).open("/dev/tty")?, question)
}

fn ask_at(mut terminal: &File, question: &str) -> io::Result<Zeroizing<Vec<u8>>> {
    // Dropped last: whatever comes of the signal, the terminal is whole.
    let signal = Held::begin()?;
    let silent = Silent::new(terminal)?;
    terminal.write_all(question.as_bytes())?;
    let line = first_line(&mut Keys { terminal, signal: &signal });
    // Enter was not shown either.
    terminal.write_all(b"\n")?;
    drop(silent);
    line
}

impl Read for Keys<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        if self.signal.wait(self.terminal.as_fd())? == First::Signal {
            drop_the_rest(self.terminal)?;
            return Err(io::Error::other("the station was told to end"));
        }
        let count = self.terminal.read(bytes)?;
        if bytes[..count].contains(&END_OF_TEXT) {
            return Err(io::Error::other("Control-C was typed"));
        }
        Ok(count)
    }
}

/// Drops what is typed of a PIN that nobody wants any more, until nobody types: the shell that has the terminal next
/// would take it for a command, show it and keep it.
fn drop_the_rest(terminal: &File) -> io::Result<()> {
    let mut by_letter = tcgetattr(terminal)?;
    by_letter.local_modes.remove(LocalModes::ICANON);
    tcsetattr(terminal, OptionalActions::Now, &by_letter)?;
    // Where nothing is typed so far, there is no rest.
    let mut stillness = Timespec::default();
    // What is longer than a PIN is none.
    for _ in 0..LONGEST {
        match poll(&mut [PollFd::new(terminal, PollFlags::IN)], Some(&stillness)) {
            Ok(0) => break,
            Ok(_) => tcflush(terminal, QueueSelector::IFlush)?,
            // Told again to end, it does so in time.
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        stillness = STILLNESS;
    }
    Ok(())
}

impl<'a> Silent<'a> {
    fn new(terminal: &'a File) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut silent = before.clone();
        by_line(&mut silent);
        silent.local_modes.remove(LocalModes::ECHO | LocalModes::ECHONL);
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
    use rustix::termios::InputModes;
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    use std::thread;

    /// Asks at a terminal, types after the question, and gives what came of it and what was shown.
    fn typed(keys: &'static [u8]) -> (io::Result<Zeroizing<Vec<u8>>>, Vec<u8>) {
        typed_at(|_| {}, keys)
    }

    /// The same, at a terminal that somebody has left so.
    fn typed_at(
        left: impl FnOnce(&mut Termios),
        keys: &'static [u8],
    ) -> (io::Result<Zeroizing<Vec<u8>>>, Vec<u8>) {
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
        let mut before = tcgetattr(&terminal).expect("a terminal");
        left(&mut before);
        tcsetattr(&terminal, OptionalActions::Now, &before).expect("taken");
        let asked = thread::spawn(move || {
            let line = ask_at(&terminal, "PIN: ");
            let after = tcgetattr(&terminal).expect("a terminal");
            assert_eq!(after.local_modes, before.local_modes, "given back as it was");
            assert_eq!(after.input_modes, before.input_modes, "given back as it was");
            assert_eq!(after.output_modes, before.output_modes, "given back as it was");
            // Closed at once, it might take with it what nobody has read yet.
            let open = line.is_ok().then_some(terminal);
            (line, open)
        });
        let mut shown = Vec::new();
        let mut byte = [0];
        while !shown.ends_with(b"\n") {
            // The other end is closed: nothing was asked, or the line was given up.
            if hand.read_exact(&mut byte).is_err() {
                break;
            }
            shown.push(byte[0]);
            if shown == b"PIN: " {
                hand.write_all(keys).expect("typed");
            }
        }
        (asked.join().expect("no panic").0, shown)
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
    fn a_terminal_that_was_left_raw_gives_the_line_all_the_same() {
        let ignored: fn(&mut Termios) = |modes| modes.input_modes.insert(InputModes::IGNCR);
        for left in [Termios::make_raw as fn(&mut Termios), ignored] {
            let (line, shown) = typed_at(left, b"wrong\x151234\x7f4\n");
            assert_eq!(line.expect("a line").as_slice(), b"1234");
            assert_eq!(shown, b"PIN: \r\n");
            // Enter, as a terminal sends it.
            let (line, _) = typed_at(left, b"1234\r");
            assert_eq!(line.expect("a line").as_slice(), b"1234");
        }
    }

    #[test]
    fn control_c_ends_it() {
        let (line, _) = typed(b"12\x03");
        assert_eq!(line.expect_err("ended").to_string(), "Control-C was typed");
    }
}
