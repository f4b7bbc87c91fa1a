//! A terminal in software: programs run in it as they run before a person, and tests look at what they show.
//!
//! | module | what it holds |
//! |---|---|
//! | `line` | the pseudo-terminal, and a program that has it as its own |
//! | `emulator` | what the bytes of a program do to a screen |
//! | `frame` | a screen at one moment: text, cells, colours |
//! | `key` | what a keyboard sends |
//! | [`svg`] | frames as pictures |
//!
//! A [`Terminal`] reads all the time, as a real one does: a program never waits because nobody looks.

mod emulator;
mod frame;
mod key;
mod line;
pub mod svg;

pub use frame::{Cell, Colour, Frame, Style};
pub use key::Key;

use std::io::{PipeReader, PipeWriter};
use std::os::fd::OwnedFd;
use std::process::{Command, ExitStatus};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{LocalModes, tcgetattr};

use emulator::Emulator;
use line::Line;

/// How many cells a terminal has. Neither number is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Cells in a row.
    pub columns: u16,
    /// Rows.
    pub rows: u16,
}

/// How often a child is asked whether it has ended.
const POLL: Duration = Duration::from_millis(10);

/// A terminal with a program in it. Dropping it kills the program.
#[derive(Debug)]
pub struct Terminal {
    line: Line,
    shared: Arc<Shared>,
    /// Dropped to end the reader.
    hold: Option<PipeWriter>,
    reader: Option<JoinHandle<()>>,
}

/// What the reader and those who look share.
#[derive(Debug)]
struct Shared {
    screen: Mutex<Screen>,
    changed: Condvar,
}

#[derive(Debug)]
struct Screen {
    emulator: Emulator,
    /// When the last bytes came.
    heard: Instant,
    /// No program has the terminal open any more.
    closed: bool,
}

