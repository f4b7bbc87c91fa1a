//! What a debugger sees to tell which chip it is connected to.
//!
//! QEMU has no debug port, no ROM tables, and the same factory information in every instance, so these words
//! come from here. The firmware sees QEMU's constants: DEVICEID is per module for the debugger alone.
//!
//! Sources: ARM Debug Interface v5.2 (IDR, ROM tables, component identification), nRF51 Series Reference Manual
//! chapter "FICR", nRF52832 Product Specification chapter "FICR".

/// The ROM table that the nRF51's access port names; nothing else lies in its page.
pub(super) const ROM_TABLE: std::ops::Range<u32> = 0xF000_0000..0xF000_1000;

const FICR: u32 = 0x1000_0000;
const CODEPAGESIZE: u32 = FICR + 0x10;
const CODESIZE: u32 = FICR + 0x14;
const CONFIGID: u32 = FICR + 0x5C;
const DEVICEID_LOW: u32 = FICR + 0x60;
const DEVICEID_HIGH: u32 = FICR + 0x64;
/// INFO.PART and INFO.VARIANT of the nRF52 series. The nRF51 has nothing there.
const INFO_PART: u32 = FICR + 0x100;
const INFO_VARIANT: u32 = FICR + 0x104;
const FICR_REST: u32 = FICR + 0x108;
const FICR_END: u32 = FICR + 0x1000;
const CPUID: u32 = 0xE000_ED00;

const DESIGNER_NORDIC: Designer = Designer { continuation: 2, identity: 0x44 };
const DESIGNER_ARM: Designer = Designer { continuation: 4, identity: 0x3B };

/// A manufacturer's JEP106 code.
#[derive(Debug, Clone, Copy)]
struct Designer {
    continuation: u32,
    identity: u32,
}

/// One chip, as its debug port and its identification registers describe it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Identity {
    /// Debug port identification register.
    pub(super) dpidr: u32,
    /// Identification register of access port 0, an AHB-AP.
    pub(super) ap_idr: u32,
    /// Where access port 0 says its ROM table is.
    pub(super) ap_base: u32,
    /// Part number and class in the chip's own ROM table.
    part: u32,
    cpuid: u32,
    page_size: u32,
    pages: u32,
    config: u32,
    info_part: u32,
    info_variant: u32,
    device: u64,
}

impl Identity {
    /// The part the bench has: an nRF51822-QFAA with the given DEVICEID.
    pub(super) fn nrf51822(device: u64) -> Self {
        Self {
            dpidr: 0x0BB1_1477,
            ap_idr: 0x0477_0021,
            ap_base: 0xF000_0003,
            part: 0x001,
            cpuid: 0x410C_C200,
            page_size: 0x400,
            pages: 0x100,
            config: 0xFFFF_003C,
            info_part: u32::MAX,
            info_variant: u32::MAX,
            device,
        }
    }

    /// Another part in the same place: an nRF52832, Cortex-M4. Only its identity is another.
    pub(super) fn nrf52832(device: u64) -> Self {
        Self {
            dpidr: 0x2BA0_1477,
            ap_idr: 0x2477_0011,
            ap_base: 0xF000_0003,
            part: 0x006,
            cpuid: 0x410F_C241,
            page_size: 0x1000,
            pages: 0x80,
            config: u32::MAX,
            info_part: 0x0005_2832,
            // "AAB0"
            info_variant: 0x4141_4230,
            device,
        }
    }

    /// Puts this chip's words over `data`, which was read at `address`.
    pub(super) fn overlay(&self, address: u32, data: &mut [u8]) {
        for (byte, at) in data.iter_mut().zip(address..) {
            if let Some(word) = self.word(at & !3) {
                *byte = word.to_le_bytes()[(at & 3) as usize];
            }
        }
    }

    fn word(&self, address: u32) -> Option<u32> {
        match address {
            CODEPAGESIZE => Some(self.page_size),
            CODESIZE => Some(self.pages),
            CONFIGID => Some(self.config),
            // The halves of a 64-bit number.
            DEVICEID_LOW => u32::try_from(self.device & u64::from(u32::MAX)).ok(),
            DEVICEID_HIGH => u32::try_from(self.device >> 32).ok(),
            INFO_PART => Some(self.info_part),
            INFO_VARIANT => Some(self.info_variant),
            FICR_REST..FICR_END => Some(u32::MAX),
            CPUID => Some(self.cpuid),
            // The chip's ROM table has one entry, the core's ROM table, which names the core's parts. Entries
            // are offsets from their own table, with the lowest two bits set when present.
            0xF000_0000 => Some(0xF00F_F003),
            0xE00F_F000 => Some(0xFFF0_F003),
            0xE00F_F004 => Some(0xFFF0_2003),
            0xE00F_F008 => Some(0xFFF0_3003),
            0xE00F_F00C => Some(0),
            0xF000_0FD0..0xF000_1000 => Some(identification(address, self.part, 0x1, DESIGNER_NORDIC)),
            0xE00F_FFD0..0xE010_0000 => Some(identification(address, 0x471, 0x1, DESIGNER_ARM)),
            0xE000_EFD0..0xE000_F000 => Some(identification(address, 0x008, 0xE, DESIGNER_ARM)),
            0xE000_1FD0..0xE000_2000 => Some(identification(address, 0x00A, 0xE, DESIGNER_ARM)),
            0xE000_2FD0..0xE000_3000 => Some(identification(address, 0x00B, 0xE, DESIGNER_ARM)),
            _ => None,
        }
    }
}

/// The twelve registers at the end of a component's page: peripheral identification, then component class.
fn identification(address: u32, part: u32, class: u32, designer: Designer) -> u32 {
    match address & 0xFFF {
        0xFD0 => designer.continuation,
        0xFE0 => part & 0xFF,
        0xFE4 => (designer.identity & 0xF) << 4 | part >> 8,
        0xFE8 => 1 << 3 | designer.identity >> 4,
        0xFF0 => 0x0D,
        0xFF4 => class << 4,
        0xFF8 => 0x05,
        0xFFC => 0xB1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_show_through_at_any_alignment_and_the_rest_stays() {
        let identity = Identity::nrf51822(0x1122_3344_5566_7788);
        let mut data = [0xAA; 12];
        identity.overlay(DEVICEID_LOW - 2, &mut data);
        assert_eq!(data, [0xFF, 0xFF, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0xAA, 0xAA]);
    }

    #[test]
    fn the_rom_table_says_nordic() {
        let identity = Identity::nrf51822(0);
        assert_eq!(identity.word(0xF000_0FD0), Some(0x02));
        assert_eq!(identity.word(0xF000_0FE4), Some(0x40));
        assert_eq!(identity.word(0xF000_0FE8), Some(0x0C));
        assert_eq!(identity.word(0xF000_0FF4), Some(0x10));
    }

    #[test]
    fn the_wrong_chip_differs_where_a_station_looks() {
        let (right, wrong) = (Identity::nrf51822(1), Identity::nrf52832(1));
        assert_ne!(right.dpidr, wrong.dpidr);
        for address in [CPUID, CONFIGID, CODEPAGESIZE, INFO_PART] {
            assert_ne!(right.word(address), wrong.word(address), "{address:#x}");
        }
    }
}
