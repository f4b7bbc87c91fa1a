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
    time::{Instant, sleep, sleep_until},
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
/// How long bytes wait for the module to listen, as they may in a serial adapter, before they are lost.
const LATENCY: Duration = Duration::from_millis(50);
/// How often it is asked in that time.
const ASKING: Duration = Duration::from_millis(5);
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
    let mut ear = Ear { chip, heard: None, deaf: None };
    loop {
        let count = tokio::select! {
            count = terminal.read(&mut buffer) => count,
            () = ear.forgets() => continue,
        };
        spend(&mut pace, paced, count).await;
        if ear.hears().await && module.write_all(&buffer[..count]).await.is_err() {
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
