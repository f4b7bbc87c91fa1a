//! What is stored, and how large it may get.

use super::BANK_BYTES;
use super::bank::HEADER_BYTES;
use super::record::OVERHEAD;

/// The name of a record. The numbers are in the flash of modules in the field: never reuse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Tag {
    /// UID, private key and public key.
    Identity = 1,
    /// The birth certificate, DER.
    Certificate = 2,
    /// Present, without a value, once the module is sealed.
    Sealed = 3,
    /// Takes the resettable tags before it back to their factory values.
    Reset = 4,
    /// `CustomName`.
    CustomName = 16,
    /// `Endpoint`.
    Endpoint = 17,
    /// `RootCA`, DER.
    RootCa = 18,
    /// `ShadowToken`.
    ShadowToken = 19,
    /// `DefenderPeriod`.
    DefenderPeriod = 20,
    /// `HOTAcertificate`, DER.
    HostOtaCertificate = 21,
    /// `KeepAlive`.
    KeepAlive = 22,
    /// `LWTConfig`.
    LwtConfig = 23,
    /// `LWTMessage`.
    LwtMessage = 24,
}

/// The longest certificate in DER: the 4 KB of PEM that the standard asks for are less.
pub const MAX_CERTIFICATE: usize = 3072;

impl Tag {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Identity,
        Self::Certificate,
        Self::Sealed,
        Self::Reset,
        Self::CustomName,
        Self::Endpoint,
        Self::RootCa,
        Self::ShadowToken,
        Self::DefenderPeriod,
        Self::HostOtaCertificate,
        Self::KeepAlive,
        Self::LwtConfig,
        Self::LwtMessage,
    ];

    /// The longest value in bytes.
    pub const fn capacity(self) -> usize {
        match self {
            Self::Sealed | Self::Reset => 0,
            Self::DefenderPeriod | Self::KeepAlive => 8,
            Self::ShadowToken => 64,
            Self::Identity | Self::CustomName | Self::Endpoint | Self::LwtConfig | Self::LwtMessage => 128,
            Self::Certificate | Self::RootCa | Self::HostOtaCertificate => MAX_CERTIFICATE,
        }
    }

    /// Whether a factory reset restores the factory value.
    pub const fn is_resettable(self) -> bool {
        match self {
            Self::CustomName
            | Self::Endpoint
            | Self::ShadowToken
            | Self::DefenderPeriod
            | Self::HostOtaCertificate => true,
            Self::Identity
            | Self::Certificate
            | Self::Sealed
            | Self::Reset
            | Self::RootCa
            | Self::KeepAlive
            | Self::LwtConfig
            | Self::LwtMessage => false,
        }
    }
}

/// Every value at its largest fits into a fresh bank, so moving to one always makes room.
const _: () = {
    let mut bytes = HEADER_BYTES;
    let mut index = 0;
    while index < Tag::ALL.len() {
        bytes += OVERHEAD + Tag::ALL[index].capacity().next_multiple_of(4);
        index += 1;
    }
    assert!(bytes <= BANK_BYTES);
};
