//! The nRF51822 as the core asks for it.

use module_core::platform::{Flash, FlashError, Lock, Noise, PAGE, Platform, Ram};
use module_core::store::PAGES;
use wire::factory::Memory;

use crate::registers::{self, ChipRegisters, FLASH_BYTES, RAM_BYTES};

/// Where the records begin: they are the last pages of the flash.
pub(crate) const RECORDS: usize = FLASH_BYTES - PAGES * PAGE;

/// Looks at the noise source before a byte is taken for overdue. One takes 0.7 ms with bias correction; this is some
/// hundred times as long, and a source that has stopped is noticed by the health tests after six bytes.
const PATIENCE: u32 = 1_000_000;

/// The chip's devices other than the serial line.
pub(crate) struct Chip {
    registers: ChipRegisters,
    last_sample: u8,
}

impl Chip {
    pub(crate) fn new(registers: ChipRegisters) -> Self {
        Self { registers, last_sample: 0 }
    }
}

impl Platform for Chip {
    const CHIP: &'static str = "nrf51822";
}

impl Flash for Chip {
    fn bytes(&self) -> &[u8] {
        self.registers.flash(RECORDS, PAGES * PAGE)
    }

    fn erase(&mut self, page: usize) -> Result<(), FlashError> {
        let start = page * PAGE;
        if page >= PAGES {
            return Err(FlashError);
        }
        self.registers.erase_flash_page(RECORDS + start);
        let is_blank = self.bytes()[start..start + PAGE].iter().all(|&byte| byte == 0xff);
        if is_blank { Ok(()) } else { Err(FlashError) }
    }

    fn write(&mut self, offset: usize, word: u32) -> Result<(), FlashError> {
        if offset + 4 > PAGES * PAGE || !offset.is_multiple_of(4) {
            return Err(FlashError);
        }
        self.registers.write_flash_word(RECORDS + offset, word);
        if self.bytes()[offset..offset + 4] == word.to_le_bytes() { Ok(()) } else { Err(FlashError) }
    }
}

impl Noise for Chip {
    fn sample(&mut self) -> u8 {
        self.registers.start_noise();
        let sample = (0..PATIENCE).find_map(|_| self.registers.noise());
        self.registers.stop_noise();
        self.last_sample = sample.unwrap_or(self.last_sample);
        self.last_sample
    }
}

impl Lock for Chip {
    fn is_locked(&self) -> bool {
        self.registers.is_read_back_protected()
    }

    fn lock(&mut self) -> Result<(), FlashError> {
        self.registers.protect_read_back();
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
        registers::ram_keeps_patterns()
    }
}
