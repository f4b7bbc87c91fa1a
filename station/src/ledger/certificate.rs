//! As much of a certificate as the ledger has to understand (RFC 5280 section 4.1).
//!
//! Whether a certificate follows its profile is not the ledger's business; that it is for this
//! UID and this key, and that what was signed is what was reserved, is.

use der::{Header, Reader, SliceReader, Tag};

/// What the ledger reads from a `TBSCertificate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reserved<'a> {
    /// The serial number, as 16 bytes.
    pub(super) serial: [u8; 16],
    /// The `SubjectPublicKeyInfo`, DER.
    pub(super) public_key: &'a [u8],
}

/// The `TBSCertificate` inside a `Certificate`, DER; none if it is not one.
pub(super) fn tbs_of(certificate: &[u8]) -> Option<&[u8]> {
    let [tbs, _algorithm, _signature] = members(certificate)?;
    Some(tbs)
}

/// What a `TBSCertificate` says; none if it is not one, or its serial number is negative or longer
/// than 16 bytes.
pub(super) fn read_tbs(tbs: &[u8]) -> Option<Reserved<'_>> {
    let [_version, serial, _algorithm, _issuer, _validity, _subject, public_key] = members(tbs)?;
    Some(Reserved { serial: positive(serial)?, public_key })
}

/// The first members of a DER `SEQUENCE`, each with its header.
fn members<const N: usize>(sequence: &[u8]) -> Option<[&[u8]; N]> {
    let mut reader = SliceReader::new(value(sequence, Tag::Sequence)?).ok()?;
    let mut members = [&[][..]; N];
    for member in &mut members {
        *member = reader.tlv_bytes().ok()?;
    }
    Some(members)
}

/// The value of a DER element that is all of `element` and has this tag.
fn value(element: &[u8], tag: Tag) -> Option<&[u8]> {
    let mut reader = SliceReader::new(element).ok()?;
    let header: Header = reader.decode().ok()?;
    let value = reader.read_slice(header.length()).ok()?;
    (header.tag() == tag && reader.is_finished()).then_some(value)
}

/// A non-negative `INTEGER` as a number of 16 bytes.
fn positive(integer: &[u8]) -> Option<[u8; 16]> {
    let value = value(integer, Tag::Integer)?;
    let digits = match value {
        [0, digits @ ..] => digits,
        [first, ..] if first & 0x80 != 0 => return None,
        digits => digits,
    };
    let mut number = [0; 16];
    number.get_mut(16usize.checked_sub(digits.len())?..)?.copy_from_slice(digits);
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serials_keep_their_places() {
        assert_eq!(positive(&[2, 1, 5]).unwrap()[15], 5);
        let mut high = vec![2, 17, 0];
        high.extend([0xff; 16]);
        assert_eq!(positive(&high), Some([0xff; 16]));
        let mut long = vec![2, 17];
        long.extend([0x11; 17]);
        assert_eq!(positive(&long), None);
        assert_eq!(positive(&[2, 1, 0x80]), None);
        assert_eq!(positive(&[4, 1, 1]), None);
    }

    #[test]
    fn what_is_no_certificate_is_none() {
        for bytes in [
            &[][..],
            &[0x30],
            &[0x30, 0x00],
            &[0x30, 0x02, 0x30, 0x00],
            &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
        ] {
            assert_eq!(tbs_of(bytes), None);
            assert_eq!(read_tbs(bytes), None);
        }
    }

    #[test]
    fn bytes_after_the_end_are_refused() {
        assert_eq!(tbs_of(&[0x30, 0x06, 0x30, 0, 0x30, 0, 0x03, 0]), Some(&[0x30, 0][..]));
        assert_eq!(tbs_of(&[0x30, 0x06, 0x30, 0, 0x30, 0, 0x03, 0, 0]), None);
    }
}
