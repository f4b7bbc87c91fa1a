//! The debug port and the access port of the seated part.
//!
//! Source: ARM Debug Interface v5.2, chapters B2 "The Debug Port" and C2 "The Memory Access Port". Access port
//! 0 is an AHB-AP; there is no other.

use super::{
    identity::{Identity, ROM_TABLE},
    wire::Port,
};
use crate::chip::{BusFault, Chip};

const DP_IDR_OR_ABORT: u8 = 0x0;
const DP_CTRL_STAT: u8 = 0x4;
const DP_SELECT: u8 = 0x8;
const DP_RDBUFF: u8 = 0xC;

const ABORT_STKERRCLR: u32 = 1 << 2;
const CTRL_ORUNDETECT: u32 = 1 << 0;
const CTRL_STICKYERR: u32 = 1 << 5;
/// Power-up requests; each is acknowledged in the bit above it.
const CTRL_POWER_REQUESTS: u32 = 1 << 28 | 1 << 30;

const AP_CSW: u8 = 0x00;
const AP_TAR: u8 = 0x04;
const AP_DRW: u8 = 0x0C;
const AP_BD0: u8 = 0x10;
const AP_BD3: u8 = 0x1C;
const AP_BASE: u8 = 0xF8;
const AP_IDR: u8 = 0xFC;

/// CSW bits that can be written: size, increment, protection.
const CSW_WRITABLE: u32 = 0x7F00_0037;
/// `DeviceEn`, and the protection bits' reset value.
const CSW_RESET: u32 = 0x0300_0042;
const CSW_DEVICE_ENABLED: u32 = 1 << 6;
const CSW_SIZE: u32 = 0b111;
const CSW_INCREMENT: u32 = 0b11 << 4;
/// TAR counts within blocks of this size.
const INCREMENT_BLOCK: u32 = 0x400;

/// Register state of both ports, from power-on of the part.
#[derive(Debug)]
pub(super) struct Ports {
    control: u32,
    sticky_error: bool,
    select: u32,
    csw: u32,
    tar: u32,
    /// What an access port read by wire fetched: the next read answers it.
    posted: u32,
}

/// The part as the ports reach it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target<'a> {
    pub(super) chip: &'a Chip,
    pub(super) identity: &'a Identity,
}

impl Target<'_> {
    /// Reads target memory.
    pub(super) async fn read(&self, address: u32, length: usize) -> Result<Vec<u8>, BusFault> {
        let mut data = if ROM_TABLE.contains(&address) {
            vec![0; length]
        } else {
            self.chip.read(address, length).await?
        };
        self.identity.overlay(address, &mut data);
        Ok(data)
    }

    /// Writes target memory.
    pub(super) async fn write(&self, address: u32, data: Vec<u8>) -> Result<(), BusFault> {
        self.chip.write(address, data).await
    }
}

impl Ports {
    pub(super) fn new() -> Self {
        Self { control: 0, sticky_error: false, select: 0, csw: CSW_RESET, tar: 0, posted: 0 }
    }

    /// Whether transfers on the wire have to wait until the debugger clears an error.
    pub(super) fn refuses(&self, port: Port, read: bool, address: u8) -> bool {
        // What finds out about an error and clears it is always allowed.
        let always = port == Port::Debug && (read || address == DP_IDR_OR_ABORT);
        self.sticky_error && !always
    }

    pub(super) fn read_debug_port(&self, address: u8, identity: &Identity) -> u32 {
        match address & 0xC {
            DP_IDR_OR_ABORT => identity.dpidr,
            DP_CTRL_STAT if self.bank() == 0 => {
                let sticky = if self.sticky_error { CTRL_STICKYERR } else { 0 };
                self.control | (self.control & CTRL_POWER_REQUESTS) << 1 | sticky
            }
            DP_RDBUFF => self.posted,
            _ => 0,
        }
    }

    pub(super) fn write_debug_port(&mut self, address: u8, value: u32) {
        match address & 0xC {
            DP_IDR_OR_ABORT if value & ABORT_STKERRCLR != 0 => self.sticky_error = false,
            DP_CTRL_STAT if self.bank() == 0 => {
                self.control = value & (CTRL_POWER_REQUESTS | CTRL_ORUNDETECT);
            }
            DP_SELECT => self.select = value,
            _ => {}
        }
    }

