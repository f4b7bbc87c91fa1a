//! Trying a module again that is still in its slot, because somebody asks for it.

use tokio::sync::broadcast;

/// Where it is asked for. A slot listens only while it holds a module whose fault allows it, so that
/// what is asked at any other time comes to nothing.
#[derive(Debug)]
pub struct Retries {
    asked: broadcast::Sender<String>,
}

impl Default for Retries {
    fn default() -> Self {
        /// A hand is slower than this.
        const AT_ONCE: usize = 64;
        Self { asked: broadcast::Sender::new(AT_ONCE) }
    }
}

impl Retries {
    /// Asks for the module in this slot to be taken up once more.
    pub fn ask(&self, slot: &str) {
        // Where nobody listens there is nothing to try again.
        let _ = self.asked.send(slot.to_owned());
    }

    /// Waits until it is asked for this slot, from now on.
    pub(super) async fn asked(&self, slot: &str) {
        let mut asked = self.asked.subscribe();
        loop {
            match asked.recv().await {
                Ok(name) if name == slot => return,
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                // The sender lives as long as this future borrows it.
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;
    use std::pin::pin;
    use std::task::Poll;

    #[tokio::test]
    async fn only_what_is_asked_while_it_is_waited_for_and_for_this_slot_counts() {
        let retries = Retries::default();
        retries.ask("1");
        let mut asked = pin!(retries.asked("1"));
        let is_pending = |poll: Poll<()>| Poll::Ready(poll.is_pending());
        assert!(poll_fn(|context| is_pending(asked.as_mut().poll(context))).await, "too early");
        retries.ask("2");
        assert!(poll_fn(|context| is_pending(asked.as_mut().poll(context))).await, "another slot");
        retries.ask("1");
        asked.await;
    }
}
