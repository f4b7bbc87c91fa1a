//! Module to host, with all that can happen on the way.

use std::{io, time::Duration};

use tokio::{io::AsyncReadExt, net::unix::OwnedReadHalf, sync::mpsc, time::sleep};

use super::{PIECE, spend, terminal::Terminal};
use crate::{
    chip::Chip,
    fault::{Fault, Faults, Slip},
    pace::Pace,
    random::Random,
};

/// How long a module that is reset at a command has for it. Some commands are done by then, others have begun.
const GRACE: Duration = Duration::from_millis(10);
/// The bit that a corrupt byte has changed: text stays text, so that only its meaning can be wrong.
const FLIPPED: u8 = 1 << 1;

/// The way from one module to the host.
pub(super) struct Outward<'a> {
    pub(super) terminal: &'a Terminal,
    pub(super) chip: &'a Chip,
    pub(super) faults: &'a Faults,
    pub(super) paced: bool,
    pub(super) noise: &'a mut Random,
}

impl Outward<'_> {
    /// Carries bytes. `reboots` tells that the module got a command, and after how many bytes it is to be
    /// reset. Returns when the module's end is closed.
    pub(super) async fn carry(
        mut self,
        mut module: OwnedReadHalf,
        mut reboots: mpsc::UnboundedReceiver<u64>,
    ) {
        let mut pace = Pace::new();
        let mut buffer = [0; PIECE];
        let mut until_reboot = None;
        loop {
            let count = tokio::select! {
                // It is told before the module has the whole command, so nothing read before belongs to it.
                biased;
                Some(after_bytes) = reboots.recv() => {
                    until_reboot = Some(after_bytes);
                    0
                }
                read = module.read(&mut buffer) => match read {
                    Ok(count @ 1..) => count,
                    _ => return,
                },
            };
            let left = until_reboot.map(|left| usize::try_from(left).unwrap_or(usize::MAX));
            let said = count.min(left.unwrap_or(usize::MAX));
            self.bring(&buffer[..said], &mut pace).await;
            match left {
                Some(left) if left <= count => {
                    self.reboot(&mut module, left == 0).await;
                    until_reboot = None;
                }
                Some(_) => until_reboot = until_reboot.map(|left| left.saturating_sub(count as u64)),
                None => {}
            }
        }
    }

    /// Brings to the host what is left of these bytes.
    async fn bring(&mut self, said: &[u8], pace: &mut Pace) {
        if said.is_empty() {
            return;
        }
        self.flood(pace).await;
        spend(pace, self.paced, said.len()).await;
        let mut bytes = slipped(said, &self.faults.slips(said.len()));
        if self.faults.has(&Fault::UartGarbage) {
            self.noise.fill(&mut bytes);
        }
        if self.faults.has(&Fault::UartSilent) {
            return;
        }
        match self.faults.split() {
            Some(pause_ms) => {
                for byte in bytes {
                    sleep(Duration::from_millis(pause_ms)).await;
                    self.terminal.write(&[byte]);
                }
            }
            None => self.terminal.write(&bytes),
        }
    }

    async fn flood(&mut self, pace: &mut Pace) {
        let mut left = usize::try_from(self.faults.flood()).unwrap_or(usize::MAX);
        while left > 0 {
            let mut junk = [0; PIECE];
            let junk = &mut junk[..left.min(PIECE)];
            self.noise.fill(junk);
            spend(pace, self.paced, junk.len()).await;
            self.terminal.write(junk);
            left -= junk.len();
        }
    }

    /// Resets the module. What it has said and the host not heard is lost.
    async fn reboot(&self, module: &mut OwnedReadHalf, in_the_command: bool) {
        if in_the_command {
            sleep(GRACE).await;
        }
        self.chip.reset_line(true).await;
        let mut lost = [0; 256];
        loop {
            match module.try_read(&mut lost) {
                Ok(1..) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                _ => break,
            }
        }
        self.chip.reset_line(false).await;
    }
}

/// The bytes that arrive when these were said. Two things can happen to one byte.
fn slipped(said: &[u8], slips: &[(usize, Slip)]) -> Vec<u8> {
    let mut arrived = Vec::with_capacity(said.len() + slips.len());
    for (place, &byte) in said.iter().enumerate() {
        let mut here = vec![byte];
        for (_, slip) in slips.iter().filter(|(at, _)| *at == place) {
            match slip {
                Slip::Drop => here.clear(),
                Slip::Repeat => here.extend(here.clone()),
                Slip::Corrupt => here.iter_mut().for_each(|byte| *byte ^= FLIPPED),
            }
        }
        arrived.extend(here);
    }
    arrived
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_happen_to_their_own_byte() {
        let slipped = |slips: &[(usize, Slip)]| slipped(b"OK 1\r\n", slips);
        assert_eq!(slipped(&[]), b"OK 1\r\n");
        assert_eq!(slipped(&[(1, Slip::Drop)]), b"O 1\r\n");
        assert_eq!(slipped(&[(1, Slip::Repeat)]), b"OKK 1\r\n");
        assert_eq!(slipped(&[(3, Slip::Corrupt)]), b"OK 3\r\n");
        assert_eq!(slipped(&[(0, Slip::Drop), (5, Slip::Repeat)]), b"K 1\r\n\n");
    }
}
