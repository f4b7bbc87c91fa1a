//! Where the core has to stop: the breakpoint unit's comparators, and BKPT instructions in RAM.
//!
//! QEMU turns BKPT into a fault instead of a halt, and a flash algorithm returns to a BKPT. So every BKPT that
//! the debugger writes to RAM counts as a hardware breakpoint at its address.
//!
//! Source: `ARMv6-M` Architecture Reference Manual, section C1.9 "Breakpoint unit".

use std::collections::BTreeSet;

use super::memory::{RAM_SIZE, RAM_START};

/// Control register of the breakpoint unit; its comparators follow at offset 8.
const BP_CTRL: u32 = 0xE000_2000;
const BP_COMP0: u32 = 0xE000_2008;
const COMPARATORS: usize = 4;

const CTRL_ENABLE: u32 = 1 << 0;
const CTRL_KEY: u32 = 1 << 1;
/// `NUM_CODE`: how many comparators there are.
const CTRL_COMPARATORS: u32 = 4 << 4;
const COMP_ENABLE: u32 = 1 << 0;
const COMP_ADDRESS: u32 = 0x1FFF_FFFC;

/// The first byte in memory of a BKPT is its number, the second this.
const BKPT_OPCODE: u8 = 0xBE;

/// The breakpoint unit and the BKPT instructions that are known of.
#[derive(Debug, Default)]
pub(crate) struct Breakpoints {
    enabled: bool,
    comparators: [u32; COMPARATORS],
    instructions: BTreeSet<u32>,
}

impl Breakpoints {
    /// The register at `address`, or nothing when it is none of the unit's.
    pub(crate) fn read(&self, address: u32) -> Option<u32> {
        if address == BP_CTRL {
            return Some(CTRL_COMPARATORS | u32::from(self.enabled));
        }
        self.comparators.get(comparator(address)?).copied()
    }

    /// Writes the register at `address`; false when it is none of the unit's.
    pub(crate) fn write(&mut self, address: u32, value: u32) -> bool {
        if address == BP_CTRL {
            if value & CTRL_KEY != 0 {
                self.enabled = value & CTRL_ENABLE != 0;
            }
            return true;
        }
        match comparator(address).and_then(|index| self.comparators.get_mut(index)) {
            Some(comparator) => {
                *comparator = value;
                true
            }
            None => false,
        }
    }

    /// Looks for BKPT instructions in `data`, which the debugger has written to RAM at `address`. Both are
    /// whole halfwords.
    pub(crate) fn scan(&mut self, address: u32, data: &[u8]) {
        for (halfword, at) in data.chunks_exact(2).zip((address..).step_by(2)) {
            if halfword[1] == BKPT_OPCODE {
                self.instructions.insert(at);
            } else {
                self.instructions.remove(&at);
            }
        }
    }

    /// All addresses the core has to stop at before executing.
    pub(crate) fn addresses(&self) -> BTreeSet<u32> {
        let mut addresses = self.instructions.clone();
        if self.enabled {
            for comparator in self.comparators.iter().filter(|&comparator| comparator & COMP_ENABLE != 0) {
                let word = comparator & COMP_ADDRESS;
                // BP_MATCH: bit 30 the lower halfword, bit 31 the upper one.
                addresses.extend((comparator & 1 << 30 != 0).then_some(word));
                addresses.extend((comparator & 1 << 31 != 0).then_some(word | 2));
            }
        }
        addresses
    }
}

/// Which part of RAM has to be read back after a write, so that BKPTs are seen in whole halfwords.
pub(crate) fn halfwords(address: u32, length: usize) -> (u32, usize) {
    let start = address & !1;
    let end = (address as usize + length + 1) & !1;
    let limit = RAM_START as usize + RAM_SIZE;
    (start, end.min(limit).saturating_sub(start as usize))
}

fn comparator(address: u32) -> Option<usize> {
    let offset = address.checked_sub(BP_COMP0)? as usize;
    (offset < 4 * COMPARATORS).then_some(offset / 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparators_match_either_halfword_of_a_word() {
        let mut unit = Breakpoints::default();
        assert!(unit.write(BP_COMP0, 0x4000_0100 | COMP_ENABLE));
        assert!(unit.write(BP_COMP0 + 4, 0x8000_0200 | COMP_ENABLE));
        assert!(unit.write(BP_COMP0 + 8, 0xC000_0300 | COMP_ENABLE));
        assert!(unit.write(BP_COMP0 + 12, 0xC000_0400));
        assert!(unit.addresses().is_empty(), "the unit is off");
        unit.write(BP_CTRL, CTRL_ENABLE);
        assert!(unit.addresses().is_empty(), "written without the key");
        unit.write(BP_CTRL, CTRL_KEY | CTRL_ENABLE);
        assert_eq!(unit.addresses(), BTreeSet::from([0x100, 0x202, 0x300, 0x302]));
        assert_eq!(unit.read(BP_CTRL), Some(0x41));
        assert_eq!(unit.read(BP_COMP0 + 16), None);
        assert!(!unit.write(BP_COMP0 + 16, 1));
    }

    #[test]
    fn bkpt_instructions_come_and_go_with_what_is_written() {
        let mut unit = Breakpoints::default();
        unit.scan(0x2000_0000, &[0x00, 0xBE, 0x00, 0xBF, 0xAB, 0xBE]);
        assert_eq!(unit.addresses(), BTreeSet::from([0x2000_0000, 0x2000_0004]));
        unit.scan(0x2000_0000, &[0x00, 0xBF]);
        assert_eq!(unit.addresses(), BTreeSet::from([0x2000_0004]));
    }

    #[test]
    fn a_write_is_widened_to_whole_halfwords_within_ram() {
        assert_eq!(halfwords(0x2000_0001, 1), (0x2000_0000, 2));
        assert_eq!(halfwords(0x2000_0001, 2), (0x2000_0000, 4));
        assert_eq!(halfwords(0x2000_3FFF, 1), (0x2000_3FFE, 2));
    }
}
