//! Signals that ask the program to end: the one place that owns them.
//!
//! At first each ends the program at once, as it does with every program that says nothing of it. While a PIN is
//! typed at a prompt, [`Held`] keeps SIGTERM back until the terminal is as it was. From [`listen`] on, the line
//! decides what comes of them.

use std::io::{self, Read as _};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use signal_hook::consts::SIGTERM;
use signal_hook::low_level::{emulate_default_handler, pipe, unregister};
use signal_hook::{SigId, flag};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Whether SIGTERM ends the program at once. A handler, once there, stays: this is how it does nothing.
static AT_ONCE: AtomicBool = AtomicBool::new(true);

/// Whoever keeps it back.
static TURN: Mutex<()> = Mutex::new(());

/// SIGTERM kept back, until this is dropped; by one at a time.
#[derive(Debug)]
pub struct Held {
    came: UnixStream,
    handler: SigId,
    before: bool,
    _turn: MutexGuard<'static, ()>,
}

/// What came first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// There is something to be read, or never will be.
    Input,
    /// The program is asked to end.
    Signal,
}

impl Held {
    /// Keeps SIGTERM back from now on.
    ///
    /// # Errors
    /// The operating system refuses the handler.
    pub fn begin() -> io::Result<Self> {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let (came, sent) = UnixStream::pair()?;
        came.set_nonblocking(true)?;
        let handler = pipe::register(SIGTERM, sent)?;
        end_at_once();
        let before = AT_ONCE.swap(false, Ordering::SeqCst);
        Ok(Self { came, handler, before, _turn: turn })
    }

    /// Waits for input, or for a signal that came since this began.
    ///
    /// # Errors
    /// It cannot be waited for.
    pub fn wait(&self, input: BorrowedFd<'_>) -> io::Result<First> {
        loop {
            let mut either =
                [self.came.as_fd(), input].map(|end| PollFd::from_borrowed_fd(end, PollFlags::IN));
            match poll(&mut either, None) {
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
                Ok(_) if !either[0].revents().is_empty() => return Ok(First::Signal),
                Ok(_) => return Ok(First::Input),
            }
        }
    }
}

impl Drop for Held {
    /// A signal that came meanwhile has its way now.
    fn drop(&mut self) {
        AT_ONCE.store(self.before, Ordering::SeqCst);
        unregister(self.handler);
        // At the end nothing more is read: the handler had the other end.
        let has_come = matches!((&self.came).read(&mut [0]), Ok(1..));
        if has_come && self.before {
            let _ = emulate_default_handler(SIGTERM);
        }
    }
}

/// The signals that stop the line, heard from now on. Without a screen a closed terminal is none: whoever has the
/// program ignore that wants it to go on.
pub fn listen(has_screen: bool) -> Vec<Signal> {
    let hangup = has_screen.then(SignalKind::hangup);
    let kinds = [SignalKind::interrupt(), SignalKind::terminate()].into_iter().chain(hangup);
    // A signal that cannot be caught ends the program, as it does everywhere.
    let heard = kinds.filter_map(|kind| signal(kind).ok()).collect();
    AT_ONCE.store(false, Ordering::SeqCst);
    heard
}

/// From now on there is a handler, which does what would be done without one.
fn end_at_once() {
    static HANDLER: Once = Once::new();
    HANDLER.call_once(|| {
        // Where there can be none, the signal does what it always did.
        let _ = flag::register_conditional_default(SIGTERM, &AT_ONCE);
    });
}
