//! The power-safe record store: what the module remembers without power.
//!
//! # Layout
//! Two banks of [`BANK_PAGES`] pages, then one scratch page for the self-test. One bank is active; the other
//! is erased or garbage. A bank begins with a header (`sequence`, `!sequence`, `MAGIC`), then come records,
//! one after the other:
//!
//! | word | content |
//! |---|---|
//! | 0 | tag (8 bits), length of the value in bytes (16), check over both (8) |
//! | 1… | the value, padded with 0xFF to whole words |
//! | last | CRC-32 over word 0 and the value |
//!
//! The last valid record of a tag is its value. Nothing is ever overwritten.
//!
//! # Why no cut of power can lose a record
//! - *Appending* writes the CRC last. Until it is there the record does not count, and the older one of its
//!   tag still does. What is left of a torn record is stepped over; if its length is lost as well, the bank
//!   is closed.
//! - *A full or closed bank* is copied, newest value of each tag, to the other bank, whose header's last word
//!   (`MAGIC`) is written after everything else. Until then the old bank is the only valid one; from then on
//!   the new one has the higher sequence. The old bank is erased only when its turn comes again, its header
//!   first.
//! - *Garbage* (all zeros, a foreign image) has no valid header: no records, and erased before use.

mod bank;
mod record;
mod tag;

use bank::Bank;
use record::Record;

pub use tag::{MAX_CERTIFICATE, Tag};

use crate::platform::{Flash, FlashError, PAGE};

/// Pages of one bank: all values at their largest fit into it (checked beside [`Tag`]).
pub const BANK_PAGES: usize = 18;

/// The page that holds no records; the self-test may erase and write it.
pub const SCRATCH_PAGE: usize = 2 * BANK_PAGES;

/// Pages the store needs in all.
pub const PAGES: usize = SCRATCH_PAGE + 1;

const BANK_BYTES: usize = BANK_PAGES * PAGE;

/// A value could not be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// The value is longer than [`Tag::capacity`].
    TooLong,
    /// The flash failed.
    Flash,
}

impl From<FlashError> for StoreError {
    fn from(FlashError: FlashError) -> Self {
        Self::Flash
    }
}

/// Where the records are; the flash itself is lent to each call.
#[derive(Clone, Copy, Debug)]
pub struct Store {
    active: Option<Bank>,
}

impl Store {
    /// Finds the records.
    pub fn open(flash: &impl Flash) -> Self {
        Self { active: Bank::newest(flash.bytes()) }
    }

    /// The value of `tag`, if it has one.
    pub fn find<'f>(&self, flash: &'f impl Flash, tag: Tag) -> Option<&'f [u8]> {
        let records = self.active?.records(flash.bytes());
        records.fold(None, |found, record| {
            let counts = record.tag == tag as u8 || (record.tag == Tag::Reset as u8 && tag.is_resettable());
            if !counts || !record.is_intact() {
                found
            } else if record.tag == tag as u8 {
                Some(record.value)
            } else {
                None
            }
        })
    }

    /// Gives `tag` the value that the pieces make together. When this returns, the value survives any loss of
    /// power; when power is lost before, the old value or the new one is there afterwards.
    ///
    /// # Errors
    /// [`StoreError`]; the old value is kept.
    pub fn put(&mut self, flash: &mut impl Flash, tag: Tag, pieces: &[&[u8]]) -> Result<(), StoreError> {
        if pieces.iter().map(|piece| piece.len()).sum::<usize>() > tag.capacity() {
            return Err(StoreError::TooLong);
        }
        let result = self.append_or_move(flash, tag, pieces);
        if result.is_err() {
            // What the failed write has left behind is found out from the flash, not guessed.
            *self = Self::open(flash);
        }
        Ok(result?)
    }

    /// Takes the resettable tags back to their factory values, all at once.
    ///
    /// # Errors
    /// [`StoreError::Flash`]; all values are kept.
    pub fn reset(&mut self, flash: &mut impl Flash) -> Result<(), StoreError> {
        self.put(flash, Tag::Reset, &[])
    }

    fn append_or_move(
        &mut self,
        flash: &mut impl Flash,
        tag: Tag,
        pieces: &[&[u8]],
    ) -> Result<(), FlashError> {
        if let Some(active) = &mut self.active
            && active.append(flash, tag, pieces)?
        {
            return Ok(());
        }
        let mut next = Bank::prepare(flash, self.active)?;
        for kept in Tag::ALL.into_iter().filter(|&kept| kept != tag) {
            if tag == Tag::Reset && kept.is_resettable() {
                continue;
            }
            if let Some(value) = self.find(flash, kept) {
                let from = value.as_ptr().addr() - flash.bytes().as_ptr().addr();
                let length = value.len();
                next.copy(flash, kept, from, length)?;
            }
        }
        if tag != Tag::Reset {
            next.append(flash, tag, pieces)?;
        }
        next.commit(flash)?;
        self.active = Some(next);
        Ok(())
    }
}
