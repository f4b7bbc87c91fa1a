//! What the core asks of a chip. The image for the chip implements these on registers, the tests on memory.

use wire::factory::Memory;

/// Bytes of flash that are erased together.
pub const PAGE: usize = 1024;

/// A flash operation did not leave the bytes it should have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlashError;

/// The pages that hold the module's records, [`store::PAGES`](crate::store::PAGES) of them.
///
/// Erased bytes read 0xFF. A word is written once after each erase: the core never relies on overwriting.
pub trait Flash {
    /// All the pages, one after the other.
    fn bytes(&self) -> &[u8];

    /// Sets the page's bytes to 0xFF.
    ///
    /// # Errors
    /// [`FlashError`] when they do not read so afterwards.
    fn erase(&mut self, page: usize) -> Result<(), FlashError>;

    /// Writes four bytes, little-endian, at an offset that is a multiple of four.
    ///
    /// # Errors
    /// [`FlashError`] when the word does not read so afterwards.
    fn write(&mut self, offset: usize, word: u32) -> Result<(), FlashError>;
}

/// The hardware source of randomness, raw: its health is watched by [`entropy`](crate::entropy).
pub trait Noise {
    /// The next byte. A source that has stopped returns whatever it last held; the health tests see that.
    fn sample(&mut self) -> u8;
}

/// Read-back protection of flash and RAM against the debug port.
pub trait Lock {
    /// Whether protection is set, now or from the next reset on.
    fn is_locked(&self) -> bool;

    /// Sets it; there is no way back but a mass erase.
    ///
    /// # Errors
    /// [`FlashError`] when it does not read as set afterwards.
    fn lock(&mut self) -> Result<(), FlashError>;
}

/// The module's working memory.
pub trait Ram {
    /// How much of it was used since the start.
    fn usage(&self) -> Memory;

    /// Writes patterns and reads them back, leaving everything as it was.
    fn test(&mut self) -> bool;
}

/// A chip.
pub trait Platform: Flash + Noise + Lock + Ram {
    /// The chip's name as `AT+DIAG INFO` tells it, without spaces.
    const CHIP: &'static str;
}
