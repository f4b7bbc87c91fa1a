//! The mechanisms of every token here, and what is said of them.

use cryptoki_sys as ck;

use crate::object::curve::Curve;
use crate::refusal::{Answer, Refusal};

/// A mechanism as a caller chose it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mechanism {
    /// `CKM_EC_KEY_PAIR_GEN`.
    EcKeyPairGeneration,
    /// `CKM_ECDSA`: the caller has digested.
    Ecdsa,
    /// `CKM_ECDSA_SHA256`: the token digests.
    EcdsaSha256,
    /// `CKM_ECDSA_SHA384`: the token digests.
    EcdsaSha384,
    /// `CKM_SHA256`.
    Sha256,
    /// `CKM_SHA384`.
    Sha384,
}

impl Mechanism {
    /// All of them, in the order of their numbers.
    pub(crate) const ALL: [Self; 6] = [
        Self::Sha256,
        Self::Sha384,
        Self::EcKeyPairGeneration,
        Self::Ecdsa,
        Self::EcdsaSha256,
        Self::EcdsaSha384,
    ];

    /// The mechanism with this number.
    pub(crate) fn from_number(number: ck::CK_MECHANISM_TYPE) -> Answer<Self> {
        Self::ALL.into_iter().find(|mechanism| mechanism.number() == number).ok_or(Refusal::MechanismInvalid)
    }

    /// `CKM_…`.
    pub(crate) fn number(self) -> ck::CK_MECHANISM_TYPE {
        match self {
            Self::EcKeyPairGeneration => ck::CKM_EC_KEY_PAIR_GEN,
            Self::Ecdsa => ck::CKM_ECDSA,
            Self::EcdsaSha256 => ck::CKM_ECDSA_SHA256,
            Self::EcdsaSha384 => ck::CKM_ECDSA_SHA384,
            Self::Sha256 => ck::CKM_SHA256,
            Self::Sha384 => ck::CKM_SHA384,
        }
    }

    /// The name of that number, for the audit log.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::EcKeyPairGeneration => "CKM_EC_KEY_PAIR_GEN",
            Self::Ecdsa => "CKM_ECDSA",
            Self::EcdsaSha256 => "CKM_ECDSA_SHA256",
            Self::EcdsaSha384 => "CKM_ECDSA_SHA384",
            Self::Sha256 => "CKM_SHA256",
            Self::Sha384 => "CKM_SHA384",
        }
    }

    /// What `C_GetMechanismInfo` tells. Without `CKF_HW`: there is no hardware.
    pub(crate) fn info(self) -> ck::CK_MECHANISM_INFO {
        let flags = match self {
            Self::EcKeyPairGeneration => ck::CKF_GENERATE_KEY_PAIR | CURVE_FLAGS,
            Self::Ecdsa | Self::EcdsaSha256 | Self::EcdsaSha384 => {
                ck::CKF_SIGN | ck::CKF_VERIFY | CURVE_FLAGS
            }
            Self::Sha256 | Self::Sha384 => {
                return ck::CK_MECHANISM_INFO { ulMinKeySize: 0, ulMaxKeySize: 0, flags: ck::CKF_DIGEST };
            }
        };
        ck::CK_MECHANISM_INFO { ulMinKeySize: Curve::P256.bits(), ulMaxKeySize: Curve::P384.bits(), flags }
    }
}

/// Prime fields, curves by name, points uncompressed.
const CURVE_FLAGS: ck::CK_FLAGS = ck::CKF_EC_F_P | ck::CKF_EC_NAMEDCURVE | ck::CKF_EC_UNCOMPRESS;
