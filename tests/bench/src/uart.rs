//! The slot's serial port: a pseudo-terminal towards the host, the emulated UART towards the module, and the
//! speed of 115200 baud in between.

mod terminal;

use std::{future::pending, io, path::Path, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        UnixStream,
        unix::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::mpsc,
    time::{Instant, sleep_until},
};

use self::terminal::Terminal;
use crate::{
    chip::Chip,
    fault::{Fault, Faults},
    pace::Pace,
    random::Random,
};

/// 115200 baud, and ten bits to a byte: start, eight data, stop.
const BYTE_TIME: Duration = Duration::from_nanos(1_000_000_000 * 10 / 115_200);
/// Bytes moved at a time: about what a timer tick is worth.
const PIECE: usize = 16;
/// How long the module is taken to listen once it did.
const ATTENTION: Duration = Duration::from_millis(20);

/// The UART of a module that has power.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) stream: UnixStream,
    pub(crate) chip: Chip,
}

/// One slot's serial port.
#[derive(Debug)]
pub(crate) struct Uart {
    terminal: Arc<Terminal>,
    /// Whether bytes take their time.
    paced: bool,
    faults: Faults,
    /// What garbage is made of.
    noise: Random,
}

impl Uart {
    /// Opens a pseudo-terminal and makes `link` point to it.
    pub(crate) fn open(link: &Path, paced: bool, faults: Faults, noise: Random) -> io::Result<Self> {
        let terminal = Terminal::open()?;
        terminal.link(link)?;
        Ok(Self { terminal: Arc::new(terminal), paced, faults, noise })
    }

    /// Carries bytes until the runtime ends. `module` gives the line of the module that got power, and
    /// nothing when the slot falls silent.
    pub(crate) async fn serve(mut self, module: mpsc::UnboundedReceiver<Option<Line>>) {
        let terminal = Arc::clone(&self.terminal);
        tokio::select! {
            () = self.carry(module) => {}
            () = terminal.release() => {}
        }
    }

    async fn carry(&mut self, mut module: mpsc::UnboundedReceiver<Option<Line>>) {
        let mut line: Option<Line> = None;
        loop {
            let (terminal, faults, paced, noise) =
                (&self.terminal, &self.faults, self.paced, &mut self.noise);
            let changed = match line.take() {
                Some(Line { stream, chip }) => {
                    let (from_module, to_module) = stream.into_split();
                    tokio::select! {
                        changed = module.recv() => changed,
                        // A module whose emulator has died says and hears nothing, until it is replaced.
                        () = outward(from_module, terminal, faults, paced, noise) => {
                            swallow(terminal, &mut module).await
                        }
                        () = inward(to_module, &chip, terminal, paced) => swallow(terminal, &mut module).await,
                    }
                }
                None => swallow(terminal, &mut module).await,
            };
            match changed {
                Some(changed) => line = changed,
                None => return,
            }
        }
    }
}

/// Module to host. Returns when the module's end is closed.
async fn outward(
    mut module: OwnedReadHalf,
    terminal: &Terminal,
    faults: &Faults,
    paced: bool,
    noise: &mut Random,
) {
    let mut pace = Pace::new();
    let mut buffer = [0; PIECE];
    while let Ok(count @ 1..) = module.read(&mut buffer).await {
        spend(&mut pace, paced, count).await;
        let bytes = &mut buffer[..count];
        if faults.has(&Fault::UartGarbage) {
            noise.fill(bytes);
        }
        if !faults.has(&Fault::UartSilent) {
            terminal.write(bytes);
        }
    }
}

/// Host to module. Returns when the module's end is closed.
async fn inward(mut module: OwnedWriteHalf, chip: &Chip, terminal: &Terminal, paced: bool) {
    let mut pace = Pace::new();
    let mut buffer = [0; PIECE];
    let mut listened: Option<Instant> = None;
    loop {
        let count = tokio::select! {
            count = terminal.read(&mut buffer) => count,
            // The end of a burst may have come before the module had its receiver started, and be overlooked.
            () = expired(listened) => {
                listened = None;
                chip.listens().await;
                continue;
            }
        };
        spend(&mut pace, paced, count).await;
        if listened.is_none() && chip.listens().await {
            listened = Some(Instant::now());
        }
        if listened.is_some() && module.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}

/// Resolves when the module has to be asked again.
async fn expired(listened: Option<Instant>) {
    match listened {
        Some(instant) => sleep_until(instant + ATTENTION).await,
        None => pending().await,
    }
}

/// Takes what the host sends, as a wire without a module does, until the module changes.
async fn swallow(
    terminal: &Terminal,
    module: &mut mpsc::UnboundedReceiver<Option<Line>>,
) -> Option<Option<Line>> {
    let mut buffer = [0; PIECE];
    loop {
        tokio::select! {
            changed = module.recv() => return changed,
            _lost = terminal.read(&mut buffer) => {}
        }
    }
}

async fn spend(pace: &mut Pace, paced: bool, bytes: usize) {
    if paced {
        pace.spend(BYTE_TIME.saturating_mul(u32::try_from(bytes).unwrap_or(u32::MAX))).await;
    }
}
