//! The chip: flash that insists on the rules of flash and dies on demand.

use module_core::platform::{Flash, FlashError, Lock, Noise, PAGE, Platform, Ram};
use module_core::store::PAGES;
use wire::factory::Memory;

#[derive(Clone, Debug)]
pub(crate) struct Chip {
    flash: Vec<u8>,
    /// Operations until the power fails; it never does by itself when `None`.
    left: Option<usize>,
    /// Erases and writes so far.
    pub(crate) operations: usize,
    /// Erases so far.
    pub(crate) erases: usize,
    /// Random state of the noise, and of what a torn operation leaves behind.
    state: u64,
    /// The noise is stuck.
    pub(crate) deaf: bool,
    pub(crate) locked: bool,
    /// Setting the lock fails.
    pub(crate) lock_is_broken: bool,
}

impl Chip {
    /// A chip whose flash is blank.
    pub(crate) fn new(seed: u64) -> Self {
        Self::with_flash(seed, vec![0xff; PAGES * PAGE])
    }

    pub(crate) fn with_flash(seed: u64, flash: Vec<u8>) -> Self {
        assert_eq!(flash.len(), PAGES * PAGE);
        Self {
            flash,
            left: None,
            operations: 0,
            erases: 0,
            state: seed,
            deaf: false,
            locked: false,
            lock_is_broken: false,
        }
    }

    /// Lets `operations` more writes and erases succeed; the one after is torn, and all later ones fail.
    pub(crate) fn fail_after(&mut self, operations: usize) {
        self.left = Some(operations);
    }

    /// Whether the power has failed.
    pub(crate) fn is_dead(&self) -> bool {
        self.left == Some(0)
    }

    /// Power comes back.
    pub(crate) fn reset(&mut self) {
        self.left = None;
    }

    pub(crate) fn flash(&self) -> &[u8] {
        &self.flash
    }

    fn random(&mut self) -> u32 {
        // SplitMix64.
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((z ^ z >> 31) >> 32).expect("32 bits")
    }

    /// Whether the operation that begins now is whole (`Ok`), torn (`Err(true)`) or not begun.
    fn power(&mut self) -> Result<(), bool> {
        self.operations += 1;
        match self.left {
            None => Ok(()),
            Some(0) => Err(false),
            Some(1) => {
                self.left = Some(0);
                Err(true)
            }
            Some(left) => {
                self.left = Some(left - 1);
                Ok(())
            }
        }
    }
}

impl Flash for Chip {
    fn bytes(&self) -> &[u8] {
        &self.flash
    }

    fn erase(&mut self, page: usize) -> Result<(), FlashError> {
        assert!(page < PAGES, "page {page} is not the module's");
        self.erases += 1;
        let power = self.power();
        let torn = power == Err(true);
        if power == Err(false) {
            return Err(FlashError);
        }
        for at in page * PAGE..(page + 1) * PAGE {
            let kept = if torn && self.random().is_multiple_of(2) { self.flash[at] } else { 0xff };
            self.flash[at] = kept;
        }
        power.map_err(|_| FlashError)
    }

    fn write(&mut self, offset: usize, word: u32) -> Result<(), FlashError> {
        assert_eq!(offset % 4, 0, "words are aligned");
        let power = self.power();
        if power == Err(false) {
            return Err(FlashError);
        }
        let spared = if power == Err(true) { self.random() } else { 0 };
        let place: &mut [u8; 4] = self.flash[offset..].first_chunk_mut().expect("inside the pages");
        assert_eq!(*place, [0xff; 4], "the word at {offset} is written without an erase");
        *place = (word | spared).to_le_bytes();
        power.map_err(|_| FlashError)
    }
}

impl Noise for Chip {
    fn sample(&mut self) -> u8 {
        if self.deaf { 0x55 } else { self.random().to_le_bytes()[0] }
    }
}

impl Lock for Chip {
    fn is_locked(&self) -> bool {
        self.locked
    }

    fn lock(&mut self) -> Result<(), FlashError> {
        if self.lock_is_broken || self.is_dead() {
            return Err(FlashError);
        }
        self.locked = true;
        Ok(())
    }
}

impl Ram for Chip {
    fn usage(&self) -> Memory {
        Memory { static_bytes: 1, stack_bytes: 2, free_bytes: 3 }
    }

    fn test(&mut self) -> bool {
        true
    }
}

impl Platform for Chip {
    const CHIP: &'static str = "memory";
}
