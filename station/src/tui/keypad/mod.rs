//! A PIN that is typed on the screen.
//!
//! Messages are kept and played again, and what reads keys keeps what it has read. So a PIN is no message
//! and no key: while one is asked for, the thread that reads the keys takes single bytes from the terminal
//! into one buffer that is wiped, and gives the PIN to whoever asked. The screen is told how many
//! characters there are, and nothing else.
//!
//! | file | what it holds |
//! |---|---|
//! | `input` | the bytes of the terminal |
//! | `line` | the PIN as far as it is typed |

mod input;
mod line;
#[cfg(test)]
mod tests;

use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::termios::{QueueSelector, tcflush};
use tokio::sync::oneshot;

use crate::hsm::{LONGEST_PIN, Pin, PinError};
use input::{LOOK, MOST, read, swallow};

/// How long nobody types before the question is taken back.
const PATIENCE: Duration = Duration::from_mins(1);

/// A screen that takes longer than this for an Enter is not seen to answer.
const PROMPT: Duration = Duration::from_secs(1);

/// How long nothing has to come for nobody to be typing any more a PIN that is wanted no longer.
const STILLNESS: Duration = Duration::from_secs(2);

/// Drops the rest of a PIN that is being typed while the terminal is given back: up to Enter or Escape, or until
/// nobody types.
pub(super) fn drop_the_rest(input: &impl AsFd) {
    // A terminal that is gone has nothing to be dropped. Whoever has it next does not wait for more than a PIN.
    let _ = swallow(input, STILLNESS, LONGEST_PIN, || true);
    let _ = tcflush(input, QueueSelector::IFlush);
}

/// Where those who want a PIN and the thread that reads the keys meet.
#[derive(Debug, Default)]
pub(super) struct Keypad {
    wanted: Mutex<Option<Wanted>>,
    /// Whether the PIN that is being typed is wanted no longer.
    forgotten: AtomicBool,
    enters: Mutex<Enters>,
    told: Condvar,
}

/// How many Enters the screen was given, and how many of them it has taken in: an Enter that is taken in late
/// is not taken for a later one.
#[derive(Debug, Default)]
struct Enters {
    given: u64,
    taken: u64,
}

/// What has become of an Enter that was given to the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entered {
    /// It was taken in.
    Taken,
    /// It was taken in so late that nobody can have seen what it led to: what was typed since is no answer to it.
    Late,
    /// There is no screen any more.
    Gone,
}

struct Wanted {
    answer: oneshot::Sender<Result<Pin, Untyped>>,
    tell: Box<dyn Fn(u16) + Send>,
}

/// Why there is no PIN.
#[derive(Debug, thiserror::Error)]
pub(super) enum Untyped {
    /// Whoever was asked does not want to.
    #[error("the PIN is not given")]
    Cancelled,
    /// A label was scanned instead, which must not cost a try.
    #[error("a label was scanned instead of the PIN")]
    Scanned,
    /// Nobody wants it any more, while it may still be typed.
    #[error("the PIN is wanted no longer")]
    CutOff,
    /// Nobody typed.
    #[error("nobody has typed the PIN")]
    TimedOut,
    /// The terminal is gone.
    #[error("the terminal is gone")]
    Gone,
    /// What was typed is no PIN.
    #[error(transparent)]
    NoPin(#[from] PinError),
}

impl Keypad {
    /// Has the next keys be a PIN. `tell` is told how many characters it has, first of all that there is
    /// none, when keys are no messages any more.
    pub(super) fn ask(&self, tell: impl Fn(u16) + Send + 'static) -> oneshot::Receiver<Result<Pin, Untyped>> {
        let (answer, typed) = oneshot::channel();
        self.forgotten.store(false, Ordering::SeqCst);
        *lock(&self.wanted) = Some(Wanted { answer, tell: Box::new(tell) });
        typed
    }

    /// Nobody wants the PIN any more.
    pub(super) fn forget(&self) {
        self.forgotten.store(true, Ordering::SeqCst);
        *lock(&self.wanted) = None;
    }

    /// Whether a PIN is wanted, and is not read yet.
    pub(super) fn is_wanted(&self) -> bool {
        lock(&self.wanted).is_some()
    }

    /// Reads a PIN, if one is wanted. Says whether one was. What is still typed of one that is wanted no longer
    /// is dropped, up to Enter or Escape, or until nobody types.
    pub(super) fn serve(&self, input: &impl AsFd, screen_is_open: impl Fn() -> bool) -> bool {
        let Some(Wanted { answer, tell }) = lock(&self.wanted).take() else { return false };
        // What was typed before the question was no answer to it. Only a terminal keeps such.
        let _ = tcflush(input, QueueSelector::IFlush);
        let goes_on = || screen_is_open() && !self.forgotten.load(Ordering::SeqCst) && !answer.is_closed();
        let typed = read(input, PATIENCE, goes_on, tell);
        let cut_off = matches!(typed, Err(Untyped::CutOff));
        // One that is wanted no longer is wiped.
        let _ = answer.send(typed);
        if cut_off {
            // Whoever types has not seen it yet: the rest of a PIN is no command and no text of another page.
            let on = || screen_is_open() && !self.is_wanted();
            // A terminal that is gone is found to be so by whoever reads it next.
            let _ = swallow(input, STILLNESS, MOST, on);
        }
        true
    }

    /// Gives the screen an Enter by `give`, and waits until it has taken it in, however long that takes: what is
    /// asked for on it is asked for before the next key is read.
    pub(super) fn enter(&self, give: impl FnOnce() -> bool, screen_is_open: impl Fn() -> bool) -> Entered {
        let number = {
            let mut enters = lock(&self.enters);
            enters.given += 1;
            enters.given
        };
        if !give() {
            return Entered::Gone;
        }
        let waits = |enters: &mut Enters| enters.taken < number;
        // Whichever of the two it was is seen below.
        let wait = |enters, time| {
            self.told.wait_timeout_while(enters, time, waits).unwrap_or_else(PoisonError::into_inner)
        };
        let (mut enters, outcome) = wait(lock(&self.enters), PROMPT);
        if !outcome.timed_out() {
            return Entered::Taken;
        }
        while enters.taken < number {
            // Whoever is asked may want to tell of an Enter.
            drop(enters);
            if !screen_is_open() {
                return Entered::Gone;
            }
            enters = wait(lock(&self.enters), LOOK).0;
        }
        Entered::Late
    }

    /// The screen has taken an Enter in.
    pub(super) fn entered(&self) {
        lock(&self.enters).taken += 1;
        self.told.notify_all();
    }
}

impl std::fmt::Debug for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wanted").finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each is only ever changed in one go.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
