//! The nRF51822 as the core asks for it.

use module_core::platform::{Flash, FlashError, Lock, Noise, PAGE, Platform, Ram};
use module_core::store::PAGES;
use wire::factory::Memory;

use crate::registers::{self, FLASH_BYTES, FlashRegisters, NoiseRegisters, RAM_BYTES};

/// Where the records begin: they are the last pages of the flash.
const RECORDS: usize = FLASH_BYTES - PAGES * PAGE;

/// Past the image, whose region memory.x bounds.
const _: () = assert!(RECORDS >= 96 * 1024);

/// The chip's devices other than the serial line.
pub(crate) struct Chip {
    flash: FlashRegisters,
    noise: NoiseRegisters,
    last_sample: u8,
}

impl Chip {
    pub(crate) fn new(flash: FlashRegisters, noise: NoiseRegisters) -> Self {
        Self { flash, noise, last_sample: 0 }
    }
}

impl Platform for Chip {
    const CHIP: &'static str = "nrf51822";
}

impl Flash for Chip {
    fn bytes(&self) -> &[u8] {
        self.flash.bytes(RECORDS, PAGES * PAGE)
    }

    fn erase(&mut self, page: usize) -> Result<(), FlashError> {
        let start = page * PAGE;
        let address = u32::try_from(RECORDS + start).map_err(|_| FlashError)?;
        if page >= PAGES {
            return Err(FlashError);
        }
        self.flash.erase_page(address);
        let is_blank = self.bytes()[start..start + PAGE].iter().all(|&byte| byte == 0xff);
        if is_blank { Ok(()) } else { Err(FlashError) }
    }

    fn write(&mut self, offset: usize, word: u32) -> Result<(), FlashError> {
        if offset + 4 > PAGES * PAGE || !offset.is_multiple_of(4) {
            return Err(FlashError);
        }
        self.flash.write_word(RECORDS + offset, word);
        if self.bytes()[offset..offset + 4] == word.to_le_bytes() { Ok(()) } else { Err(FlashError) }
    }
}

impl Noise for Chip {
    fn sample(&mut self) -> u8 {
        self.last_sample = self.noise.sample().unwrap_or(self.last_sample);
        self.last_sample
    }
}

impl Lock for Chip {
    fn is_locked(&self) -> bool {
        self.flash.is_read_back_protected()
    }

    fn lock(&mut self) -> Result<(), FlashError> {
        self.flash.protect_read_back();
        if self.is_locked() { Ok(()) } else { Err(FlashError) }
    }
}

impl Ram for Chip {
    fn usage(&self) -> Memory {
        let static_bytes = registers::static_bytes();
        let free_bytes = registers::untouched_bytes();
        Memory { static_bytes, stack_bytes: RAM_BYTES - static_bytes - free_bytes, free_bytes }
    }

    fn test(&mut self) -> bool {
        registers::keeps_patterns()
    }
}
