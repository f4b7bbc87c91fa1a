//! The curves, and how keys on them are written in DER.

use cryptoki_sys as ck;
use serde::{Deserialize, Serialize};

use crate::refusal::{Answer, Refusal};

/// A curve that keys can be made on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Curve {
    /// secp256r1, also called prime256v1.
    #[serde(rename = "P-256")]
    P256,
    /// secp384r1.
    #[serde(rename = "P-384")]
    P384,
}

impl Curve {
    /// The curve that `CKA_EC_PARAMS` names: a DER object identifier (`namedCurve` of RFC 5480, section 2.1.1).
    pub(crate) fn from_parameters(parameters: &[u8]) -> Answer<Self> {
        match parameters {
            P256_PARAMETERS => Ok(Self::P256),
            P384_PARAMETERS => Ok(Self::P384),
            [OBJECT_IDENTIFIER, length, identifier @ ..]
                if !identifier.is_empty() && identifier.len() == usize::from(*length) =>
            {
                Err(Refusal::CurveNotSupported)
            }
            _ => Err(Refusal::DomainParametersInvalid),
        }
    }

    /// The value of `CKA_EC_PARAMS`.
    pub(crate) fn parameters(self) -> &'static [u8] {
        match self {
            Self::P256 => P256_PARAMETERS,
            Self::P384 => P384_PARAMETERS,
        }
    }

    /// The size of a key in bits, as mechanism information states it.
    pub(crate) fn bits(self) -> ck::CK_ULONG {
        match self {
            Self::P256 => 256,
            Self::P384 => 384,
        }
    }

    /// The length of a scalar or coordinate in bytes.
    pub(crate) fn field_length(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
        }
    }

    /// The length of a signature: r and s.
    pub(crate) fn signature_length(self) -> usize {
        2 * self.field_length()
    }
}

/// The value of `CKA_EC_POINT`: the point inside a DER OCTET STRING (PKCS#11 2.40 mechanisms, section 2.3.3).
pub(crate) fn point_attribute(point: &[u8]) -> Vec<u8> {
    der(OCTET_STRING, point)
}

/// The point inside a `CKA_EC_POINT`.
pub(crate) fn point_in_attribute(value: &[u8]) -> Answer<&[u8]> {
    match value {
        [OCTET_STRING, length, point @ ..] if *length < 128 && point.len() == usize::from(*length) => {
            Ok(point)
        }
        _ => Err(Refusal::AttributeValueInvalid),
    }
}

/// The value of `CKA_PUBLIC_KEY_INFO`: the DER `SubjectPublicKeyInfo` of RFC 5480, section 2.
pub(crate) fn public_key_info(curve: Curve, point: &[u8]) -> Vec<u8> {
    let algorithm = der(SEQUENCE, &[EC_PUBLIC_KEY, curve.parameters()].concat());
    let key = der(BIT_STRING, &[&[0], point].concat());
    der(SEQUENCE, &[algorithm, key].concat())
}

/// One DER element. Everything here is shorter than 128 bytes, so the length is one byte.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    debug_assert!(content.len() < 128);
    let length = u8::try_from(content.len()).unwrap_or(u8::MAX);
    [&[tag, length], content].concat()
}

/// 1.2.840.10045.3.1.7 as DER.
const P256_PARAMETERS: &[u8] = &[OBJECT_IDENTIFIER, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

/// 1.3.132.0.34 as DER.
const P384_PARAMETERS: &[u8] = &[OBJECT_IDENTIFIER, 5, 0x2b, 0x81, 0x04, 0x00, 0x22];

/// id-ecPublicKey, 1.2.840.10045.2.1, as DER.
const EC_PUBLIC_KEY: &[u8] = &[OBJECT_IDENTIFIER, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];

const BIT_STRING: u8 = 0x03;
const OBJECT_IDENTIFIER: u8 = 0x06;
const OCTET_STRING: u8 = 0x04;
const SEQUENCE: u8 = 0x30;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_are_told_apart_from_garbage() {
        let p521 = [6, 5, 0x2b, 0x81, 4, 0, 0x23];
        assert_eq!(Curve::from_parameters(P256_PARAMETERS), Ok(Curve::P256));
        assert_eq!(Curve::from_parameters(P384_PARAMETERS), Ok(Curve::P384));
        assert_eq!(Curve::from_parameters(&p521), Err(Refusal::CurveNotSupported));
        for garbage in [&p521[..6], b"", b"\x06", b"\x06\x00", b"prime256v1"] {
            assert_eq!(Curve::from_parameters(garbage), Err(Refusal::DomainParametersInvalid));
        }
    }

    #[test]
    fn a_point_comes_out_of_its_attribute_as_it_went_in() {
        let attribute = point_attribute(&[4, 1, 2]);
        assert_eq!(point_in_attribute(&attribute), Ok(&[4, 1, 2][..]));
        for garbage in [&attribute[..4], &attribute[1..], b""] {
            assert_eq!(point_in_attribute(garbage), Err(Refusal::AttributeValueInvalid));
        }
    }
}
