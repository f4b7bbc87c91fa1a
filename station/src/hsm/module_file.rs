//! Why a file cannot be loaded as a PKCS#11 module: vendors ship one for each kind of machine, and
//! the loader's own words do not name them.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use cryptoki::error::Error as CryptokiError;
use object::elf;
use object::read::elf::FileHeader;
use object::{Endianness, FileKind};

use super::HsmError;

/// The longest header there is, that of a 64-bit file.
const HEADER: u64 = 64;

/// What kind of machine a program or library is built for, as its ELF header has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    /// `e_machine`.
    number: u16,
    /// Whether addresses have 64 bits, and not 32.
    wide: bool,
    big_endian: bool,
}

/// The error for a file that the loader refused.
pub(super) fn why_not(file: &Path, loader: CryptokiError) -> HsmError {
    let path = file.to_owned();
    match (machine_of(file), needed()) {
        (None, _) => HsmError::ModuleNoLibrary { path, source: loader.into() },
        (Some(found), Some(needed)) if found != needed => {
            HsmError::ModuleForeign { path, found, needed, source: loader.into() }
        }
        (Some(_), _) => HsmError::ModuleUnusable { path, source: loader.into() },
    }
}

/// What this program is built for, and its libraries must be.
fn needed() -> Option<Machine> {
    machine_of(&std::env::current_exe().ok()?)
}

fn machine_of(file: &Path) -> Option<Machine> {
    let mut header = Vec::new();
    File::open(file).ok()?.take(HEADER).read_to_end(&mut header).ok()?;
    match FileKind::parse(header.as_slice()).ok()? {
        FileKind::Elf32 => parse::<elf::FileHeader32<Endianness>>(&header),
        FileKind::Elf64 => parse::<elf::FileHeader64<Endianness>>(&header),
        _ => None,
    }
}

fn parse<H: FileHeader<Endian = Endianness>>(header: &[u8]) -> Option<Machine> {
    let header = H::parse(header).ok()?;
    let endian = header.endian().ok()?;
    Some(Machine {
        number: header.e_machine(endian),
        wide: header.is_class_64(),
        big_endian: endian == Endianness::Big,
    })
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            elf::EM_X86_64 => f.write_str("x86-64")?,
            elf::EM_386 => f.write_str("x86")?,
            elf::EM_AARCH64 => f.write_str("AArch64")?,
            elf::EM_ARM => f.write_str("ARM")?,
            elf::EM_RISCV => f.write_str("RISC-V")?,
            elf::EM_PPC64 => f.write_str("POWER")?,
            elf::EM_S390 => f.write_str("S/390")?,
            _ => write!(f, "machine {:#x}", self.number)?,
        }
        f.write_str(if self.wide { " (64-bit" } else { " (32-bit" })?;
        f.write_str(if self.big_endian { ", big-endian)" } else { ")" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;
    use std::time::Duration;

    use super::super::library::Library;
    use crate::fault::{Coded, FaultCode};

    /// This test itself, with another machine in its header.
    fn foreign(folder: &Path, change: impl FnOnce(&mut [u8])) -> PathBuf {
        let own = std::env::current_exe().expect("a path");
        let mut header = Vec::new();
        File::open(own).expect("there").take(HEADER).read_to_end(&mut header).expect("read");
        change(&mut header);
        let file = folder.join("foreign.so");
        std::fs::write(&file, header).expect("written");
        file
    }

    fn refused(file: &Path) -> String {
        let error = Library::load(file, Duration::ZERO).expect_err("not for this machine");
        assert_eq!(error.code(), FaultCode::HsmModuleFile);
        error.to_string()
    }

    #[test]
    fn a_module_for_another_machine_says_for_which() {
        let folder = tempfile::tempdir().expect("a folder");
        let needed = needed().expect("an ELF program");
        // e_machine, at offset 18 in both classes.
        let file = foreign(folder.path(), |header| header[18..20].copy_from_slice(&[0xb7, 0xfd]));
        let said = refused(&file);
        assert!(said.ends_with(&format!("is for machine 0xfdb7 (64-bit), not for {needed}")), "{said}");
    }

    #[test]
    fn a_32_bit_module_is_named_as_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = foreign(folder.path(), |header| {
            header[4] = 1; // EI_CLASS: ELFCLASS32
            header[18..20].copy_from_slice(&[3, 0]);
        });
        let said = refused(&file);
        assert!(said.contains("is for x86 (32-bit), not for "), "{said}");
    }

    #[test]
    fn a_library_that_is_damaged_is_not_called_foreign() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = foreign(folder.path(), |_| {});
        let error = Library::load(&file, Duration::ZERO).expect_err("a header and nothing else");
        assert!(matches!(error, HsmError::ModuleUnusable { .. }), "{error:?}");
    }
}
