//! The texts of a batch that the caller is free in.

use super::PrepareError;
use crate::input::{Batch, Delivery, Module};
use crate::text::is_line;

/// Checks every text of the batch.
pub(super) fn check(batch: &Batch) -> Result<(), PrepareError> {
    check_line("order", &batch.order)?;
    check_line("customer", &batch.customer)?;
    check_line("product", &batch.product)?;
    check_line("station", &batch.station)?;
    for module in &batch.modules {
        let notes = match module {
            Module::Passed(passed) => {
                check_version(&passed.firmware.version)?;
                &passed.notes
            }
            Module::Void(void) => {
                check_line("reason", &void.reason)?;
                &void.notes
            }
            Module::Withdrawn(withdrawn) => {
                check_line("reason", &withdrawn.reason)?;
                &withdrawn.notes
            }
        };
        notes.iter().try_for_each(|note| check_line("reason of a note", &note.reason))?;
    }
    match &batch.delivery {
        Delivery::LateBinding { endpoint: Some(endpoint) } => check_endpoint(endpoint),
        Delivery::LateBinding { endpoint: None } | Delivery::PreRegistration => Ok(()),
    }
}

/// Names and reasons are for people: any characters, in one line.
fn check_line(field: &'static str, text: &str) -> Result<(), PrepareError> {
    if is_line(text) {
        return Ok(());
    }
    let requirement = "must be one line of 1 to 200 characters";
    Err(PrepareError::Text { field, requirement })
}

/// A version ends up in a CSV table, where a spreadsheet would run what begins like a formula.
fn check_version(text: &str) -> Result<(), PrepareError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_+".contains(&byte);
    if (1..=64).contains(&text.len())
        && text.bytes().all(is_plain)
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
    {
        return Ok(());
    }
    let requirement = "must have 1 to 64 letters, digits and . - _ +, a letter or digit first";
    Err(PrepareError::Text { field: "firmware version", requirement })
}

/// An endpoint is a host name; a module stores at least 128 bytes of it.
fn check_endpoint(text: &str) -> Result<(), PrepareError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
    if (1..=128).contains(&text.len()) && text.bytes().all(is_plain) {
        return Ok(());
    }
    let requirement = "must be a host name of at most 128 characters";
    Err(PrepareError::Text { field: "endpoint", requirement })
}
