//! One of the two banks.

use super::record::{self, Crc, OVERHEAD};
use super::{BANK_BYTES, BANK_PAGES, Record, Tag};
use crate::platform::{Flash, FlashError};

/// Sequence, its complement, [`MAGIC`].
pub(super) const HEADER_BYTES: usize = 12;

/// Says that the bank is complete, and which layout its records have.
const MAGIC: u32 = u32::from_le_bytes(*b"rec1");

/// A bank with a valid header, or one that is being filled.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bank {
    /// 0 or 1.
    index: usize,
    /// Higher is newer.
    sequence: u32,
    /// Offset in the bank where the next record goes; the end of the bank when it is closed.
    end: usize,
}

impl Bank {
    /// The valid bank with the highest sequence.
    pub(super) fn newest(flash: &[u8]) -> Option<Self> {
        (0..2).filter_map(|index| Self::read(flash, index)).max_by_key(|bank| bank.sequence)
    }

    fn read(flash: &[u8], index: usize) -> Option<Self> {
        let (words, _) = bank_bytes(flash, index).as_chunks::<4>();
        let [sequence, complement, magic] = words.first_chunk::<3>()?.map(u32::from_le_bytes);
        if magic != MAGIC || sequence != !complement {
            return None;
        }
        let mut bank = Self { index, sequence, end: BANK_BYTES };
        let mut records = bank.records(flash);
        records.by_ref().for_each(drop);
        // Anything but blank flash behind the last record is a torn header: nothing can be put there.
        if records.rest.iter().all(|&byte| byte == 0xff) {
            bank.end = BANK_BYTES - records.rest.len();
        }
        Some(bank)
    }

    /// Erases the bank that is not `active` and begins it. It counts only after [`Bank::commit`].
    pub(super) fn prepare(flash: &mut impl Flash, active: Option<Self>) -> Result<Self, FlashError> {
        let (index, sequence) = active.map_or((0, 1), |active| (1 - active.index, active.sequence + 1));
        // Page 0 holds the header: erased first, so that a bank that is half erased never counts.
        for page in 0..BANK_PAGES {
            flash.erase(index * BANK_PAGES + page)?;
        }
        Ok(Self { index, sequence, end: HEADER_BYTES })
    }

    /// Makes a prepared bank count.
    pub(super) fn commit(&self, flash: &mut impl Flash) -> Result<(), FlashError> {
        let start = self.index * BANK_BYTES;
        flash.write(start, self.sequence)?;
        flash.write(start + 4, !self.sequence)?;
        flash.write(start + 8, MAGIC)
    }

    /// The records from oldest to newest, torn ones included.
    pub(super) fn records(self, flash: &[u8]) -> Records<'_> {
        Records { rest: &bank_bytes(flash, self.index)[HEADER_BYTES..self.end.max(HEADER_BYTES)] }
    }

    /// Adds a record; `false` when it does not fit.
    pub(super) fn append(
        &mut self,
        flash: &mut impl Flash,
        tag: Tag,
        pieces: &[&[u8]],
    ) -> Result<bool, FlashError> {
        let length = pieces.iter().map(|piece| piece.len()).sum();
        let Some(mut words) = self.begin(flash, tag, length)? else { return Ok(false) };
        for byte in pieces.iter().copied().flatten() {
            words.put(flash, *byte)?;
        }
        self.end = words.finish(flash)?;
        Ok(true)
    }

    /// Adds a record whose value lies elsewhere in the same flash.
    pub(super) fn copy(
        &mut self,
        flash: &mut impl Flash,
        tag: Tag,
        from: usize,
        length: usize,
    ) -> Result<(), FlashError> {
        if let Some(mut words) = self.begin(flash, tag, length)? {
            for offset in from..from + length {
                let byte = flash.bytes()[offset];
                words.put(flash, byte)?;
            }
            self.end = words.finish(flash)?;
        }
        Ok(())
    }

    fn begin(
        &mut self,
        flash: &mut impl Flash,
        tag: Tag,
        length: usize,
    ) -> Result<Option<Words>, FlashError> {
        if OVERHEAD + length.next_multiple_of(4) > BANK_BYTES - self.end {
            return Ok(None);
        }
        let start = self.index * BANK_BYTES;
        let header = record::header(tag, length);
        flash.write(start + self.end, header)?;
        Ok(Some(Words { start, end: self.end + 4, word: [0xff; 4], filled: 0, crc: Crc::new(header) }))
    }
}

/// The records of a bank; see [`Bank::records`].
pub(super) struct Records<'f> {
    /// What has not been read; what cannot be read, at the end.
    rest: &'f [u8],
}

impl<'f> Iterator for Records<'f> {
    type Item = Record<'f>;

    fn next(&mut self) -> Option<Record<'f>> {
        let (record, rest) = Record::read(self.rest)?;
        self.rest = rest;
        Some(record)
    }
}

/// Bytes on their way into a record, word by word, so that a long value needs no buffer.
struct Words {
    start: usize,
    end: usize,
    word: [u8; 4],
    filled: usize,
    crc: Crc,
}

impl Words {
    fn put(&mut self, flash: &mut impl Flash, byte: u8) -> Result<(), FlashError> {
        self.word[self.filled] = byte;
        self.filled += 1;
        self.crc.update(&[byte]);
        if self.filled == 4 { self.flush(flash) } else { Ok(()) }
    }

    fn flush(&mut self, flash: &mut impl Flash) -> Result<(), FlashError> {
        flash.write(self.start + self.end, u32::from_le_bytes(self.word))?;
        self.end += 4;
        (self.word, self.filled) = ([0xff; 4], 0);
        Ok(())
    }

    /// Writes the CRC and returns where the next record goes.
    fn finish(mut self, flash: &mut impl Flash) -> Result<usize, FlashError> {
        if self.filled > 0 {
            self.flush(flash)?;
        }
        flash.write(self.start + self.end, self.crc.finish())?;
        Ok(self.end + 4)
    }
}

fn bank_bytes(flash: &[u8], index: usize) -> &[u8] {
    &flash[index * BANK_BYTES..][..BANK_BYTES]
}
