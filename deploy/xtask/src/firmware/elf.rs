//! Reads from an ELF file what a chip needs to hold it: the program headers of 32-bit little-endian ELF
//! (System V ABI, chapter "Program Loading").

use anyhow::{Context, Result, ensure};

/// Bytes an image takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Footprint {
    /// Flash from its beginning to the image's last byte, gaps included.
    pub(crate) flash: u64,
    /// Statically allocated RAM: initialised, zeroed and uninitialised data.
    pub(crate) ram: u64,
}

/// Where a Cortex-M sees its RAM; its flash lies below.
const RAM_BEGIN: u64 = 0x2000_0000;
const RAM_END: u64 = 0x4000_0000;

const TYPE_LOAD: u64 = 1;
const PROGRAM_HEADER_SIZE: usize = 32;

/// Adds up the image's loadable segments.
pub(super) fn footprint(elf: &[u8]) -> Result<Footprint> {
    ensure!(elf.starts_with(b"\x7fELF"), "not an ELF file");
    ensure!(elf.get(4..6) == Some(&[1, 1]), "not 32-bit little-endian");
    let table = usize::try_from(number(elf, 28, 4)?)?;
    let entry_size = usize::try_from(number(elf, 42, 2)?)?;
    let entries = usize::try_from(number(elf, 44, 2)?)?;
    ensure!(entry_size >= PROGRAM_HEADER_SIZE, "program headers of {entry_size} bytes");

    let mut footprint = Footprint { flash: 0, ram: 0 };
    for index in 0..entries {
        let header = elf.get(table + index * entry_size..).context("program headers reach past the end")?;
        let field = |position: usize| number(header, position * 4, 4);
        let (kind, virtual_address, physical_address) = (field(0)?, field(2)?, field(3)?);
        let (file_size, memory_size) = (field(4)?, field(5)?);
        if kind != TYPE_LOAD {
            continue;
        }
        if file_size > 0 && physical_address < RAM_BEGIN {
            footprint.flash = footprint.flash.max(physical_address + file_size);
        }
        if (RAM_BEGIN..RAM_END).contains(&virtual_address) {
            footprint.ram += memory_size;
        }
    }
    ensure!(footprint.flash > 0, "nothing in it goes into flash");
    Ok(footprint)
}

/// A little-endian number of `length` bytes.
fn number(bytes: &[u8], at: usize, length: usize) -> Result<u64> {
    let bytes = bytes.get(at..at + length).context("the file ends in the middle of a header")?;
    Ok(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An ELF file of headers alone: `[type, offset, virtual, physical, file size, memory size, flags, align]` each.
    fn elf(segments: &[[u32; 8]]) -> Vec<u8> {
        let mut elf = b"\x7fELF\x01\x01\x01".to_vec();
        elf.resize(52, 0);
        elf[28] = 52;
        elf[42] = 32;
        elf[44] = u8::try_from(segments.len()).unwrap();
        elf.extend(segments.iter().flatten().flat_map(|field| field.to_le_bytes()));
        elf
    }

    const CODE: [u32; 8] = [1, 0x1000, 0, 0, 0x8000, 0x8000, 5, 4];
    const DATA: [u32; 8] = [1, 0x9000, 0x2000_0000, 0x8000, 0x40, 0x40, 6, 4];
    const ZEROED: [u32; 8] = [1, 0x9040, 0x2000_0040, 0x2000_0040, 0, 0x300, 6, 4];
    const STACK: [u32; 8] = [0x6474_e551, 0, 0, 0, 0, 0x2000, 6, 4];

    #[test]
    fn initialised_data_counts_in_flash_and_in_ram() {
        let footprint = footprint(&elf(&[CODE, DATA, ZEROED, STACK])).unwrap();
        assert_eq!(footprint, Footprint { flash: 0x8040, ram: 0x340 });
    }

    #[test]
    fn gaps_count_as_flash() {
        let far = [1, 0x1000, 0x2_0000, 0x2_0000, 16, 16, 5, 4];
        assert_eq!(footprint(&elf(&[CODE, far])).unwrap().flash, 0x2_0010);
    }

    #[test]
    fn files_that_are_no_image_are_refused() {
        let whole = elf(&[CODE, DATA]);
        for length in 0..whole.len() {
            // The last four bytes are the alignment, which nobody reads.
            assert!(length >= whole.len() - 8 || footprint(&whole[..length]).is_err(), "{length} bytes");
        }
        assert!(footprint(&elf(&[STACK])).is_err());
        assert!(footprint(b"\x7fELF\x02\x01").is_err());
    }
}
