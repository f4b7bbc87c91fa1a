//! Accesses by the debugger to the part's bus: what answers at an address, and with what.

use super::{
    super::{
        BusFault, breakpoints,
        core::{self, Action, Activity},
        memory::Region,
        registers,
    },
    Part,
};
use crate::emulator::{EmulatorError, REGISTER_PC};

impl Part {
    /// Reads `length` bytes.
    pub(super) async fn read(
        &mut self,
        address: u32,
        length: usize,
    ) -> Result<Result<Vec<u8>, BusFault>, EmulatorError> {
        let region = self.reachable(address, length);
        if region == Region::Nothing {
            return Ok(Err(BusFault));
        }
        if region != Region::Core {
            return self.machine.read(address, length).await.map(Ok);
        }
        let start = address & !3;
        let skip = (address - start) as usize;
        let mut words = Vec::with_capacity(length + 6);
        for word in (start..).step_by(4).take((skip + length).div_ceil(4)) {
            words.extend_from_slice(&self.read_core(word).await?.to_le_bytes());
        }
        Ok(Ok(words[skip..skip + length].to_vec()))
    }

    async fn read_core(&mut self, address: u32) -> Result<u32, EmulatorError> {
        match address {
            core::DHCSR => Ok(self.core.read_dhcsr()),
            core::DCRDR => Ok(self.core.dcrdr),
            core::DEMCR => Ok(self.core.demcr()),
            core::DFSR => Ok(self.core.dfsr()),
            _ => match self.breakpoints.read(address) {
                Some(value) => Ok(value),
                None => self.machine.read_word(address).await,
            },
        }
    }

    /// Writes `data`.
    pub(super) async fn write(
        &mut self,
        address: u32,
        data: &[u8],
    ) -> Result<Result<(), BusFault>, EmulatorError> {
        let region = self.reachable(address, data.len());
        match region {
            Region::Nothing => return Ok(Err(BusFault)),
            Region::Ram => {
                self.machine.write(address, data).await?;
                let (start, length) = breakpoints::halfwords(address, data.len());
                let written = self.machine.read(start, length).await?;
                self.breakpoints.scan(start, &written);
            }
            Region::Flash | Region::User | Region::FlashController => self.program(address, data).await?,
            Region::Factory | Region::Peripheral => {
                for (at, value) in words(address, data) {
                    self.machine.write_word(at, value).await?;
                }
            }
            Region::Core => {
                for (at, value) in words(address, data) {
                    self.write_core(at, value).await?;
                }
            }
        }
        Ok(Ok(()))
    }

    /// A write by the debugger that can change what the part keeps. The firmware may lock up on it at once, so
    /// the outcome is secured before the core goes on.
    async fn program(&mut self, address: u32, data: &[u8]) -> Result<(), EmulatorError> {
        let paused = self.pause().await?;
        for (at, value) in words(address, data) {
            self.machine.write_word(at, value).await?;
        }
        self.image = self.capture().await?;
        if paused { self.resume().await } else { Ok(()) }
    }

    async fn write_core(&mut self, address: u32, value: u32) -> Result<(), EmulatorError> {
        match address {
            core::AIRCR if core::requests_reset(value) => {
                self.pause().await?;
                self.reset().await
            }
            core::DHCSR => match self.core.write_dhcsr(value) {
                Action::Nothing => Ok(()),
                Action::Halt => self.halt().await,
                Action::Resume => self.resume().await,
                Action::Step => self.step().await,
            },
            core::DCRSR => self.transfer_register(value).await,
            core::DCRDR => {
                self.core.dcrdr = value;
                Ok(())
            }
            core::DEMCR => {
                self.core.write_demcr(value);
                Ok(())
            }
            core::DFSR => {
                self.core.write_dfsr(value);
                Ok(())
            }
            _ if self.breakpoints.write(address, value) => self.replant().await,
            // What else the core has is the firmware's.
            _ if self.protected => Ok(()),
            _ => self.machine.write_word(address, value).await,
        }
    }

    /// A write to DCRSR: bit 16 is the direction, the low bits are the register.
    async fn transfer_register(&mut self, dcrsr: u32) -> Result<(), EmulatorError> {
        if self.core.activity() != Activity::Halted {
            return Ok(());
        }
        if self.protected {
            self.core.dcrdr = 0;
            return Ok(());
        }
        let selector = (dcrsr & 0x1F) as u8;
        if dcrsr & 1 << 16 == 0 {
            self.core.dcrdr = registers::read(&mut self.machine, selector).await?;
            return Ok(());
        }
        registers::write(&mut self.machine, selector, self.core.dcrdr).await?;
        if selector == REGISTER_PC {
            self.core.unwedged();
        }
        Ok(())
    }

    fn reachable(&self, address: u32, length: usize) -> Region {
        match Region::of_range(address, length) {
            region if self.protected && !region.open_under_protection() => Region::Nothing,
            region => region,
        }
    }
}

/// Registers take words; what is left over is dropped, as the bus of the part does.
pub(super) fn words(address: u32, data: &[u8]) -> impl Iterator<Item = (u32, u32)> {
    let values = data.chunks_exact(4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]));
    (address & !3..).step_by(4).zip(values)
}
