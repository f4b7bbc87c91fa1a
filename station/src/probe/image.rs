//! The firmware image, checked before it comes near a module.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use object::elf::{EM_ARM, PT_LOAD};
use object::read::elf::{ElfFile32, FileHeader as _, ProgramHeader as _};
use sha2::{Digest as _, Sha256};

use crate::config::Firmware;
use crate::fault::{Coded, FaultCode};

/// An image that exists, is the release the product names, and fits the chip.
#[derive(Clone, Debug)]
pub struct Image {
    bytes: Arc<[u8]>,
    sha256: [u8; 32],
    end: u32,
    first: Arc<[u8]>,
}

/// Why an image was refused.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// The file cannot be read.
    #[error("cannot read the firmware {}", file.display())]
    Read {
        /// Which file.
        file: PathBuf,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// The file's digest is not the product's.
    #[error("{} has the SHA-256 {found}, the product names {expected}", file.display())]
    Digest {
        /// Which file.
        file: PathBuf,
        /// Its digest, in hexadecimal.
        found: String,
        /// The product's.
        expected: String,
    },
    /// The file is not an ELF file.
    #[error("{} is not a 32-bit ELF file", file.display())]
    NotElf {
        /// Which file.
        file: PathBuf,
        /// What the parser said.
        #[source]
        source: object::read::Error,
    },
    /// The file is an ELF file for something else, or holds nothing to flash.
    #[error("{} is not an image for this chip: {why}", file.display())]
    NotImage {
        /// Which file.
        file: PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A segment lies outside the flash that the product allows.
    #[error("{} needs {needed} bytes of flash, the product allows {allowed}", file.display())]
    TooLarge {
        /// Which file.
        file: PathBuf,
        /// End of the last segment, in bytes from address 0.
        needed: u64,
        /// The product's limit.
        allowed: u32,
    },
}

impl Coded for ImageError {
    fn code(&self) -> FaultCode {
        match self {
            Self::Read { .. } => FaultCode::FirmwareMissing,
            Self::Digest { .. } => FaultCode::FirmwareDigest,
            Self::NotElf { .. } | Self::NotImage { .. } => FaultCode::FirmwareFormat,
            Self::TooLarge { .. } => FaultCode::FirmwareSize,
        }
    }
}

impl Image {
    /// Reads and checks the image a product names.
    ///
    /// # Errors
    /// The file is missing, not an ELF file for ARM, too large, or not the release.
    pub fn load(firmware: &Firmware) -> Result<Self, ImageError> {
        let file = firmware.file.as_path();
        let bytes =
            std::fs::read(file).map_err(|source| ImageError::Read { file: file.to_owned(), source })?;
        // What the file is comes before which one it is: "not an image" helps more than "wrong digest".
        let (end, first) = check_segments(file, &bytes, firmware.max_bytes)?;
        let sha256: [u8; 32] = Sha256::digest(&bytes).into();
        if sha256 != firmware.sha256 {
            return Err(ImageError::Digest {
                file: file.to_owned(),
                found: hex::encode(sha256),
                expected: hex::encode(firmware.sha256),
            });
        }
        Ok(Self { bytes: bytes.into(), sha256, end, first: first.into() })
    }

    /// The ELF file.
    pub fn bytes(&self) -> &Arc<[u8]> {
        &self.bytes
    }

    /// SHA-256 of the ELF file.
    pub fn sha256(&self) -> &[u8; 32] {
        &self.sha256
    }

    /// End of the last segment, in bytes from address 0.
    pub fn end(&self) -> u32 {
        self.end
    }

    /// What stands at address 0: the vector table, by which a blank part is told at once.
    pub fn first_words(&self) -> &[u8] {
        &self.first
    }
}

/// Bytes at address 0 that are compared before anything is read back in full.
const FIRST_BYTES: usize = 64;

/// The end of the last segment and the first bytes of the image.
fn check_segments(file: &Path, bytes: &[u8], max_bytes: u32) -> Result<(u32, Vec<u8>), ImageError> {
    let not_elf = |source| ImageError::NotElf { file: file.to_owned(), source };
    let not_image = |why| ImageError::NotImage { file: file.to_owned(), why };
    let elf = ElfFile32::<object::Endianness>::parse(bytes).map_err(not_elf)?;
    let endian = elf.endian();
    if elf.elf_header().e_machine(endian) != EM_ARM {
        return Err(not_image("it is not for ARM"));
    }
    let mut end = 0u64;
    let mut first = None;
    for header in elf.elf_program_headers() {
        let size = header.p_filesz(endian);
        if header.p_type(endian) != PT_LOAD || size == 0 {
            continue;
        }
        // The load address in flash; a variable's run-time address in RAM is not what is flashed.
        let address = header.p_paddr(endian);
        end = end.max(u64::from(address) + u64::from(size));
        if address == 0 {
            let data =
                header.data(endian, bytes).map_err(|()| not_image("a segment lies outside the file"))?;
            first = data.get(..FIRST_BYTES).map(<[u8]>::to_vec);
        }
    }
    let first = first.ok_or_else(|| not_image("it has no vector table at address 0"))?;
    match u32::try_from(end) {
        Ok(end) if end <= max_bytes => Ok((end, first)),
        _ => Err(ImageError::TooLarge { file: file.to_owned(), needed: end, allowed: max_bytes }),
    }
}
