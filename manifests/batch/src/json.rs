//! Canonical JSON: what is signed has exactly one spelling.
//!
//! The form is RFC 8785 (JCS), of which the manifest needs little: members in alphabetical order,
//! no white space, integers only. Structs declare their fields in that order; a test of the
//! golden files holds them to it.

use serde::Serialize;
use serde::de::DeserializeOwned;

use thiserror::Error;

/// Why a text is not the canonical JSON of a type.
#[derive(Debug, Error)]
pub(crate) enum JsonError {
    #[error("not the JSON the format describes")]
    Shape(#[source] serde_json::Error),
    #[error("not in canonical form")]
    NotCanonical,
}

/// Writes `value` in canonical form, without a line feed.
pub(crate) fn write<T: Serialize>(value: &T) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(value)
}

/// Reads a value whose canonical form is exactly `text`.
pub(crate) fn read<T: Serialize + DeserializeOwned>(text: &[u8]) -> Result<T, JsonError> {
    let value: T = serde_json::from_slice(text).map_err(JsonError::Shape)?;
    match write(&value) {
        Ok(canonical) if canonical == text => Ok(value),
        Ok(_) => Err(JsonError::NotCanonical),
        Err(error) => Err(JsonError::Shape(error)),
    }
}
