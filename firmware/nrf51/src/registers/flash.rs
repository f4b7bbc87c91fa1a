//! The flash controller, and the protection of flash and RAM.

use core::mem::size_of;
use core::ptr;

use nrf51_pac::{NVMC, UICR};

use super::set;

/// Bytes of flash, from address 0.
pub(crate) const FLASH_BYTES: usize = 256 * 1024;

/// Flash controller and configuration registers.
pub(crate) struct FlashRegisters {
    nvmc: NVMC,
    uicr: UICR,
}

impl FlashRegisters {
    pub(super) fn new(nvmc: NVMC, uicr: UICR) -> Self {
        Self { nvmc, uicr }
    }

    /// A part of the flash as it is now.
    #[expect(clippy::unused_self, reason = "the borrow keeps the flash from changing under the slice")]
    pub(crate) fn bytes(&self, start: usize, length: usize) -> &[u8] {
        assert!(start <= FLASH_BYTES && length <= FLASH_BYTES - start, "inside the flash");
        // SAFETY: the range lies in flash, which is always readable. It changes only through the functions
        // below, and those borrow `self` mutably, so no slice is alive while it does.
        unsafe { core::slice::from_raw_parts(ptr::with_exposed_provenance(start), length) }
    }

    /// Erases the page at an address, which must not be the running code's; the processor stands still
    /// meanwhile, about 22 ms.
    pub(crate) fn erase_page(&mut self, address: u32) {
        self.nvmc.config.write(|register| register.wen().een());
        set(self.nvmc.erasepage(), address);
        self.finish();
    }

    /// Writes a word of flash.
    pub(crate) fn write_word(&mut self, address: usize, word: u32) {
        assert!(address < FLASH_BYTES && address.is_multiple_of(size_of::<u32>()), "a word of the flash");
        self.nvmc.config.write(|register| register.wen().wen());
        // SAFETY: the address is a word of flash, nothing borrows it (`&mut self`), and writing is enabled.
        unsafe { ptr::with_exposed_provenance_mut::<u32>(address).write_volatile(word) };
        self.finish();
    }

    /// Whether flash and RAM are, at the latest from the next reset on, closed to the debug port.
    pub(crate) fn is_read_back_protected(&self) -> bool {
        self.uicr.rbpconf.read().pall().is_enabled()
    }

    /// Closes them.
    pub(crate) fn protect_read_back(&mut self) {
        self.nvmc.config.write(|register| register.wen().wen());
        self.uicr.rbpconf.modify(|_, register| register.pall().enabled());
        self.finish();
    }

    fn finish(&mut self) {
        while self.nvmc.ready.read().ready().is_busy() {}
        self.nvmc.config.write(|register| register.wen().ren());
        while self.nvmc.ready.read().ready().is_busy() {}
    }
}