    /// A transfer on the wire to the selected access port: a read answers what the one before it fetched.
    pub(super) async fn transfer(&mut self, address: u8, write: Option<u32>, target: Target<'_>) -> u32 {
        let register = (self.select & 0xF0) as u8 | address;
        let port = (self.select >> 24) as u8;
        let answer = self.posted;
        let outcome = match write {
            Some(value) => self.write_access_port(port, register, value, target).await,
            None => self.read_access_port(port, register, target).await.map(|value| self.posted = value),
        };
        self.sticky_error |= outcome.is_err();
        answer
    }

    pub(super) async fn read_access_port(
        &mut self,
        port: u8,
        register: u8,
        target: Target<'_>,
    ) -> Result<u32, BusFault> {
        if port != 0 {
            return Ok(0);
        }
        match register {
            AP_CSW => Ok(self.csw),
            AP_TAR => Ok(self.tar),
            AP_BASE => Ok(target.identity.ap_base),
            AP_IDR => Ok(target.identity.ap_idr),
            AP_DRW => {
                let (address, width) = (self.tar, self.width());
                let data = target.read(address, width.into()).await?;
                self.increment();
                // Narrow data travel in their own byte lanes of the word.
                let mut lanes = [0; 4];
                let lane = (address & 3) as usize;
                for (to, from) in lanes.iter_mut().skip(lane).zip(data) {
                    *to = from;
                }
                Ok(u32::from_le_bytes(lanes))
            }
            AP_BD0..=AP_BD3 => {
                let data = target.read(self.banked(register), 4).await?;
                Ok(data.first_chunk().map_or(0, |word| u32::from_le_bytes(*word)))
            }
            _ => Ok(0),
        }
    }

    pub(super) async fn write_access_port(
        &mut self,
        port: u8,
        register: u8,
        value: u32,
        target: Target<'_>,
    ) -> Result<(), BusFault> {
        if port != 0 {
            return Ok(());
        }
        match register {
            AP_CSW => self.csw = value & CSW_WRITABLE | CSW_DEVICE_ENABLED,
            AP_TAR => self.tar = value,
            AP_DRW => {
                let lane = (self.tar & 3) as usize;
                let data = value.to_le_bytes().into_iter().skip(lane).take(self.width().into()).collect();
                target.write(self.tar, data).await?;
                self.increment();
            }
            AP_BD0..=AP_BD3 => target.write(self.banked(register), value.to_le_bytes().to_vec()).await?,
            _ => {}
        }
        Ok(())
    }

    /// The bank of debug port registers at address 4.
    fn bank(&self) -> u32 {
        self.select & 0xF
    }

    /// Bytes per access; wider than a word does not exist here.
    fn width(&self) -> u8 {
        match self.csw & CSW_SIZE {
            0 => 1,
            1 => 2,
            _ => 4,
        }
    }

    fn increment(&mut self) {
        if self.csw & CSW_INCREMENT != 0 {
            let block = self.tar & !(INCREMENT_BLOCK - 1);
            self.tar = block | self.tar.wrapping_add(self.width().into()) & (INCREMENT_BLOCK - 1);
        }
    }

    fn banked(&self, register: u8) -> u32 {
        self.tar & !0xF | u32::from(register & 0xC)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn power_requests_are_acknowledged_in_the_next_bits() {
        let identity = Identity::nrf51822(0);
        let mut ports = Ports::new();
        assert_eq!(ports.read_debug_port(DP_CTRL_STAT, &identity), 0);
        ports.write_debug_port(DP_CTRL_STAT, 0x5000_0000);
        assert_eq!(ports.read_debug_port(DP_CTRL_STAT, &identity), 0xF000_0000);
        assert_eq!(ports.read_debug_port(DP_IDR_OR_ABORT, &identity), 0x0BB1_1477);
    }

    #[test]
    fn a_sticky_error_refuses_until_it_is_cleared() {
        let mut ports = Ports::new();
        ports.sticky_error = true;
        assert!(ports.refuses(Port::Access, true, 0));
        assert!(!ports.refuses(Port::Debug, true, DP_CTRL_STAT));
        ports.write_debug_port(DP_IDR_OR_ABORT, ABORT_STKERRCLR);
        assert!(!ports.refuses(Port::Access, true, 0));
    }

    #[test]
    fn the_transfer_address_wraps_within_its_block() {
        let mut ports = Ports::new();
        ports.csw = 2 | 1 << 4;
        ports.tar = 0x2000_03FC;
        ports.increment();
        assert_eq!(ports.tar, 0x2000_0000);
    }
}
