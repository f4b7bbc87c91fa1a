//! The nRF51822's address map, what its read-back protection leaves of it, and its non-volatile contents.
//!
//! Source: nRF51 Series Reference Manual v3.0, chapters "Memory", "Memory protection unit", "FICR" and "UICR".

/// Bytes of flash of the xxAA variants.
pub(crate) const FLASH_SIZE: usize = 0x4_0000;
/// First address of RAM.
pub(crate) const RAM_START: u32 = 0x2000_0000;
/// Bytes of RAM.
pub(crate) const RAM_SIZE: usize = 0x4000;
/// First address after RAM.
const RAM_END: u32 = 0x2000_4000;
/// First address of the user information configuration registers.
pub(crate) const UICR_START: u32 = 0x1000_1000;
/// Words of UICR that hold something.
pub(crate) const UICR_WORDS: usize = 64;
/// Flash controller: what a write to flash means.
pub(crate) const NVMC_CONFIG: u32 = 0x4001_E504;
/// Flash controller: erases flash and UICR when 1 is written.
pub(crate) const NVMC_ERASEALL: u32 = 0x4001_E50C;

/// UART baud rate: QEMU shows it only while the UART is enabled, and it is never 0.
pub(crate) const UART_BAUDRATE: u32 = 0x4000_2524;

/// `NVMC.CONFIG`: writes to flash program it.
pub(crate) const NVMC_WRITE: u32 = 1;
/// `NVMC.CONFIG`: erase registers take effect.
pub(crate) const NVMC_ERASE: u32 = 2;

/// Index of RBPCONF in the UICR.
const UICR_RBPCONF: usize = 1;
/// RBPCONF.PALL, "protect all": 0xFF is off. The manual names 0x00 for on; every other value counts as on here.
const RBPCONF_PALL: u32 = 0x0000_FF00;

/// What keeps its value without power.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Image {
    /// Code memory, from address 0.
    pub(crate) flash: Vec<u8>,
    /// The UICR, by word.
    pub(crate) uicr: Vec<u32>,
}

impl Image {
    /// A part as it comes from the reel: all ones.
    pub(crate) fn blank() -> Self {
        Self { flash: vec![0xFF; FLASH_SIZE], uicr: vec![u32::MAX; UICR_WORDS] }
    }

    /// Whether read-back protection of everything holds from the next reset on.
    pub(crate) fn protected(&self) -> bool {
        self.uicr.get(UICR_RBPCONF).is_some_and(|rbpconf| rbpconf & RBPCONF_PALL != RBPCONF_PALL)
    }

    /// Whether the core can start: the reset vector is Thumb code in flash or RAM, and the initial stack
    /// lies in RAM. A part that cannot, a blank one above all, locks up at its first instruction. (Real
    /// silicon tries the hard-fault handler in between.)
    pub(crate) fn bootable(&self) -> bool {
        let word = |at: usize| self.flash.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes);
        let (Some(stack), Some(entry)) = (word(0), word(4)) else { return false };
        let code = matches!(Region::of(entry), Region::Flash | Region::Ram);
        (RAM_START..=RAM_END).contains(&stack) && entry & 1 == 1 && code
    }
}

/// What lies at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Region {
    Flash,
    /// Factory information, read only.
    Factory,
    /// User information: RBPCONF and its neighbours.
    User,
    Ram,
    FlashController,
    Peripheral,
    /// The core's own registers, debug registers among them.
    Core,
    /// Nothing answers: the access faults.
    Nothing,
}

impl Region {
    pub(crate) fn of(address: u32) -> Self {
        match address {
            0..0x0004_0000 => Self::Flash,
            0x1000_0000..0x1000_1000 => Self::Factory,
            0x1000_1000..0x1000_2000 => Self::User,
            0x2000_0000..0x2000_4000 => Self::Ram,
            0x4001_E000..0x4001_F000 => Self::FlashController,
            0x4000_0000..0x4008_0000 | 0x5000_0000..0x5000_1000 => Self::Peripheral,
            0xE000_0000..0xE010_0000 => Self::Core,
            _ => Self::Nothing,
        }
    }

    /// The region of a whole access, if it lies in one.
    pub(crate) fn of_range(address: u32, length: usize) -> Self {
        let last =
            u32::try_from(length.saturating_sub(1)).ok().and_then(|length| address.checked_add(length));
        match last.map(Self::of) {
            Some(region) if region == Self::of(address) => region,
            _ => Self::Nothing,
        }
    }

    /// Whether the debugger still reaches this region of a part under read-back protection.
    ///
    /// The manual denies the debugger code memory and RAM, and leaves erasing all through the flash
    /// controller as the way back. Parts in the field answer such reads with zeros and give the debugger the
    /// core's registers, which is how they are known to leak. This model is stricter: the access port answers
    /// with a fault, peripherals are closed too, and core registers read as zero and cannot be written. The
    /// core can be halted, as on silicon.
    pub(crate) fn open_under_protection(self) -> bool {
        match self {
            Self::Factory | Self::User | Self::FlashController | Self::Core => true,
            Self::Flash | Self::Ram | Self::Peripheral | Self::Nothing => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_part_neither_starts_nor_is_protected() {
        let blank = Image::blank();
        assert!(!blank.bootable());
        assert!(!blank.protected());
    }

    #[test]
    fn protect_all_is_the_second_byte_of_rbpconf() {
        let with = |rbpconf| {
            let mut image = Image::blank();
            image.uicr[UICR_RBPCONF] = rbpconf;
            image.protected()
        };
        assert!(with(0xFFFF_00FF));
        assert!(with(0xFFFF_0000));
        assert!(!with(0xFFFF_FF00), "protecting region 0 alone is not protecting all");
        assert!(!with(0xFFFF_FFFF));
    }

    #[test]
    fn a_vector_table_needs_stack_in_ram_and_thumb_code() {
        let with = |stack: u32, entry: u32| {
            let mut image = Image::blank();
            image.flash[..4].copy_from_slice(&stack.to_le_bytes());
            image.flash[4..8].copy_from_slice(&entry.to_le_bytes());
            image.bootable()
        };
        assert!(with(0x2000_4000, 0xC1));
        assert!(!with(0x2000_4004, 0xC1));
        assert!(!with(0x2000_4000, 0xC0));
        assert!(!with(0, 0));
        assert!(!with(0x2000_4000, 0x0004_0001));
    }

    #[test]
    fn an_access_across_the_end_of_a_region_reaches_nothing() {
        assert_eq!(Region::of_range(0x0003_FFFC, 4), Region::Flash);
        assert_eq!(Region::of_range(0x0003_FFFC, 8), Region::Nothing);
        assert_eq!(Region::of_range(0xFFFF_FFFE, 4), Region::Nothing);
        assert_eq!(Region::of_range(RAM_START, RAM_SIZE), Region::Ram);
    }
}
