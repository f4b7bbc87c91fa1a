//! What the small text types (UID, digest, time) have in common.

use thiserror::Error;

use crate::limits;

/// A text is not in the one form the format allows for its type.
///
/// There is exactly one spelling of every value, so that equal contents are equal bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not {expected}")]
pub struct TextFormError {
    /// The form that was expected, in words.
    pub expected: &'static str,
}

/// Whether a name or a reason is one: any characters, for people, in one line.
pub(crate) fn is_line(text: &str) -> bool {
    (1..=limits::NAME_CHARACTERS).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

/// Decodes exactly `2 * N` lower-case hexadecimal digits.
pub(crate) fn lower_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}
