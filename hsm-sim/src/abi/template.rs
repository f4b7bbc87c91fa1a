//! The caller's lists of attributes.

use cryptoki_sys as ck;

use super::pointer;
use crate::object::template::Attribute;
use crate::refusal::{Answer, Refusal};

/// Copies a template.
///
/// # Safety
/// Unless null or misaligned, `template` points to `count` attributes, and each value to as many bytes as it says.
pub(super) unsafe fn copy(template: *const ck::CK_ATTRIBUTE, count: ck::CK_ULONG) -> Answer<Vec<Attribute>> {
    let count = checked(template, count)?;
    let mut attributes = Vec::with_capacity(count);
    for index in 0..count {
        // SAFETY: within the template, and alignment holds for each of its entries.
        let attribute = unsafe { pointer::read(template.add(index)) }?;
        if attribute.ulValueLen > LONGEST_VALUE {
            return Err(Refusal::AttributeValueInvalid);
        }
        // SAFETY: the caller of this function vouches for the value.
        let value = unsafe { pointer::bytes(attribute.pValue.cast(), attribute.ulValueLen) }?;
        attributes.push(Attribute { kind: attribute.type_, value: value.to_vec() });
    }
    Ok(attributes)
}

/// Fills a template with the values of attributes (`C_GetAttributeValue`). Every entry is answered, even
/// after one that was refused; the refusal of the last such entry is the result.
///
/// # Safety
/// Unless null or misaligned, `template` points to `count` attributes, and each value, unless null, to as much room as it says.
pub(super) unsafe fn fill(
    template: *mut ck::CK_ATTRIBUTE,
    count: ck::CK_ULONG,
    value: impl Fn(ck::CK_ATTRIBUTE_TYPE) -> Answer<Vec<u8>>,
) -> Answer<()> {
    let count = checked(template, count)?;
    let mut outcome = Ok(());
    for index in 0..count {
        // SAFETY: within the template, and alignment holds for each of its entries.
        let (entry, attribute) = unsafe { (template.add(index), pointer::read(template.add(index))?) };
        // SAFETY: the caller of this function vouches for the value.
        let length = match unsafe { fill_value(attribute, value(attribute.type_)) } {
            Ok(length) => length,
            Err(refusal) => {
                outcome = Err(refusal);
                ck::CK_UNAVAILABLE_INFORMATION
            }
        };
        // SAFETY: the entry was just read.
        unsafe { (&raw mut (*entry).ulValueLen).write(length) };
    }
    outcome
}

/// Copies one value out; its length.
///
/// # Safety
/// Unless null, the value points to as much room as it says.
unsafe fn fill_value(attribute: ck::CK_ATTRIBUTE, value: Answer<Vec<u8>>) -> Answer<ck::CK_ULONG> {
    let value = value?;
    let length = pointer::number(value.len());
    if attribute.pValue.is_null() {
        return Ok(length);
    }
    if attribute.ulValueLen < length {
        return Err(Refusal::BufferTooSmall);
    }
    // SAFETY: not null, and long enough by what the caller says of it.
    unsafe { attribute.pValue.cast::<u8>().copy_from(value.as_ptr(), value.len()) };
    Ok(length)
}

fn checked(template: *const ck::CK_ATTRIBUTE, count: ck::CK_ULONG) -> Answer<usize> {
    if count > MOST_ATTRIBUTES {
        return Err(Refusal::ArgumentsBad);
    }
    if count > 0 {
        pointer::check(template)?;
    }
    pointer::size(count)
}

/// More attributes than PKCS#11 knows are a mistake of the caller.
const MOST_ATTRIBUTES: ck::CK_ULONG = 1024;

/// No attribute here is longer; neither is any that a key could have.
const LONGEST_VALUE: ck::CK_ULONG = 64 * 1024;
