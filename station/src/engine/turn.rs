//! Whose turn it is at the devices of a slot.

use std::sync::Arc;

use tokio::sync::{Mutex, OwnedMutexGuard};

/// Whose turn it is at the devices of a slot: a run's, or of somebody who only wants to look. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Turn(Arc<Mutex<()>>);

/// Having the turn, until this is dropped.
#[derive(Debug)]
pub struct Taken {
    _turn: OwnedMutexGuard<()>,
}

impl Turn {
    /// Waits for the turn. Whoever looks does so for a moment only.
    pub(super) async fn take(&self) -> Taken {
        Taken { _turn: Arc::clone(&self.0).lock_owned().await }
    }

    /// Takes the turn, unless somebody has it.
    pub fn try_take(&self) -> Option<Taken> {
        Arc::clone(&self.0).try_lock_owned().ok().map(|turn| Taken { _turn: turn })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobody_looks_while_a_run_has_the_turn_and_a_look_is_soon_over() {
        let turn = Turn::default();
        let run = turn.take().await;
        assert!(turn.try_take().is_none());
        drop(run);
        let look = turn.try_take().expect("nobody has it");
        let next = tokio::spawn({
            let turn = turn.clone();
            async move { drop(turn.take().await) }
        });
        tokio::task::yield_now().await;
        assert!(!next.is_finished(), "two have the turn");
        drop(look);
        next.await.expect("its turn comes");
    }
}