impl Terminal {
    /// Runs a program in a new terminal, which is its controlling one.
    ///
    /// # Errors
    /// There is no terminal to be had, or the program cannot be started.
    pub fn start(command: &Command, size: Size) -> Result<Self> {
        let emulator = Emulator::new(size)?;
        let line = Line::start(command, size)?;
        let screen = Screen { emulator, heard: Instant::now(), closed: false };
        let shared = Arc::new(Shared { screen: Mutex::new(screen), changed: Condvar::new() });
        let (end, hold) = std::io::pipe()?;
        let near = line.near()?.try_clone()?;
        let reader = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || shared.read_all(&near, &end)
        });
        Ok(Self { line, shared, hold: Some(hold), reader: Some(reader) })
    }

    /// What the screen shows now.
    pub fn frame(&self) -> Frame {
        self.shared.lock().emulator.frame()
    }

    /// What the screen shows as soon as nothing has been written for `quiet`: a program draws in several
    /// writes, and between them the screen is half old and half new.
    ///
    /// # Errors
    /// It is not quiet for so long within the limit.
    pub fn settled(&self, quiet: Duration, limit: Duration) -> Result<Frame> {
        let deadline = Instant::now() + limit;
        let mut screen = self.shared.lock();
        loop {
            let now = Instant::now();
            let still = quiet.saturating_sub(now.saturating_duration_since(screen.heard));
            if still.is_zero() {
                return Ok(screen.emulator.frame());
            }
            ensure!(now < deadline, "the program does not stop writing:\n{}", screen.emulator.frame());
            screen = self.shared.wait(screen, still);
        }
    }

    /// Waits until the screen shows a text within one row, and gives the screen.
    ///
    /// # Errors
    /// It does not come in time, or the program ends first.
    pub fn wait_for(&self, text: &str, limit: Duration) -> Result<Frame> {
        self.wait_until(text, limit, |frame| frame.to_string().contains(text))
    }

    /// Waits until the screen is as `wanted` says, and gives it; `what` says it in words, for the message.
    ///
    /// # Errors
    /// It does not come in time, or the program ends first.
    pub fn wait_until(&self, what: &str, limit: Duration, wanted: impl Fn(&Frame) -> bool) -> Result<Frame> {
        let deadline = Instant::now() + limit;
        let mut screen = self.shared.lock();
        loop {
            let frame = screen.emulator.frame();
            if wanted(&frame) {
                return Ok(frame);
            }
            ensure!(!screen.closed, "the program ended without showing {what:?}:\n{frame}");
            let left = deadline.saturating_duration_since(Instant::now());
            ensure!(!left.is_zero(), "the screen does not show {what:?} in {limit:?}:\n{frame}");
            screen = self.shared.wait(screen, left);
        }
    }

    /// How often the bell has rung.
    pub fn bells(&self) -> u32 {
        self.shared.lock().emulator.bells()
    }

    /// How often the program has asked the terminal something, and so relied on an answer.
    pub fn questions(&self) -> u32 {
        self.shared.lock().emulator.questions()
    }

    /// Types a text. Nothing is added: Enter is a [`Key`].
    ///
    /// # Errors
    /// The terminal is closed.
    pub fn type_text(&self, text: &str) -> Result<()> {
        line::write_all(self.line.near()?, text.as_bytes())
    }

    /// Types a text as fingers do: in one go it would be taken for a scanner's.
    ///
    /// # Errors
    /// The terminal is closed.
    pub fn type_by_hand(&self, text: &str) -> Result<()> {
        for letter in text.chars() {
            self.type_text(letter.encode_utf8(&mut [0; 4]))?;
            std::thread::sleep(Duration::from_millis(60));
        }
        Ok(())
    }

    /// Presses a letter for what cannot be undone, reads the question, and presses it again.
    ///
    /// # Errors
    /// The terminal is closed.
    pub fn press_twice(&self, letter: &str) -> Result<()> {
        self.type_text(letter)?;
        Self::read_the_question();
        self.type_text(letter)
    }

    /// Takes as long as a person needs to read what a first stroke asks.
    pub fn read_the_question() {
        std::thread::sleep(Duration::from_secs(1));
    }

    /// Presses a key.
    ///
    /// # Errors
    /// The terminal is closed.
    pub fn press(&self, key: Key) -> Result<()> {
        line::write_all(self.line.near()?, &key.bytes())
    }

    /// Changes the size, and lets the program know as a real terminal does.
    ///
    /// # Errors
    /// A number is 0, or the terminal is closed.
    pub fn resize(&self, size: Size) -> Result<()> {
        // Held over both, so that nothing drawn for one size is shown in the other.
        let mut screen = self.shared.lock();
        screen.emulator.resize(size)?;
        self.line.resize(size)
    }

    /// Process id of the program.
    pub fn id(&self) -> u32 {
        self.line.child().id()
    }

    /// Sends the program a signal.
    ///
    /// # Errors
    /// It has ended.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        Ok(kill_process(Pid::from_child(self.line.child()), signal)?)
    }

    /// Waits for the program's end, and until all it wrote is on the screen.
    ///
    /// # Errors
    /// It does not end in time.
    pub fn wait(&mut self, limit: Duration) -> Result<ExitStatus> {
        let deadline = Instant::now() + limit;
        let status = loop {
            if let Some(status) = self.line.child_mut().try_wait()? {
                break status;
            }
            ensure!(Instant::now() < deadline, "the program has not ended in {limit:?}:\n{}", self.frame());
            std::thread::sleep(POLL);
        };
        let mut screen = self.shared.lock();
        // Without a reader nobody notes the end.
        while !screen.closed && self.hold.is_some() {
            let left = deadline.saturating_duration_since(Instant::now());
            ensure!(!left.is_zero(), "the program has ended, but something else holds its terminal");
            screen = self.shared.wait(screen, left);
        }
        Ok(status)
    }

    /// How the program ended, if it has.
    ///
    /// # Errors
    /// It cannot be asked for.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.line.child_mut().try_wait()?)
    }

    /// Closes the terminal under the program, as a window is closed or a connection lost: the program gets
    /// SIGHUP, and whatever it reads or writes there fails. The screen keeps what was on it.
    pub fn hang_up(&mut self) {
        self.stop_reading();
        self.line.close();
    }

    /// Checks that the terminal was left as it was found: its driver's settings, the main screen, the cursor
    /// to be seen, and none of the modes that change what keys and mouse send.
    ///
    /// # Errors
    /// It was not; all that differs is named.
    pub fn left_whole(&self) -> Result<()> {
        let mut wrong = self.shared.lock().emulator.modes_left_on();
        let (before, now) = (self.line.before(), tcgetattr(self.line.near()?)?);
        if now.local_modes != before.local_modes {
            let lost = before.local_modes - now.local_modes;
            let raw = lost.contains(LocalModes::ICANON);
            wrong.push(if raw { "raw mode" } else { "other local modes" });
        }
        if now.input_modes != before.input_modes || now.output_modes != before.output_modes {
            wrong.push("other input or output modes");
        }
        if !wrong.is_empty() {
            bail!("the terminal is not whole: {}\n{}", wrong.join(", "), self.frame());
        }
        Ok(())
    }

    fn stop_reading(&mut self) {
        drop(self.hold.take());
        if let Some(reader) = self.reader.take() {
            // A reader that panicked has nothing more to say.
            let _ = reader.join();
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Nothing to be done about a program that cannot be killed.
        let _ = self.line.child_mut().kill();
        let _ = self.line.child_mut().wait();
        self.stop_reading();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Screen> {
        self.screen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, screen: MutexGuard<'a, Screen>, limit: Duration) -> MutexGuard<'a, Screen> {
        self.changed.wait_timeout(screen, limit).unwrap_or_else(PoisonError::into_inner).0
    }

    /// Shows what comes until no program has the terminal open any more, or the other side of `end` is closed.
    fn read_all(&self, near: &OwnedFd, end: &PipeReader) {
        let mut bytes = [0; 4096];
        loop {
            let mut wanted = [PollFd::new(near, PollFlags::IN), PollFd::new(end, PollFlags::IN)];
            match poll(&mut wanted, None) {
                Ok(_) => {}
                Err(rustix::io::Errno::INTR) => continue,
                Err(_) => break,
            }
            if !wanted[1].revents().is_empty() {
                return;
            }
            // The terminal's driver reports the last closing as an input error.
            let Ok(count @ 1..) = rustix::io::read(near, &mut bytes) else { break };
            let mut screen = self.lock();
            let answer = screen.emulator.show(&bytes[..count]);
            screen.heard = Instant::now();
            drop(screen);
            // Whoever asked and is gone does not wait for the answer.
            let _ = line::write_all(near, &answer);
            self.changed.notify_all();
        }
        self.lock().closed = true;
        self.changed.notify_all();
    }
}

/// Whether a program ended by itself with this code.
///
/// # Errors
/// It ended otherwise.
pub fn exited(status: ExitStatus, code: i32) -> Result<()> {
    let found = status.code().with_context(|| format!("the program was killed: {status}"))?;
    ensure!(found == code, "the program ended with {found}, not {code}");
    Ok(())
}
