//! Pointers of the caller: checked, read, written.

use std::slice;

use cryptoki_sys as ck;

use crate::library::session::{Delivery, Room};
use crate::refusal::{Answer, Refusal};

/// A value that the caller points to.
///
/// # Safety
/// Unless null or misaligned, `pointer` points to a valid `T`.
pub(super) unsafe fn read<T: Copy>(pointer: *const T) -> Answer<T> {
    check(pointer)?;
    // SAFETY: not null and aligned; the caller of this function vouches for the rest.
    Ok(unsafe { pointer.read() })
}

/// Puts a value where the caller points to.
///
/// # Safety
/// Unless null or misaligned, `pointer` points to room for a `T`.
pub(super) unsafe fn write<T: Copy>(pointer: *mut T, value: T) -> Answer<()> {
    check(pointer)?;
    // SAFETY: not null and aligned; the caller of this function vouches for the rest.
    unsafe { pointer.write(value) };
    Ok(())
}

/// Bytes of the caller. A null pointer is as good as any for none of them.
///
/// # Safety
/// Unless null, `pointer` points to `length` bytes that nobody writes during `'a`.
pub(super) unsafe fn bytes<'a>(pointer: *const u8, length: ck::CK_ULONG) -> Answer<&'a [u8]> {
    let length = size(length)?;
    if length == 0 {
        return Ok(&[]);
    }
    check(pointer)?;
    // SAFETY: not null, and no longer than a slice may be; the caller of this function vouches for the rest.
    Ok(unsafe { slice::from_raw_parts(pointer, length) })
}

/// A PIN: like [`bytes`], but null is refused, because it would ask for a PIN pad, which this token does not have.
///
/// # Safety
/// As for [`bytes`].
pub(super) unsafe fn pin<'a>(pointer: *const u8, length: ck::CK_ULONG) -> Answer<&'a [u8]> {
    check(pointer)?;
    // SAFETY: as for this function.
    unsafe { bytes(pointer, length) }
}

/// How much room the caller has for a result, by the convention of PKCS#11 2.40 base, section 5.2: no buffer asks for the length.
///
/// # Safety
/// Unless null or misaligned, `length` points to room for a number, which is valid if `buffer` is not null.
pub(super) unsafe fn room<T>(buffer: *const T, length: *const ck::CK_ULONG) -> Answer<Room> {
    check(length)?;
    if buffer.is_null() {
        // The number says nothing then, and may not be initialised.
        return Ok(Room::LengthOnly);
    }
    check(buffer)?;
    // SAFETY: as for this function.
    let length = unsafe { read(length) }?;
    Ok(Room::Bytes(usize::try_from(length).unwrap_or(usize::MAX)))
}

/// Hands a result over, and its length whatever the room was.
///
/// # Safety
/// `delivery` is the answer to the [`room`] of the same two pointers, and `buffer` has that room.
pub(super) unsafe fn deliver(delivery: &Delivery, buffer: *mut u8, length: *mut ck::CK_ULONG) -> Answer<()> {
    let needed = match delivery {
        Delivery::Length(needed) | Delivery::TooSmall(needed) => *needed,
        Delivery::Result(result) => result.len(),
    };
    // SAFETY: `room` checked this pointer.
    unsafe { write(length, number(needed)) }?;
    match delivery {
        Delivery::Length(_) => Ok(()),
        Delivery::TooSmall(_) => Err(Refusal::BufferTooSmall),
        Delivery::Result(result) => {
            // SAFETY: a result is only made when the buffer has room for it.
            unsafe { buffer.copy_from(result.as_ptr(), result.len()) };
            Ok(())
        }
    }
}

/// Hands a list over, by the same convention as a result.
///
/// # Safety
/// As for [`room`]; `buffer`, unless null or misaligned, points to room for so many `T`.
pub(super) unsafe fn deliver_list<T: Copy>(
    list: &[T],
    buffer: *mut T,
    count: *mut ck::CK_ULONG,
) -> Answer<()> {
    // SAFETY: as for this function.
    let room = unsafe { room(buffer, count) }?;
    // SAFETY: `room` checked this pointer.
    unsafe { write(count, number(list.len())) }?;
    match room {
        Room::LengthOnly => Ok(()),
        Room::Bytes(room) if room < list.len() => Err(Refusal::BufferTooSmall),
        Room::Bytes(_) => {
            // SAFETY: not null, aligned (`room` checked both), and long enough.
            unsafe { buffer.copy_from(list.as_ptr(), list.len()) };
            Ok(())
        }
    }
}

/// Refuses null and misaligned pointers.
pub(super) fn check<T>(pointer: *const T) -> Answer<()> {
    if pointer.is_null() || !pointer.is_aligned() { Err(Refusal::ArgumentsBad) } else { Ok(()) }
}

/// A length of the caller; no object in memory is longer than `isize::MAX`.
pub(super) fn size(length: ck::CK_ULONG) -> Answer<usize> {
    match usize::try_from(length) {
        Ok(length) if length <= isize::MAX.unsigned_abs() => Ok(length),
        _ => Err(Refusal::ArgumentsBad),
    }
}

/// A length of ours.
pub(super) fn number(length: usize) -> ck::CK_ULONG {
    ck::CK_ULONG::try_from(length).unwrap_or(ck::CK_UNAVAILABLE_INFORMATION)
}

/// Text in a field of fixed length, padded with blanks as all text in PKCS#11 structures is.
pub(super) fn padded<const N: usize>(text: &str) -> [u8; N] {
    let mut field = [b' '; N];
    // Cut where a character ends, should the text be too long.
    let text = &text[..text.floor_char_boundary(N)];
    field[..text.len()].copy_from_slice(text.as_bytes());
    field
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_that_cannot_be_are_refused() {
        let byte = 0_u8;
        for length in [ck::CK_UNAVAILABLE_INFORMATION, ck::CK_ULONG::MAX / 2 + 1] {
            // SAFETY: the length is refused before the pointer is used.
            assert_eq!(unsafe { bytes(&raw const byte, length) }, Err(Refusal::ArgumentsBad));
        }
        // SAFETY: a null pointer is allowed.
        assert_eq!(unsafe { bytes(std::ptr::null(), 0) }, Ok(&[][..]));
        // SAFETY: a null pointer is allowed.
        assert_eq!(unsafe { bytes(std::ptr::null(), 1) }, Err(Refusal::ArgumentsBad));
    }

    #[test]
    fn misaligned_pointers_are_refused() {
        let numbers = [0 as ck::CK_ULONG; 2];
        let misaligned = numbers.as_ptr().wrapping_byte_add(1);
        // SAFETY: a misaligned pointer is allowed.
        assert_eq!(unsafe { read(misaligned) }, Err(Refusal::ArgumentsBad));
    }

    #[test]
    fn text_is_padded_and_cut_between_characters() {
        assert_eq!(&padded::<8>("hsm-sim"), b"hsm-sim ");
        assert_eq!(&padded::<4>("abcdef"), b"abcd");
        assert_eq!(&padded::<2>("a\u{20ac}"), b"a ");
    }
}
