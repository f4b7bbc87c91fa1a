//! Looks after the sessions while nobody calls: keeps them alive, and finds the token again.

use std::sync::Weak;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::State;
use super::connection::Connection;
use super::pool::Pool;

/// How often a token that is gone is looked for at most.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// Runs until the pool is closed or dropped.
pub(super) async fn keep(pool: Weak<Pool>, mut state: watch::Receiver<State>) {
    let mut due = Instant::now();
    while let Some(next) = pool.upgrade().map(|pool| next(&pool, &mut due)) {
        tokio::select! {
            () = sleep_until(next) => {}
            changed = state.changed() => match changed {
                // A token just lost is looked for sooner.
                Ok(()) => continue,
                Err(_) => return,
            },
        }
        let Some(pool) = pool.upgrade() else { return };
        if pool.token.is_closed() {
            return;
        }
        if matches!(pool.token.lights.state(), State::Lost { .. }) {
            // While a call hangs, the next would as well: no session is spent on finding out.
            if pool.token.lights.hung() > 0 {
                continue;
            }
            let deadline = pool.token.settings.deadlines.answer;
            // How it went is for the lights to show, which the call has told.
            let _ = pool
                .call("be there again", deadline, |worker| worker.repeatable(Connection::keep_alive))
                .await;
        } else {
            pool.keep_alive().await;
        }
    }
}

/// When to look next.
fn next(pool: &Pool, due: &mut Instant) -> Instant {
    let now = Instant::now();
    if *due <= now {
        *due = now + pool.token.settings.keep_alive;
    }
    match pool.token.lights.state() {
        State::Lost { .. } => (*due).min(now + pool.token.tries.wait().max(LOOK_AGAIN)),
        _ => *due,
    }
}
