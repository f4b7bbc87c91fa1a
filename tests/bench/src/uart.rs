//! The slot's serial port: a pseudo-terminal towards the host, the emulated UART towards the module, and the
//! speed of 115200 baud in between.
//!
//! `inward` carries what the host says and knows which command that was, `outward` what the module says and
//! what becomes of it on the way.

mod command;
mod inward;
mod outward;
mod terminal;

use std::{io, path::Path, sync::Arc, time::Duration};

use tokio::{net::UnixStream, sync::mpsc};

use self::{inward::inward, outward::Outward, terminal::Terminal};
use crate::{chip::Chip, fault::Faults, pace::Pace, random::Random};

/// 115200 baud, and ten bits to a byte: start, eight data, stop.
const BYTE_TIME: Duration = Duration::from_nanos(1_000_000_000 * 10 / 115_200);
/// Bytes moved at a time: about what a timer tick is worth.
const PIECE: usize = 16;

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
                    let (tell, reboots) = mpsc::unbounded_channel();
                    let outward = Outward { terminal, chip: &chip, faults, paced, noise };
                    tokio::select! {
                        changed = module.recv() => changed,
                        // A module whose emulator has died says and hears nothing, until it is replaced.
                        () = outward.carry(from_module, reboots) => swallow(terminal, &mut module).await,
                        () = inward(to_module, &chip, terminal, paced, |command| {
                            if let Some(after_bytes) = faults.commanded(command) {
                                let _module_gone = tell.send(after_bytes);
                            }
                        }) => swallow(terminal, &mut module).await,
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
