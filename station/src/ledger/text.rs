//! How bytes stand in JSON: short identities as hexadecimal digits, DER as base64.

/// Byte arrays as lower-case hexadecimal digits.
pub(super) mod hexadecimal {
    use std::borrow::Cow;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<const N: usize, S: Serializer>(
        bytes: &[u8; N],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(bytes))
    }

    pub(crate) fn deserialize<'de, const N: usize, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<[u8; N], D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        let mut bytes = [0; N];
        hex::decode_to_slice(text.as_bytes(), &mut bytes).map_err(D::Error::custom)?;
        Ok(bytes)
    }
}

/// Byte strings as padded base64 (RFC 4648 section 4), the inside of a PEM file.
pub(super) mod base64 {
    use std::borrow::Cow;

    use ::base64::Engine as _;
    use ::base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        STANDARD.decode(text.as_bytes()).map_err(D::Error::custom)
    }
}

/// A module's UID as 32 lower-case hexadecimal digits.
pub(crate) mod uid {
    use serde::{Deserializer, Serializer};
    use wire::Uid;

    use super::hexadecimal;

    pub(crate) fn serialize<S: Serializer>(uid: &Uid, serializer: S) -> Result<S::Ok, S::Error> {
        hexadecimal::serialize(uid.as_bytes(), serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Uid, D::Error> {
        hexadecimal::deserialize(deserializer).map(Uid::from_bytes)
    }
}

/// The same, where there may be none.
pub(super) mod optional_uid {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use wire::Uid;

    #[derive(Serialize, Deserialize)]
    #[serde(transparent)]
    struct Text(#[serde(with = "super::uid")] Uid);

    #[expect(clippy::ref_option, reason = "serde hands a field over as a reference to it")]
    pub(crate) fn serialize<S: Serializer>(uid: &Option<Uid>, serializer: S) -> Result<S::Ok, S::Error> {
        uid.map(Text).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Uid>, D::Error> {
        Ok(Option::<Text>::deserialize(deserializer)?.map(|text| text.0))
    }
}
