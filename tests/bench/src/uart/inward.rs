//! Host to module.

use std::{future::pending, time::Duration};

use tokio::{
    io::AsyncWriteExt,
    net::unix::OwnedWriteHalf,
    time::{Instant, sleep, sleep_until},
};

use super::{PIECE, command::Commands, spend, terminal::Terminal};
use crate::{chip::Chip, pace::Pace};

/// How long bytes wait for the module to listen, as they may in a serial adapter, before they are lost.
const LATENCY: Duration = Duration::from_millis(50);
/// How often it is asked in that time.
const ASKING: Duration = Duration::from_millis(5);
/// How long the module is taken to listen once it did.
const ATTENTION: Duration = Duration::from_millis(20);

/// Carries bytes, and tells `commanded` of each command just before the module has it. Returns when the
/// module's end is closed.
pub(super) async fn inward(
    mut module: OwnedWriteHalf,
    chip: &Chip,
    terminal: &Terminal,
    paced: bool,
    commanded: impl Fn(&str),
) {
    let mut pace = Pace::new();
    let mut buffer = [0; PIECE];
    let mut ear = Ear { chip, heard: None, deaf: None };
    let mut commands = Commands::default();
    loop {
        let count = tokio::select! {
            count = terminal.read(&mut buffer) => count,
            () = ear.forgets() => continue,
        };
        spend(&mut pace, paced, count).await;
        if !ear.hears().await {
            continue;
        }
        for &byte in &buffer[..count] {
            if let Some(command) = commands.push(byte) {
                commanded(&command);
            }
        }
        if module.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}

/// Whether the module listens, asked no more often than it matters.
struct Ear<'a> {
    chip: &'a Chip,
    /// When it last said that it does.
    heard: Option<Instant>,
    /// Since when it did not, for all the waiting.
    deaf: Option<Instant>,
}

impl Ear<'_> {
    /// Whether the module listens, or does so soon.
    async fn hears(&mut self) -> bool {
        if self.heard.is_some() {
            return true;
        }
        if self.deaf.is_some_and(|since| since.elapsed() < LATENCY) {
            return false;
        }
        let begin = Instant::now();
        loop {
            if self.chip.listens().await {
                self.heard = Some(Instant::now());
                return true;
            }
            if begin.elapsed() >= LATENCY {
                self.deaf = Some(Instant::now());
                return false;
            }
            sleep(ASKING).await;
        }
    }

    /// Resolves when what the module said no longer counts. It is asked once more then: bytes that came between
    /// the enabling of its UART and the start of its receiver would be overlooked.
    async fn forgets(&mut self) {
        match self.heard {
            Some(heard) => sleep_until(heard + ATTENTION).await,
            None => pending().await,
        }
        self.heard = None;
        self.chip.listens().await;
    }
}
