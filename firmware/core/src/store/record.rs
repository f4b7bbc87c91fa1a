//! One record as it lies in flash.

use super::Tag;

/// Bytes of a record beside its value: header word and CRC.
pub(super) const OVERHEAD: usize = 8;

/// A record whose header is right; its value may be torn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'f> {
    pub(super) tag: u8,
    pub(super) value: &'f [u8],
    header: u32,
    crc: u32,
}

impl<'f> Record<'f> {
    /// Reads the record at the front of `bytes` and returns what follows it. `None` when there is none: the
    /// header is blank or torn, or the length leads out of the bank.
    pub(super) fn read(bytes: &'f [u8]) -> Option<(Self, &'f [u8])> {
        let (&header, rest) = bytes.split_first_chunk()?;
        let header = u32::from_le_bytes(header);
        let [tag, low, high, check] = header.to_le_bytes();
        if check != header_check(tag, low, high) {
            return None;
        }
        let length = usize::from(u16::from_le_bytes([low, high]));
        let (padded, rest) = rest.split_at_checked(length.next_multiple_of(4))?;
        let (&crc, rest) = rest.split_first_chunk()?;
        let record = Self { tag, value: &padded[..length], header, crc: u32::from_le_bytes(crc) };
        Some((record, rest))
    }

    /// Whether all of it was written.
    pub(super) fn is_intact(&self) -> bool {
        let mut crc = Crc::new(self.header);
        crc.update(self.value);
        crc.finish() == self.crc
    }
}

/// The header word of a record. Never blank: see [`header_check`].
pub(super) fn header(tag: Tag, length: usize) -> u32 {
    #[expect(clippy::cast_possible_truncation, reason = "no capacity is beyond 16 bits")]
    let [low, high] = (length as u16).to_le_bytes();
    let tag = tag as u8;
    u32::from_le_bytes([tag, low, high, header_check(tag, low, high)])
}

/// Neither 0xFF bytes nor zeros pass for a header.
fn header_check(tag: u8, low: u8, high: u8) -> u8 {
    (tag ^ low.rotate_left(3) ^ high.rotate_left(6)) ^ 0x5a
}

/// CRC-32 (IEEE 802.3) over a header word and what follows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Crc(u32);

impl Crc {
    pub(super) fn new(header: u32) -> Self {
        let mut crc = Self(u32::MAX);
        crc.update(&header.to_le_bytes());
        crc
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        /// The remainders of the 16 half bytes: a full table would cost a kilobyte of flash.
        const TABLE: [u32; 16] = {
            let mut table = [0; 16];
            let mut index = 0;
            while index < 16 {
                #[expect(clippy::cast_possible_truncation, reason = "below 16")]
                let mut value = index as u32;
                let mut bit = 0;
                while bit < 4 {
                    value = if value & 1 == 1 { value >> 1 ^ 0xedb8_8320 } else { value >> 1 };
                    bit += 1;
                }
                table[index] = value;
                index += 1;
            }
            table
        };
        for &byte in bytes {
            self.0 ^= u32::from(byte);
            for _ in 0..2 {
                self.0 = self.0 >> 4 ^ TABLE[(self.0 & 15) as usize];
            }
        }
    }

    pub(super) fn finish(self) -> u32 {
        !self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc_is_the_well_known_one() {
        let mut crc = Crc::new(u32::from_le_bytes(*b"1234"));
        crc.update(b"56789");
        assert_eq!(crc.finish(), 0xcbf4_3926);
    }

    #[test]
    fn blank_and_zeroed_flash_hold_no_record() {
        assert!(Record::read(&[0xff; 64]).is_none());
        assert!(Record::read(&[0; 64]).is_none());
    }

    #[test]
    fn a_length_that_leads_out_of_the_bank_is_no_record() {
        let header = header(Tag::Endpoint, 5).to_le_bytes();
        let mut bytes = [0xff; 16];
        bytes[..4].copy_from_slice(&header);
        assert!(Record::read(&bytes).is_some());
        assert!(Record::read(&bytes[..15]).is_none());
        assert!(Record::read(&bytes[..3]).is_none());
    }
}
