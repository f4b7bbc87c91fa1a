//! One at a time, and nobody waits for ever: whoever has the turn may be hanging in a library.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Something that is done by one thread at a time.
#[derive(Debug, Default)]
pub(super) struct Turn {
    taken: Mutex<bool>,
    given_back: Condvar,
}

/// The turn, given back when dropped.
#[derive(Debug)]
pub(super) struct Held<'a>(&'a Turn);

impl Turn {
    /// Waits for the turn; `None` when it did not come in time.
    pub(super) fn take(&self, patience: Duration) -> Option<Held<'_>> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut taken, _) = self
            .given_back
            .wait_timeout_while(taken, patience, |taken| *taken)
            .unwrap_or_else(PoisonError::into_inner);
        if *taken {
            return None;
        }
        *taken = true;
        Some(Held(self))
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        *self.0.taken.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.given_back.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::thread;

    #[test]
    fn the_turn_goes_round_and_nobody_waits_for_ever() {
        let turn = Arc::new(Turn::default());
        let held = turn.take(Duration::ZERO).expect("nobody has it");
        assert!(turn.take(Duration::from_millis(5)).is_none());
        let other = Arc::clone(&turn);
        let waiting = thread::spawn(move || other.take(Duration::from_mins(1)).is_some());
        drop(held);
        assert!(waiting.join().expect("no panic"));
        assert!(turn.take(Duration::ZERO).is_some(), "given back by the other");
    }
}
