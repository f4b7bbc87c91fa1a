//! The least firmware that shows life, as assembled Thumb code.

use object::{
    Endianness, elf,
    write::elf::{FileHeader, ProgramHeader, SectionHeader, Writer},
};

/// Code begins behind the vector table.
const CODE: u32 = 0xC0;

/// A firmware image from address 0.
pub(crate) struct Image {
    pub(crate) bytes: Vec<u8>,
}

impl Image {
    /// Where [`Image::counter`] counts.
    pub(crate) const COUNTER: u64 = 0x2000_0100;
    /// Where its loop begins.
    pub(crate) const LOOP: u64 = 0xC6;

    /// Counts up in RAM for ever; filled up with noise to `length` bytes.
    pub(crate) fn counter(length: usize) -> Self {
        let mut image = Self::of(&[
            0x4803, // ldr r0, =COUNTER
            0x2100, // movs r1, #0
            0x6001, // str r1, [r0]
            0x6801, // LOOP: ldr r1, [r0]
            0x3101, // adds r1, #1
            0x6001, // str r1, [r0]
            0xE7FB, // b LOOP
            0x0000, 0x0100, 0x2000, // COUNTER
        ]);
        let mut state = 1_u32;
        while image.bytes.len() < length {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            image.bytes.push((state >> 24) as u8);
        }
        image
    }

    /// Sleeps, and sends back every byte the UART receives.
    pub(crate) fn echo() -> Self {
        Self::of(&[
            0xB672, // cpsid i
            0x480F, // ldr r0, =UART
            0x490F, // ldr r1, =UART.ENABLE
            0x2204, 0x600A, // enable
            0x2201, 0x6002, 0x6082, // start receiver and transmitter
            0x2204, 0x4B0D, 0x601A, // interrupt on a received byte
            0x4B0D, 0x601A, // pass it on to the core, where it only wakes
            0x4C0D, 0x4D0D, 0x4E0E, // r4 = RXDRDY, r5 = RXD, r6 = ICPR
            0xBF30, // sleep: wfi
            0x6032, // clear the pending interrupt
            0x6821, 0x2900, 0xD0FA, // while a byte is there, else sleep
            0x2100, 0x6021, // clear the event
            0x6829, 0x6069, // copy RXD to TXD
            0x6961, 0x2900, 0xD0FC, // wait for TXDRDY
            0x2100, 0x6161, 0xE7F2, // clear it
            0x0000, 0x2000, 0x4000, 0x2500, 0x4000, 0x2304, 0x4000, 0xE100, 0xE000, 0x2108, 0x4000, 0x2518,
            0x4000, 0xE280, 0xE000,
        ])
    }

    /// Sets read-back protection and resets itself; sleeps once it finds it set.
    pub(crate) fn sealer() -> Self {
        Self::of(&[
            0x4808, 0x6801, 0x3101, 0xD10A, // if RBPCONF == 0xFFFFFFFF
            0x4A07, 0x2101, 0x6011, // NVMC.CONFIG = write
            0x4B07, 0x6003, // RBPCONF = 0xFFFF00FF
            0x2100, 0x6011, // NVMC.CONFIG = read
            0x4A06, 0x4B06, 0x6013, 0xE7FE, // AIRCR = SYSRESETREQ
            0xBF30, 0xE7FD, // wfi
            0x0000, 0x1004, 0x1000, 0xE504, 0x4001, 0x00FF, 0xFFFF, 0xED0C, 0xE000, 0x0004, 0x05FA,
        ])
    }

    /// Faults with a stack and a fault handler that lead nowhere, so the core locks up.
    pub(crate) fn crasher() -> Self {
        Self::of(&[0x4801, 0x4902, 0x468D, 0xDE00, 0x0100, 0x2000, 0xFFF0, 0xFFFF])
    }

    fn of(code: &[u16]) -> Self {
        let mut bytes = vec![0; CODE as usize];
        bytes[..4].copy_from_slice(&0x2000_4000_u32.to_le_bytes());
        bytes[4..8].copy_from_slice(&(CODE | 1).to_le_bytes());
        bytes.extend(code.iter().flat_map(|halfword| halfword.to_le_bytes()));
        Self { bytes }
    }

    /// The image as an ELF file with one segment.
    pub(crate) fn elf(&self) -> Vec<u8> {
        let mut file = Vec::new();
        let mut writer = Writer::new(Endianness::Little, false, &mut file);
        let length = self.bytes.len() as u64;
        writer.reserve_file_header();
        writer.reserve_program_headers(1);
        let offset = writer.reserve(self.bytes.len(), 4);
        let name = writer.add_section_name(b".text");
        writer.reserve_null_section_index();
        writer.reserve_section_index();
        writer.reserve_shstrtab_section_index();
        writer.reserve_shstrtab();
        writer.reserve_section_headers();
        let header = FileHeader {
            os_abi: elf::ELFOSABI_NONE,
            abi_version: 0,
            e_type: elf::ET_EXEC,
            e_machine: elf::EM_ARM,
            e_entry: u64::from(CODE | 1),
            e_flags: elf::EF_ARM_EABI_VER5,
        };
        writer.write_file_header(&header).unwrap();
        writer.write_align_program_headers();
        writer.write_program_header(&ProgramHeader {
            p_type: elf::PT_LOAD,
            p_flags: elf::PF_R | elf::PF_X,
            p_offset: offset as u64,
            p_vaddr: 0,
            p_paddr: 0,
            p_filesz: length,
            p_memsz: length,
            p_align: 4,
        });
        writer.write_align(4);
        writer.write(&self.bytes);
        writer.write_shstrtab();
        writer.write_null_section_header();
        writer.write_section_header(&SectionHeader {
            name: Some(name),
            sh_type: elf::SHT_PROGBITS,
            sh_flags: u64::from(elf::SHF_ALLOC | elf::SHF_EXECINSTR),
            sh_addr: 0,
            sh_offset: offset as u64,
            sh_size: length,
            sh_link: 0,
            sh_info: 0,
            sh_addralign: 4,
            sh_entsize: 0,
        });
        writer.write_shstrtab_section_header();
        file
    }
}
