//! The two continuous health tests of NIST SP 800-90B section 4.4.

use super::Unhealthy;

/// Bits of entropy each byte of noise is taken to hold. Far below what a working source with bias correction
/// gives, so that the tests notice failure and not chance.
pub(super) const ASSESSED_BITS: u32 = 4;

/// A sample repeated this often in a row is a failure: `1 + ceil(20 / ASSESSED_BITS)`, a false alarm of
/// 2^-20.
const REPETITION_CUTOFF: u32 = 6;

/// Samples among which the first one's repetitions are counted; the size for sources that are not binary.
const WINDOW: u32 = 512;

/// A sample found this often in a window is a failure: `1 + critbinom(512, 2^-4, 1 - 2^-20)`.
const PROPORTION_CUTOFF: u32 = 62;

const _: () = assert!(REPETITION_CUTOFF == 1 + 20_u32.div_ceil(ASSESSED_BITS));

/// Repetition count and adaptive proportion test.
pub(super) struct Health {
    last: u8,
    repetitions: u32,
    reference: u8,
    matches: u32,
    /// Samples of the window so far, the reference included.
    seen: u32,
}

impl Health {
    pub(super) const fn new() -> Self {
        Self { last: 0, repetitions: 0, reference: 0, matches: 0, seen: 0 }
    }

    /// Takes the next sample.
    pub(super) fn admit(&mut self, sample: u8) -> Result<(), Unhealthy> {
        if self.repetitions > 0 && sample == self.last {
            self.repetitions += 1;
        } else {
            (self.last, self.repetitions) = (sample, 1);
        }
        if self.seen == 0 {
            (self.reference, self.matches) = (sample, 0);
        }
        self.matches += u32::from(sample == self.reference);
        self.seen = (self.seen + 1) % WINDOW;
        if self.repetitions >= REPETITION_CUTOFF || self.matches >= PROPORTION_CUTOFF {
            return Err(Unhealthy);
        }
        Ok(())
    }
}

impl Drop for Health {
    /// The state holds samples that went into secrets.
    fn drop(&mut self) {
        use zeroize::Zeroize;
        self.last.zeroize();
        self.reference.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failing_at(samples: impl IntoIterator<Item = u8>) -> Option<usize> {
        let mut health = Health::new();
        samples.into_iter().position(|sample| health.admit(sample).is_err())
    }

    #[test]
    fn the_sixth_repetition_fails() {
        assert_eq!(failing_at([0, 9, 9, 9, 9, 9]), None);
        assert_eq!(failing_at([0, 9, 9, 9, 9, 9, 9]), Some(6));
        assert_eq!(failing_at([0; 6]), Some(5));
    }

    #[test]
    fn a_value_that_comes_too_often_fails_within_the_window() {
        // Every eighth sample is the same: far too often, though never twice in a row.
        let biased = (0..512_u32).map(|index| if index % 8 == 0 { 0 } else { index.to_le_bytes()[0] | 1 });
        assert_eq!(failing_at(biased), Some(61 * 8));
        // The windows begin anew: 61 in each of two windows is no failure.
        let twice = (0..1024_u32)
            .map(|index| if index % 512 < 61 * 8 && index % 8 == 0 { 0 } else { index.to_le_bytes()[0] | 1 });
        assert_eq!(failing_at(twice), None);
    }
}
