//! `product.toml`: what is being made.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::reader::Reader;
use super::{ConfigError, beside};
use crate::gate::Policy;
use crate::label::Design;
use crate::pki::profile::CertificateProfile;

/// A product: chip, firmware, certificate profile, label stock.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Product {
    /// What orders and batches call it.
    pub name: String,
    /// The chip and how to tell it.
    pub chip: Chip,
    /// The released image.
    pub firmware: Firmware,
    /// The staging endpoint with which the module leaves the factory.
    pub endpoint: String,
    /// How its birth certificates look.
    pub certificate: CertificateProfile,
    /// How its labels look.
    pub label: Design,
    /// What may be signed for it, and when.
    #[serde(default)]
    pub policy: Policy,
}

/// The chip.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Chip {
    /// What probe-rs calls it.
    pub target: String,
    /// What the firmware calls it in `AT+DIAG INFO`.
    pub name: String,
    /// Registers that tell it from others.
    pub identification: Vec<Identification>,
    /// Addresses of the 32-bit registers that tell each part from every other of its kind, such as a
    /// factory-programmed device id. With them a part that lost its identity is known again.
    #[serde(default)]
    pub device_id: Vec<u32>,
}

/// A register with a value that only this chip has.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identification {
    /// Address of the 32-bit register.
    pub address: u32,
    /// What it holds.
    pub value: u32,
    /// Which bits of it count; all, if left out.
    #[serde(default = "all_bits")]
    pub mask: u32,
}

const fn all_bits() -> u32 {
    u32::MAX
}

/// The image and what identifies it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Firmware {
    /// An ELF file.
    pub file: PathBuf,
    /// SHA-256 of the file, so that nothing but the release is flashed.
    #[serde(with = "hex")]
    pub sha256: [u8; 32],
    /// The version it answers with.
    pub version: String,
    /// How much flash it may use, in bytes from address 0.
    pub max_bytes: u32,
}

impl Product {
    /// Reads `product.toml`.
    ///
    /// # Errors
    /// The file cannot be read, or everything that is wrong with it.
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        let mut reader = Reader::open(file)?;
        let name = reader.required::<String>("name");
        let endpoint = reader.required::<String>("endpoint");
        let chip = reader.section("chip", |section| {
            let target = section.required::<String>("target");
            let name = section.required::<String>("name");
            let identification = section.required::<Vec<Identification>>("identification");
            if identification.as_ref().is_some_and(Vec::is_empty) {
                section.problem("identification", "is empty: any chip would be accepted");
            }
            let device_id = section.optional::<Vec<u32>>("device-id").unwrap_or_default();
            Some(Chip { target: target?, name: name?, identification: identification?, device_id })
        });
        let firmware = reader.section("firmware", |section| {
            let image = section.required::<PathBuf>("file");
            let sha256 = section.required::<String>("sha256").and_then(|text| {
                let digest = hex::decode(&text).ok().and_then(|bytes| bytes.try_into().ok());
                if digest.is_none() {
                    section.problem("sha256", "must be 64 hexadecimal digits");
                }
                digest
            });
            let version = section.required::<String>("version");
            let max_bytes = section.required::<u32>("max-bytes");
            Some(Firmware {
                file: beside(file, image?),
                sha256: sha256?,
                version: version?,
                max_bytes: max_bytes?,
            })
        });
        let certificate = reader.required::<CertificateProfile>("certificate");
        let label = reader.required::<Design>("label");
        let policy = reader.optional::<Policy>("policy").unwrap_or_default();
        let product = (|| {
            Some(Self {
                name: name?,
                chip: chip?,
                firmware: firmware?,
                endpoint: endpoint?,
                certificate: certificate?,
                label: label?,
                policy,
            })
        })();
        reader.finish(file, product)
    }
}
